// Backend probe: how a balancer asks a backend whether it is well, and what it makes of the answers.
// What must hold: a backend is down until it has answered; one answer does not turn it when the declaration asks for more.

import { textAt } from './json.ts';
import { type Child, numberIn } from './load-balancer.ts';
import type { ProbeProtocol, ProbeRequest } from './probe.ts';
import { SECOND } from './time.ts';

export interface BackendProbe extends ProbeRequest {
  readonly name: string;
  /** Milliseconds from one question to the next. */
  readonly interval: number;
  /** So many good answers in a row bring it up, so many bad ones take it down. */
  readonly up: number;
  readonly down: number;
}

export interface ProbeState {
  readonly up: boolean;
  /** How many answers in a row spoke against `up`. */
  readonly against: number;
}

export const UNPROBED: ProbeState = { up: false, against: 0 };

export function afterAnswer(
  state: ProbeState,
  probe: Pick<BackendProbe, 'up' | 'down'>,
  well: boolean,
): ProbeState {
  if (well === state.up) return state.against === 0 ? state : { ...state, against: 0 };
  const against = state.against + 1;
  return against >= (state.up ? probe.down : probe.up) ? { up: well, against: 0 } : { ...state, against };
}

const PROTOCOLS: readonly ProbeProtocol[] = ['http', 'https'];

/** The balancer's probe as it is declared. */
export function backendProbe({ name, properties }: Child): BackendProbe {
  const word = textAt(properties, 'protocol')?.toLowerCase();
  const path = textAt(properties, 'requestPath') ?? '/';
  const threshold = numberIn(properties, 'probeThreshold', 1);
  return {
    name,
    protocol: PROTOCOLS.find((protocol) => protocol === word) ?? 'tcp',
    port: numberIn(properties, 'port'),
    path: path.startsWith('/') ? path : `/${path}`,
    interval: numberIn(properties, 'intervalInSeconds', 15) * SECOND,
    up: threshold,
    down: threshold > 1 ? threshold : numberIn(properties, 'numberOfProbes', 2),
  };
}
