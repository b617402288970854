// The third story of an operator, on real guests: three gateways hold data that is not written through yet. They are found by asking each,
// protected, and still there with their data after a scale-in that removes five others; then they are released.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Arm, scaleSetBody } from './arm.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/edge/providers/Microsoft.Compute/virtualMachineScaleSets/gateway';
/** Those that a scale-in would take first, if nobody held it back. */
const BUFFERED = ['5', '6', '7'];
const LOOK = 'cat "$MUSTER_ROOT/root/buffer" 2>/dev/null || true';

let muster: Muster;
let arm: Arm;

interface Outcome {
  readonly outputs: readonly { readonly instance: string; readonly stdout: string }[];
}

/** What each holds. A command is for protected instances too only where that is said. */
const buffers = async (): Promise<readonly (readonly string[])[]> => {
  const ran = await muster.must(
    'run',
    '--where',
    'power=running',
    '--whole-set',
    '--include-protected',
    '--yes',
    '-o',
    'json',
    '--',
    LOOK,
  );
  const { outputs } = JSON.parse(ran) as Outcome;
  return outputs
    .filter(({ stdout }) => stdout !== '')
    .map(({ instance, stdout }) => [instance, stdout.trim()])
    .toSorted(([a = ''], [b = '']) => Number(a) - Number(b));
};

beforeAll(async () => {
  muster = await startMuster();
  arm = await Arm.connect(muster);
  await arm.must('PUT', '/resourceGroups/edge', { location: 'westeurope' });
  await arm.done('PUT', SET, scaleSetBody('base', 8));
  await muster.must('use', 'edge/gateway');
  await muster.must('run', ...BUFFERED, '--yes', '--', 'hostname >"$MUSTER_ROOT/root/buffer"');
});

afterAll(() => muster?.close());

test('those with data are found, protected, and outlive a scale-in of five others', async () => {
  const found = await buffers();
  expect(found.map(([id]) => id)).toEqual(BUFFERED);
  await muster.must(
    'protect',
    ...BUFFERED,
    '--from',
    'scale-in',
    '--batch',
    '3',
    '--confirm',
    'gateway',
    '--expect',
    'buffers survive',
  );
  expect(await muster.must('list', '--where', 'protected=yes', '--query', '[].id', '-o', 'tsv')).toBe(
    '5\n6\n7\n',
  );
  await muster.must('snapshot', 'save', 'full');
  await arm.done('PATCH', SET, { sku: { name: 'Standard_B1s', capacity: 3 } });
  expect((await arm.instances(SET)).map(({ instanceId }) => instanceId)).toEqual(BUFFERED);
  expect(await buffers()).toEqual(found);
  expect(await muster.must('snapshot', 'diff', 'full')).toMatch(/^  0, 1, 2, 3, 4: scale-in: /m);
});

test('while they are protected nothing that ends them is done, and once released it may be', async () => {
  const refused = await muster.run('delete', '7', '--yes');
  expect([refused.code, refused.stderr]).toEqual([7, expect.stringContaining('refused: Protected: 7.')]);
  await muster.must('unprotect', ...BUFFERED, '--whole-set', '--confirm', 'gateway');
  await arm.done('PATCH', SET, { sku: { name: 'Standard_B1s', capacity: 2 } });
  expect((await arm.instances(SET)).map(({ instanceId }) => instanceId)).toHaveLength(2);
});
