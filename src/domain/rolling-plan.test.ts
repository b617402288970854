// The rolling plan, case by case: batches, thresholds, order, cancel, surge, rollback, and how an upgrade ends.
import { describe, expect, test } from 'vitest';
import {
  deleted,
  endAll,
  endVerb,
  member,
  members,
  pass,
  planOf,
  roll,
  type RollingFleet,
  rollingFleet,
  step,
} from '../../test/testing/rolling-fleet.ts';
import { taskRow, THEN } from '../../test/testing/rows.ts';
import type { Instance } from './instance.ts';
import { withCancel } from './rolling-plan.ts';
import { MINUTE, SECOND } from './time.ts';

const PROTECTED = { protection: { protectFromScaleIn: false, protectFromScaleSetActions: true } };
const UNHEALTHY = { health: { state: 'unhealthy' as const, since: THEN } };
const ids = (instances: readonly Instance[]): readonly number[] => instances.map(({ id }) => id);

describe('batches', () => {
  test('are the policy’s part of the members, one after another, until all are upgraded', () => {
    const { fleet, batches } = roll(rollingFleet(members(10)));
    expect(batches).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
    expect(fleet.upgrade).toMatchObject({ state: 'Completed', pending: 0, failed: [], endedFor: 2 });
    expect(fleet.instances.every(({ model }) => model === 2)).toBe(true);
  });

  test('have at least one instance', () => {
    expect(roll(rollingFleet(members(2), { batchPercent: 5, unhealthyPercent: 5 })).batches).toEqual([
      [0],
      [1],
    ]);
  });

  test('wait until every instance of the one before is healthy', () => {
    let fleet = step(rollingFleet(members(5), { batchPercent: 40, unhealthyPercent: 40 }));
    expect(planOf(fleet).upgrade).toBe(fleet.upgrade);
    fleet = endAll(fleet, () => 'ill');
    const plan = planOf(fleet);
    expect(plan.upgrade.batch?.ids).toEqual([0, 1]);
    expect(plan.due).toBe(fleet.now + 5 * MINUTE);
  });

  test('count no time against an instance in which no plane ran', () => {
    const fleet = pass(
      endAll(step(rollingFleet(members(5))), () => 'ill'),
      60 * MINUTE,
    );
    const plan = planOf(fleet, { watched: fleet.now });
    expect(plan.upgrade.state).toBe('RollingForward');
    expect(plan.due).toBe(fleet.now + 5 * MINUTE);
    expect(planOf(fleet).upgrade.state).toBe('Faulted');
  });

  test('take nobody for healthy by what a plane saw that is gone', () => {
    let fleet = endAll(step(rollingFleet(members(5))), () => 'done');
    fleet = pass(fleet, 60 * MINUTE);
    const began = fleet.now;
    expect(planOf(fleet, { watched: began }).due).toBe(began + 5 * SECOND);
    expect(planOf(pass(fleet, 5 * SECOND), { watched: began }).upgrade.succeeded).toEqual([0]);
    expect(planOf(fleet).upgrade.succeeded).toEqual([0]);
  });

  test('take an instance that is healthy from before its verb for so after another round of probes only', () => {
    let fleet = step(rollingFleet(members(5)), { effectOf: () => 'extensions' });
    fleet = pass(fleet, MINUTE);
    const since = { state: 'healthy' as const, since: THEN };
    fleet = endAll(fleet, () => 'done');
    fleet = { ...fleet, instances: fleet.instances.map((one) => ({ ...one, health: since })) };
    expect(planOf(fleet).due).toBe(fleet.now + 5 * SECOND);
    expect(planOf(pass(fleet, 5 * SECOND)).upgrade.succeeded).toEqual([0]);
  });

  test('wait until the balancer has found every instance of the one before well, and no longer than for its health', () => {
    const fleet = endAll(step(rollingFleet(members(5))), () => 'done');
    const isAwaited = ({ id }: Instance) => id === 0;
    const plan = planOf(fleet, { isAwaited });
    expect([plan.upgrade.succeeded, plan.due]).toEqual([[], fleet.now + SECOND]);
    expect(planOf(fleet).upgrade.succeeded).toEqual([0]);
    const late = pass(fleet, 5 * MINUTE - 1);
    expect(planOf(late, { isAwaited })).toMatchObject({ due: late.now + 1, upgrade: { succeeded: [] } });
    expect(planOf(pass(late, 1), { isAwaited }).upgrade.succeeded).toEqual([0]);
  });

  test('wait for no balancer after a cancel', () => {
    const fleet = endAll(step(rollingFleet(members(5))), () => 'done');
    const cancelled = { ...fleet, upgrade: withCancel(fleet.upgrade, fleet.now) };
    expect(planOf(cancelled, { isAwaited: () => true }).upgrade.state).toBe('Cancelled');
  });

  test('wait for nobody’s health where nothing tells it', () => {
    let fleet = endAll(step(rollingFleet(members(5))), () => 'done');
    fleet = { ...fleet, instances: fleet.instances.map(({ health: _none, ...one }) => one) };
    expect(planOf(fleet).upgrade.succeeded).toEqual([]);
    expect(planOf(fleet, { round: undefined }).upgrade.succeeded).toEqual([0]);
  });

  test('have a pause between them', () => {
    const { begun } = roll(rollingFleet(members(3), { pause: 30 * SECOND }));
    expect((begun[1] ?? 0) - (begun[0] ?? 0)).toBeGreaterThanOrEqual(30 * SECOND);
    expect((begun[2] ?? 0) - (begun[1] ?? 0)).toBeGreaterThanOrEqual(30 * SECOND);
  });

  test('end without a pause after the last', () => {
    let fleet = endAll(step(rollingFleet(members(1), { pause: MINUTE })), () => 'done');
    fleet = step(step(fleet));
    expect(fleet.upgrade.state).toBe('Completed');
  });

  test('shrink where others are unhealthy, and prefer those that are', () => {
    const ten = members(10, (id) => (id === 9 ? UNHEALTHY : {}));
    expect(step(rollingFleet(ten)).upgrade.batch?.ids).toEqual([0, 9]);
    const policy = { unhealthyFirst: true };
    expect(step(rollingFleet(ten, policy)).upgrade.batch?.ids).toEqual([9]);
  });

  test('wait for the verbs that others have in hand when these leave no room', () => {
    const busy = { task: taskRow('restart') };
    const three = members(3, (id) => (id === 2 ? busy : {}));
    const fleet = rollingFleet(three, { unhealthyPercent: 40 });
    expect(planOf(fleet).update).toEqual([]);
    expect(planOf(fleet).upgrade).toBe(fleet.upgrade);
    expect(ids(planOf(endAll(fleet, () => 'done')).update)).toEqual([0]);
  });

  test('do not wait for replacements that are not owed any more', () => {
    const fleet = rollingFleet(members(3));
    const owed = [{ attempts: 1, begun: THEN }];
    // The capacity was lowered meanwhile, and the policy of repairs taken away: nobody corrects the count.
    const set = { ...fleet.set, repairs: { state: 'running' as const, since: 0, owed, heldBack: false } };
    expect(planOf({ ...fleet, set }).update).toHaveLength(1);
    const missing = { ...set, declared: { ...set.declared, sku: { ...set.declared.sku, capacity: 4 } } };
    expect(planOf({ ...fleet, set: missing }).update).toEqual([]);
  });

  test('never have two zones, unless they may', () => {
    const zonal = members(6, (id) => ({ zone: String((id % 3) + 1) }));
    const policy = { batchPercent: 50, unhealthyPercent: 50 };
    expect(roll(rollingFleet(zonal, policy)).batches).toEqual([
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    expect(roll(rollingFleet(zonal, { ...policy, crossZone: true })).batches).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
  });

  test('follow the phases that instances say they are in, and leave out whoever asks for it', () => {
    const metricsOf = ({ id }: Instance) =>
      id === 3 ? undefined : { rollingUpgrade: { PhaseOrderingNumber: 2 - id, SkipUpgrade: id === 1 } };
    const { batches, fleet } = roll(rollingFleet(members(4)), () => 'done', { metricsOf });
    expect(batches).toEqual([[2], [0], [3]]);
    expect(fleet.upgrade.state).toBe('Completed');
  });

  test('begin, of a plane that has just started, when it was told again who is to be left out', () => {
    const fleet = rollingFleet(members(4));
    const plan = planOf(fleet, { watched: fleet.now });
    expect(plan).toMatchObject({ upgrade: fleet.upgrade, update: [], due: fleet.now + 5 * SECOND });
    expect(planOf(pass(fleet, 5 * SECOND), { watched: fleet.now }).update).toHaveLength(1);
    const told = { watched: fleet.now, metricsOf: () => ({}) };
    expect(planOf(fleet, told).update).toHaveLength(1);
    const unknown = rollingFleet(fleet.instances.map(({ health: _none, ...one }) => one));
    expect(planOf(unknown, { watched: fleet.now }).update).toHaveLength(1);
  });
});

describe('an instance', () => {
  test('that is protected is left alone and holds nothing up', () => {
    const { batches, fleet } = roll(rollingFleet(members(3, (id) => (id === 1 ? PROTECTED : {}))));
    expect(batches).toEqual([[0], [2]]);
    expect(fleet.upgrade).toMatchObject({ state: 'Completed', pending: 0 });
    expect(fleet.instances[1]?.model).toBe(1);
  });

  test('that is off gets the model and stays off', () => {
    const off: Partial<Instance> = {
      wanted: { exists: true, power: 'deallocated', model: 1 },
      observed: { power: 'deallocated', ready: false },
    };
    const two = members(2, (id) => (id === 0 ? off : {}));
    const { fleet } = roll(rollingFleet(two, { batchPercent: 100 }));
    expect(fleet.upgrade.state).toBe('Completed');
    expect(fleet.instances[0]).toMatchObject({ model: 2, wanted: { power: 'deallocated' } });
  });

  test('whose guest stops by itself after its upgrade has failed', () => {
    let fleet = endAll(step(rollingFleet(members(1))), () => 'done');
    const off = fleet.instances.map(({ health: _none, ...one }): Instance => ({
      ...one,
      wanted: { ...one.wanted, power: 'stopped' },
      observed: { power: 'stopped', ready: false },
    }));
    fleet = pass({ ...fleet, instances: off }, 5 * MINUTE);
    expect(planOf(fleet).upgrade).toMatchObject({ state: 'Faulted', failed: [0] });
  });

  test('that is deleted while it is upgraded is neither well nor failed', () => {
    let fleet = step(rollingFleet(members(5)));
    fleet = {
      ...fleet,
      instances: fleet.instances.map((one) => (one.id === 0 ? deleted(one, fleet.now) : one)),
    };
    expect(planOf(fleet).upgrade).toMatchObject({ succeeded: [], failed: [], state: 'RollingForward' });
  });

  test('that needs nothing is marked at once, all together', () => {
    const effectOf = ({ id }: Instance) => (id < 2 ? ('none' as const) : ('restart' as const));
    const fleet = rollingFleet(members(4));
    const plan = planOf(fleet, { effectOf });
    expect(ids(plan.mark)).toEqual([0, 1]);
    expect(plan.update).toEqual([]);
    expect(roll(fleet, () => 'done', { effectOf }).batches).toEqual([[2], [3]]);
  });

  test('that was changed by hand, or failed, is not just marked', () => {
    const failure = { code: 'VMStartTimedOut' as const, message: 'late' };
    const given = (id: number) => (id === 0 ? { ownModel: true } : { failure });
    expect(planOf(rollingFleet(members(2, given)), { effectOf: () => 'none' }).mark).toEqual([]);
  });
});

describe('thresholds', () => {
  test('too many unhealthy before the first batch: nothing is touched', () => {
    const five = members(5, (id) => (id > 2 ? UNHEALTHY : {}));
    const plan = planOf(rollingFleet(five));
    expect(plan.update).toEqual([]);
    expect(plan.upgrade).toMatchObject({ state: 'Faulted', pending: 5 });
    expect(plan.upgrade.error).toEqual({
      code: 'MaxUnhealthyInstancePercentExceededBeforeRollingUpgrade',
      message:
        'Rolling Upgrade failed due to exceeding the MaxUnhealthyInstancePercent value (defined in the RollingUpgradePolicy) before any batch was attempted. 40% of instances are in an unhealthy state, more than the threshold of 20% configured in the RollingUpgradePolicy. The most impactful error is: Instance found to be unhealthy or unreachable.',
    });
  });

  test('too many unhealthy before a later batch', () => {
    let fleet = step(endAll(step(rollingFleet(members(5))), () => 'done'));
    fleet = {
      ...fleet,
      instances: fleet.instances.map((one) => (one.id > 2 ? { ...one, ...UNHEALTHY } : one)),
    };
    expect(planOf(fleet).upgrade.error?.code).toBe('MaxUnhealthyInstancePercentExceededInRollingUpgrade');
  });

  test('too many failed after a batch, in Azure’s words', () => {
    const { fleet, batches } = roll(rollingFleet(members(5)), () => 'ill');
    expect(batches).toEqual([[0]]);
    expect(fleet.upgrade).toMatchObject({ state: 'Faulted', succeeded: [], failed: [0], pending: 4 });
    expect(fleet.upgrade.error).toEqual({
      code: 'MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade',
      message:
        'Rolling Upgrade failed after exceeding the MaxUnhealthyUpgradedInstancePercent value defined in the RollingUpgradePolicy. 100% of instances are in an unhealthy state after being upgraded - more than the threshold of 20%. The most impactful error is: Instance found to be unhealthy or unreachable.. First failed instance ID is: 0.',
    });
  });

  test('a failure that the policy bears is none of the upgrade’s', () => {
    const policy = { batchPercent: 100, unhealthyPercent: 100 };
    const { fleet } = roll(rollingFleet(members(5), policy), ({ id }) => (id === 4 ? 'failed' : 'done'));
    expect(fleet.upgrade).toMatchObject({ state: 'Completed', failed: [4], impact: 'it did not come up' });
  });

  test('those that were upgraded well and fell ill later count', () => {
    let fleet = step(endAll(step(rollingFleet(members(10), { unhealthyPercent: 100 })), () => 'done'));
    fleet = step(fleet);
    fleet = {
      ...fleet,
      instances: fleet.instances.map((one) => (one.id === 0 ? { ...one, ...UNHEALTHY } : one)),
    };
    fleet = step(endAll(fleet, () => 'done'));
    expect(fleet.upgrade).toMatchObject({ state: 'Faulted', failed: [0], succeeded: [1, 2, 3] });
  });
});

describe('a cancel', () => {
  const cancel = (fleet: RollingFleet): RollingFleet => ({
    ...fleet,
    upgrade: withCancel(fleet.upgrade, fleet.now),
  });

  test('lets the batch in hand finish, without waiting for its health, and no other begin', () => {
    let fleet = cancel(step(rollingFleet(members(5))));
    expect(planOf(fleet).upgrade.state).toBe('RollingForward');
    fleet = step(endAll(fleet, () => 'ill'));
    expect(fleet.upgrade).toMatchObject({ state: 'Cancelled', pending: 4, lastAction: 'Cancel' });
    expect(fleet.upgrade.error).toMatchObject({
      code: 'RollingUpgradeInternalError',
      details: [{ code: 'RollingUpgradeCanceled', target: 'web/virtualMachines/0' }],
    });
  });

  test('between batches ends it at once', () => {
    expect(planOf(cancel(rollingFleet(members(5)))).upgrade).toMatchObject({
      state: 'Cancelled',
      pending: 5,
    });
  });

  test('comes of a newer model, of another mode and of the deletion of the set', () => {
    const fleet = step(rollingFleet(members(5)));
    const newer = planOf({ ...fleet, set: { ...fleet.set, model: 3 } });
    expect(newer.upgrade).toMatchObject({ state: 'RollingForward', lastAction: 'Cancel' });
    const declared = { ...fleet.set.declared, properties: { upgradePolicy: { mode: 'Manual' } } };
    expect(planOf({ ...fleet, set: { ...fleet.set, declared } }).upgrade.lastAction).toBe('Cancel');
    expect(planOf({ ...fleet, set: { ...fleet.set, deleting: true } }).upgrade.state).toBe('Cancelled');
  });

  test('does not come of a newer model for an OS upgrade of a set whose upgrades are not rolling', () => {
    const fleet = rollingFleet(members(5), {}, { kind: 'os', image: '2' });
    const declared = { ...fleet.set.declared, properties: { upgradePolicy: { mode: 'Manual' } } };
    const plan = planOf({ ...fleet, set: { ...fleet.set, declared, model: 3 } });
    expect(plan.upgrade.lastAction).toBe('Start');
    expect(plan.update).toHaveLength(1);
  });

  test('by hand is one for good, also when a newer model comes before it has ended', () => {
    const fleet = rollingFleet(members(5), {}, { kind: 'os', image: '2' });
    const newer = { ...fleet, set: { ...fleet.set, model: 3 } };
    expect(planOf(newer).upgrade).toMatchObject({ state: 'Cancelled', overtaken: true });
    const byHand = { ...newer, upgrade: { ...newer.upgrade, lastAction: 'Cancel' as const } };
    expect(planOf(byHand).upgrade).toMatchObject({ state: 'Cancelled' });
    expect(planOf(byHand).upgrade).not.toHaveProperty('overtaken');
  });
});

describe('a surge', () => {
  const surge = { surge: true, batchPercent: 40, unhealthyPercent: 5 };

  test('makes new ones beyond the capacity, and gives them the places when they are healthy', () => {
    let fleet = step(rollingFleet(members(5), surge));
    expect(fleet.upgrade.batch?.surge).toEqual([
      { old: 0, fresh: 1000 },
      { old: 1, fresh: 1001 },
    ]);
    expect(ids(fleet.instances.filter((one) => one.surge === true))).toEqual([1000, 1001]);
    expect(fleet.instances.slice(0, 5).every(({ task }) => task === undefined)).toBe(true);
    fleet = step(endAll(fleet, () => 'done'));
    expect(ids(fleet.instances.filter((one) => !one.wanted.exists))).toEqual([0, 1]);
    expect(fleet.upgrade.succeeded).toEqual([1000, 1001]);
    const { fleet: after } = roll(fleet);
    expect(after.upgrade.state).toBe('Completed');
    expect(after.instances.map(({ id, surge: mark }) => [id, mark])).toEqual(
      [1000, 1001, 1002, 1003, 1004].map((id) => [id, undefined]),
    );
  });

  test('whose new ones do not come up keeps the old', () => {
    const { fleet } = roll(rollingFleet(members(5), surge), ({ id, task }) =>
      id >= 1000 && task?.verb === 'create' ? 'failed' : 'done',
    );
    expect(fleet.upgrade).toMatchObject({ state: 'Faulted', failed: [0, 1], succeeded: [] });
    const left = endAll(fleet, () => 'done').instances;
    expect(left.map(({ id, model }) => [id, model])).toEqual([0, 1, 2, 3, 4].map((id) => [id, 1]));
  });

  test('replaces none that is off or protected from scale-in: they are upgraded where they are', () => {
    const kept = { protection: { protectFromScaleIn: true, protectFromScaleSetActions: false } };
    const fleet = rollingFleet(
      members(3, (id) => (id === 0 ? kept : {})),
      surge,
    );
    const { batches, fleet: after } = roll(fleet);
    expect(batches).toEqual([[1], [2], [0]]);
    expect(after.instances.map(({ id, model }) => [id, model])).toEqual([
      [0, 2],
      [1000, 2],
      [1001, 2],
    ]);
  });

  test('gives up a new one whose old one was deleted meanwhile', () => {
    let fleet = step(rollingFleet(members(3), surge));
    fleet = { ...fleet, instances: fleet.instances.filter(({ id }) => id !== 0) };
    const plan = planOf(endAll(fleet, () => 'done'));
    expect(ids(plan.drop)).toEqual([1000]);
    expect(plan.upgrade).toMatchObject({ succeeded: [], failed: [] });
  });
});

describe('an old instance that would not go', () => {
  test('is not replaced again and again', () => {
    let fleet = step(rollingFleet(members(2), { surge: true }));
    fleet = endVerb(step(endAll(fleet, () => 'done')), 0, 'failed');
    // Its guest still serves; the new one was given up again, as one member too many.
    const well = { state: 'healthy' as const, since: THEN };
    const instances = fleet.instances.filter(({ id }) => id !== 1000);
    fleet = { ...fleet, instances: instances.map((one) => ({ ...one, health: well })) };
    const { fleet: end, batches } = roll(fleet);
    expect(batches).toEqual([[1]]);
    expect(end.upgrade).toMatchObject({ failed: [0], impact: 'it did not come up' });
    expect(end.upgrade.state).not.toBe('RollingForward');
  });
});

describe('a rollback', () => {
  const policy = { rollback: true, batchPercent: 40, unhealthyPercent: 100 };

  test('brings those that failed back, a batch at a time, and then the upgrade is Faulted', () => {
    let fleet = rollingFleet(members(5), policy);
    fleet = pass(
      endAll(step(fleet), () => 'ill'),
      5 * MINUTE,
    );
    fleet = step(fleet);
    expect(fleet.upgrade).toMatchObject({ state: 'RollingForward', rollback: { inHand: [], left: [0, 1] } });
    const plan = planOf(fleet);
    expect(plan.rollBack.map(({ instance, to }) => [instance.id, to])).toEqual([
      [0, { model: 1 }],
      [1, { model: 1 }],
    ]);
    fleet = step(fleet);
    fleet = step(endAll(fleet, ({ id }) => (id === 0 ? 'done' : 'failed')));
    expect(fleet.upgrade).toMatchObject({
      state: 'Faulted',
      rolledBack: [0],
      notRolledBack: [1],
      pending: 3,
    });
    expect(fleet.upgrade.error?.code).toBe('MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade');
    expect(fleet.instances.every(({ model }, id) => model === (id === 1 ? 2 : 1))).toBe(true);
  });

  test('leaves those that were protected since alone', () => {
    let fleet = pass(
      endAll(step(rollingFleet(members(5), policy)), () => 'ill'),
      5 * MINUTE,
    );
    fleet = step({ ...fleet, instances: fleet.instances.map((one) => ({ ...one, ...PROTECTED })) });
    expect(planOf(fleet)).toMatchObject({ rollBack: [], upgrade: { state: 'Faulted' } });
  });
});

describe('what Azure lacks', () => {
  test('a canary alone first, by number or by id', () => {
    const policy = { batchPercent: 50, unhealthyPercent: 50 };
    const first = (canary: { count: number } | { id: number }) =>
      roll(rollingFleet(members(4), { ...policy, canary })).batches;
    expect(first({ count: 1 })).toEqual([[0], [1, 2], [3]]);
    expect(first({ id: 3 })).toEqual([[3], [0, 1], [2]]);
    expect(first({ id: 77 })).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  test('checkpoints, each with a time to bake', () => {
    const policy = { batchPercent: 40, unhealthyPercent: 40, checkpoints: [10, 50], bake: 60 * MINUTE };
    const { batches, begun } = roll(rollingFleet(members(10), policy));
    expect(batches).toEqual([[0], [1, 2, 3, 4], [5, 6, 7, 8], [9]]);
    const waits = begun.slice(1).map((at, index) => at - (begun[index] ?? 0) >= 60 * MINUTE);
    expect(waits).toEqual([true, true, false]);
  });

  test('an instance that falls ill in the bake time stops the upgrade', () => {
    const policy = { canary: { count: 1 }, bake: 60 * MINUTE, unhealthyPercent: 100, rollback: true };
    let fleet = step(endAll(step(rollingFleet(members(10), policy)), () => 'done'));
    expect(planOf(fleet).due).toBe(fleet.now + 60 * MINUTE);
    fleet = {
      ...fleet,
      instances: fleet.instances.map((one) => (one.id === 0 ? { ...one, ...UNHEALTHY } : one)),
    };
    fleet = step(fleet);
    expect(fleet.upgrade).toMatchObject({
      error: { code: 'UnhealthyInBakeTimeOfRollingUpgrade' },
      failed: [0],
    });
    expect(roll(fleet).fleet.upgrade).toMatchObject({ state: 'Faulted', rolledBack: [0] });
  });

  const stopSignal = { name: 'errorRate', percent: 10 };

  test.each([
    [1.1, 'Completed'],
    [1.2, 'Faulted'],
  ])('a signal of %d where it was 1 leaves the upgrade %s', (value, state) => {
    const metricsOf = ({ model }: Instance) => ({ errorRate: model === 2 ? value : 1 });
    const { fleet } = roll(rollingFleet(members(5), { stopSignal }), () => 'done', { metricsOf });
    expect(fleet.upgrade.state).toBe(state);
    if (state === 'Faulted') {
      expect(fleet.upgrade.error).toEqual({
        code: 'StopSignalWorsenedInRollingUpgrade',
        message:
          "The health signal 'errorRate' has worsened: its mean is 1.2 where it was upgraded, 1 otherwise.",
      });
    }
  });

  test('the signal is compared with what it was before when none is left', () => {
    const metricsOf = ({ model }: Instance) => ({ errorRate: model === 2 ? 5 : 1 });
    const policy = { stopSignal, batchPercent: 100, unhealthyPercent: 100 };
    const { fleet } = roll(rollingFleet(members(3), policy), () => 'done', { metricsOf });
    expect(fleet.upgrade).toMatchObject({ state: 'Faulted', baseline: 1 });
  });

  test('a signal that nobody sends stops nothing', () => {
    expect(roll(rollingFleet(members(3), { stopSignal })).fleet.upgrade.state).toBe('Completed');
  });

  test('the signal is looked at again and again while it bakes', () => {
    const policy = { stopSignal, canary: { count: 1 }, bake: 60 * MINUTE };
    const fleet = step(endAll(step(rollingFleet(members(5), policy)), () => 'done'));
    expect(planOf(fleet).due).toBe(fleet.now + 10 * SECOND);
    const metricsOf = ({ model }: Instance) => ({ errorRate: model === 2 ? 5 : 1 });
    expect(planOf(fleet, { metricsOf }).upgrade.state).toBe('Faulted');
  });
});

describe('an OS upgrade', () => {
  test('takes those whose image is another, and those behind the model', () => {
    const image = { imageVersion: '2', model: 2 };
    const three = [
      member(0, image),
      member(1, { ...image, imageVersion: '1' }),
      member(2, { imageVersion: '2' }),
    ];
    const { batches, fleet } = roll(rollingFleet(three, {}, { kind: 'os', image: '2' }));
    expect(batches).toEqual([[1], [2]]);
    expect(fleet.upgrade.state).toBe('Completed');
    expect(fleet.upgrade.previous).toEqual({ 1: { model: 2, image: '1' }, 2: { model: 1, image: '2' } });
  });

  test('leaves alone who has a newer model already', () => {
    const instances = members(2, (id) => ({ model: id === 0 ? 3 : 2, imageVersion: '1' }));
    const fleet = rollingFleet(instances, {}, { kind: 'os', image: '2' });
    const declared = { ...fleet.set.declared, properties: {} };
    const { fleet: end, batches } = roll({ ...fleet, set: { ...fleet.set, model: 3, declared } });
    expect(batches).toEqual([[1]]);
    expect(end.upgrade).toMatchObject({ state: 'Completed', succeeded: [1], overtaken: true });
  });

  test('with nothing behind is completed at once', () => {
    const two = members(2, () => ({ imageVersion: '2', model: 2 }));
    expect(planOf(rollingFleet(two, {}, { kind: 'os', image: '2' })).upgrade.state).toBe('Completed');
  });
});

test('an extension upgrade takes those that are behind in nothing else', () => {
  const effectOf = ({ id }: Instance) => (id === 1 ? ('restart' as const) : ('extensions' as const));
  const fleet = rollingFleet(members(3), {}, { kind: 'extension' });
  expect(roll(fleet, () => 'done', { effectOf }).batches).toEqual([[0], [2]]);
});

test('an upgrade that ended does nothing more', () => {
  const { fleet } = roll(rollingFleet(members(2)));
  const plan = planOf({ ...fleet, set: { ...fleet.set, model: 9 } });
  expect(plan).toMatchObject({ update: [], mark: [], surge: [] });
  expect(plan.upgrade).toBe(fleet.upgrade);
});
