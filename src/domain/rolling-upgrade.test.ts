// The row of an upgrade: whom it holds, which models it needs, how it bears on its set, and what is forgotten.
import { describe, expect, test } from 'vitest';
import { member, members } from '../../test/testing/rolling-fleet.ts';
import { rollingUpgradeRow, scaleSetRow } from '../../test/testing/rows.ts';
import {
  inHand,
  modelsInUse,
  outdated,
  type RollingUpgrade,
  upgradeFailure,
  upgradeStanding,
} from './rolling-upgrade.ts';

const ERROR = { code: 'MaxUnhealthyInstancePercentExceededInRollingUpgrade' as const, message: 'too many' };
const BATCH = { ids: [1, 2], begun: 0, off: [], surge: [{ old: 2, fresh: 9 }], canary: false };

describe('an upgrade that runs', () => {
  const running = rollingUpgradeRow({
    batch: BATCH,
    rollback: { inHand: [4], left: [5] },
    previous: { 1: { model: 1 } },
  });

  test('holds its batch, its replacements and what goes back', () => {
    expect([...inHand(running)].toSorted((a, b) => a - b)).toEqual([1, 2, 4, 9]);
    expect(inHand(undefined).size).toBe(0);
    expect(inHand({ ...running, state: 'Cancelled' }).size).toBe(0);
  });

  test('needs the model that it leads to and those that it came from', () => {
    expect(modelsInUse(running)).toEqual([2, 1]);
    expect(modelsInUse({ ...running, state: 'Completed' })).toEqual([]);
    expect(modelsInUse(undefined)).toEqual([]);
  });
});

describe('the set', () => {
  const set = scaleSetRow({
    model: 2,
    generation: 2,
    properties: { upgradePolicy: { mode: 'Rolling' } },
  });
  const faulted = rollingUpgradeRow({ state: 'Faulted', endedFor: 2, error: ERROR });

  test('has not settled while its members are behind and no upgrade has ended', () => {
    expect(upgradeStanding(set, members(2), undefined)).toEqual({ open: true });
    expect(upgradeStanding(set, members(2), rollingUpgradeRow())).toEqual({ open: true });
    expect(upgradeStanding(set, members(2), rollingUpgradeRow({ state: 'Completed' }))).toEqual({
      open: false,
    });
    expect(upgradeStanding(set, [member(0, { model: 2 })], undefined)).toEqual({ open: false });
  });

  test('does not wait for an upgrade that its write did not begin', () => {
    const other = { ...set, declared: { ...set.declared, properties: {} } };
    expect(upgradeStanding(other, members(2), rollingUpgradeRow({ kind: 'os' }))).toEqual({ open: false });
  });

  test('fails as the upgrade of its write did, and no later write with it', () => {
    expect(upgradeStanding(set, members(2), faulted)).toEqual({ open: false, failure: ERROR });
    expect(upgradeStanding({ ...set, generation: 3 }, members(2), faulted)).toEqual({ open: false });
    expect(upgradeStanding(set, members(2), { ...faulted, kind: 'extension' })).toEqual({ open: false });
  });
});

test('an upgrade that was cancelled fails with the detail, one that failed with its error', () => {
  const error = { code: 'RollingUpgradeInternalError' as const, message: 'An internal error' };
  const cancelled = rollingUpgradeRow({ state: 'Cancelled', error });
  expect(upgradeFailure(cancelled)?.code).toBe('RollingUpgradeCanceled');
  expect(upgradeFailure(rollingUpgradeRow({ state: 'Faulted', error: ERROR }))).toEqual(ERROR);
  expect(upgradeFailure(rollingUpgradeRow({ state: 'Completed' }))).toBeUndefined();
});

test('a bounded number of upgrades is kept, the latest always', () => {
  const row = (number: number, kind: RollingUpgrade['kind']) => rollingUpgradeRow({ number, kind });
  const all = Array.from({ length: 60 }, (_, index) => row(index + 1, index % 2 === 0 ? 'os' : 'model'));
  const kept = all.filter((one) => !outdated(all).includes(one));
  expect(kept.filter(({ kind }) => kind === 'os')).toHaveLength(20);
  expect(kept.filter(({ kind }) => kind === 'model')).toHaveLength(5);
  expect(kept.at(-1)?.number).toBe(60);
  expect(outdated(all.slice(0, 4))).toEqual([]);
});
