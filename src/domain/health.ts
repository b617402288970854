// Health: what probes of an instance's guest make of its health state. Pure. A state is about one boot of the guest: when
// the guest is not running and ready any more, it has none. What must hold: a state changes only after as many signals of
// one kind in a row as the source asks for, or when a rich source's time to initialize is over.
// Source: Azure's page on the Application Health extension (azure-fleet).

import type { HealthSource } from './health-source.ts';
import type { Instance } from './instance.ts';
import type { ProbeAnswer } from './probe.ts';
import type { Time } from './time.ts';

export type HealthState = 'initializing' | 'healthy' | 'unhealthy' | 'unknown';

export interface Health {
  readonly state: HealthState;
  readonly since: Time;
}

/** What one probe says. */
export type Signal = 'healthy' | 'unhealthy' | 'unknown';

/** The latest signals, as far as they are alike: kept in memory only, so that a probe that changes nothing costs no write. */
export interface Tally {
  readonly signal: Signal;
  readonly count: number;
}

export interface Verdict {
  /** Undefined: nothing is known yet. The same object as before when nothing changed. */
  readonly health: Health | undefined;
  readonly tally: Tally;
  /** When the state changes although no signal does. */
  readonly due?: Time;
}

/**
 * What an answer means. Binary: an HTTP answer of 200, or a handshake, is healthy, anything else is not. Rich: an HTTP
 * answer of 2xx says it in its body; whatever does not say it is unknown. TCP is the same for both.
 */
export function signalOf({ states, request }: HealthSource, answer: ProbeAnswer): Signal {
  if (request.protocol === 'tcp') return answer.outcome === 'connected' ? 'healthy' : 'unhealthy';
  const status = answer.outcome === 'answered' ? (answer.status ?? 0) : 0;
  if (states === 'binary') return status === 200 ? 'healthy' : 'unhealthy';
  return status >= 200 && status < 300 ? saidIn(answer.body ?? '') : 'unknown';
}

function saidIn(body: string): Signal {
  switch (stateIn(body)) {
    case 'Healthy':
      return 'healthy';
    case 'Unhealthy':
      return 'unhealthy';
    default:
      return 'unknown';
  }
}

function stateIn(body: string): unknown {
  try {
    const said: unknown = JSON.parse(body);
    return typeof said === 'object' && said !== null && 'ApplicationHealthState' in said
      ? said.ApplicationHealthState
      : undefined;
  } catch {
    return undefined;
  }
}

export function judge(
  source: HealthSource,
  before: { readonly health: Health | undefined; readonly tally: Tally | undefined },
  signal: Signal,
  now: Time,
): Verdict {
  const count = before.tally?.signal === signal ? before.tally.count + 1 : 1;
  // More would say nothing more.
  const tally = { signal, count: Math.min(count, source.probes) };
  const current =
    before.health ?? (source.states === 'rich' ? { state: 'initializing', since: now } : undefined);
  if (current?.state === 'initializing') return initialized(source, current, tally, now);
  if (tally.count < needed(source, signal) || current?.state === signal) return { health: current, tally };
  return { health: { state: signal, since: now }, tally };
}

function needed(source: HealthSource, signal: Signal): number {
  return signal === 'healthy' ? (source.recovers ?? source.probes) : source.probes;
}

/** Out of Initializing lead signals that say something, or its end (azure-fleet): to Unknown, by TCP to Unhealthy. */
function initialized(source: HealthSource, current: Health, tally: Tally, now: Time): Verdict {
  if (tally.signal !== 'unknown' && tally.count >= source.probes) {
    return { health: { state: tally.signal, since: now }, tally };
  }
  const end = current.since + source.grace;
  if (now < end) return { health: current, tally, due: end };
  const state = source.request.protocol === 'tcp' ? 'unhealthy' : 'unknown';
  return { health: { state, since: now }, tally };
}

/** False: nothing is known of this boot, and the signal says no more than that it has not come up yet. */
export function isSettled(source: HealthSource, health: Health | undefined, signal: Signal): boolean {
  return source.firstInterval === undefined || health !== undefined || signal === 'healthy';
}

/** How long after such a signal the next probe is due, in milliseconds. */
export function pauseAfter(source: HealthSource, health: Health | undefined, signal: Signal): number {
  return isSettled(source, health, signal) ? source.interval : (source.firstInterval ?? source.interval);
}

/** Whether there is something to probe: a guest that is up. */
export function canBeProbed({ observed, wanted }: Instance): boolean {
  return wanted.exists && observed.power === 'running' && observed.ready;
}

/** Unknown counts as unhealthy, to repairs and to upgrades (azure-fleet). Whose guest stopped by itself serves nobody. */
export function isUnhealthy({ health, exitedAt }: Instance): boolean {
  return health?.state === 'unhealthy' || health?.state === 'unknown' || exitedAt !== undefined;
}

/** For the log: of a boot, the first state is worth a line only when it is a bad one. */
export function isNoteworthy(before: Health | undefined, after: Health): boolean {
  if (before?.state === after.state) return false;
  const first = before === undefined || before.state === 'initializing';
  return first ? after.state === 'unhealthy' || after.state === 'unknown' : true;
}
