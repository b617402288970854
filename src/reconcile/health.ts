// Health reconciler: probes the guests of instances whose model has a health source, each at its own interval, and writes
// a row when a state changes and at no other time. What must hold: what a probe said is thrown away when the row was
// changed meanwhile; counts live here only, and start anew with the plane.

import { type Change, put } from '../app/ports/store.ts';
import { ownEntry } from '../domain/activity-entry.ts';
import {
  canBeProbed,
  type Health,
  isNoteworthy,
  isSettled,
  judge,
  pauseAfter,
  signalOf,
  type Tally,
  type Verdict,
} from '../domain/health.ts';
import type { HealthSource } from '../domain/health-source.ts';
import { type Instance, memberId, nameOf } from '../domain/instance.ts';
import type { ProbeAnswer } from '../domain/probe.ts';
import { instancePath, instanceType } from '../domain/resource-path.ts';
import { type Metrics, metricsIn } from '../domain/rolling-signal.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { Time } from '../domain/time.ts';
import { sourceOf } from './health-probe.ts';
import type { Look } from './loop.ts';
import type { World } from './world.ts';

/** What is remembered of a guest between two probes. */
interface Watched {
  readonly source: HealthSource;
  /** Of which boot the tally is. */
  readonly bootedAt: Time | undefined;
  readonly tally: Tally | undefined;
  /** When it is to be probed next; undefined: when its driver says that it changed. */
  readonly due: Time | undefined;
  /** When it may be probed next. */
  readonly next: Time;
  /** When an answer that it is not well counts again. */
  readonly counts: Time;
  /** Its driver said something since it was asked. */
  readonly heard: boolean;
  /** What its latest answer said beside its health; empty when that was nothing. */
  readonly metrics: Metrics | undefined;
}

export interface HealthWatch {
  /** The key is the guest's handle. */
  readonly look: Look;
  /** Whether anything is remembered of this guest. */
  readonly knows: (handle: string) => boolean;
  /** A driver said that this guest changed: it may answer otherwise now. False: nobody asked it anything. */
  readonly changed: (handle: string) => boolean;
  /** What this guest said last beside its health, since its latest boot. */
  readonly metrics: (handle: string) => Metrics | undefined;
}

export function watchHealth(world: World): HealthWatch {
  const watched = new Map<string, Watched>();
  return {
    look: (handle) => lookAtHealth(world, watched, handle),
    knows: (handle) => watched.has(handle),
    changed: (handle) => {
      const known = watched.get(handle);
      if (known === undefined) return false;
      watched.set(handle, { ...known, due: known.next, heard: true });
      return true;
    },
    metrics: (handle) => watched.get(handle)?.metrics,
  };
}

type Memory = Map<string, Watched>;

async function lookAtHealth(world: World, watched: Memory, handle: string): Promise<Time | undefined> {
  const instance = await world.store.instanceOf(handle);
  const model = instance && (await world.store.model(instance.set, instance.model));
  const source = model && (await sourceOf(world, model));
  if (instance === undefined || source === undefined || !canBeProbed(instance)) {
    watched.delete(handle);
    if (instance?.health !== undefined && source === undefined) await forget(world, instance);
    return undefined;
  }
  const known = knownOf(watched.get(handle), source, instance);
  if (known !== undefined && (known.due === undefined || world.clock.now() < known.due)) return known.due;
  return probe(world, watched, { handle, instance, source, known });
}

/** What is known of an earlier boot or by another source is not known. */
function knownOf(known: Watched | undefined, source: HealthSource, instance: Instance): Watched | undefined {
  return known?.source === source && known.bootedAt === instance.observed.bootedAt ? known : undefined;
}

interface Probed {
  readonly handle: string;
  readonly instance: Instance;
  readonly source: HealthSource;
  readonly known: Watched | undefined;
}

async function probe(
  world: World,
  watched: Memory,
  { handle, instance, source, known }: Probed,
): Promise<Time | undefined> {
  const { bootedAt } = instance.observed;
  let counts = known?.counts ?? 0;
  let metrics = known?.metrics;
  const remember = (tally: Tally | undefined, due: Time | undefined, next: Time): void => {
    watched.set(handle, { source, bootedAt, tally, due, next, counts, heard: false, metrics });
  };
  // Whatever goes wrong from here on, it is probed again.
  const again = world.clock.now() + source.interval;
  remember(known?.tally, again, again);
  const answer = await answerOf(world, handle, source);
  metrics = metricsIn(answer.body) ?? {};
  const now = world.clock.now();
  const before = { health: instance.health, tally: known?.tally };
  const signal = signalOf(source, answer);
  const soon = now + pauseAfter(source, instance.health, signal);
  if (now < counts && !isSettled(source, instance.health, signal)) {
    remember(known?.tally, soon, soon);
    return soon;
  }
  counts = now + source.interval;
  const verdict = judge(source, before, signal, now);
  const { health, tally } = verdict;
  if (health !== undefined && health !== instance.health) {
    await world.store.commit(await changed(world, instance, health, { source, answer }));
  }
  // What the driver said after it was asked may make the answer an old one.
  const isSteady = answer.steady === true && watched.get(handle)?.heard !== true;
  const next = now + pauseAfter(source, health, signal);
  const due = isSteady ? laterProbe(source, verdict, next) : next;
  remember(tally, due, next);
  return due;
}

async function answerOf({ guests }: World, handle: string, { request }: HealthSource): Promise<ProbeAnswer> {
  return (await guests.probe?.(handle, request)) ?? { outcome: 'failed' };
}

/** Of a guest that will say when it answers otherwise: as often as its signal must be counted, then when time alone changes the state. */
function laterProbe(source: HealthSource, { tally, due }: Verdict, next: Time): Time | undefined {
  return tally.count < source.probes ? next : due;
}

/** Whoever is healthy needs no repair: what was tried before does not count any more. */
async function changed(
  world: World,
  instance: Instance,
  health: Health,
  why: { readonly source: HealthSource; readonly answer: ProbeAnswer },
): Promise<readonly Change[]> {
  const { repair, ...rest } = instance;
  const kept = repair === undefined || health.state === 'healthy' ? {} : { repair };
  const changes = [put('instance', { ...rest, ...kept, health })];
  const set = await world.store.scaleSetByUid(instance.set);
  // Of surplus nobody is told anything.
  if (set === undefined || instance.surplus || !isNoteworthy(instance.health, health)) return changes;
  return [...changes, entry(world, set, instance, health, why)];
}

/** The source is gone from the model. */
async function forget(world: World, instance: Instance): Promise<void> {
  const { health: _gone, ...rest } = instance;
  await world.store.commit([put('instance', rest)]);
}

function entry(
  world: World,
  set: ScaleSet,
  instance: Instance,
  health: Health,
  { source, answer }: { readonly source: HealthSource; readonly answer: ProbeAnswer },
): Change {
  const description = `${nameOf(set.name, instance)} is ${health.state}: ${answerWords(source, answer)}.`;
  const activity = ownEntry(
    {
      operationName: `${instanceType(instance)}/vmHealth/write`,
      resourceId: instancePath(world.subscriptionId, set, instance),
      group: set.group,
      correlationId: world.ids.guid(),
      instances: [memberId(instance)],
      level: health.state === 'healthy' ? 'Informational' : 'Warning',
      description,
      properties: { healthState: health.state, ...(instance.health && { before: instance.health.state }) },
    },
    world.ids.guid(),
    world.clock.now(),
  );
  return { kind: 'append', activity };
}

function answerWords({ request }: HealthSource, { outcome, status }: ProbeAnswer): string {
  const { protocol, port, path } = request;
  const where = protocol === 'tcp' ? `tcp port ${port}` : `${protocol} port ${port} ${path}`;
  switch (outcome) {
    case 'answered':
      return `${where} answered ${status}`;
    case 'connected':
      return `${where} took the connection`;
    case 'failed':
      return `${where} did not answer`;
  }
}
