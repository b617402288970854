// Capacity plans. What never happens: a protected instance is given up, one more than the excess, one with a verb in hand;
// the same thing is tried again and again; a set that has what was declared is not left in peace.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atRest, type Fleet, plan, work } from '../../test/testing/fleet.ts';
import { instanceRow, scaleSetRow, SET_OPERATION, taskRow } from '../../test/testing/rows.ts';
import { seededRandom } from '../system/random.ts';
import { type CapacityPlan, type Converge, planCapacity } from './capacity.ts';
import { type Instance, isMember, type Verb } from './instance.ts';
import type { ScaleSet } from './scale-set.ts';
import { protectedFromScaleIn } from './scale-in.ts';

const failure = { code: 'VMStartTimedOut', message: 'late' } as const;
const going = { exists: false, power: 'running', model: 1 } as const;
const neverUp = { failure, settledAt: undefined, lastOperation: SET_OPERATION, lastVerb: 'create' } as const;
const fromScaleIn = { protectFromScaleIn: true, protectFromScaleSetActions: false };
const fromActions = { protectFromScaleIn: false, protectFromScaleSetActions: true };

function converge(set: ScaleSet, instances: readonly Instance[]): Converge {
  const planned = planCapacity(set, instances);
  if (planned.kind !== 'converge') throw new Error(`the plan is ${planned.kind}`);
  return planned;
}

function members(count: number, given: Partial<Instance> = {}): readonly Instance[] {
  return Array.from({ length: count }, (_, id) => instanceRow({ id, ...given }));
}

function removed({ remove }: Converge): readonly number[] {
  return remove.map(({ instance }) => instance.id);
}

const creating = { task: taskRow('create'), settledAt: undefined, observed: { ready: false } };
const spare = { surplus: true };
const QUIET = { create: { members: 0, surplus: 0 }, remove: [], promote: [], upgrade: [] };

describe('what is missing', () => {
  test('is made, and with overprovisioning some more', () => {
    const set = scaleSetRow({ capacity: 5, generation: 2 });
    expect(converge(set, members(3))).toMatchObject({ create: { members: 2, surplus: 0 }, settled: false });
    const over = scaleSetRow({ capacity: 5, properties: { overprovision: true } });
    expect(converge(over, members(0))).toMatchObject({ create: { members: 5, surplus: 2 } });
    expect(converge(over, members(5)).create).toEqual({ members: 0, surplus: 0 });
  });

  test('does not count what is surplus or on its way out', () => {
    const set = scaleSetRow({ capacity: 2 });
    const instances = [
      instanceRow({ id: 0 }),
      instanceRow({ id: 1, ...spare }),
      instanceRow({ id: 2, wanted: going }),
    ];
    expect(converge(set, instances).create.members).toBe(1);
  });

  test('counts those that failed: nothing is made in their place without being asked', () => {
    const set = scaleSetRow({ capacity: 2, generation: 2 });
    expect(converge(set, [instanceRow({ id: 0 }), instanceRow({ id: 1, ...neverUp })])).toMatchObject({
      ...QUIET,
      settled: true,
      failure,
    });
  });
});

describe('what is too much', () => {
  const set = scaleSetRow({ capacity: 1, generation: 2 });

  test('is given up, the highest ids first', () => {
    expect(removed(converge(set, members(3)))).toEqual([2, 1]);
  });

  test('is given up while it is still being created', () => {
    const instances = [...members(1), instanceRow({ id: 1, ...creating })];
    expect(removed(converge(set, instances))).toEqual([1]);
  });

  test('is waited for while a verb is in hand, and nothing else goes in its stead', () => {
    const instances = [instanceRow({ id: 0 }), instanceRow({ id: 1, task: taskRow('restart') })];
    expect(converge(set, instances)).toMatchObject({ ...QUIET, settled: false });
  });

  test('is kept when all of it is protected', () => {
    const instances = members(3, { protection: fromActions });
    expect(converge(set, instances)).toMatchObject({ ...QUIET, settled: true });
    expect(converge(set, instances)).not.toHaveProperty('failure');
  });

  test('is not tried again for the operation for which it would not go, and no other goes in its stead', () => {
    const stuck = instanceRow({ id: 2, failure, lastOperation: SET_OPERATION, lastVerb: 'delete' });
    const left = [instanceRow({ id: 0 }), stuck];
    expect(converge(set, left)).toMatchObject({ ...QUIET, settled: true, failure });
    // A later write tries again.
    expect(removed(converge(scaleSetRow({ capacity: 1, operation: 'later' }), left))).toEqual([2]);
  });
});

describe('surplus', () => {
  const set = scaleSetRow({ capacity: 2, generation: 2, properties: { overprovision: true } });
  const up = [instanceRow({ id: 3, ...spare }), instanceRow({ id: 4, ...spare })];

  test('stays while a member is being created, and goes when all have come up', () => {
    const busy = [instanceRow({ id: 0 }), instanceRow({ id: 1, ...creating }), ...up];
    expect(converge(set, busy)).toMatchObject({ ...QUIET, settled: false });
    const ready = converge(set, [...members(2), ...up]);
    expect(ready.remove.map(({ instance, why }) => [instance.id, why])).toEqual([
      [3, 'surplus'],
      [4, 'surplus'],
    ]);
    expect(ready.settled).toBe(false);
  });

  test('that came up takes the place of a member that did not', () => {
    const planned = converge(set, [instanceRow({ id: 0 }), instanceRow({ id: 1, ...neverUp }), ...up]);
    expect(planned.promote.map(({ id }) => id)).toEqual([3]);
    expect(planned.remove.map(({ instance, why }) => [instance.id, why])).toEqual([
      [1, 'failedCreate'],
      [4, 'surplus'],
    ]);
  });

  test('that is still on its way may yet be needed', () => {
    const late = instanceRow({ id: 3, ...spare, ...creating });
    const instances = [instanceRow({ id: 0 }), instanceRow({ id: 1, ...neverUp }), late];
    expect(converge(set, instances)).toMatchObject({ ...QUIET, settled: false });
  });

  test('never replaces a member that is protected, nor one that came up once', () => {
    for (const given of [
      { ...neverUp, protection: fromScaleIn },
      { failure, lastOperation: SET_OPERATION },
    ]) {
      const planned = converge(set, [instanceRow({ id: 0 }), instanceRow({ id: 1, ...given }), ...up]);
      expect(planned.promote).toEqual([]);
      expect(removed(planned)).toEqual([3, 4]);
    }
  });

  test('that takes a place and a lowered capacity do not remove one instance twice', () => {
    const lower = scaleSetRow({ capacity: 1, properties: { overprovision: true } });
    const planned = converge(lower, [instanceRow({ id: 0 }), instanceRow({ id: 1, ...neverUp }), ...up]);
    expect(new Set(removed(planned)).size).toBe(planned.remove.length);
    const left = [0, 1, 3].filter((id) => !removed(planned).includes(id));
    expect(left).toHaveLength(1);
  });

  test('that would not go is not tried again for the same operation', () => {
    const stuck = instanceRow({ id: 3, ...spare, failure, lastOperation: SET_OPERATION, lastVerb: 'delete' });
    expect(converge(set, [...members(2), stuck])).toMatchObject({ ...QUIET, settled: true });
  });
});

describe('an automatic upgrade', () => {
  const policy = (mode: string): ScaleSet =>
    scaleSetRow({ capacity: 7, model: 2, generation: 2, properties: { upgradePolicy: { mode } } });
  const fleet = [
    instanceRow({ id: 0 }),
    instanceRow({ id: 1, model: 2 }),
    instanceRow({ id: 2, protection: fromActions }),
    instanceRow({ id: 3, protection: fromScaleIn }),
    instanceRow({ id: 4, task: taskRow('restart') }),
    instanceRow({ id: 5, failure }),
    instanceRow({ id: 6, failure, lastOperation: SET_OPERATION, lastVerb: 'update' }),
  ];

  test('brings up to date what is stale, free and not protected from scale set actions, and did not fail for it', () => {
    expect(converge(policy('Automatic'), fleet).upgrade.map(({ id }) => id)).toEqual([0, 3, 5]);
  });

  test('waits for who has another verb in hand: until then nothing has settled', () => {
    const [, current, , , busy] = fleet;
    const one = scaleSetRow({
      capacity: 2,
      model: 2,
      generation: 2,
      properties: { upgradePolicy: { mode: 'Automatic' } },
    });
    expect(converge(one, [current, busy] as Instance[])).toMatchObject({ upgrade: [], settled: false });
  });

  test('is no business of the other modes', () => {
    for (const mode of ['Manual', 'Rolling']) expect(converge(policy(mode), fleet).upgrade).toEqual([]);
  });

  test('is not wasted on an instance that goes in the same plan', () => {
    const lower = scaleSetRow({
      capacity: 1,
      model: 2,
      properties: { upgradePolicy: { mode: 'Automatic' } },
    });
    const planned = converge(lower, members(2));
    expect(removed(planned)).toEqual([1]);
    expect(planned.upgrade.map(({ id }) => id)).toEqual([0]);
  });
});

describe('settling', () => {
  const set = scaleSetRow({ capacity: 2, generation: 2 });

  test('waits for the rolling upgrade, and fails as that did', () => {
    expect(planCapacity(set, members(2), { open: true })).toMatchObject({ settled: false });
    const planned = planCapacity(set, members(2), { open: false, failure });
    expect(planned).toMatchObject({ settled: true, failure });
  });

  test('does not count who is to take another’s place', () => {
    const fresh = instanceRow({ id: 7, surge: true });
    expect(converge(set, [...members(2), fresh])).toMatchObject({ ...QUIET, settled: true });
    expect(converge(set, [...members(1), fresh]).create.members).toBe(1);
  });

  test('comes once for each accepted write', () => {
    expect(converge(set, members(2)).settled).toBe(true);
    expect(converge({ ...set, settled: 2 }, members(2)).settled).toBe(false);
  });

  test.each<[Verb, boolean]>([
    ['create', false],
    ['update', false],
    ['delete', false],
    ['restart', true],
    ['powerOff', true],
    ['reimage', true],
    ['configure', true],
  ])('with %s in hand is %s', (verb, settled) => {
    const wanted = verb === 'delete' ? going : undefined;
    const busy = instanceRow({ id: 2, task: taskRow(verb), ...(wanted === undefined ? {} : { wanted }) });
    const instances = verb === 'delete' ? [...members(2), busy] : [instanceRow({ id: 0 }), busy];
    expect(converge(set, instances).settled).toBe(settled);
  });

  test('says why the write did not come true, where an instance failed for it or never came up', () => {
    const other = instanceRow({ id: 1, failure, lastOperation: 'a restart' });
    expect(converge(set, [instanceRow({ id: 0 }), other])).not.toHaveProperty('failure');
    const own = instanceRow({ id: 1, failure, lastOperation: SET_OPERATION, lastVerb: 'update' });
    expect(converge(set, [instanceRow({ id: 0 }), own]).failure).toEqual(failure);
  });
});

describe('a set that is being deleted', () => {
  const set = scaleSetRow({ capacity: 5, generation: 2, deleting: true });
  const ids = (planned: CapacityPlan): readonly number[] =>
    planned.kind === 'empty' ? planned.remove.map(({ id }) => id) : [];

  test('gives up everything, protected, busy and surplus ones too, and makes nothing', () => {
    const instances = [
      instanceRow({ id: 0, protection: fromActions }),
      instanceRow({ id: 1, task: taskRow('restart') }),
      instanceRow({ id: 2, ...spare }),
      instanceRow({ id: 3, wanted: going, task: taskRow('delete') }),
    ];
    expect(ids(planCapacity(set, instances))).toEqual([0, 1, 2]);
  });

  test('is gone when nothing is left', () => {
    expect(planCapacity(set, [])).toEqual({ kind: 'gone' });
  });

  const stuck = instanceRow({ id: 0, failure, lastOperation: SET_OPERATION, lastVerb: 'delete' });

  test('is stuck when what is left would not go, and not before the rest is gone', () => {
    const leaving = instanceRow({ id: 1, wanted: going, task: taskRow('delete') });
    expect(planCapacity(set, [stuck, leaving])).toEqual({ kind: 'empty', remove: [] });
    expect(planCapacity(set, [stuck])).toEqual({ kind: 'stuck', left: 1, failure });
  });

  test('that is stuck is left with the members that would not go; surplus is not counted', () => {
    const surplus = { ...stuck, id: 1, surplus: true };
    expect(planCapacity(set, [stuck, surplus])).toEqual({ kind: 'stuck', left: 1, failure });
  });
});

const protection = fc.option(
  fc.record({ protectFromScaleIn: fc.boolean(), protectFromScaleSetActions: fc.boolean() }),
  { nil: undefined },
);

/** An instance in any state that it can be in. */
const anyInstance = fc
  .record({
    zone: fc.constantFrom('1', '2', undefined),
    surplus: fc.boolean(),
    model: fc.constantFrom(1, 2),
    verb: fc.constantFrom<(Verb | undefined)[]>(
      undefined,
      undefined,
      undefined,
      'create',
      'delete',
      'restart',
      'update',
    ),
    failed: fc.boolean(),
    cameUp: fc.boolean(),
    last: fc.constantFrom<['mine' | 'other', Verb][]>(
      ['mine', 'delete'],
      ['mine', 'create'],
      ['mine', 'update'],
      ['other', 'restart'],
    ),
    protection,
  })
  .map(({ verb: any, failed, cameUp, last, ...given }) => {
    // Nobody can ask anything of a surplus instance.
    const verb = given.surplus && any !== 'create' && any !== 'delete' ? undefined : any;
    return {
      ...given,
      task: verb === undefined ? undefined : taskRow(verb),
      wanted: { exists: verb !== 'delete', power: 'running', model: given.model } as const,
      failure: failed && verb === undefined ? failure : undefined,
      settledAt: cameUp ? 1 : undefined,
      lastOperation: last[0] === 'mine' ? SET_OPERATION : 'another',
      lastVerb: last[1],
    };
  });

const anyFleet: fc.Arbitrary<Fleet> = fc
  .record({
    rows: fc.array(anyInstance, { maxLength: 12 }),
    capacity: fc.nat(10),
    overprovision: fc.boolean(),
    mode: fc.constantFrom('Manual', 'Automatic'),
    zonal: fc.boolean(),
  })
  .map(({ rows, capacity, overprovision, mode, zonal }) => ({
    set: scaleSetRow({
      capacity,
      zones: zonal ? ['1', '2'] : [],
      properties: { overprovision, upgradePolicy: { mode } },
      model: 2,
      generation: 2,
      settled: 1,
    }),
    instances: rows.map((given, id) => instanceRow({ id, ...given })),
  }));

describe('whatever the fleet, one plan', () => {
  test('gives up no protected member, none with a verb in hand unless it is being created, none twice', () => {
    fc.assert(
      fc.property(anyFleet, ({ set, instances }) => {
        const { remove, promote, upgrade } = converge(set, instances);
        const leaving = remove.map(({ instance }) => instance);
        for (const instance of leaving) {
          expect(protectedFromScaleIn(instance) && isMember(instance)).toBe(false);
          expect([undefined, 'create']).toContain(instance.task?.verb);
          expect(instance.wanted.exists).toBe(true);
        }
        const touched = [...leaving, ...promote, ...upgrade].map(({ id }) => id);
        expect(new Set(touched).size).toBe(touched.length);
      }),
      { numRuns: 1000 },
    );
  });

  test('leaves as many members as the capacity, as far as it takes any away', () => {
    fc.assert(
      fc.property(anyFleet, ({ set, instances }) => {
        const { remove, promote, create } = converge(set, instances);
        const { capacity } = set.declared.sku;
        const before = instances.filter(isMember).length;
        const taken = remove.filter(({ instance }) => isMember(instance)).length;
        expect(before - taken + promote.length).toBeGreaterThanOrEqual(Math.min(before, capacity));
        expect(create.members).toBe(Math.max(0, capacity - before));
      }),
      { numRuns: 1000 },
    );
  });

  test('upgrades only what is stale, free and not protected, and only when the policy is Automatic', () => {
    fc.assert(
      fc.property(anyFleet, ({ set, instances }) => {
        for (const instance of converge(set, instances).upgrade) {
          expect(set.declared.properties['upgradePolicy']).toEqual({ mode: 'Automatic' });
          expect(isMember(instance)).toBe(true);
          expect(instance).toMatchObject({ model: 1 });
          expect(instance.task).toBeUndefined();
          expect(instance.failure !== undefined && instance.lastOperation === set.operation).toBe(false);
          expect(instance.protection?.protectFromScaleSetActions ?? false).toBe(false);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('settles only when there is nothing else in it', () => {
    fc.assert(
      fc.property(anyFleet, ({ set, instances }) => {
        const planned = converge(set, instances);
        if (planned.settled) expect(planned).toMatchObject(QUIET);
      }),
    );
  });
});

/** Writes, and ends of verbs, in any order. */
type Deed =
  | { readonly capacity: number }
  | { readonly model: true }
  | { readonly protect: number }
  | { readonly ends: readonly (boolean | undefined)[] }
  | { readonly deletes: true };

function act(fleet: Fleet, deed: Deed, count: number): Fleet {
  const { set } = fleet;
  const written = { ...set, generation: set.generation + 1, operation: `write ${count}` };
  if ('ends' in deed) return work(fleet, (instance) => deed.ends[instance.id % deed.ends.length]);
  if ('deletes' in deed) return { ...fleet, set: { ...written, deleting: true } };
  if ('model' in deed) return { ...fleet, set: { ...written, model: set.model + 1 } };
  if ('protect' in deed) {
    const instances = fleet.instances.map((row) =>
      row.id === deed.protect ? { ...row, protection: fromScaleIn } : row,
    );
    return { ...fleet, instances };
  }
  const declared = { ...set.declared, sku: { ...set.declared.sku, capacity: deed.capacity } };
  return { ...fleet, set: { ...written, declared } };
}

const ends = fc.array(fc.constantFrom(true, true, false, undefined), { minLength: 1, maxLength: 5 });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.nat(9).map((capacity) => ({ capacity })),
  fc.constant({ model: true } as const),
  fc.nat(12).map((protect) => ({ protect })),
  { weight: 3, arbitrary: ends.map((given) => ({ ends: given })) },
);
const newSet = fc
  .record({
    capacity: fc.nat(9),
    overprovision: fc.boolean(),
    mode: fc.constantFrom('Manual', 'Automatic'),
    zonal: fc.boolean(),
  })
  .map(({ capacity, overprovision, mode, zonal }): Fleet => ({
    set: scaleSetRow({
      capacity,
      zones: zonal ? ['1', '2', '3'] : [],
      properties: { overprovision, upgradePolicy: { mode } },
      settled: 0,
      nextInstanceId: 0,
    }),
    instances: [],
  }));

function course(fleet: Fleet, deeds: readonly Deed[], seed: number): Fleet {
  const random = seededRandom(seed);
  return deeds.reduce((current, given, at) => plan(act(current, given, at), random), plan(fleet, random));
}

describe('whatever happens to a set, in the end', () => {
  const deeds = fc.array(deed, { maxLength: 8 });

  test('when verbs come true, it settles with exactly its capacity, up to date, and no surplus', () => {
    fc.assert(
      fc.property(newSet, deeds, fc.nat(), (start, given, seed) => {
        const fine = given.map((each) => ('ends' in each ? { ends: [true] } : each));
        const { set, instances } = atRest(course(start, fine, seed), seed, () => true);
        const kept = instances.filter(protectedFromScaleIn).length;
        expect(instances).toHaveLength(Math.max(set.declared.sku.capacity, kept));
        expect(instances.every(isMember)).toBe(true);
        expect(set.settled).toBe(set.generation);
        expect(set.failure).toBeUndefined();
        if (JSON.stringify(set.declared.properties).includes('Automatic')) {
          expect(instances.every((row) => row.model === set.model)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('whatever fails, it comes to rest: settled, no verb in hand, and nothing left to plan', () => {
    fc.assert(
      fc.property(
        newSet,
        deeds,
        fc.nat(),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        (start, given, seed, luck) => {
          const { set, instances } = atRest(
            course(start, given, seed),
            seed,
            ({ id }) => luck[id % luck.length] === true,
          );
          expect(set.settled).toBe(set.generation);
          expect(instances.every((row) => row.task === undefined)).toBe(true);
          expect(converge(set, instances)).toMatchObject({ ...QUIET, settled: false });
          // None of those that were there is missing beyond what was asked for.
          expect(instances.filter(isMember).length).toBeGreaterThanOrEqual(set.declared.sku.capacity);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('no id is ever used twice, and no protected member is ever given up', () => {
    fc.assert(
      fc.property(newSet, deeds, fc.nat(), (start, given, seed) => {
        const random = seededRandom(seed);
        const seen = new Map<number, string>();
        let fleet = plan(start, random);
        given.forEach((each, at) => {
          const before = act(fleet, each, at);
          fleet = plan(before, random);
          for (const { id, vmId } of fleet.instances) expect(seen.get(id) ?? vmId).toBe(vmId);
          for (const { id, vmId } of fleet.instances) seen.set(id, vmId);
          for (const row of before.instances.filter(({ protection: policy }) => policy !== undefined)) {
            const after = fleet.instances.find(({ id }) => id === row.id);
            if (row.wanted.exists && !row.surplus) expect(after?.wanted.exists).toBe(true);
          }
        });
      }),
      { numRuns: 500 },
    );
  });

  test('a deleted set is gone, or stands there with what would not go and makes nothing anew', () => {
    fc.assert(
      fc.property(
        newSet,
        deeds,
        fc.nat(),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 7 }),
        (start, given, seed, luck) => {
          const marked = act(course(start, given, seed), { deletes: true }, 99);
          const goes = ({ id, task }: Instance): boolean =>
            task?.verb !== 'delete' || luck[id % luck.length] === true;
          const { set, instances } = atRest(marked, seed, goes);
          if (set.deleting) expect(instances).toEqual([]);
          else {
            expect(set.failure).toBeDefined();
            expect(instances.filter(isMember)).toHaveLength(set.declared.sku.capacity);
            expect(marked.instances.map(({ id }) => id)).toEqual(
              expect.arrayContaining(instances.map(({ id }) => id)),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
