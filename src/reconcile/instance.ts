// Instance reconciler: reads the row and its guest, asks `nextStep`, does that one step, saves once, and looks again.
// What must hold: an effect on a guest comes before the save that says it is done; every effect may be repeated.

import { GuestError } from '../app/ports/guests.ts';
import { requireModel } from '../app/ports/require-model.ts';
import { type Change, put, remove, RevisionConflict } from '../app/ports/store.ts';
import type { Activity } from '../domain/activity.ts';
import { operationEntry, ownEntry } from '../domain/activity-entry.ts';
import { addressedInstance, begunOperation } from '../domain/begun-operation.ts';
import { drainFirst } from '../domain/draining.ts';
import type { OperationError } from '../domain/failure.ts';
import { type GuestSpec, handleOf, parseGuestHandle } from '../domain/guest.ts';
import { type Instance, memberId } from '../domain/instance.ts';
import { diskUid } from '../domain/disk-name.ts';
import { goesWithInstance, releasedDisks } from '../domain/managed-disk.ts';
import { guestSpec } from '../domain/model.ts';
import { type Effect, fail, nextStep, observe, type Step } from '../domain/next-step.ts';
import { recovery } from '../domain/recovery.ts';
import { instancePath } from '../domain/resource-path.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { SECOND, type Time } from '../domain/time.ts';
import { isNoticeOpen } from '../domain/terminate-notice.ts';
import { withoutContent } from './disk.ts';
import { extensionFacts } from './extension-facts.ts';
import { leftInterfaces } from './left-interfaces.ts';
import { ownOrigin } from './own-origin.ts';
import { releasedInterfaces } from './released-interfaces.ts';
import type { World } from './world.ts';

/** A step leads to the next at once, this often at the most before others get their turn. */
const STEPS = 8;
/** After an error that may pass. */
const RETRY = 2 * SECOND;

/** The key is the guest's handle. */
export async function lookAtInstance(world: World, handle: string): Promise<Time | undefined> {
  if (parseGuestHandle(handle) === undefined) return undefined;
  for (let count = 0; count < STEPS; count += 1) {
    const instance = await world.store.instanceOf(handle);
    const set = instance && (await world.store.scaleSetByUid(instance.set));
    if (instance === undefined || set === undefined) {
      return destroy(world, handle);
    }
    const guest = await world.guests.get(handle);
    const now = world.clock.now();
    const extensions = await extensionFacts(world, set, instance);
    const wish = nextStep(set.name, instance, guest, now, extensions);
    const step = drainFirst(wish, { instance, guest, now, since: world.balancer.drainingSince(handle) });
    const more = await execute(world, set, instance, step);
    if (more !== 'again') return more;
  }
  return world.clock.now() + RETRY;
}

/** No row owns this guest: what it was made for is gone. */
async function destroy(world: World, handle: string): Promise<Time | undefined> {
  try {
    await world.guests.delete(handle);
    return undefined;
  } catch (error) {
    if (error instanceof GuestError && error.kind === 'transient') return world.clock.now() + RETRY;
    throw error;
  }
}

/** `again`: look at once; a time: look then; undefined: nothing to do until told. */
async function execute(
  world: World,
  set: ScaleSet,
  instance: Instance,
  step: Step,
): Promise<Time | 'again' | undefined> {
  switch (step.kind) {
    case 'rest':
      return undefined;
    case 'wait':
      await tellOfNotice(world, instance);
      return step.until;
    case 'act':
      return act(world, set, instance, step.effect);
    case 'recover':
      await commit(world, recovered(world, set, instance));
      return 'again';
    case 'remove':
      return removed(world, set, instance);
    case 'save':
      await save(world, set, instance, step.instance, step.note);
      return 'again';
  }
}

/** Told as often as it is waited for: the same event again is nothing new. */
async function tellOfNotice(world: World, instance: Instance): Promise<void> {
  const { task } = instance;
  if (task?.notice === undefined || !isNoticeOpen(task, world.clock.now())) return;
  await world.guests.tell?.(handleOf(instance), task.notice.event);
}

async function act(
  world: World,
  set: ScaleSet,
  instance: Instance,
  effect: Effect,
): Promise<Time | 'again' | undefined> {
  try {
    await perform(world, set, instance, effect);
    if (instance.task === undefined) await noteOwn(world, set, instance, effect);
    return await afterEffect(world, instance, effect);
  } catch (error) {
    if (!(error instanceof GuestError)) throw error;
    if (error.kind === 'notFound') return 'again';
    if (error.kind === 'transient') {
      // Told apart from a broken loop: this one is expected, and the verb's own time limit ends it.
      return Math.min(world.clock.now() + RETRY, instance.task?.deadline ?? Number.POSITIVE_INFINITY);
    }
    const seen = observe(instance, await world.guests.get(handleOf(instance)));
    const failed = fail(seen, guestFailure(error));
    await save(world, set, instance, failed);
    if (instance.task === undefined) {
      const said = `The guest could not be brought back: ${error.message}`;
      await world.store.commit([noteEntry(world, set, failed, 'start/action', said)]);
    }
    return 'again';
  }
}

/** Where the effect already shows, the next step follows at once; else the guest says when, or the verb's time limit does. */
async function afterEffect(
  world: World,
  instance: Instance,
  effect: Effect,
): Promise<Time | 'again' | undefined> {
  if (effect.do !== 'delete') return 'again';
  const left = await world.guests.get(handleOf(instance));
  return left === undefined ? 'again' : instance.task?.deadline;
}

async function perform(world: World, set: ScaleSet, instance: Instance, effect: Effect): Promise<void> {
  const { guests } = world;
  const handle = handleOf(instance);
  switch (effect.do) {
    case 'create':
      return guests.create(handle, await specOf(world, set, instance));
    case 'start':
      return guests.start(handle);
    case 'stop':
      return guests.stop(handle, { graceful: effect.graceful, release: effect.release });
    case 'exec':
      return guests.exec(handle, effect.key, effect.command);
    case 'delete':
      return guests.delete(handle);
    case 'turn':
      return turn(world, set, instance, effect);
  }
}

async function turn(
  world: World,
  set: ScaleSet,
  instance: Instance,
  effect: Effect & { do: 'turn' },
): Promise<void> {
  const { guests } = world;
  const handle = handleOf(instance);
  const spec = await specOf(world, set, instance);
  const { kind, generation } = effect.turn;
  switch (kind) {
    case 'restart':
      return guests.restart(handle, { generation, spec, newHost: false, graceful: effect.graceful });
    case 'redeploy':
      return guests.restart(handle, { generation, spec, newHost: true, graceful: effect.graceful });
    case 'reimage':
      return guests.reimage(handle, { generation, spec, dataDisks: 'keep' });
    case 'reimageAll':
      return guests.reimage(handle, { generation, spec, dataDisks: 'fresh' });
    case 'reconfigure':
      return guests.reconfigure(handle, { generation, spec });
  }
}

async function specOf(world: World, set: ScaleSet, instance: Instance): Promise<GuestSpec> {
  return guestSpec(set.name, instance, await requireModel(world.store, set.uid, instance.wanted.model));
}

async function save(
  world: World,
  set: ScaleSet,
  before: Instance,
  after: Instance,
  note?: string,
): Promise<void> {
  const released = releasedDisks(set, before, after).map((disk) => put('disk', disk));
  const changes: Change[] = [put('instance', after), ...released];
  const ended = before.task !== undefined && after.task === undefined ? before.task.operation : undefined;
  if (ended !== undefined && after.failure !== undefined) {
    const operation = await world.store.operation(ended);
    if (operation !== undefined && operation.status === 'InProgress') {
      changes.push(
        put('operation', {
          ...operation,
          failures: [...operation.failures, { instance: memberId(after), ...after.failure }],
        }),
      );
    }
  }
  if (note !== undefined) changes.push(noteEntry(world, set, after, 'powerOff/action', note));
  if (keptAfterAll(set, before, after)) changes.push(put('scaleSet', withCapacityBack(set)));
  await commit(world, changes);
}

/** A delete by name or an eviction that failed: the capacity that went with it comes back, or the set would give up another in its stead. */
function keptAfterAll(set: ScaleSet, before: Instance, after: Instance): boolean {
  return (
    before.task?.tookCapacity === true && after.task === undefined && after.wanted.exists && !set.deleting
  );
}

function withCapacityBack(set: ScaleSet): ScaleSet {
  const { sku } = set.declared;
  return {
    ...set,
    etag: set.etag + 1,
    declared: { ...set.declared, sku: { ...sku, capacity: sku.capacity + 1 } },
  };
}

/** What the plane does to a guest without having been asked stands in the log. */
async function noteOwn(world: World, set: ScaleSet, instance: Instance, effect: Effect): Promise<void> {
  const [action, deed] =
    effect.do === 'stop' ? ['powerOff/action', 'stopped'] : ['start/action', 'started again'];
  await world.store.commit([
    noteEntry(world, set, instance, action, `The guest was ${deed}: its host had lost it.`),
  ]);
}

function noteEntry(
  world: World,
  set: ScaleSet,
  instance: Instance,
  ...[action, description]: [action: string, description: string]
): Change {
  const activity = ownEntry(
    {
      operationName: addressedInstance(instance, action).name,
      resourceId: instancePath(world.subscriptionId, set, instance),
      group: set.group,
      correlationId: world.ids.guid(),
      instances: [memberId(instance)],
      level: 'Warning',
      description,
    },
    world.ids.guid(),
    world.clock.now(),
  );
  return { kind: 'append', activity };
}

/** The verb that makes its guest anew, with an operation of its own. */
function recovered(world: World, set: ScaleSet, lost: Instance): readonly Change[] {
  const now = world.clock.now();
  const { instance, beginning, description } = recovery(set, lost, world.ids.guid(), now);
  const operation = begunOperation(beginning, ownOrigin(world));
  const accepted = operationEntry(operation, 'Accepted', world.ids.guid(), now);
  const activity: Activity = { ...accepted, level: 'Warning', description };
  return [put('instance', instance), put('operation', operation), { kind: 'append', activity }];
}

/** The disks that go with it are taken away first; those that do not are attached to nothing from then on. */
async function removed(world: World, set: ScaleSet, instance: Instance): Promise<Time | 'again'> {
  const gone = instance.dataDisks.filter(goesWithInstance).map((disk) => diskUid(instance, disk));
  const later = await withoutContent(world, gone);
  if (later !== undefined) return later;
  const left = releasedDisks(set, instance, undefined).map((disk) => put('disk', disk));
  const staying = await leftInterfaces(world, set, instance);
  await commit(world, [...(await removal(world, instance)), ...left, ...staying]);
  // There is no row any more, or one of those that go with it was changed first.
  return 'again';
}

/** The row and what belongs to it alone. */
async function removal(world: World, instance: Instance): Promise<readonly Change[]> {
  const commands = await world.store.runCommands(instance.set, instance.id);
  return [
    remove('instance', instance),
    ...commands.map((command) => remove('runCommand', command)),
    ...(await releasedInterfaces(world, instance)),
  ];
}

/** Somebody else's change comes first; whoever calls this looks again. */
async function commit(world: World, changes: readonly Change[]): Promise<void> {
  try {
    await world.store.commit(changes);
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
  }
}

function guestFailure(error: GuestError): OperationError {
  return error.kind === 'capacity'
    ? { code: 'AllocationFailed', message: `Allocation failed. ${error.message}` }
    : { code: 'InternalExecutionError', message: error.message };
}
