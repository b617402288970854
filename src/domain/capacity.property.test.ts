// Capacity plans of every kind of set: Uniform, Flexible with a profile and without one, and the set of one that a machine without
// a set is. What never happens: an instance is made where there is nothing to make it from; a machine with a profile of its own is
// upgraded; more goes than the capacity allows, or what is protected; a Flexible set makes surplus; a set of one outlives its machine.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { atRest, type Fleet, plan, work } from '../../test/testing/fleet.ts';
import {
  instanceRow,
  scaleSetBody,
  scaleSetRow,
  SET_OPERATION,
  taskRow,
  THEN,
} from '../../test/testing/rows.ts';
import { seededRandom } from '../system/random.ts';
import { type Converge, planCapacity } from './capacity.ts';
import { complete } from './declaration-rules.ts';
import { merge } from './declaration.ts';
import { hasOwnProfile, type Instance, isMember } from './instance.ts';
import { grown, shrunk } from './machine-membership.ts';
import { protectedFromScaleIn } from './scale-in.ts';
import { type Declared, hasProfile, isSolo, type ScaleSet } from './scale-set.ts';
import { soloSet } from './solo-set.ts';
import { toDelete } from './verb.ts';

const KINDS = ['uniform', 'flexible', 'bare', 'solo'] as const;
type Kind = (typeof KINDS)[number];

/** As the rules complete what a client said, which is as little as can be. */
function declared(kind: 'uniform' | 'flexible' | 'bare', mode: string): Declared {
  const { properties, sku, location } = scaleSetBody();
  const { overprovision: _usual, virtualMachineProfile, ...given } = properties as Declared['properties'];
  const orchestrationMode = kind === 'uniform' ? 'Uniform' : 'Flexible';
  const own = { ...given, orchestrationMode, upgradePolicy: { mode } };
  const body =
    kind === 'bare'
      ? { location, properties: { ...own, upgradePolicy: { mode: 'Manual' } } }
      : { location, sku, properties: { ...own, virtualMachineProfile } };
  return complete('web', merge(undefined, body, 'put'), undefined);
}

function withCapacity(set: ScaleSet, capacity: number): ScaleSet {
  return { ...set, declared: { ...set.declared, sku: { ...set.declared.sku, capacity } } };
}

/** Written, and nothing made of it yet. */
function emptySet(kind: Kind, mode: string, capacity: number): ScaleSet {
  if (kind === 'solo') {
    const made = { uid: 's', group: 'rg', name: 'one', location: 'westus', operation: SET_OPERATION };
    return soloSet({ ...made, now: THEN }).set;
  }
  const set = scaleSetRow({ declared: declared(kind, mode), nextInstanceId: 0, settled: 0 });
  return withCapacity(set, hasProfile(set.declared) ? capacity : 0);
}

const mode = fc.constantFrom('Manual', 'Automatic');
const failure = { code: 'VMStartTimedOut', message: 'late' } as const;
const protections = fc.constantFrom(
  undefined,
  undefined,
  { protectFromScaleIn: true, protectFromScaleSetActions: false },
  { protectFromScaleIn: false, protectFromScaleSetActions: true },
);

/** An instance in any state; `own`: it has a profile of its own. */
const anyInstance = fc
  .record({
    own: fc.boolean(),
    model: fc.constantFrom(1, 2),
    verb: fc.constantFrom(undefined, undefined, undefined, 'create', 'delete', 'restart', 'update' as const),
    surplus: fc.boolean(),
    failed: fc.boolean(),
    cameUp: fc.boolean(),
    mine: fc.boolean(),
    protection: protections,
  })
  .map(({ verb, failed, cameUp, mine, ...given }) => ({
    ...given,
    task: verb === undefined ? undefined : taskRow(verb),
    wanted: { exists: verb !== 'delete', power: 'running', model: given.model } as const,
    failure: failed && verb === undefined ? failure : undefined,
    settledAt: cameUp ? 1 : undefined,
    lastOperation: mine ? SET_OPERATION : 'another',
    lastVerb: 'create' as const,
  }));

/** In a set without a profile all have their own, and the capacity is their number. */
const anyFleet: fc.Arbitrary<Fleet> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    mode,
    capacity: fc.nat(8),
    rows: fc.array(anyInstance, { maxLength: 10 }),
  })
  .map(({ kind, mode: given, capacity, rows }) => {
    const set = { ...emptySet(kind, given, capacity), model: 2, generation: 2, settled: 1 };
    const instances = rows.slice(0, kind === 'solo' ? 1 : 10).map(({ own, ...row }, id) => {
      const machine = kind === 'uniform' ? {} : { machine: { group: 'rg', name: `m${id}` }, surplus: false };
      const isOwn = !hasProfile(set.declared) || (own && kind === 'flexible');
      return instanceRow({ ...row, id, set: set.uid, ...machine, model: isOwn ? -1 - id : row.model });
    });
    const members = instances.filter(isMember).length;
    return { set: hasProfile(set.declared) ? set : withCapacity(set, members), instances };
  });

function converge({ set, instances }: Fleet): Converge | undefined {
  const planned = planCapacity(set, instances);
  return planned.kind === 'converge' ? planned : undefined;
}

const isFlexible = ({ declared: { properties } }: ScaleSet): boolean =>
  properties['orchestrationMode'] === 'Flexible';

/** What may be in no plan for it, whatever the fleet. */
function expectLawful(fleet: Fleet): void {
  const { set, instances } = fleet;
  const planned = converge(fleet);
  if (planned === undefined) return;
  const { create, remove, promote, upgrade } = planned;
  const before = instances.filter(isMember).length;
  const { capacity } = set.declared.sku;
  if (!hasProfile(set.declared)) {
    expect(capacity).toBe(before);
    expect({ create, remove, promote, upgrade }).toEqual({
      create: { members: 0, surplus: 0 },
      remove: [],
      promote: [],
      upgrade: [],
    });
  }
  if (isFlexible(set)) expect({ surplus: create.surplus, promote }).toEqual({ surplus: 0, promote: [] });
  expect(upgrade.filter(hasOwnProfile)).toEqual([]);
  const leaving = remove.map(({ instance }) => instance).filter(isMember);
  expect(leaving.filter(protectedFromScaleIn)).toEqual([]);
  const after = before - leaving.length + promote.length;
  expect(after).toBeGreaterThanOrEqual(Math.min(before, capacity));
  expect(after + create.members).toBeGreaterThanOrEqual(capacity);
}

describe('whatever the fleet, one plan', () => {
  test('does nothing that its kind of set forbids', () => {
    fc.assert(fc.property(anyFleet, expectLawful), { numRuns: 2000 });
  });

  test('ends a set of one exactly when its machine is gone, also while it is being deleted', () => {
    fc.assert(
      fc.property(anyFleet, fc.boolean(), ({ set, instances }, deleting) => {
        const asked = deleting ? { ...set, deleting } : set;
        const isGone = planCapacity(asked, instances).kind === 'gone';
        expect(isGone).toBe(instances.length === 0 && (deleting || isSolo(set)));
      }),
      { numRuns: 1000 },
    );
  });

  test('makes surplus of a Uniform set where nothing else was said, and never of a Flexible one', () => {
    const create = (kind: Kind): unknown =>
      converge({ set: emptySet(kind, 'Manual', 8), instances: [] })?.create;
    expect(create('uniform')).toEqual({ members: 8, surplus: 2 });
    expect(create('flexible')).toEqual({ members: 8, surplus: 0 });
    expect(create('bare')).toEqual({ members: 0, surplus: 0 });
  });

  test('upgrades the machine that the set made, and not the one beside it that has its own profile', () => {
    const set = { ...emptySet('flexible', 'Automatic', 2), model: 2 };
    const instances = [instanceRow({ id: 0, model: 1 }), instanceRow({ id: 1, model: -1 })];
    expect(converge({ set, instances })?.upgrade.map(({ id }) => id)).toEqual([0]);
  });
});

/** What clients do to a Flexible set and its machines, and how verbs end. */
type Deed =
  | { readonly capacity: number }
  | { readonly model: true }
  | { readonly joins: 'new' | 'attached' }
  | { readonly leaves: number }
  | { readonly deletes: number }
  | { readonly protect: number }
  | { readonly ends: readonly (boolean | undefined)[] };

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.nat(6).map((capacity) => ({ capacity })),
  fc.constant({ model: true } as const),
  fc.constantFrom('new' as const, 'attached' as const).map((joins) => ({ joins })),
  fc.nat(8).map((leaves) => ({ leaves })),
  fc.nat(8).map((deletes) => ({ deletes })),
  fc.nat(8).map((protect) => ({ protect })),
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom(true, true, false, undefined), { minLength: 1, maxLength: 5 })
      .map((ends) => ({ ends })),
  },
);

function act(fleet: Fleet, given: Deed, count: number): Fleet {
  const { set, instances } = fleet;
  if ('ends' in given) return ended(fleet, ({ id }) => given.ends[id % given.ends.length]);
  if ('joins' in given) return isSolo(set) ? fleet : joined(fleet, given.joins);
  if ('capacity' in given || 'model' in given) {
    // Nothing can be declared of a set that nobody sees, nor a capacity of one without a profile.
    if (!hasProfile(set.declared)) return fleet;
    const written = { ...set, generation: set.generation + 1, operation: `write ${count}` };
    if ('model' in given) return { ...fleet, set: { ...written, model: set.model + 1 } };
    return { ...fleet, set: withCapacity(written, given.capacity) };
  }
  const at = 'leaves' in given ? given.leaves : 'deletes' in given ? given.deletes : given.protect;
  const row = instances[at % Math.max(1, instances.length)];
  if (row === undefined || row.task !== undefined) return fleet;
  const others = instances.filter((one) => one !== row);
  if ('leaves' in given) return isSolo(set) ? fleet : { set: shrunk(set), instances: others };
  if ('deletes' in given) return deleted(fleet, row);
  const protection = { protectFromScaleIn: true, protectFromScaleSetActions: false };
  return { ...fleet, instances: instances.map((one) => (one === row ? { ...row, protection } : one)) };
}

function joined({ set, instances }: Fleet, how: 'new' | 'attached'): Fleet {
  const next = grown(set);
  const id = next.nextInstanceId - 1;
  const model = next.lastOwnModel;
  const making = { task: taskRow('create'), settledAt: undefined, observed: { ready: false } };
  const machine = { group: 'rg', name: `m${id}` };
  const row = instanceRow({ id, set: set.uid, model, machine, ...(how === 'new' ? making : {}) });
  return { set: next, instances: [...instances, row] };
}

/** By name: the capacity goes with it, as far as it is not one too many already. */
function deleted({ set, instances }: Fleet, row: Instance): Fleet {
  const took = instances.filter(isMember).length <= set.declared.sku.capacity;
  const asked = toDelete(row, 'delete', THEN);
  const going =
    took && asked.task !== undefined ? { ...asked, task: { ...asked.task, tookCapacity: true } } : asked;
  return {
    set: took ? shrunk(set) : set,
    instances: instances.map((one) => (one === row ? going : one)),
  };
}

/** Verbs end; the capacity of a delete that failed comes back. */
function ended(fleet: Fleet, ends: (instance: Instance) => boolean | undefined): Fleet {
  const after = work(fleet, ends);
  const back = fleet.instances.filter(({ id, task }) => {
    const now = after.instances.find((one) => one.id === id);
    return task?.tookCapacity === true && now !== undefined && now.task === undefined;
  }).length;
  return back === 0
    ? after
    : { ...after, set: withCapacity(after.set, after.set.declared.sku.capacity + back) };
}

const start: fc.Arbitrary<Fleet> = fc
  .record({ kind: fc.constantFrom('flexible', 'bare', 'solo' as const), mode, capacity: fc.nat(6) })
  .map(({ kind, mode: given, capacity }) => {
    const set = emptySet(kind, given, capacity);
    const one = { id: 0, set: set.uid, model: -1, machine: { group: 'rg', name: 'one' } };
    return { set, instances: kind === 'solo' ? [instanceRow(one)] : [] };
  });

describe('whatever happens to machines and their sets', () => {
  const deeds = fc.array(deed, { maxLength: 12 });

  test('every plan on the way is lawful, and a machine with its own profile keeps it', () => {
    fc.assert(
      fc.property(start, deeds, fc.nat(), (first, given, seed) => {
        const random = seededRandom(seed);
        let fleet = plan(first, random);
        given.forEach((each, at) => {
          const asked = act(fleet, each, at);
          expectLawful(asked);
          fleet = plan(asked, random);
          for (const { id, model } of asked.instances.filter(hasOwnProfile)) {
            const now = fleet.instances.find((one) => one.id === id);
            expect(now).toMatchObject({ model, wanted: { model } });
          }
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('when all verbs come true in the end, there are as many members as the capacity, and more only if protected', () => {
    fc.assert(
      fc.property(start, deeds, fc.nat(), (first, given, seed) => {
        const random = seededRandom(seed);
        const course = given.reduce(
          (fleet, each, at) => plan(act(fleet, each, at), random),
          plan(first, random),
        );
        // A last write, so that what failed for an earlier one is tried again.
        const asked = { ...course.set, generation: course.set.generation + 1, operation: 'last' };
        const { set, instances } = atRest({ ...course, set: asked }, seed, () => true);
        expectLawful({ set, instances });
        expect(instances.every(isMember)).toBe(true);
        const { capacity } = set.declared.sku;
        const kept = instances.filter(protectedFromScaleIn).length;
        expect(instances).toHaveLength(hasProfile(set.declared) ? Math.max(capacity, kept) : capacity);
        expect(planCapacity(set, instances).kind === 'gone').toBe(isSolo(set) && instances.length === 0);
        if (instances.length > 0 || !isSolo(set)) expect(set.settled).toBe(set.generation);
      }),
      { numRuns: 1000 },
    );
  });
});
