// Looking at rolling upgrades, starting and cancelling them: what is committed, and what is refused without a change.
import { describe, expect, test } from 'vitest';
import {
  logged,
  ORIGIN,
  refusalOf,
  refusedWhole,
  store,
  storeSet,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { instanceRow, rollingUpgradeRow, scaleSetRow, SET_UID } from '../../test/testing/rows.ts';
import type { RollingUpgrade } from '../domain/rolling-upgrade.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { cancelUpgrade, getLatestUpgrade, listOsUpgrades, startUpgrade } from './rolling-upgrades.ts';

const REF = { group: 'rg', name: 'web' };

async function plane(
  upgrades: readonly RollingUpgrade[] = [],
  given: Partial<ScaleSet> = {},
): Promise<TestPlane> {
  const opened = testPlane();
  await storeSet(opened, [instanceRow()], scaleSetRow({ capacity: 1, ...given }));
  await store(opened, 'rollingUpgrade', ...upgrades);
  return opened;
}

const row = async (p: TestPlane): Promise<RollingUpgrade | undefined> =>
  (await p.store.rollingUpgrades(SET_UID)).at(-1);

describe('looking', () => {
  test('finds the latest, and of those of the OS the newest first', async () => {
    const p = await plane([
      rollingUpgradeRow({ number: 1, kind: 'os', state: 'Completed' }),
      rollingUpgradeRow({ number: 2, kind: 'os', state: 'Faulted' }),
      rollingUpgradeRow({ number: 3, kind: 'extension' }),
    ]);
    expect((await getLatestUpgrade(p, REF)).upgrade.number).toBe(3);
    expect((await listOsUpgrades(p, REF)).upgrades.map(({ number }) => number)).toEqual([2, 1]);
  });

  test('finds none before the first', async () => {
    const p = await plane();
    const failure = await refusalOf(getLatestUpgrade(p, REF));
    expect(failure).toMatchObject({ code: 'resourceNotFound' });
    expect((await listOsUpgrades(p, REF)).upgrades).toEqual([]);
  });
});

describe('cancelling', () => {
  test('lets no other batch begin, and its operation waits for the end', async () => {
    const p = await plane([rollingUpgradeRow({ number: 4 })]);
    const operation = await cancelUpgrade(p, ORIGIN, REF);
    expect(await row(p)).toMatchObject({
      state: 'RollingForward',
      lastAction: 'Cancel',
      lastActionTime: p.clock.now(),
    });
    expect(operation).toMatchObject({
      name: 'Microsoft.Compute/virtualMachineScaleSets/rollingUpgrades/cancel/action',
      awaits: { kind: 'rollingUpgrade', number: 4, cancel: true },
    });
    await cancelUpgrade(p, ORIGIN, REF);
    expect(await logged(p)).toHaveLength(2);
  });

  test.each([[[]], [[rollingUpgradeRow({ state: 'Completed' })]]])(
    'is refused where none runs',
    async (upgrades) => {
      const p = await plane(upgrades);
      const failure = await refusedWhole(p, () => cancelUpgrade(p, ORIGIN, REF));
      expect(failure).toMatchObject({
        code: 'operationNotAllowed',
        message: 'There is no ongoing Rolling Upgrade to cancel.',
      });
    },
  );
});

describe('starting', () => {
  test('saves an upgrade by the set’s policy, to the newest version of its image', async () => {
    const p = await plane();
    p.images.publish('web', '7.0.0');
    const operation = await startUpgrade(p, ORIGIN, REF, 'os');
    expect(await row(p)).toMatchObject({
      number: 1,
      kind: 'os',
      startedBy: 'User',
      image: '7.0.0',
      model: 1,
      operation: operation.id,
      state: 'RollingForward',
      policy: { batchPercent: 20 },
    });
    expect(operation.awaits).toEqual({ kind: 'rollingUpgrade', number: 1, cancel: false });
    expect((await p.store.instance(SET_UID, 0))?.task).toBeUndefined();
  });

  test('of the extensions is about no image', async () => {
    const p = await plane();
    await startUpgrade(p, ORIGIN, REF, 'extension');
    expect((await row(p))?.image).toBeUndefined();
    expect((await row(p))?.kind).toBe('extension');
  });

  test('of one that runs already waits for that one', async () => {
    const p = await plane([rollingUpgradeRow({ number: 4, kind: 'os' })]);
    const operation = await startUpgrade(p, ORIGIN, REF, 'os');
    expect(operation.awaits).toMatchObject({ number: 4 });
    expect(await p.store.rollingUpgrades(SET_UID)).toHaveLength(1);
  });

  test('of another kind than the one that runs is refused', async () => {
    const p = await plane([rollingUpgradeRow({ kind: 'model' })]);
    const failure = await refusedWhole(p, () => startUpgrade(p, ORIGIN, REF, 'extension'));
    expect(failure.code).toBe('operationNotAllowed');
  });

  test('of a set that is being deleted is refused', async () => {
    const p = await plane([], { deleting: true });
    await refusedWhole(p, () => startUpgrade(p, ORIGIN, REF, 'os'));
  });

  test('forgets the oldest', async () => {
    const old = Array.from({ length: 20 }, (_, index) =>
      rollingUpgradeRow({ number: index + 1, kind: 'os', state: 'Completed' }),
    );
    const p = await plane(old);
    await startUpgrade(p, ORIGIN, REF, 'os');
    const numbers = (await p.store.rollingUpgrades(SET_UID)).map(({ number }) => number);
    expect([numbers[0], numbers.at(-1), numbers.length]).toEqual([2, 21, 20]);
  });
});
