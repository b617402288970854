// Balancer: the data plane of load balancers, as the rules see it. It is told what there is to be; it finds out which
// backends answer and which connections go on.
// What must hold: from the moment `rotate` takes a guest out, it is given no new connection.

import type { Listener } from '../../domain/balancing.ts';
import type { GuestAddress, GuestHandle } from '../../domain/guest.ts';
import type { Time } from '../../domain/time.ts';

export interface BackendHealth {
  readonly handle: GuestHandle;
  /** What the rule's probe says; absent where the rule has none, or the guest is not asked because it is out of rotation. */
  readonly probe?: 'Up' | 'Down';
  readonly connections: number;
}

export interface ListenerHealth {
  /** `Listener.key`. */
  readonly key: string;
  /** Where it really listens. */
  readonly address: GuestAddress;
  readonly backends: readonly BackendHealth[];
}

export interface Balancer {
  /** False: it moves no bytes, because guests have no sockets. Then nothing ever has to be drained. */
  readonly connects: boolean;
  /** The address of a place (`domain/frontend-place`): where its listeners are, or would be. */
  hostOf(place: string): Promise<string>;
  /** Where a guest takes new connections from now on; undefined: nowhere. */
  rotate(handle: GuestHandle, address: GuestAddress | undefined): void;
  /** The listeners that this load balancer is to have. Resolves when they listen, and those that it is not to have do not. */
  apply(uid: string, listeners: readonly Listener[]): Promise<void>;
  /** When the guest left the rotation, while connections to it go on that stopping it would cut. */
  drainingSince(handle: GuestHandle): Time | undefined;
  /** In rotation, and not given connections by some rule all the same, because the rule's own probe has not brought it up. */
  isAwaited(handle: GuestHandle): boolean;
  /** Of those that listen. */
  health(uid: string): readonly ListenerHealth[];
  /** Calls back when the last connection to a guest that is out of rotation has ended. The answer stops it. */
  watch(listener: (handle: GuestHandle) => void): () => void;
  /** Ends every connection. */
  close(): Promise<void>;
}
