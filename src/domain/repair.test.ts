// The repair plan. What never happens, whatever the fleet looks like: more under repair than allowed; one that is
// protected, busy, failed, never up, healthy or within its grace period; any at all while suspended or held back.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { healthExtension, profileWith } from '../../test/testing/health.ts';
import { instanceRow, scaleSetRow, taskRow, THEN } from '../../test/testing/rows.ts';
import { type HealthState, isUnhealthy } from './health.ts';
import type { Instance } from './instance.ts';
import { ATTEMPTS, planRepairs, quietUntil, repairsAtOnce, repairService } from './repair.ts';
import { LIMIT_TAG, repairPolicy, type RepairPolicy } from './repair-policy.ts';
import type { RepairService, ScaleSet } from './scale-set.ts';
import { MINUTE } from './time.ts';

const GRACE = 10 * MINUTE;
const LATER = THEN + GRACE;

interface Given {
  readonly capacity?: number;
  readonly action?: string;
  readonly enabled?: boolean;
  readonly limit?: number | undefined;
  readonly repairs?: RepairService;
  readonly deleting?: boolean;
}

function setOf({
  capacity = 3,
  action = 'Restart',
  enabled = true,
  limit,
  repairs,
  deleting,
}: Given = {}): ScaleSet {
  const set = scaleSetRow({
    capacity,
    repairs,
    deleting,
    properties: {
      virtualMachineProfile: profileWith(healthExtension()),
      automaticRepairsPolicy: { enabled, gracePeriod: 'PT10M', repairAction: action },
    },
  });
  const tags = limit === undefined ? {} : { [LIMIT_TAG]: String(limit) };
  return { ...set, declared: { ...set.declared, tags } };
}

function member(id: number, state: HealthState = 'healthy', given: Partial<Instance> = {}): Instance {
  return instanceRow({ id, health: { state, since: THEN }, ...given });
}

const RUNNING: RepairService = { state: 'running', since: 0, owed: [], heldBack: false };
const ids = (plan: ReturnType<typeof planRepairs>): readonly number[] =>
  plan.repair.map(({ instance }) => instance.id);

describe('an unhealthy instance', () => {
  test.each(['unhealthy', 'unknown'] as const)(
    'that is %s is repaired when its grace period is over',
    (state) => {
      const fleet = [member(0), member(1, state), member(2)];
      const early = planRepairs(setOf(), fleet, LATER - 1);
      expect(ids(early)).toEqual([]);
      expect(early.due).toBe(LATER);
      const plan = planRepairs(setOf(), fleet, LATER);
      expect(ids(plan)).toEqual([1]);
      expect(plan.repair[0]?.repair).toEqual({ attempts: 1, begun: LATER });
    },
  );

  test('is repaired when it was asked again since the plane looks, and not for what was known before', () => {
    const fleet = [member(0), member(1, 'unhealthy'), member(2)];
    const early = planRepairs(setOf(), fleet, LATER, new Set(), LATER + 1);
    expect(ids(early)).toEqual([]);
    expect(early.due).toBe(LATER + 1);
    expect(ids(planRepairs(setOf(), fleet, LATER + 1, new Set(), LATER + 1))).toEqual([1]);
  });

  test.each<readonly [string, Partial<Instance>]>([
    [
      'is protected from scale-in',
      { protection: { protectFromScaleIn: true, protectFromScaleSetActions: false } },
    ],
    [
      'is protected from scale set actions',
      { protection: { protectFromScaleIn: false, protectFromScaleSetActions: true } },
    ],
    ['has a verb in hand', { task: taskRow('restart') }],
    ['failed', { failure: { code: 'VMStartTimedOut', message: 'late' } }],
    ['is on its way out', { wanted: { exists: false, power: 'running', model: 1 } }],
    ['is not to run', { wanted: { exists: true, power: 'stopped', model: 1 } }],
    ['is surplus', { surplus: true }],
    ['booted a moment ago', { observed: { power: 'running', ready: true, bootedAt: LATER - 1 } }],
    ['had a verb that ended a moment ago', { settledAt: LATER - 1 }],
  ])('that %s is left alone', (_, given) => {
    expect(ids(planRepairs(setOf(), [member(0, 'unhealthy', given)], LATER))).toEqual([]);
  });

  test.each([
    ['without a policy', scaleSetRow()],
    ['whose policy is not enabled', setOf({ enabled: false })],
    ['that is being deleted', setOf({ deleting: true })],
    ['whose repairs are suspended', setOf({ repairs: { ...RUNNING, state: 'suspended' } })],
  ])('of a set %s is left alone', (_, set) => {
    expect(ids(planRepairs(set, [member(0, 'unhealthy')], LATER))).toEqual([]);
  });
});

describe('at once', () => {
  test.each([
    [1, 1],
    [19, 1],
    [20, 1],
    [39, 1],
    [40, 2],
    [1000, 50],
  ])('of %d members at most %d are under repair', (members, most) => {
    expect(repairsAtOnce(members)).toBe(most);
    const fleet = Array.from({ length: members }, (_, id) => member(id, 'unhealthy'));
    expect(ids(planRepairs(setOf({ capacity: members }), fleet, LATER))).toHaveLength(most);
  });

  test('an instance that a rolling upgrade is at work on is left to it, and counts', () => {
    const fleet = Array.from({ length: 40 }, (_, id) => member(id, 'unhealthy'));
    const repaired = (...upgraded: readonly number[]): readonly number[] =>
      ids(planRepairs(setOf({ capacity: 40 }), fleet, LATER, new Set(upgraded)));
    expect(repaired()).toEqual([0, 1]);
    expect(repaired(0)).toEqual([1]);
    expect(repaired(7, 8)).toEqual([]);
  });

  test('the next waits for the one before until that is healthy, or its grace period is over', () => {
    const repair = { attempts: 1, begun: LATER };
    const waiting = [member(0, 'unhealthy'), member(1, 'unhealthy')];
    const working = { ...(waiting[0] as Instance), task: taskRow('restart'), repair };
    const { health: _none, ...back } = member(0, 'healthy', { settledAt: LATER + MINUTE, repair });
    const look = (first: Instance, now: number): readonly number[] =>
      ids(planRepairs(setOf(), [first, waiting[1] as Instance], now));
    expect(look(working, LATER + MINUTE)).toEqual([]);
    expect(look(back, LATER + 2 * MINUTE)).toEqual([]);
    expect(look(member(0), LATER + 2 * MINUTE)).toEqual([1]);
    expect(look(back, LATER + MINUTE + GRACE)).toEqual([1]);
  });

  test('a replacement counts from the moment when what it replaces is given up', () => {
    const repair = { attempts: 1, begun: LATER };
    const set = setOf({ action: 'Replace', capacity: 2, repairs: { ...RUNNING, owed: [repair] } });
    expect(ids(planRepairs(set, [member(1, 'unhealthy')], LATER + 1))).toEqual([]);
    const made = member(2, 'healthy', { repair, task: taskRow('create') });
    const paid = setOf({ action: 'Replace', capacity: 2, repairs: RUNNING });
    expect(ids(planRepairs(paid, [member(1, 'unhealthy'), made], LATER + 1))).toEqual([]);
  });

  test('a replacement that is not wanted any more does not count', () => {
    const owed = [{ attempts: 1, begun: LATER }];
    const set = setOf({ action: 'Replace', capacity: 1, repairs: { ...RUNNING, owed } });
    const plan = planRepairs(set, [member(1, 'unhealthy')], LATER + 1);
    expect(ids(plan)).toEqual([1]);
    expect(plan.service.owed).toHaveLength(1);
  });

  test('those not tried yet come first, then who is unhealthy for longest', () => {
    const tried = member(0, 'unhealthy', { repair: { attempts: 1, begun: THEN } });
    const young = member(1, 'unhealthy', { health: { state: 'unhealthy', since: THEN + 2 } });
    const old = member(2, 'unhealthy', { health: { state: 'unhealthy', since: THEN + 1 } });
    expect(ids(planRepairs(setOf(), [tried, young, old], LATER + GRACE))).toEqual([2]);
    expect(ids(planRepairs(setOf(), [tried, young], LATER + GRACE))).toEqual([1]);
    expect(ids(planRepairs(setOf(), [tried], LATER + GRACE))).toEqual([0]);
  });
});

describe('repairs that do not help', () => {
  const hopeless = member(0, 'unhealthy', { repair: { attempts: ATTEMPTS, begun: THEN } });

  test('suspend themselves, and say for whose sake', () => {
    const plan = planRepairs(setOf(), [hopeless, member(1, 'unhealthy')], LATER);
    expect(plan.repair).toEqual([]);
    expect(plan.service).toMatchObject({ state: 'suspended', since: LATER });
    expect(plan.gaveUp?.id).toBe(0);
  });

  test('are forgotten when somebody resumes', () => {
    const repairs = { ...RUNNING, since: LATER };
    const plan = planRepairs(setOf({ repairs }), [hopeless], LATER + 1);
    expect(plan.repair[0]?.repair).toEqual({ attempts: 1, begun: LATER + 1 });
  });

  test('hand their count on to the replacement', () => {
    const second = member(0, 'unhealthy', { repair: { attempts: 1, begun: THEN } });
    const plan = planRepairs(setOf({ action: 'Replace', capacity: 1 }), [second], LATER);
    expect(plan.service.owed).toEqual([{ attempts: 2, begun: LATER }]);
  });
});

describe('the user’s limit', () => {
  const three = [
    member(0, 'unhealthy'),
    member(1, 'unknown'),
    ...[2, 3, 4, 5, 6, 7, 8, 9].map((id) => member(id)),
  ];

  test('holds all repairs back while more are unhealthy, and not at the limit itself', () => {
    const held = planRepairs(setOf({ capacity: 10, limit: 19 }), three, LATER);
    expect(held.repair).toEqual([]);
    expect(held.service.heldBack).toBe(true);
    expect(ids(planRepairs(setOf({ capacity: 10, limit: 20 }), three, LATER))).toHaveLength(1);
  });

  test('does not look at repairs that are suspended: nothing would go on', () => {
    const repairs: RepairService = { ...RUNNING, state: 'suspended', heldBack: true };
    expect(planRepairs(setOf({ capacity: 10, limit: 20, repairs }), three, LATER).service).toBe(repairs);
  });

  test('lets them go on afterwards', () => {
    const set = setOf({ capacity: 10, limit: 20, repairs: { ...RUNNING, heldBack: true } });
    const plan = planRepairs(set, three, LATER);
    expect(plan.service.heldBack).toBe(false);
    expect(plan.repair).toHaveLength(1);
  });
});

test('where there is nothing to do the service is the same object', () => {
  const set = setOf({ repairs: RUNNING });
  expect(planRepairs(set, [member(0)], LATER).service).toBe(RUNNING);
});

const anyMember = fc.record({
  state: fc.constantFrom<HealthState | undefined>(
    'healthy',
    'unhealthy',
    'unhealthy',
    'unknown',
    'initializing',
    undefined,
  ),
  age: fc.integer({ min: -60, max: 5 }),
  booted: fc.integer({ min: -60, max: 5 }),
  busy: fc.integer({ min: 0, max: 5 }),
  failed: fc.integer({ min: 0, max: 5 }),
  everUp: fc.integer({ min: 0, max: 9 }),
  protect: fc.constantFrom(undefined, undefined, 'in', 'all'),
  power: fc.constantFrom<'running' | 'stopped'>('running', 'stopped'),
  exists: fc.integer({ min: 0, max: 9 }),
  surplus: fc.integer({ min: 0, max: 9 }),
  /** Nearly always none: one that was repaired in vain too often suspends all repairs. */
  attempts: fc.integer({ min: -60, max: ATTEMPTS }).map((count) => Math.max(0, count)),
});
type Drawn = typeof anyMember extends fc.Arbitrary<infer Value> ? Value : never;

function memberOf(drawn: Drawn, id: number, now: number): Instance {
  const rarely = (number: number): boolean => number === 0;
  return instanceRow({
    id,
    health: drawn.state === undefined ? undefined : { state: drawn.state, since: THEN },
    settledAt: rarely(drawn.everUp) ? undefined : now + drawn.age * MINUTE,
    observed: { power: 'running', ready: true, bootedAt: now + drawn.booted * MINUTE },
    task: rarely(drawn.busy) ? taskRow('restart') : undefined,
    failure: rarely(drawn.failed) ? { code: 'VMStartTimedOut', message: 'late' } : undefined,
    protection:
      drawn.protect === undefined
        ? undefined
        : { protectFromScaleIn: true, protectFromScaleSetActions: drawn.protect === 'all' },
    wanted: { exists: !rarely(drawn.exists), power: drawn.power, model: 1 },
    surplus: rarely(drawn.surplus),
    repair: drawn.attempts === 0 ? undefined : { attempts: drawn.attempts, begun: now - 70 * MINUTE },
  });
}

test('whatever the fleet looks like, no repair breaks a rule', () => {
  const now = THEN + 200 * MINUTE;
  let repaired = 0;
  fc.assert(
    fc.property(
      fc.array(anyMember, { maxLength: 80, size: 'max' }),
      fc.constantFrom('Replace', 'Restart', 'Reimage'),
      fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined, freq: 1 }),
      fc.constantFrom<RepairService>(
        RUNNING,
        RUNNING,
        RUNNING,
        { ...RUNNING, state: 'suspended' },
        { ...RUNNING, heldBack: true },
      ),
      fc.array(fc.constant({ attempts: 1, begun: now }), { maxLength: 2 }),
      (drawn, action, limit, service, owed) => {
        const fleet = drawn.map((one, id) => memberOf(one, id, now));
        const set = setOf({ capacity: drawn.length, action, limit, repairs: { ...service, owed } });
        const policy = repairPolicy(set.declared) as RepairPolicy;
        const plan = planRepairs(set, fleet, now);
        const members = fleet.filter((one) => one.wanted.exists && !one.surplus);
        const busy = members.filter(
          (one) =>
            one.repair !== undefined &&
            one.failure === undefined &&
            (one.task !== undefined || quietUntil(one, policy) > now),
        ).length;
        const stillOwed = Math.min(owed.length, Math.max(0, drawn.length - members.length));
        if (plan.repair.length > 0) {
          expect(busy + stillOwed + plan.repair.length).toBeLessThanOrEqual(repairsAtOnce(members.length));
          expect(service.state).toBe('running');
          const ill = members.filter(isUnhealthy).length;
          if (limit !== undefined) expect(ill * 100).toBeLessThanOrEqual(limit * members.length);
        }
        repaired += plan.repair.length;
        for (const { instance, repair } of plan.repair) {
          expect(isUnhealthy(instance)).toBe(true);
          expect(instance.task).toBeUndefined();
          expect(instance.failure).toBeUndefined();
          expect(instance.protection?.protectFromScaleIn ?? false).toBe(false);
          expect(instance.settledAt).toBeDefined();
          expect(members).toContain(instance);
          expect(instance.wanted.power).toBe('running');
          expect(quietUntil(instance, policy)).toBeLessThanOrEqual(now);
          expect(repair.attempts).toBeLessThanOrEqual(ATTEMPTS);
        }
        expect(new Set(ids(plan)).size).toBe(plan.repair.length);
        // What comes of it is asked again at a time that lies ahead, or never.
        if (plan.due !== undefined) expect(plan.due).toBeGreaterThan(now);
        expect(repairService({ ...set, repairs: plan.service }).owed.length).toBe(
          stillOwed + (action === 'Replace' ? plan.repair.length : 0),
        );
      },
    ),
    { numRuns: 1000 },
  );
  // Or the property would say nothing.
  expect(repaired).toBeGreaterThan(80);
});
