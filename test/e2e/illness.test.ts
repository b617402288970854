// A simulated guest that is ill stays so when its plane is killed and another one takes over, though nobody had a way to see
// it before: rehearsals of incidents go on where they were.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { healthExtension } from '../testing/health.ts';
import { Arm, scaleSetBody, until } from './arm.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';

let muster: Muster;

beforeAll(async () => {
  muster = await startMuster('--guests', 'simulated', '--time-scale', '60');
});
afterAll(() => muster?.close());

test('an illness outlives the plane', async () => {
  const before = await Arm.connect(muster);
  await before.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
  await before.done('PUT', SET, scaleSetBody('web', 2));
  const command = { commandId: 'RunShellScript', script: ['ill'] };
  await before.done('POST', `${SET}/virtualMachines/1/runCommand`, command);
  await muster.kill9();
  await muster.again();
  const arm = await Arm.connect(muster);
  const extensionProfile = { extensions: [healthExtension()] };
  await arm.done('PATCH', SET, { properties: { virtualMachineProfile: { extensionProfile } } });
  await arm.done('POST', `${SET}/manualupgrade`, { instanceIds: ['*'] });
  const healthOf = async (id: number): Promise<string | undefined> => {
    const view = await arm.must<{ vmHealth?: { status: { code: string } } }>(
      'GET',
      `${SET}/virtualMachines/${id}/instanceView`,
    );
    return view.vmHealth?.status.code;
  };
  await until(async () => (await healthOf(0)) !== undefined && (await healthOf(1)) !== undefined);
  expect([await healthOf(0), await healthOf(1)]).toEqual(['HealthState/healthy', 'HealthState/unhealthy']);
});
