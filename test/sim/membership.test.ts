// Machines that join and leave scale sets while verbs go on, in simulated time with the real loops. What never happens: a guest is
// touched by a move, a guest has two rows or none, a set has another capacity than members, or anything of a machine is lost.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { actOnInstances, deleteInstance } from '../../src/app/act-on-instances.ts';
import { patchMachine, putMachine } from '../../src/app/put-machine.ts';
import { putRunCommand } from '../../src/app/run-commands.ts';
import { putScaleSet } from '../../src/app/write-scale-set.ts';
import { Failure } from '../../src/domain/failure.ts';
import { handleOf } from '../../src/domain/guest.ts';
import { type Instance, isMember } from '../../src/domain/instance.ts';
import { isSolo, type ScaleSet } from '../../src/domain/scale-set.ts';
import type { ActionVerb } from '../../src/domain/verb.ts';
import { flexibleBody, flexibleProfile, inSet, machineBody, setIdOf } from '../testing/machines.ts';
import { ORIGIN, store } from '../testing/plane.ts';
import { groupRow } from '../testing/rows.ts';
import { openWorld, type WireWorld } from '../wire/world.ts';

const SETS = ['none', 'web'];
const NAMES = ['m1', 'm2', 'm3'];
const VERBS: readonly ActionVerb[] = ['restart', 'powerOff', 'deallocate', 'start', 'redeploy', 'reimage'];

type Deed =
  | { readonly do: 'make'; readonly name: string; readonly set: string | undefined }
  /** The machine is one of those there are, by its place among them. */
  | { readonly do: 'join'; readonly which: number; readonly set: string }
  | { readonly do: 'leave'; readonly which: number }
  | { readonly do: 'verb'; readonly which: number; readonly verb: ActionVerb }
  | { readonly do: 'resize'; readonly which: number; readonly size: string }
  | { readonly do: 'command'; readonly which: number }
  | { readonly do: 'delete'; readonly which: number }
  | { readonly do: 'wait'; readonly seconds: number };

const which = fc.nat(9);
const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({
    do: fc.constant('make' as const),
    name: fc.constantFrom(...NAMES),
    set: fc.constantFrom(undefined, ...SETS),
  }),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('join' as const), which, set: fc.constantFrom(...SETS) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('verb' as const), which, verb: fc.constantFrom(...VERBS) }),
  },
  fc.record({
    do: fc.constant('resize' as const),
    which,
    size: fc.constantFrom('Standard_B1s', 'Standard_B2s'),
  }),
  fc.record({ do: fc.constant('command' as const), which }),
  fc.record({ do: fc.constant('delete' as const), which }),
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('wait' as const), seconds: fc.constantFrom(1, 4, 60) }),
  },
);

async function machines({
  store: rows,
}: WireWorld): Promise<readonly { set: ScaleSet; instance: Instance }[]> {
  const all = (await rows.scaleSets()).map(async (set) =>
    (await rows.instances(set.uid)).map((instance) => ({ set, instance })),
  );
  return (await Promise.all(all)).flat();
}

/** Refusals are what may happen too; anything else is a defect. */
async function attempt(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

async function carryOut(world: WireWorld, one: Deed): Promise<void> {
  const { plane } = world;
  if (one.do === 'wait') return world.advance(one.seconds * 1000);
  const id = (set: string): string => setIdOf(set, 'rg', world.subscriptionId);
  if (one.do === 'make') {
    const body = machineBody(one.set === undefined ? {} : inSet(id(one.set)));
    await attempt(putMachine(plane, ORIGIN, { group: 'rg', name: one.name, body }));
    return;
  }
  await world.advance(0);
  const all = await machines(world);
  const found = all[one.which % Math.max(1, all.length)];
  if (found?.instance.machine === undefined) return;
  const ref = { group: 'rg', name: found.instance.machine.name };
  switch (one.do) {
    case 'verb':
      await attempt(actOnInstances(plane, ORIGIN, { ...ref, verb: one.verb, target: { kind: 'machine' } }));
      return;
    case 'resize': {
      const body = { properties: { hardwareProfile: { vmSize: one.size } } };
      await attempt(patchMachine(plane, ORIGIN, { ...ref, body }));
      return;
    }
    case 'command': {
      const body = { location: 'westus', properties: { source: { script: 'sleep 1' } } };
      await attempt(putRunCommand(plane, ORIGIN, { ...ref, command: 'job', body }));
      return;
    }
    case 'delete':
      await attempt(deleteInstance(plane, ORIGIN, ref));
      return;
    default:
      await move(world, found.instance, one.do === 'join' ? id(one.set) : undefined);
  }
}

/** Moves the machine, or is refused; its guest and what it holds are as they were, at once and after the loops have looked. */
async function move(world: WireWorld, before: Instance, id: string | undefined): Promise<void> {
  const { guests, plane } = world;
  const ref = { group: 'rg', name: before.machine?.name ?? '' };
  const guest = await guests.get(handleOf(before));
  const commands = await world.store.runCommands(before.set, before.id);
  const moved = await attempt(patchMachine(plane, ORIGIN, { ...ref, body: { properties: inSet(id) } }));
  const after = await world.store.machine('rg', ref.name);
  if (!moved || after?.set === before.set) {
    expect(after?.set).toBe(before.set);
    return;
  }
  if (after === undefined) throw new Error(`${ref.name} is gone`);
  await world.advance(0);
  expect(await guests.get(handleOf(before))).toEqual(guest);
  const kept = ({ vmId, observed, dataDisks, tags, created, imageVersion, zone }: Instance): object => ({
    vmId,
    observed,
    dataDisks,
    tags,
    created,
    imageVersion,
    zone,
  });
  expect(kept(after)).toEqual(kept(before));
  expect(handleOf(after)).toBe(handleOf(before));
  expect(after.task).toBeUndefined();
  const movedCommands = await world.store.runCommands(after.set, after.id);
  expect(movedCommands.map(({ key }) => key)).toEqual(commands.map(({ key }) => key));
}

async function check(world: WireWorld): Promise<void> {
  const all = await machines(world);
  const handles = all.map(({ instance }) => handleOf(instance));
  expect(new Set(handles).size, 'no guest has two rows').toBe(handles.length);
  for (const handle of handles)
    expect(handleOf((await world.store.instanceOf(handle)) as Instance)).toBe(handle);
  for (const set of await world.store.scaleSets()) {
    const members = (await world.store.instances(set.uid)).filter(isMember).length;
    if (set.deleting !== true) expect(set.declared.sku.capacity, `capacity of ${set.name}`).toBe(members);
  }
  for (const { set, instance } of all) {
    expect(await world.store.model(set.uid, instance.model), 'its model is there').toBeDefined();
  }
}

test('a move touches no guest, and every set counts its members', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: 30 }), async (deeds) => {
      const world = await openWorld();
      try {
        await store(world.plane, 'group', groupRow());
        const body = flexibleBody({ virtualMachineProfile: flexibleProfile() });
        const sku = { name: 'Standard_B1s', capacity: 2 };
        await putScaleSet(world.plane, ORIGIN, { group: 'rg', name: 'web', body: { ...body, sku } });
        await putScaleSet(world.plane, ORIGIN, { group: 'rg', name: 'none', body: flexibleBody() });
        await world.settle();
        for (const one of deeds) {
          await carryOut(world, one);
          await check(world);
        }
        await world.settle();
        await check(world);
        const guests = (await world.guests.list()).map(({ handle }) => handle).toSorted();
        const rows = (await machines(world)).map(({ instance }) => handleOf(instance)).toSorted();
        expect(guests, 'every machine has its guest, and every guest its machine').toEqual(rows);
        const solo = (await world.store.scaleSets()).filter(isSolo);
        expect(solo.every((set) => rows.length > 0 && set.declared.sku.capacity === 1)).toBe(true);
        expect(world.errors).toEqual([]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 150 },
  );
}, 120_000);
