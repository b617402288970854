// The commands that look, on real guests: the one whose extension has failed is found, and its page says what the extension printed and that no
// healthy neighbour has the like.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Arm, operationUrl } from './arm.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/sample/providers/Microsoft.Compute/virtualMachineScaleSets/web';

let muster: Muster;

beforeAll(async () => {
  muster = await startMuster('--sample');
  const arm = await Arm.connect(muster);
  await muster.must('use', 'sample/web');
  for (;;) {
    const running = await muster.must('list', '--where', 'health=healthy', '--query', 'length(@)');
    if (running === '3\n') break;
  }
  const properties = {
    publisher: 'Microsoft.Azure.Extensions',
    type: 'CustomScript',
    typeHandlerVersion: '2.1',
    settings: { commandToExecute: 'echo collecting; echo the disk is full >&2; exit 3' },
  };
  const begun = await arm.send('PUT', `${SET}/virtualMachines/1/extensions/logs`, {
    location: 'westeurope',
    properties,
  });
  const { status } = await arm.ended(operationUrl(begun) ?? '');
  if (status !== 'Failed') throw new Error(`an extension that exits with 3 ended as ${status}`);
});

afterAll(async () => {
  await muster.close();
});

test('the failed one is found by name, and the others are not', async () => {
  expect(await muster.must('list', '--where', 'failed=logs', '--query', '[].id', '-o', 'tsv')).toBe('1\n');
  expect(await muster.must('list')).toMatch(/^1 +web_1 +running +Failed .* failed: logs /m);
  expect(await muster.must('sets')).toMatch(/^sample\/web .* 3 +3 +0 +1 +0$/m);
});

test('its page has the failure, what the extension printed, and where it stands alone', async () => {
  const page = await muster.must('inspect', '1');
  expect(page).toMatch(/^Provisioning +Failed: .*logs/m);
  expect(page).toMatch(/^ {2}logs {2}failed {2}Microsoft\.Azure\.Extensions\.CustomScript 2\.1/m);
  expect(page).toMatch(/^ {4}stdout: collecting$/m);
  expect(page).toMatch(/^ {4}stderr: the disk is full$/m);
  expect(page).toMatch(/^ {2}provisioning +Failed +Succeeded \(2 of 2\)$/m);
  expect(page).toMatch(/^ {2}extension logs +2\.1\S* failed +- \(2 of 2\)$/m);
  expect(page).toMatch(/^ {2}virtualMachineProfile\.extensionProfile\.extensions\[logs\] /m);
  expect(page).toMatch(/^Boot log\n(.*\n)* {2}web: listening on /m);
});
