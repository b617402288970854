// Every body that the wire cases expect from a described operation is one that Microsoft's swagger allows.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Shown } from './replay.ts';
import { type Body, openSwagger, type Swagger, swaggerFolder } from './swagger.ts';

const folder = swaggerFolder();
const here = fileURLToPath(new URL('.', import.meta.url));

/** Not served yet, so nothing is expected of them. */
const NOT_SERVED =
  /^LoadBalancerNetworkInterfaces_|^InboundNatRules_(CreateOrUpdate|Delete)|Extensions_|ForceRecovery|ConvertToSingle|EdgeZone|^Operations_List$|^VirtualMachines_(?:AssessPatches|Capture|ConvertTo|CreateOrUpdate|Generalize|InstallPatches|Reimage|Update)/;

interface Expected extends Shown {
  readonly file: string;
}

/** The actions with a result answer it at their Location, not themselves. */
function resultOf({ file, body }: Expected): string {
  const action = JSON.stringify(body).startsWith('{"value":') ? 'RunCommand' : 'AttachDetachDataDisks';
  return `${file.startsWith('machines-') ? 'VirtualMachines' : 'VirtualMachineScaleSetVMs'}_${action}`;
}

/** Azure's own list of the instances of a Flexible set says of one that is in no zone that it is in a null. */
function withoutNullZones(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replaceAll('"zones":[null]', '"zones":[]'));
}

/** What each case expects, as far as it has a body. Azure's own answer to $select lacks what the swagger requires. */
function expectedBodies(): readonly Expected[] {
  const files = readdirSync(here).filter((file) => file.endsWith('.output.json'));
  const all = files.flatMap((file) => {
    const shown = JSON.parse(readFileSync(`${here}/${file}`, 'utf8')) as Shown[];
    return shown.map((one) => ({ file, ...one }));
  });
  return all.filter(
    ({ request, status, body }) => status < 300 && body !== undefined && !/[?&]\$select=/.test(request),
  );
}

// Without the folder nothing is checked, and the report says so by this name.
describe.skipIf(folder === undefined)('the swagger (in an azure-spec folder: MUSTER_AZURE_SPEC)', () => {
  let swagger: Swagger;
  beforeAll(() => {
    swagger = openSwagger(folder ?? '');
  });

  const find = (shown: Expected): Body | undefined =>
    shown.request.endsWith('&monitor=true')
      ? swagger.named(resultOf(shown), shown.status)
      : swagger.find(shown.request, shown.status);

  test('allows every body of the wire cases', () => {
    const wrong = expectedBodies().flatMap((shown) => {
      const found = find(shown);
      if (found === undefined) return [];
      const { validate } = found;
      if (validate === undefined) return [`${shown.file}: ${shown.request}: no body is described`];
      if (validate(withoutNullZones(shown.body))) return [];
      return (validate.errors ?? []).map(
        ({ instancePath, message }) => `${shown.file}: ${shown.request}: ${instancePath} ${message ?? ''}`,
      );
    });
    expect(wrong).toEqual([]);
  });

  test('has seen a body of every operation that is served', () => {
    const seen = new Set(expectedBodies().map((shown) => find(shown)?.id));
    expect(swagger.withBodies.filter((id) => !seen.has(id) && !NOT_SERVED.test(id))).toEqual([]);
  });

  test('can be failed', () => {
    const set = '/subscriptions/s/resourceGroups/r/providers/microsoft.compute/virtualMachineScaleSets/x';
    const found = swagger.find(`GET ${set}`, 200);
    expect(found?.validate?.({ location: 'westus', properties: { overprovision: true } })).toBe(true);
    expect(found?.validate?.({ location: 'westus', properties: { overprovision: 'yes' } })).toBe(false);
    expect(found?.validate?.({})).toBe(false);
  });
});
