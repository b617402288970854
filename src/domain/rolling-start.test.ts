// When an upgrade begins by itself, what it asks of each instance, and who is marked without one.
import { describe, expect, test } from 'vitest';
import { member, members } from '../../test/testing/rolling-fleet.ts';
import { modelRow, rollingUpgradeRow, scaleSetRow } from '../../test/testing/rows.ts';
import type { Instance } from './instance.ts';
import type { RollingUpgrade } from './rolling-upgrade.ts';
import { effectsTo, shouldStartModelUpgrade, shouldStartOsUpgrade, toBeMarked } from './rolling-start.ts';
import type { ScaleSet } from './scale-set.ts';

const ENDED: RollingUpgrade = rollingUpgradeRow({ state: 'Faulted' });
const PROTECTED = { protection: { protectFromScaleIn: false, protectFromScaleSetActions: true } };
const MODELS = [modelRow(), modelRow({ version: 2, size: 'Standard_B2s' }), modelRow({ version: 3 })];

function setOf(given: Partial<ScaleSet> = {}, mode = 'Rolling'): ScaleSet {
  return scaleSetRow({ model: 2, properties: { upgradePolicy: { mode } }, ...given });
}

describe('an update', () => {
  test('asks what the difference of the models asks', () => {
    const to2 = effectsTo({ model: 2 }, MODELS);
    expect([member(0), member(1, { model: 2 }), member(2, { model: 3 })].map(to2)).toEqual([
      'restart',
      'none',
      'restart',
    ]);
  });

  test('asks for a fresh disk where the image is another, or where nobody knows what is on it', () => {
    const effectOf = effectsTo({ model: 2, image: '7' }, MODELS);
    const failure = { code: 'VMStartTimedOut' as const, message: 'late' };
    const given = [{}, { imageVersion: '6' }, { imageVersion: '7' }, { imageVersion: '7', failure }];
    expect(given.map((one, id) => effectOf(member(id, { model: 2, ...one })))).toEqual([
      'reimage',
      'reimage',
      'none',
      'reimage',
    ]);
  });

  test('from a version that nobody knows any more is a reimage', () => {
    expect(effectsTo({ model: 2 }, [])(member(0))).toBe('reimage');
  });
});

describe('a model upgrade', () => {
  const restart = () => 'restart' as const;
  const none = () => 'none' as const;
  const starts = (set: ScaleSet, fleet: readonly Instance[], latest?: RollingUpgrade): boolean =>
    shouldStartModelUpgrade(set, fleet, latest, restart);

  test('begins where a member is behind', () => {
    expect(starts(setOf(), members(2))).toBe(true);
    expect(
      starts(
        setOf(),
        members(2, () => ({ model: 2 })),
      ),
    ).toBe(false);
    expect(
      starts(
        setOf(),
        members(2, () => PROTECTED),
      ),
    ).toBe(false);
    expect(
      starts(
        setOf(),
        members(2, () => ({ surplus: true })),
      ),
    ).toBe(false);
  });

  test.each([
    ['whose upgrades are not rolling', setOf({}, 'Automatic'), undefined],
    ['that is being deleted', setOf({ deleting: true }), undefined],
    ['of which one runs', setOf(), rollingUpgradeRow({ model: 1 })],
    ['of which one for that version ended', setOf(), ENDED],
  ])('does not begin in a set %s', (_, set, latest) => {
    expect(starts(set, members(2), latest)).toBe(false);
  });

  test('begins again with a newer version', () => {
    expect(starts(setOf({ model: 3 }), members(2), ENDED)).toBe(true);
  });

  test('does not begin where no guest is touched: the members are marked', () => {
    const fleet = members(2);
    expect(shouldStartModelUpgrade(setOf(), fleet, undefined, none)).toBe(false);
    expect(toBeMarked(setOf(), fleet, undefined, none)).toEqual(fleet);
    expect(toBeMarked(setOf(), fleet, ENDED, none)).toEqual([]);
    expect(toBeMarked(setOf(), fleet, undefined, ({ id }) => (id === 0 ? 'none' : 'restart'))).toEqual([]);
  });
});

describe('an OS upgrade of the plane’s own', () => {
  const properties = {
    upgradePolicy: { mode: 'Manual', automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true } },
  };
  const set = scaleSetRow({ properties });
  const old = members(2, () => ({ imageVersion: '6' }));
  const tried = rollingUpgradeRow({ kind: 'os', startedBy: 'Platform', image: '7', state: 'Cancelled' });

  test('begins where a member has another version than the newest', () => {
    expect(shouldStartOsUpgrade(set, old, [], '7')).toBe(true);
    expect(shouldStartOsUpgrade(set, old, [], '6')).toBe(false);
    expect(
      shouldStartOsUpgrade(
        set,
        members(2, () => PROTECTED),
        [],
        '7',
      ),
    ).toBe(false);
  });

  test('does not begin where nobody knows a newest one, or it is not enabled', () => {
    expect(shouldStartOsUpgrade(set, old, [], undefined)).toBe(false);
    expect(shouldStartOsUpgrade(scaleSetRow(), old, [], '7')).toBe(false);
    expect(shouldStartOsUpgrade({ ...set, deleting: true }, old, [], '7')).toBe(false);
  });

  test('does not begin while another runs, nor twice for one version', () => {
    expect(shouldStartOsUpgrade(set, old, [rollingUpgradeRow()], '7')).toBe(false);
    expect(shouldStartOsUpgrade(set, old, [tried], '7')).toBe(false);
    expect(shouldStartOsUpgrade(set, old, [tried], '8')).toBe(true);
    expect(shouldStartOsUpgrade(set, old, [{ ...tried, startedBy: 'User' }], '7')).toBe(true);
    expect(shouldStartOsUpgrade(set, old, [{ ...tried, overtaken: true }], '7')).toBe(true);
  });
});
