// A set under a rolling upgrade as pure values: plans are carried out as the loop carries them out, verbs end and health
// changes as they are told to, and time passes. For the properties of planning; the real loop is simulated elsewhere.

import { type HealthState } from '../../src/domain/health.ts';
import { type Instance, isMember } from '../../src/domain/instance.ts';
import type { UpgradeEffect } from '../../src/domain/model.ts';
import { newInstance } from '../../src/domain/new-instance.ts';
import { type RollingFacts, type RollingPlan, planRollingUpgrade } from '../../src/domain/rolling-plan.ts';
import type { RollingPolicy } from '../../src/domain/rolling-policy.ts';
import type { Metrics } from '../../src/domain/rolling-signal.ts';
import { newUpgrade, type RollingUpgrade } from '../../src/domain/rolling-upgrade.ts';
import type { ScaleSet } from '../../src/domain/scale-set.ts';
import { SECOND, type Time } from '../../src/domain/time.ts';
import { ask, withTask } from '../../src/domain/verb.ts';
import { instanceRow, modelRow, scaleSetRow, SET_OPERATION, taskRow, THEN, vmIdOf } from './rows.ts';

const POLICY: RollingPolicy = {
  declared: {},
  batchPercent: 20,
  unhealthyPercent: 20,
  unhealthyUpgradedPercent: 20,
  pause: 0,
  crossZone: false,
  unhealthyFirst: false,
  surge: false,
  rollback: false,
  checkpoints: [],
  bake: 0,
};

/** What the write that began it was called by. */
const UPGRADE_OPERATION = '09e7a000-0000-4000-8000-0000000000ff';

export interface RollingFleet {
  readonly set: ScaleSet;
  readonly instances: readonly Instance[];
  readonly upgrade: RollingUpgrade;
  readonly now: Time;
}

export interface FleetOptions {
  readonly effectOf?: (instance: Instance) => UpgradeEffect;
  readonly round?: number | undefined;
  readonly metricsOf?: (instance: Instance) => Metrics | undefined;
  readonly isAwaited?: (instance: Instance) => boolean;
  readonly watched?: Time;
  readonly room?: number;
}

/** A set of Rolling mode whose members are at version 1, and an upgrade to version 2. */
export function rollingFleet(
  instances: readonly Instance[],
  policy: Partial<RollingPolicy> = {},
  given: Partial<RollingUpgrade> = {},
): RollingFleet {
  const capacity = instances.filter(isMember).length;
  const properties = { upgradePolicy: { mode: 'Rolling' } };
  const set = scaleSetRow({ capacity, model: 2, generation: 2, nextInstanceId: 1000, properties });
  const upgrade = newUpgrade(set, THEN, {
    number: 1,
    id: vmIdOf(1),
    kind: 'model',
    startedBy: 'User',
    operation: UPGRADE_OPERATION,
    policy: { ...POLICY, ...policy },
  });
  return { set, instances, upgrade: { ...upgrade, ...given }, now: THEN + SECOND };
}

export function member(id: number, given: Partial<Instance> = {}): Instance {
  return instanceRow({ id, health: { state: 'healthy', since: THEN }, ...given });
}

export function members(
  count: number,
  given: (id: number) => Partial<Instance> = () => ({}),
): readonly Instance[] {
  return Array.from({ length: count }, (_, id) => member(id, given(id)));
}

function factsOf({ set, instances, now }: RollingFleet, options: FleetOptions = {}): RollingFacts {
  return {
    set,
    instances,
    now,
    effectOf: options.effectOf ?? (() => 'reimage'),
    round: 'round' in options ? options.round : 5 * SECOND,
    metricsOf: options.metricsOf ?? (() => undefined),
    isAwaited: options.isAwaited ?? (() => false),
    watched: options.watched ?? 0,
    ...(options.room === undefined ? {} : { room: options.room }),
  };
}

export function planOf(fleet: RollingFleet, options: FleetOptions = {}): RollingPlan {
  return planRollingUpgrade(fleet.upgrade, factsOf(fleet, options));
}

/** Plans once and carries it out. */
export function step(fleet: RollingFleet, options: FleetOptions = {}): RollingFleet {
  return carryOut(fleet, planOf(fleet, options), options);
}

export function carryOut(fleet: RollingFleet, plan: RollingPlan, options: FleetOptions = {}): RollingFleet {
  const { set, now } = fleet;
  const effectOf = options.effectOf ?? (() => 'reimage' as const);
  const request = { operation: UPGRADE_OPERATION, now, graceful: true };
  const { model, image } = plan.upgrade;
  const changed = [
    ...plan.mark.map((one) => ({ ...one, model, wanted: { ...one.wanted, model } })),
    ...plan.update.map((one) => ({
      ...ask(one, 'update', { ...request, model, effect: effectOf(one) }),
      ...(image === undefined ? {} : { imageVersion: image }),
    })),
    ...plan.rollBack.map(({ instance, to }) =>
      ask(instance, 'update', { ...request, model: to.model, effect: 'reimage' }),
    ),
    ...plan.swap.flatMap(({ old, fresh }) => [deleted(old, now, UPGRADE_OPERATION), unmarked(fresh)]),
    ...plan.drop.map((one) => deleted(one, now, UPGRADE_OPERATION)),
  ];
  const byId = new Map(changed.map((one) => [one.id, one]));
  if (byId.size !== changed.length) throw new Error('one instance is changed twice by one plan');
  const born = plan.surge.map(({ old, id }) => {
    const place = {
      faultDomain: old.faultDomain,
      updateDomain: old.updateDomain,
      ...(old.zone && { zone: old.zone }),
    };
    const birth = { id, vmId: vmIdOf(id), place, surplus: false, now };
    return { ...newInstance(set, modelRow({ version: model }), birth), surge: true };
  });
  return {
    ...fleet,
    set: { ...set, nextInstanceId: set.nextInstanceId + born.length },
    upgrade: plan.upgrade,
    instances: [...fleet.instances.map((one) => byId.get(one.id) ?? one), ...born],
  };
}

function unmarked(fresh: Instance): Instance {
  const { surge: _taken, ...rest } = fresh;
  return rest;
}

export function deleted(instance: Instance, now: Time, operation = SET_OPERATION): Instance {
  const task = taskRow('delete', { operation, since: now });
  return withTask(instance, { ...instance.wanted, exists: false }, task);
}

/** Ends the verb of an instance; what does not exist any more is gone. `well`: its guest serves when it is up. */
export function endVerb(fleet: RollingFleet, id: number, end: 'done' | 'ill' | 'failed'): RollingFleet {
  const instances = fleet.instances.flatMap((one): readonly Instance[] => {
    if (one.id !== id || one.task === undefined) return [one];
    const { task: _ended, health: _old, failure: _older, ...rest } = one;
    if (end !== 'failed' && !one.wanted.exists) return [];
    const { turn: _taken, ...wanted } = one.wanted;
    const last = { lastOperation: one.task.operation, lastVerb: one.task.verb, settledAt: fleet.now };
    if (end === 'failed') {
      const failure = { code: 'OSProvisioningTimedOut' as const, message: 'it did not come up' };
      return [{ ...rest, ...last, failure, wanted: { ...wanted, exists: true, model: one.model } }];
    }
    const state: HealthState = end === 'done' ? 'healthy' : 'unhealthy';
    const isUp = wanted.power === 'running';
    return [
      {
        ...rest,
        ...last,
        wanted,
        model: wanted.model,
        observed: { power: wanted.power, ready: isUp, bootedAt: fleet.now },
        ...(isUp ? { health: { state, since: fleet.now } } : {}),
      },
    ];
  });
  return { ...fleet, instances };
}

/** Ends every verb that there is. */
export function endAll(
  fleet: RollingFleet,
  end: (instance: Instance) => 'done' | 'ill' | 'failed',
): RollingFleet {
  return fleet.instances
    .filter(({ task }) => task !== undefined)
    .reduce((current, one) => endVerb(current, one.id, end(one)), fleet);
}

export function pass(fleet: RollingFleet, milliseconds: number): RollingFleet {
  return { ...fleet, now: fleet.now + milliseconds };
}

/** Until the upgrade has ended: verbs end as they are told, and time goes on to whatever the plan waits for. */
export function roll(
  given: RollingFleet,
  end: (instance: Instance) => 'done' | 'ill' | 'failed' = () => 'done',
  options: FleetOptions = {},
): {
  readonly fleet: RollingFleet;
  readonly batches: readonly (readonly number[])[];
  readonly begun: readonly Time[];
} {
  let fleet = given;
  const batches: (readonly number[])[] = [];
  const begun: Time[] = [];
  for (let count = 0; fleet.upgrade.state === 'RollingForward'; count += 1) {
    if (count > 10_000) throw new Error('the upgrade does not end');
    const plan = planOf(fleet, options);
    const { batch } = plan.upgrade;
    if (batch !== undefined && fleet.upgrade.batch === undefined) {
      batches.push(batch.ids);
      begun.push(fleet.now);
    }
    const next = carryOut(fleet, plan, options);
    const idle = plan.upgrade === fleet.upgrade && plan.mark.length === 0;
    fleet = endAll(next, end);
    if (idle && plan.due !== undefined) fleet = { ...fleet, now: Math.max(fleet.now, plan.due) };
  }
  return { fleet, batches, begun };
}
