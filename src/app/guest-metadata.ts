// Guest metadata: what a guest may learn about itself, and what it may say: that it has heard that it is to go.

import { handleOf, type GuestHandle } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import { type EventDocument, scheduledEvents } from '../domain/scheduled-events.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { acknowledged } from '../domain/terminate-notice.ts';
import { decideAndCommit, type Decision, type Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';
import { put } from './ports/store.ts';
import { prefixesAround } from './ports/subnets.ts';

export interface Self {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly model: ModelVersion;
  /** By each of its private addresses, the prefix of the subnet in which it lies. */
  readonly prefixes: ReadonlyMap<string, string>;
}

/** Undefined when no row owns that guest. */
export async function findSelf(plane: Plane, handle: GuestHandle): Promise<Self | undefined> {
  const instance = await plane.store.instanceOf(handle);
  const set = instance && (await plane.store.scaleSetByUid(instance.set));
  if (set === undefined || instance === undefined) return undefined;
  const model = await requireModel(plane.store, set.uid, instance.model);
  const prefixes = await prefixesAround(plane.store, plane.subscriptionId, instance, model);
  return { set, instance, model, prefixes };
}

export async function eventsOf(plane: Plane, { set }: Self): Promise<EventDocument> {
  return scheduledEvents(set.name, await plane.store.instances(set.uid), plane.clock.now());
}

/** The deletes of these events go on at once. False when one of them is no event of the set's; then nothing is changed. */
export async function acknowledgeEvents(plane: Plane, self: Self, ids: readonly string[]): Promise<boolean> {
  return decideAndCommit(plane, async (): Promise<Decision<boolean>> => {
    const instances = await plane.store.instances(self.set.uid);
    const named = ids.map((id) => instances.find(({ task }) => isEvent(task?.notice?.event, id)));
    if (named.includes(undefined)) return { changes: [], answer: false };
    const now = plane.clock.now();
    const changes = new Map(
      named.flatMap((instance) => {
        const after = instance && acknowledged(instance, now);
        return after === undefined || after === instance ? [] : [[handleOf(after), put('instance', after)]];
      }),
    );
    return { changes: [...changes.values()], answer: true };
  });
}

function isEvent(event: string | undefined, id: string): boolean {
  return event !== undefined && event.toLowerCase() === id.toLowerCase();
}
