// Rolling upgrades through @azure/arm-compute: what the write that begins one waits for, cancelling, starting by hand and
// the history. The guests are real, and really restart, one at a time.
import { beforeAll, expect, test } from 'vitest';
import { healthExtension } from '../../testing/health.ts';
import { until } from '../arm.ts';
import { SOON } from './clients.ts';
import { all, declared, type Fleet, GROUP, refused, SetUnderTest } from './fleet.ts';

const NAME = 'rolled';

export function rollingUpgradeTests(fleet: () => Fleet): void {
  const set = new SetUnderTest(fleet, NAME);
  const sets = () => fleet().compute.virtualMachineScaleSets;
  const upgrades = () => fleet().compute.virtualMachineScaleSetRollingUpgrades;

  beforeAll(async () => {
    const body = declared('web', 2);
    const { type, ...rest } = healthExtension({ port: 80 })['properties'] as { type: string };
    const extension = { name: 'health', ...rest, typePropertiesType: type };
    await set.create({
      ...body,
      upgradePolicy: {
        mode: 'Rolling',
        rollingUpgradePolicy: { maxBatchInstancePercent: 50, maxUnhealthyInstancePercent: 50 },
      },
      virtualMachineProfile: { ...body.virtualMachineProfile, extensionProfile: { extensions: [extension] } },
    });
  });

  test('there is none to look at or to cancel before the first', async () => {
    expect(await refused(upgrades().getLatest(GROUP, NAME))).toMatchObject({
      statusCode: 404,
      code: 'ResourceNotFound',
    });
    const none = await refused(upgrades().cancel(GROUP, NAME, SOON));
    expect(none).toMatchObject({ statusCode: 409, code: 'OperationNotAllowed' });
    expect(none.message).toMatch('There is no ongoing Rolling Upgrade to cancel.');
    expect(await all(sets().listOSUpgradeHistory(GROUP, NAME))).toEqual([]);
  });

  test('a write of the model is done when every guest has been upgraded', async () => {
    const before = await set.boots('0', '1');
    const changed = await sets().update(GROUP, NAME, { sku: { name: 'Standard_B2s' } }, SOON);
    expect(changed.provisioningState).toBe('Succeeded');
    expect(await set.boots('0', '1')).toEqual(before.map((count) => count + 1));
    const latest = await upgrades().getLatest(GROUP, NAME);
    expect(latest.runningStatus?.startTime).toBeInstanceOf(Date);
    expect(latest).toMatchObject({
      policy: { maxBatchInstancePercent: 50, maxUnhealthyUpgradedInstancePercent: 20 },
      runningStatus: { code: 'Completed', lastAction: 'Start' },
      progress: { successfulInstanceCount: 2, failedInstanceCount: 0, pendingInstanceCount: 0 },
    });
  });

  test('one that is cancelled finishes its batch and begins no other', async () => {
    const work = refused(sets().update(GROUP, NAME, { sku: { name: 'Standard_B1s' } }, SOON));
    await until(
      async () => (await upgrades().getLatest(GROUP, NAME)).runningStatus?.code === 'RollingForward',
    );
    await upgrades().cancel(GROUP, NAME, SOON);
    expect((await work).message).toMatch(/RollingUpgradeCanceled/);
    const { runningStatus, progress, error } = await upgrades().getLatest(GROUP, NAME);
    expect(runningStatus).toMatchObject({ code: 'Cancelled', lastAction: 'Cancel' });
    expect(progress).toMatchObject({ inProgressInstanceCount: 0, failedInstanceCount: 0 });
    expect(error).toMatchObject({
      code: 'RollingUpgradeInternalError',
      details: [{ code: 'RollingUpgradeCanceled' }],
    });
    expect((await sets().get(GROUP, NAME)).provisioningState).toBe('Failed');
  });

  test('one that is started by hand brings the rest to the model, and stands in the history', async () => {
    await upgrades().startOSUpgrade(GROUP, NAME, SOON);
    const applied = await all(fleet().compute.virtualMachineScaleSetVMs.list(GROUP, NAME));
    expect(applied.map(({ latestModelApplied }) => latestModelApplied)).toEqual([true, true]);
    expect((await sets().get(GROUP, NAME)).provisioningState).toBe('Succeeded');
    const [entry, ...more] = await all(sets().listOSUpgradeHistory(GROUP, NAME));
    expect(more).toEqual([]);
    expect(entry?.properties?.runningStatus?.endTime).toBeInstanceOf(Date);
    expect(entry?.properties).toMatchObject({
      startedBy: 'User',
      runningStatus: { code: 'Completed' },
      targetImageReference: { publisher: 'muster', offer: 'web' },
      rollbackInfo: { successfullyRolledbackInstanceCount: 0 },
    });
  });

  test('one of the extensions with nothing behind is done at once', async () => {
    const before = await set.boots('0', '1');
    await upgrades().startExtensionUpgrade(GROUP, NAME, SOON);
    expect(await set.boots('0', '1')).toEqual(before);
  });
}
