// Machine follows: when a network interface is declared anew, the machine that has it says and holds the same, in one commit: so that
// balancers, health and what the guest is told go by one truth.

import { following } from '../domain/following-machine.ts';
import type { NetworkResource } from '../domain/network-resource.ts';
import type { Plane } from './plane.ts';
import { requireModel } from './ports/require-model.ts';
import { type Change, put } from './ports/store.ts';

/** Nothing for one that no machine has. A machine that is on its way out is left alone. */
export async function machineFollows(plane: Plane, row: NetworkResource): Promise<readonly Change[]> {
  if (row.holder === undefined) return [];
  const { store, subscriptionId } = plane;
  const current = await store.instanceOf(row.holder.guest);
  const set = current && (await store.scaleSetByUid(current.set));
  if (current === undefined || set === undefined || !current.wanted.exists) return [];
  const versions = [...new Set([current.model, current.wanted.model])];
  const { instance, models } = following(
    current,
    await Promise.all(versions.map(async (version) => requireModel(store, set.uid, version))),
    row,
    { subscriptionId, now: plane.clock.now(), lastOwnModel: set.lastOwnModel ?? 0 },
  );
  const last = models.at(-1)?.version;
  return [
    // Written also where it is the same, so that whoever takes the machine away at this moment sees this, or is seen.
    put('instance', instance),
    ...models.map((model): Change => ({ kind: 'putModel', model })),
    ...(last === undefined ? [] : [put('scaleSet', { ...set, lastOwnModel: last })]),
  ];
}
