// The second story of an operator: the instances of one zone fail, and nobody has said that it is the zone. It is found by what they have in
// common; the healthy ones are protected; only the failing ones are reimaged.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { healthExtension } from '../testing/health.ts';
import { STOP_SERVING } from '../testing/process-guests.ts';
import { type ActivityBody, Arm, scaleSetBody, until } from './arm.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/shop/providers/Microsoft.Compute/virtualMachineScaleSets/front';
const COUNT = 18;

let muster: Muster;
let arm: Arm;

const idsOf = async (expression: string): Promise<readonly string[]> => {
  const text = await muster.must('list', '--where', expression, '--query', '[].id');
  return JSON.parse(text) as readonly string[];
};

beforeAll(async () => {
  muster = await startMuster('--time-scale', '60');
  arm = await Arm.connect(muster);
  await arm.must('PUT', '/resourceGroups/shop', { location: 'westeurope' });
  const body = scaleSetBody('web', COUNT);
  const extensionProfile = { extensions: [healthExtension({ intervalInSeconds: 30 })] };
  const virtualMachineProfile = { ...body.properties.virtualMachineProfile, extensionProfile };
  const properties = { ...body.properties, virtualMachineProfile };
  await arm.done('PUT', SET, { ...body, zones: ['1', '2', '3'], properties });
  await muster.must('use', 'shop/front');
  await until(async () => (await idsOf('health=healthy')).length === COUNT);
  const sick = await idsOf('zone=2');
  await Promise.all(sick.map((id) => arm.inside(`${SET}/virtualMachines/${id}`, STOP_SERVING)));
  await until(async () => (await idsOf('health=unhealthy')).length === sick.length);
});

afterAll(() => muster?.close());

interface Finding {
  readonly kind: string;
  readonly ids: readonly string[];
  readonly correlation: {
    readonly kind: string;
    readonly found: readonly {
      readonly names: readonly { readonly factor: string; readonly value: string }[];
      readonly adjusted: number;
    }[];
  };
}

test('what they have in common is found, with numbers', async () => {
  const { findings } = JSON.parse(await muster.must('triage', '-o', 'json')) as {
    readonly findings: readonly Finding[];
  };
  const [first] = findings;
  expect(first).toMatchObject({
    kind: 'unhealthy',
    ids: await idsOf('zone=2'),
    correlation: { kind: 'found' },
  });
  const [factor] = first?.correlation.found ?? [];
  expect(factor?.names).toContainEqual({ factor: 'zone', value: '2' });
  expect(factor?.adjusted).toBeLessThan(0.001);
  expect(await muster.must('triage')).toMatch(/zone 2/);
});

test('the healthy ones are protected, and then even the whole set is not within reach', async () => {
  const { stdout } = await muster.run(
    'protect',
    '--where',
    'health=healthy',
    '--batch',
    '8',
    '--confirm',
    'front',
  );
  expect(stdout).toMatch(/^12 instances: protect is done and verified\.$/m);
  expect(await idsOf('protected=yes')).toEqual(await idsOf('health=healthy'));
  const refused = await muster.run(
    'reimage',
    '--where',
    'power=running',
    '--whole-set',
    '--max',
    `${COUNT}`,
    '--below-floor',
    '--yes',
  );
  expect([refused.code, refused.stderr]).toEqual([
    7,
    expect.stringMatching(/^muster: refused: Protected: /m),
  ]);
});

test('only the failing ones are reimaged', async () => {
  const [sick, before] = [await idsOf('health=unhealthy'), await arm.instances(SET)];
  const { code, stdout, stderr } = await muster.run(
    'reimage',
    '--where',
    'health=unhealthy',
    '--batch',
    '4',
    '--max',
    '4',
    '--confirm',
    'front',
  );
  expect([code, stderr.split('\n').at(-2)]).toEqual([0, expect.stringMatching(/batch \d+: verified$/)]);
  expect(stdout).toMatch(/^6 instances: reimage is done and verified\.$/m);
  expect(await idsOf('health=healthy')).toHaveLength(COUNT);
  const log = await arm.activity(`resourceGroupName eq 'shop' and eventTimestamp ge '2020-01-01T00:00:00Z'`);
  expect(reimaged(log)).toEqual(sick);
  expect((await arm.instances(SET)).map(({ properties }) => properties.vmId)).toEqual(
    before.map(({ properties }) => properties.vmId),
  );
});

test('the rest is released, and a diff explains the day', async () => {
  await muster.must('snapshot', 'save', 'before');
  await muster.must('unprotect', '--where', 'protected=yes', '--batch', '8', '--confirm', 'front');
  expect(await idsOf('protected=yes')).toEqual([]);
  await arm.done('PATCH', SET, { sku: { name: 'Standard_B1s', capacity: COUNT - 2 } });
  const went = JSON.parse(await muster.must('snapshot', 'diff', 'before', '-o', 'json')) as {
    readonly went: readonly { readonly id: string; readonly why: { readonly kind: string } }[];
    readonly came: readonly unknown[];
  };
  expect([went.went.map(({ why }) => why.kind), went.came]).toEqual([['scaleIn', 'scaleIn'], []]);
});

/** Ids that a request to reimage named, in the order of their numbers. */
function reimaged(log: readonly ActivityBody[]): readonly string[] {
  const ids = log
    .filter(({ operationName }) => operationName.value.endsWith('/reimage/action'))
    .flatMap(({ properties, resourceId }) => [
      ...(properties.instanceIds ?? '').split(','),
      /\/virtualMachines\/(\d+)$/.exec(resourceId)?.[1] ?? '',
    ]);
  return [...new Set(ids)].filter((id) => id !== '').toSorted((a, b) => Number(a) - Number(b));
}
