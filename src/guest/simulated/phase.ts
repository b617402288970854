// Phase: how far a simulated guest's life has come, and the power that is seen of it.

import type { GuestPower } from '../../domain/guest.ts';

/** `ending`: its processes are being ended; `off`: it has none. */
export type Phase = 'starting' | 'running' | 'ready' | 'ending' | 'off';

/** `released`: its host was given back with it. */
export function powerIn(phase: Phase, released: boolean): GuestPower {
  switch (phase) {
    case 'starting':
      return 'starting';
    case 'running':
    case 'ready':
      return 'running';
    case 'ending':
      return 'stopping';
    case 'off':
      return released ? 'deallocated' : 'stopped';
  }
}
