// The rolling plan, whatever the fleet and the policy are and whatever happens meanwhile: what never happens.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  carryOut,
  deleted,
  endVerb,
  member,
  pass,
  planOf,
  type RollingFleet,
  rollingFleet,
} from '../../test/testing/rolling-fleet.ts';
import { SET_OPERATION, taskRow, THEN } from '../../test/testing/rows.ts';
import { type Instance, isMember } from './instance.ts';
import type { UpgradeEffect } from './model.ts';
import { isOut, partOf } from './rolling-batch.ts';
import { type RollingPlan, withCancel } from './rolling-plan.ts';
import type { RollingPolicy } from './rolling-policy.ts';
import { inHand, isProtected } from './rolling-upgrade.ts';
import { MINUTE, SECOND } from './time.ts';
import { withTask } from './verb.ts';

const anyPolicy = fc.record({
  batchPercent: fc.integer({ min: 5, max: 100 }),
  unhealthyPercent: fc.integer({ min: 5, max: 100 }),
  unhealthyUpgradedPercent: fc.integer({ min: 0, max: 100 }),
  pause: fc.constantFrom(0, 0, 30 * SECOND),
  crossZone: fc.boolean(),
  unhealthyFirst: fc.boolean(),
  surge: fc.boolean(),
  rollback: fc.boolean(),
  checkpoints: fc.constantFrom<readonly number[]>([], [], [20, 50]),
  bake: fc.constantFrom(0, 10 * MINUTE),
});

const anyMember = fc.record({
  zone: fc.constantFrom('1', '2', '3'),
  ill: fc.integer({ min: 0, max: 9 }),
  protect: fc.constantFrom('', '', '', '', 'in', 'all'),
  busy: fc.integer({ min: 0, max: 9 }),
  off: fc.integer({ min: 0, max: 9 }),
  effect: fc.constantFrom<UpgradeEffect>('none', 'extensions', 'restart', 'reimage', 'reimage'),
});

interface Event {
  readonly do: string;
  readonly pick: number;
  readonly how: 'done' | 'ill' | 'failed';
}

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('end'),
      pick: fc.nat(),
      how: fc.constantFrom<Event['how'][]>('done', 'done', 'done', 'done', 'ill', 'failed'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('plan'), pick: fc.nat(), how: fc.constant('done') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      pick: fc.integer({ min: 1, max: 400 }),
      how: fc.constant('done'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('ill', 'well', 'restart', 'restart', 'delete', 'protect', 'grow'),
      pick: fc.nat(),
      how: fc.constant('done'),
    }),
  },
);

interface Seen {
  lastEnd: number;
  begun: number;
  batches: number;
}

/** Holds a plan against every rule. */
function check(fleet: RollingFleet, plan: RollingPlan, policy: RollingPolicy, seen: Seen): void {
  const members = fleet.instances.filter(isMember);
  const asked = [...plan.update, ...plan.surge.map(({ old }) => old)];
  const touched = [...plan.update, ...plan.rollBack.map(({ instance }) => instance), ...plan.mark];
  for (const one of [...touched, ...asked, ...plan.swap.map(({ old }) => old)]) {
    expect(isProtected(one)).toBe(false);
    expect(one.task).toBeUndefined();
    expect(members).toContain(one);
  }
  for (const one of asked) expect(one.model).toBeLessThan(plan.upgrade.model);
  const most = partOf(members.length, policy.batchPercent);
  expect(plan.rollBack.length).toBeLessThanOrEqual(most);
  // A replacement takes a place in the same commit in which the place is left.
  const after = carryOut(fleet, plan).instances.filter(isMember).length;
  expect(after).toBe(members.length);
  if (fleet.upgrade.batch !== undefined && plan.upgrade.batch === undefined) seen.lastEnd = fleet.now;
  if (asked.length === 0) return;
  seen.batches += 1;
  expect(fleet.upgrade.batch).toBeUndefined();
  expect(fleet.upgrade.lastAction).toBe('Start');
  expect(plan.upgrade.state).toBe('RollingForward');
  expect(asked.length).toBeLessThanOrEqual(most);
  expect(fleet.now).toBeGreaterThanOrEqual(seen.lastEnd + (seen.batches > 1 ? policy.pause : 0));
  if (!policy.crossZone) expect(new Set(asked.map(({ zone }) => zone)).size).toBe(1);
  const taken = new Set(plan.update);
  const outOrBusy = members.filter(
    (one) => isOut(one) || one.task !== undefined || (taken.has(one) && one.wanted.power === 'running'),
  );
  const bearable = Math.floor((members.length * policy.unhealthyPercent) / 100);
  const costly = plan.update.filter((one) => !isOut(one) && one.wanted.power === 'running');
  if (costly.length > 1) expect(outOrBusy.length).toBeLessThanOrEqual(bearable);
  if (costly.length === 1 && outOrBusy.length > bearable) {
    expect(members.filter(({ task }) => task !== undefined)).toEqual([]);
  }
  if (policy.unhealthyFirst && asked.some((one) => !isOut(one))) {
    const waiting = members.filter(
      (one) => isOut(one) && one.task === undefined && !isProtected(one) && one.model < plan.upgrade.model,
    );
    const tried = [...fleet.upgrade.failed, ...fleet.upgrade.succeeded];
    expect(waiting.filter(({ id }) => !tried.includes(id))).toEqual([]);
  }
}

function happen(fleet: RollingFleet, event: Event): RollingFleet {
  const { instances, now } = fleet;
  if (event.do === 'wait') return pass(fleet, event.pick * SECOND);
  if (event.do === 'grow') return grown(fleet);
  if (event.do === 'end') {
    const working = instances.filter(({ task }) => task !== undefined);
    const one = working[event.pick % Math.max(1, working.length)];
    return one === undefined ? fleet : endVerb(fleet, one.id, event.how);
  }
  const at = instances[event.pick % Math.max(1, instances.length)];
  const after = at === undefined ? undefined : changed(at, event.do, now);
  return { ...fleet, instances: instances.map((one) => (one === at && after !== undefined ? after : one)) };
}

function grown(fleet: RollingFleet): RollingFleet {
  const id = fleet.set.nextInstanceId;
  const born = member(id, { model: 2, wanted: { exists: true, power: 'running', model: 2 } });
  const set = { ...fleet.set, nextInstanceId: id + 1 };
  return { ...fleet, set, instances: [...fleet.instances, born] };
}

function changed(one: Instance, deed: string, now: number): Instance {
  // Replacements are no members, and one verb is in hand: nobody can ask anything of either.
  const isFree = one.task === undefined && one.surge !== true;
  switch (deed) {
    case 'ill':
    case 'well': {
      const state = deed === 'ill' ? 'unhealthy' : 'healthy';
      return one.health === undefined ? one : { ...one, health: { state, since: now } };
    }
    case 'restart': {
      const task = taskRow('restart', { operation: SET_OPERATION });
      return isFree ? withTask(one, { ...one.wanted, power: 'running' }, task) : one;
    }
    case 'delete':
      return isFree ? deleted(one, now) : one;
    default:
      return {
        ...one,
        protection: { protectFromScaleIn: false, protectFromScaleSetActions: !isProtected(one) },
      };
  }
}

test('no plan breaks a rule, and every upgrade ends', () => {
  const states: Record<string, number> = {};
  let batches = 0;
  fc.assert(
    fc.property(
      anyPolicy,
      fc.array(anyMember, { minLength: 1, maxLength: 14, size: 'max' }),
      fc.array(anyEvent, { maxLength: 80, size: 'max' }),
      fc.integer({ min: 0, max: 400 }),
      (given, drawn, events, cancelAt) => {
        const fleet = drawn.map((one, id) =>
          member(id, {
            zone: one.zone,
            ...(one.ill === 0 ? { health: { state: 'unhealthy', since: THEN } } : {}),
            ...(one.protect === ''
              ? {}
              : {
                  protection: { protectFromScaleIn: true, protectFromScaleSetActions: one.protect === 'all' },
                }),
            ...(one.busy === 0 ? { task: taskRow('restart') } : {}),
            ...(one.off === 0
              ? {
                  wanted: { exists: true, power: 'stopped', model: 1 },
                  observed: { power: 'stopped', ready: false },
                }
              : {}),
          }),
        );
        const options = { effectOf: ({ id }: Instance): UpgradeEffect => drawn[id]?.effect ?? 'none' };
        let now = rollingFleet(fleet, given);
        const policy = now.upgrade.policy;
        const seen: Seen = { lastEnd: 0, begun: 0, batches: 0 };
        const look = (): RollingPlan => {
          const plan = planOf(now, options);
          check(now, plan, policy, seen);
          now = carryOut(now, plan, options);
          return plan;
        };
        events.forEach((event, index) => {
          if (index === cancelAt) now = { ...now, upgrade: withCancel(now.upgrade, now.now) };
          if (event.do === 'plan') look();
          else now = happen(now, event);
        });
        // Left alone, it ends: verbs end, and time goes on.
        for (let count = 0; now.upgrade.state === 'RollingForward'; count += 1) {
          expect(count).toBeLessThan(1000);
          const before = now.upgrade;
          const plan = look();
          for (const { id, task } of now.instances) if (task !== undefined) now = endVerb(now, id, 'done');
          if (plan.upgrade === before && plan.due !== undefined)
            now = { ...now, now: Math.max(now.now, plan.due) };
        }
        states[now.upgrade.state] = (states[now.upgrade.state] ?? 0) + 1;
        batches += seen.batches;
        expect(inHand(now.upgrade).size).toBe(0);
        // Nothing is done twice.
        const { succeeded, failed } = now.upgrade;
        expect(new Set([...succeeded, ...failed]).size).toBe(succeeded.length + failed.length);
        // A replacement that was given up is on its way out.
        for (const one of now.instances.filter(({ surge }) => surge === true)) {
          expect(one.wanted.exists && one.failure === undefined && one.task === undefined).toBe(false);
        }
      },
    ),
    { numRuns: 1500 },
  );
  // Or the property would say nothing.
  expect(states['Completed']).toBeGreaterThan(50);
  expect(states['Faulted']).toBeGreaterThan(50);
  expect(states['Cancelled']).toBeGreaterThan(20);
  expect(batches).toBeGreaterThan(1000);
});
