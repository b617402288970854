// Rotation: whether an instance may be given new connections. Derived from its row each time it is asked, never stored.
// What must hold: an instance leaves the rotation with the commit that says it will be interrupted, which is before
// anything is done to its guest, and comes back only when nothing is in hand that interrupts it, its guest is ready and,
// where there is a source of health, its application is healthy.

import type { Instance } from './instance.ts';
import { SECOND } from './time.ts';

/** How long the connections of a leaving instance may go on, from the moment it left the rotation, on the plane's clock. */
export const DRAIN_LIMIT = 30 * SECOND;

/**
 * @param watched whether the model that its guest was made from has a source of health: then it must be healthy, and an
 * application of which nothing is known yet is not
 */
export function inRotation(instance: Instance, watched: boolean): boolean {
  const { observed, surplus, health } = instance;
  if (surplus || observed.power !== 'running' || !observed.ready || observed.address === undefined)
    return false;
  return !willBeInterrupted(instance) && (!watched || health?.state === 'healthy');
}

/** A reconfiguration reaches a guest that goes on running; every other turn and every other power ends what it does. */
function willBeInterrupted({ wanted }: Instance): boolean {
  if (!wanted.exists || wanted.power !== 'running') return true;
  return wanted.turn !== undefined && wanted.turn.kind !== 'reconfigure';
}
