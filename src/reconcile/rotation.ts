// Rotation keeper: takes every instance in and out of rotation with the commit that says so, before any loop hears of it.
// What must hold: whoever acts on an instance finds it out of rotation already. Where no guest has a socket it does nothing.

import { loadFleets } from '../app/ports/fleets.ts';
import type { Change } from '../app/ports/store.ts';
import { type GuestHandle, handleOf } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import { inRotation } from '../domain/rotation.ts';
import type { Time } from '../domain/time.ts';
import type { HealthSources } from './health-sources.ts';
import type { World } from './world.ts';

export interface RotationKeeper {
  /** To be called for each committed change, in order and at once. */
  readonly changed: (change: Change) => void;
  /** At start: as the rows are found. */
  readonly start: () => Promise<void>;
}

const IDLE: RotationKeeper = { changed: () => undefined, start: async () => undefined };

/** `sources` has heard of each change before. */
export function keepRotation(
  world: Pick<World, 'store' | 'balancer'>,
  sources: HealthSources,
): RotationKeeper {
  const { balancer } = world;
  if (!balancer.connects) return IDLE;
  /** The boot of each guest that is in rotation. */
  const serving = new Map<GuestHandle, Time | undefined>();

  /** One that serves goes on while a source that it has just been given has not said anything yet. */
  const mustBeHealthy = ({ set, model, health, observed }: Instance, handle: GuestHandle): boolean => {
    if (!sources.has(set, model)) return false;
    return health !== undefined || !serving.has(handle) || serving.get(handle) !== observed.bootedAt;
  };
  const rotate = (instance: Instance): void => {
    const handle = handleOf(instance);
    const rotates = inRotation(instance, mustBeHealthy(instance, handle));
    if (rotates) serving.set(handle, instance.observed.bootedAt);
    else serving.delete(handle);
    balancer.rotate(handle, rotates ? instance.observed.address : undefined);
  };
  return {
    changed(change) {
      if (!('table' in change) || change.table !== 'instance') return;
      if (change.kind === 'put') return rotate(change.row);
      const handle = handleOf(change.row);
      serving.delete(handle);
      balancer.rotate(handle, undefined);
    },
    async start() {
      for (const { instances } of await loadFleets(world.store)) {
        for (const instance of instances) rotate(instance);
      }
    },
  };
}
