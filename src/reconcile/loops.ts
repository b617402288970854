// Loops: one for each kind of thing that is reconciled, and the one place that says which commit wakes which.
// At start everything is looked at once: rows and guests as they are found, whatever happened while no plane ran.

import type { Change, Table } from '../app/ports/store.ts';
import { handleOf } from '../domain/guest.ts';
import type { Disk } from '../domain/disk.ts';
import type { Instance } from '../domain/instance.ts';
import type { Operation } from '../domain/operation.ts';
import { commandHandle } from '../domain/run-command.ts';
import { MINUTE } from '../domain/time.ts';
import { type BalancerLoops, startBalancerLoops, wakeBalancers } from './balancer-loops.ts';
import { deploymentKeys, watchDeployments } from './deployment.ts';
import { diskKey, diskKeys, dropUnownedDisks, lookAtDisk } from './disk.ts';
import { type HealthWatch, watchHealth } from './health.ts';
import { openHealthSources } from './health-sources.ts';
import { lookAtInstance } from './instance.ts';
import { isLeftRow, movedGuests } from './left-rows.ts';
import { balancerKeys } from './load-balancer.ts';
import { type Loop, startLoop } from './loop.ts';
import { lookAtOperation } from './operation.ts';
import { watchRepairs } from './repair.ts';
import { lookAtGroup } from './resource-group.ts';
import { keepRotation, type RotationKeeper } from './rotation.ts';
import { watchUpgrades } from './rolling-upgrade.ts';
import { lookAtRunCommands } from './run-command.ts';
import { lookAtScaleSet } from './scale-set.ts';
import { keepTimeLimits, renewTimeLimits } from './time-limits.ts';
import type { World } from './world.ts';

export interface Loops {
  /** Resolves when no loop has anything to look at now. */
  idle(): Promise<void>;
  /** Stops looking; what is under way is finished first. */
  stop(): Promise<void>;
}

export interface LoopsOptions {
  /** How many instances are looked at side by side. */
  readonly concurrency: number;
  readonly onError: (loop: string, key: string, error: unknown) => void;
  /** How often everything is looked at although nothing told to, in milliseconds. By default five minutes. */
  readonly period?: number;
  /** Lets whoever else waits for the event loop have a turn. */
  readonly breathe: () => Promise<void>;
}

const PERIOD = 5 * MINUTE;
/** Guests that are probed side by side: one that does not answer holds up no others. */
const PROBES = 64;

export async function startLoops(world: World, options: LoopsOptions): Promise<Loops> {
  await dropUnownedDisks(world);
  await renewTimeLimits(world);
  const limits = keepTimeLimits(world);
  const start = (
    name: string,
    look: typeof lookAtInstance,
    concurrency: number,
    keys?: () => Promise<string[]>,
  ): Loop =>
    startLoop({
      clock: world.clock,
      look: (key) => {
        const late = limits.late();
        return late === undefined ? look(world, key) : late.then(() => look(world, key));
      },
      concurrency,
      breathe: options.breathe,
      ...(keys === undefined ? {} : { keys, period: options.period ?? PERIOD }),
      onError: (key, error) => {
        options.onError(name, key, error);
      },
    });
  const healthWatch = watchHealth(world);
  const sources = await openHealthSources(world);
  /** Whether a row is anything to the health loop. A row that shows a health must lose it with its source. */
  const concerns = (row: Instance): boolean =>
    sources.has(row.set, row.model) || row.health !== undefined || healthWatch.knows(handleOf(row));
  const loops: LoopsByName = {
    instance: start('instance', lookAtInstance, options.concurrency, () => handles(world)),
    scaleSet: start('scaleSet', lookAtScaleSet, 4, () => setKeys(world)),
    operation: start('operation', lookAtOperation, 16, () => operationKeys(world)),
    setOperations: start(
      'setOperations',
      (_, uid) => wakeAll(world, uid, (id) => loops.operation.wake(id)),
      4,
    ),
    runCommand: start('runCommand', lookAtRunCommands, options.concurrency, () => commandKeys(world)),
    group: start('group', lookAtGroup, 2, () => groupKeys(world)),
    deployment: start('deployment', watchDeployments(), 16, () => deploymentKeys(world)),
    disk: start('disk', lookAtDisk, 4, () => diskKeys(world)),
    health: start(
      'health',
      (_, key) => healthWatch.look(key),
      PROBES,
      () => healthKeys(world, concerns),
    ),
    repair: start('repair', watchRepairs(limits.since), 4, () => setKeys(world)),
    ...startBalancerLoops(world, start, (handle) => loops.health.wake(handle)),
    rolling: start('rolling', watchUpgrades(healthWatch.metrics, limits.since), 4, () => setKeys(world)),
  };
  const all = Object.values(loops);
  const rotation = keepRotation(world, sources);
  const stopListening = await listen(world, loops, { watch: healthWatch, concerns, rotation });
  await rotation.start();
  const stopImages = world.images.onChange(() => void wakeSets(world, loops.rolling, options.onError));
  await lookAtEverything(world, loops);
  for (const handle of await healthKeys(world, concerns)) loops.health.wake(handle);
  return running(all, [
    stopListening,
    stopImages,
    () => {
      sources.stop();
      limits.stop();
    },
  ]);
}

/** `stops`: each ends something that wakes a loop. */
function running(all: readonly Loop[], stops: readonly (() => void)[]): Loops {
  return {
    async idle() {
      // A look in one loop may wake another: all must be found idle at the same moment.
      while (all.some((loop) => loop.busy())) {
        for (const loop of all) await loop.idle();
      }
    },
    async stop() {
      for (const stop of stops) stop();
      for (const loop of all) await loop.stop();
    },
  };
}

type LoopsByName = Readonly<
  Record<
    | 'instance'
    | 'scaleSet'
    | 'operation'
    | 'setOperations'
    | 'runCommand'
    | 'group'
    | 'deployment'
    | 'disk'
    | 'health'
    | 'repair'
    | 'rolling',
    Loop
  >
> &
  BalancerLoops;

interface Listeners {
  readonly rotation: RotationKeeper;
  readonly watch: HealthWatch;
  /** Whether a row is anything to the health loop. */
  readonly concerns: (row: Instance) => boolean;
}

/** From now on, what changes wakes whom it concerns. The answer stops it. */
async function listen(world: World, loops: LoopsByName, listeners: Listeners): Promise<() => void> {
  const { rotation, watch, concerns } = listeners;
  /** Guests that had a command since this plane started: of ten thousand, few have. */
  const commanded = new Set(await commandKeys(world));
  const stopCommits = world.store.onCommit((changes) => {
    const moved = movedGuests(changes);
    for (const change of changes) {
      if (isRow(change, 'runCommand')) commanded.add(commandHandle(change.row));
      // Before anybody is woken by it: who acts on this change finds the guest out of rotation.
      if (!isLeftRow(change, moved)) rotation.changed(change);
      if (isRow(change, 'instance') && concerns(change.row)) {
        loops.health.wake(handleOf(change.row));
      }
      wakeFor(loops, change);
      wakeBalancers(world, loops, change);
    }
  });
  const stopGuests = world.guests.watch((handle) => {
    loops.instance.wake(handle);
    // A guest that comes up is probed when its row says so.
    if (watch.changed(handle)) loops.health.wake(handle);
    if (commanded.has(handle)) loops.runCommand.wake(handle);
  });
  const stopBalancer = world.balancer.watch((handle) => {
    loops.instance.wake(handle);
  });
  return () => {
    stopCommits();
    stopGuests();
    stopBalancer();
  };
}

/** A set that changed is looked at by every operation that waits for it, not only by its latest. */
async function wakeAll(world: World, uid: string, wake: (id: string) => void): Promise<undefined> {
  for (const { id } of await world.store.openOperations(uid)) wake(id);
}

/** A new version of an image may be one for any set. */
async function wakeSets(world: World, loop: Loop, onError: LoopsOptions['onError']): Promise<void> {
  try {
    for (const uid of await setKeys(world)) loop.wake(uid);
  } catch (error) {
    onError('rolling', '*', error);
  }
}

type RowChange = Extract<Change, { readonly kind: 'put' | 'remove' }>;

function isRow<T extends Table>(change: Change, table: T): change is Extract<Change, { readonly table: T }> {
  return (change.kind === 'put' || change.kind === 'remove') && change.table === table;
}

/** No loop here waits for these. */
const QUIET = ['loadBalancer', 'network', 'region'] as const satisfies readonly Table[];

function isQuiet(change: RowChange): change is Extract<RowChange, { table: (typeof QUIET)[number] }> {
  return (QUIET as readonly Table[]).includes(change.table);
}

function wakeFor(loops: LoopsByName, change: Change): void {
  if (change.kind !== 'put' && change.kind !== 'remove') return;
  if (isQuiet(change)) return;
  switch (change.table) {
    case 'instance':
      return wakeForInstance(loops, change.row, change.kind);
    case 'scaleSet':
      loops.scaleSet.wake(change.row.uid);
      loops.repair.wake(change.row.uid);
      loops.rolling.wake(change.row.uid);
      loops.setOperations.wake(change.row.uid);
      return loops.group.wake(change.row.group);
    case 'operation':
      return wakeForOperation(loops, change.row);
    case 'deployment':
      return loops.deployment.wake(change.row.uid);
    case 'runCommand':
      loops.runCommand.wake(commandHandle(change.row));
      return wakeOperations(loops, change.row.operation);
    case 'rollingUpgrade':
      loops.rolling.wake(change.row.set);
      loops.scaleSet.wake(change.row.set);
      loops.repair.wake(change.row.set);
      return loops.setOperations.wake(change.row.set);
    case 'disk':
      return wakeForDisk(loops, change.row);
    case 'group':
      loops.group.wake(change.row.name);
      return wakeOperations(loops, change.row.deleting);
  }
}

function wakeForInstance(loops: LoopsByName, row: Instance, kind: RowChange['kind']): void {
  loops.instance.wake(handleOf(row));
  // Its set and its operation wait for verbs to end, not for how far they are.
  if (kind === 'put' && row.task !== undefined) return;
  loops.scaleSet.wake(row.set);
  loops.repair.wake(row.set);
  loops.rolling.wake(row.set);
  wakeOperations(loops, row.task?.operation ?? row.lastOperation);
}

function wakeForDisk(loops: LoopsByName, disk: Disk): void {
  if (disk.deleting !== undefined) loops.disk.wake(diskKey(disk));
  wakeOperations(loops, disk.deleting);
}

/** A deployment waits for the end of what was asked on its behalf. */
function wakeForOperation(loops: LoopsByName, { id, status, deployment }: Operation): void {
  loops.operation.wake(id);
  if (deployment !== undefined && status !== 'InProgress') loops.deployment.wake(deployment);
}

function wakeOperations(loops: LoopsByName, id: string | undefined): void {
  if (id !== undefined) loops.operation.wake(id);
}

async function lookAtEverything(world: World, loops: LoopsByName): Promise<void> {
  for (const handle of await handles(world)) loops.instance.wake(handle);
  for (const uid of await setKeys(world)) {
    loops.scaleSet.wake(uid);
    loops.repair.wake(uid);
    loops.rolling.wake(uid);
  }
  for (const id of await operationKeys(world)) loops.operation.wake(id);
  for (const handle of await commandKeys(world)) loops.runCommand.wake(handle);
  for (const name of await groupKeys(world)) loops.group.wake(name);
  for (const uid of await deploymentKeys(world)) loops.deployment.wake(uid);
  for (const key of await diskKeys(world)) loops.disk.wake(key);
  for (const uid of await balancerKeys(world)) loops.loadBalancer.wake(uid);
}

/** Of every instance, and of every guest whether or not a row owns it. */
async function handles(world: World): Promise<string[]> {
  const sets = await world.store.scaleSets();
  const rows = await Promise.all(sets.map((set) => world.store.instances(set.uid)));
  const guests = await world.guests.list();
  return [...new Set([...rows.flat().map(handleOf), ...guests.map(({ handle }) => handle)])];
}

/** Of the instances that are anything to the health loop. */
async function healthKeys(world: World, concerns: (row: Instance) => boolean): Promise<string[]> {
  const sets = await world.store.scaleSets();
  const rows = await Promise.all(sets.map((set) => world.store.instances(set.uid)));
  return rows.flat().filter(concerns).map(handleOf);
}

async function setKeys(world: World): Promise<string[]> {
  return (await world.store.scaleSets()).map((set) => set.uid);
}

async function operationKeys(world: World): Promise<string[]> {
  return (await world.store.openOperations()).map((operation) => operation.id);
}

async function commandKeys(world: World): Promise<string[]> {
  return (await world.store.openRunCommands()).map(commandHandle);
}

async function groupKeys(world: World): Promise<string[]> {
  return (await world.store.groups()).map((group) => group.name);
}
