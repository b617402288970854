// When a stage has come true, when it may still, and when it has failed.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyInventory, instanceFacts, inventoryOf } from '../../test/testing/inventories.ts';
import { type ActionPlan, type Deed, type Stage, stepOf } from './action-plan.ts';
import { decide } from './guard.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { select } from './selection.ts';
import { sightingOf } from './sighting.ts';
import { type Verb, VERBS } from './verbs.ts';
import { verify, type Verdict } from './verify.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const ALL = {
  wholeSet: true,
  includeProtected: true,
  includeStateful: true,
  belowFloor: true,
  max: { value: 1000, unit: 'count' as const },
};

function planOf(inventory: Inventory, verb: Verb, ids: readonly string[]): ActionPlan {
  const { ids: selected } = select(inventory, { by: 'ids', ids });
  const protection = { scaleIn: true, scaleSetActions: true };
  const { plan } = decide(inventory, selected!, { verb, verifySeconds: 60, protection }, ALL);
  if (plan === undefined) throw new Error('refused');
  return plan;
}

const SENT = Date.parse('2026-11-24T06:00:00Z');
const BEFORE = inventoryOf(3);
type Change = Partial<InstanceFacts>;

/** Instance 1 was acted on; the verdict on what it is now. */
function judged(
  deed: Deed,
  changes: Change | undefined,
  more: { neighbour?: Change; waitedSeconds?: number; before?: Inventory; gate?: Stage['gate'] } = {},
): Verdict {
  const { neighbour, waitedSeconds = 0, before = BEFORE, gate = 'must' } = more;
  const stage: Stage = { name: 'canary', steps: [stepOf(deed, '1')], gate };
  const plan: ActionPlan = {
    ...planOf(before, 'restart', ['1']),
    stages: [stage],
    protection: { scaleIn: true, scaleSetActions: true },
  };
  const instances = before.instances.flatMap((instance) => {
    if (instance.id === '2') return [{ ...instance, ...neighbour }];
    if (instance.id !== '1') return [instance];
    return changes === undefined ? [] : [{ ...instance, ...changes }];
  });
  const now = { ...before, set: { ...before.set, capacity: instances.length }, instances };
  return verify({
    plan,
    stage,
    before: sightingOf(before, hash),
    now,
    sentAt: SENT,
    waitedSeconds,
    limitSeconds: 900,
  });
}

const reasons = (verdict: Verdict) => (verdict.kind === 'ok' ? [] : [verdict.kind, ...verdict.reasons]);

describe('what was acted on', () => {
  test.each<[Deed, Change | undefined, readonly string[]]>([
    ['restart', {}, []],
    ['restart', { health: 'none' }, []],
    [
      'protect',
      { protection: { scaleIn: true, scaleSetActions: true, unseen: true } },
      ['pending', 'whether 1 is protected cannot be seen'],
    ],
    ['restart', { provisioning: 'Updating' }, ['pending', '1 is updating']],
    ['restart', { power: 'stopped' }, ['pending', '1 is stopped, not running']],
    ['restart', { health: 'unknown' }, ['pending', '1 is not healthy (unknown)']],
    ['restart', { balance: 'out' }, ['pending', '1 is not back in the balancer']],
    ['restart', { balance: 'unknown' }, []],
    ['restart', { latestModel: false }, ['pending', '1 is not on the latest model']],
    [
      'restart',
      { provisioning: 'Failed', failure: { code: 'VMStartTimedOut', message: 'late' } },
      ['failed', '1 has failed to provision (VMStartTimedOut: late)'],
    ],
    ['restart', undefined, ['failed', '1 is gone']],
    ['stop', { power: 'stopped', health: 'none' }, []],
    ['stop', {}, ['pending', '1 is running, not stopped']],
    ['deallocate', { power: 'stopped' }, ['pending', '1 is stopped, not deallocated']],
    ['delete', undefined, []],
    ['delete', { provisioning: 'Deleting' }, ['pending', '1 is still there']],
    ['protect', { protection: { scaleIn: true, scaleSetActions: true }, latestModel: false }, []],
    ['protect', {}, ['pending', '1 does not show the protection that was asked for']],
    ['diagnose', { health: 'unhealthy' }, []],
  ])('%s, then %j', (deed, changes, expected) => {
    expect(reasons(judged(deed, changes))).toEqual(expected);
  });

  test('has failed when it is still pending at the deadline', () => {
    expect(judged('restart', { health: 'unhealthy' }, { waitedSeconds: 900 }).kind).toBe('failed');
  });

  test('that had failed before may still be shown as failed, as long as what is shown is from before', () => {
    const failed = (time: string) => ({
      provisioning: 'Failed',
      view: { statuses: [{ code: 'ProvisioningState/failed', time }, { code: 'PowerState/running' }] },
    });
    const old = failed('2026-11-24T05:59:59Z');
    const before = inventoryOf([instanceFacts('0'), instanceFacts('1', old), instanceFacts('2')]);
    expect(judged('restart', old, { before, waitedSeconds: 899 }).kind).toBe('pending');
    expect(judged('restart', old, { before, waitedSeconds: 900 }).kind).toBe('failed');
    expect(judged('restart', failed('2026-11-24T06:00:01Z'), { before }).kind).toBe('failed');
    expect(judged('restart', { provisioning: 'Failed', view: {} }, { before }).kind).toBe('failed');
    expect(
      judged('protect', { ...old, protection: { scaleIn: true, scaleSetActions: true } }, { before }).kind,
    ).toBe('ok');
  });

  test('is left powered as it was by a reimage, unless it is to be healed', () => {
    const before = inventoryOf([
      instanceFacts('0'),
      instanceFacts('1', { power: 'stopped' }),
      instanceFacts('2'),
    ]);
    expect(judged('reimage', {}, { before }).kind).toBe('ok');
    expect(reasons(judged('reimage', {}, { before, gate: 'heals' }))).toContain('1 is stopped, not running');
  });

  test('must not have an extension that has failed since, nor any at all when it is to be healed', () => {
    const extension = { name: 'agent', type: 'C.A', version: '1.0', state: 'failed' as const, message: '' };
    const reported = (time: string) => ({
      extensions: [extension],
      view: { vmAgent: { statuses: [{ code: 'ProvisioningState/succeeded', time }] } },
    });
    const [old, fresh] = [reported('2026-11-24T05:59:00Z'), reported('2026-11-24T06:00:20Z')];
    const before = inventoryOf([instanceFacts('0'), instanceFacts('1', old), instanceFacts('2')]);
    expect(reasons(judged('restart', old))).toEqual(['pending', 'the extension agent of 1 has failed']);
    expect(judged('restart', {}, { before }).kind).toBe('ok');
    // The agent has not been heard since: it may yet tell otherwise, until the time is over.
    expect(judged('restart', old, { before, gate: 'heals', waitedSeconds: 899 }).kind).toBe('pending');
    expect(judged('restart', old, { before, gate: 'heals', waitedSeconds: 900 }).kind).toBe('failed');
    // It has, and nothing runs the extension again by itself: the next rung is not kept waiting.
    expect(judged('restart', fresh, { before, gate: 'heals' }).kind).toBe('failed');
    // While the verb is in hand it may change all the same.
    const updating = { ...fresh, provisioning: 'Updating' };
    expect(judged('restart', updating, { before, gate: 'heals' }).kind).toBe('pending');
  });

  test('need not be healthy where nothing says whether it is, but must not be unhealthy', () => {
    const before = inventoryOf([instanceFacts('1', { health: 'none' }), instanceFacts('2')], {
      healthSource: 'none',
    });
    expect(judged('restart', {}, { before }).kind).toBe('ok');
  });
});

describe('the neighbours', () => {
  test('must serve as they did', () => {
    expect(reasons(judged('restart', {}, { neighbour: { health: 'unhealthy' } }))).toEqual([
      'pending',
      '2 served before and does not now',
    ]);
    const before = inventoryOf([instanceFacts('1'), instanceFacts('2', { health: 'unhealthy' })]);
    expect(judged('restart', {}, { before }).kind).toBe('ok');
  });

  test('that somebody else has scaled in are no harm; that are missing are', () => {
    const stage: Stage = { name: 'canary', steps: [stepOf('restart', '1')], gate: 'must' };
    const plan = { ...planOf(BEFORE, 'restart', ['1']), stages: [stage] };
    const instances = BEFORE.instances.filter(({ id }) => id !== '2');
    const seen = (capacity: number) => ({
      plan,
      stage,
      before: sightingOf(BEFORE, hash),
      now: { ...BEFORE, set: { ...BEFORE.set, capacity }, instances },
      sentAt: SENT,
      waitedSeconds: 900,
      limitSeconds: 900,
    });
    expect(verify(seen(2)).kind).toBe('ok');
    expect(reasons(verify(seen(3)))).toEqual(['failed', '2 served before and does not now']);
  });
});

describe('the one that takes a place', () => {
  const stage: Stage = { name: 'replace: capacity', steps: [stepOf('capacity', '1')], gate: 'heals' };
  const plan = { ...planOf(BEFORE, 'restart', ['1']), verb: 'repair' as const, stages: [stage] };
  const rest = BEFORE.instances.filter(({ id }) => id !== '1');
  const seen = (instances: readonly InstanceFacts[], capacity: number) =>
    reasons(
      verify({
        plan,
        stage,
        before: sightingOf(BEFORE, hash),
        now: { ...BEFORE, set: { ...BEFORE.set, capacity }, instances },
        sentAt: SENT,
        waitedSeconds: 0,
        limitSeconds: 900,
      }),
    );

  test('has to come, and to be well', () => {
    expect(seen(rest, 2)).toEqual(['pending', 'the capacity is 2, not 3 again']);
    expect(seen(rest, 3)).toEqual(['pending', 'nothing has come in the place of 1']);
    expect(seen([...rest, instanceFacts('7', { health: 'unknown' })], 3)).toEqual([
      'pending',
      '7 is not healthy (unknown)',
    ]);
    expect(seen([...rest, instanceFacts('7')], 3)).toEqual([]);
  });
});

test('what stays away by this plan is nobody’s worse neighbour', () => {
  const before = inventoryOf(40);
  const plan = planOf(before, 'stop', ['1', '2']);
  const instances = before.instances.map((one) =>
    ['1', '2'].includes(one.id) ? { ...one, power: 'stopped' as const } : one,
  );
  const stage = plan.stages[1]!;
  expect(
    verify({
      plan,
      stage,
      before: sightingOf(before, hash),
      now: { ...before, instances },
      sentAt: SENT,
      waitedSeconds: 0,
      limitSeconds: 900,
    }).kind,
  ).toBe('ok');
});

test('whatever is seen, a stage that is verified has its instances as they were wanted', () => {
  const verbs = (Object.keys(VERBS) as Verb[]).filter(
    (verb) => verb !== 'run' && VERBS[verb].outage !== 'never',
  );
  fc.assert(
    fc.property(
      anyInventory,
      anyInventory,
      fc.constantFrom(...verbs),
      fc.boolean(),
      (before, after, verb, late) => {
        fc.pre(verb !== 'update' || before.set.mode === 'Uniform');
        const plan = planOf(before, verb, [before.instances[0]!.id]);
        const [stage] = plan.stages;
        fc.pre(stage !== undefined);
        const verdict = verify({
          plan,
          stage,
          before: sightingOf(before, hash),
          now: after,
          sentAt: SENT,
          waitedSeconds: late ? 900 : 0,
          limitSeconds: 900,
        });
        const now = after.instances.find(({ id }) => id === plan.touched[0]);
        if (late) expect(verdict.kind).not.toBe('pending');
        if (verdict.kind !== 'ok') {
          expect(verdict.reasons.length).toBeGreaterThan(0);
          return;
        }
        if (verb === 'delete') {
          expect(now).toBeUndefined();
          return;
        }
        expect(now?.provisioning).toBe('Succeeded');
        if (VERBS[verb].leaves === 'running') {
          expect(now?.power).toBe('running');
          // A machine that was attached may have no source of health, though its set has one.
          expect(['healthy', 'none']).toContain(now?.health);
        }
        if (verb === 'stop') expect(now?.power).toBe('stopped');
      },
    ),
  );
});
