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
  /^LoadBalancerNetworkInterfaces_|^InboundNatRules_(CreateOrUpdate|Delete)|Extensions_|ForceRecovery|ConvertToSingle|AttachDetach|^VirtualMachineRunCommands_|EdgeZone|^Operations_List$|^VirtualMachines_/;

/** The one action with a result answers it at its Location, not itself. */
const RUN_COMMAND = 'VirtualMachineScaleSetVMs_RunCommand';

interface Expected extends Shown {
  readonly file: string;
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

  const find = ({ request, status }: Shown): Body | undefined =>
    request.endsWith('&monitor=true') ? swagger.named(RUN_COMMAND, status) : swagger.find(request, status);

  test('allows every body of the wire cases', () => {
    const wrong = expectedBodies().flatMap((shown) => {
      const found = find(shown);
      if (found === undefined) return [];
      const { validate } = found;
      if (validate === undefined) return [`${shown.file}: ${shown.request}: no body is described`];
      if (validate(shown.body)) return [];
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
