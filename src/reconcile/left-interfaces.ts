// Left interfaces: the network interfaces and public IP addresses that came with a virtual machine and stay when it is gone.

import { put, type Change } from '../app/ports/store.ts';
import { requireModel } from '../app/ports/require-model.ts';
import type { Instance } from '../domain/instance.ts';
import { leftBehind } from '../domain/machine-interface.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { World } from './world.ts';

/** To be committed with the end of the machine's row: nobody is given their private addresses in between. */
export async function leftInterfaces(
  { store, subscriptionId }: World,
  set: ScaleSet,
  instance: Instance,
): Promise<readonly Change[]> {
  if (instance.machine === undefined) return [];
  const model = await requireModel(store, set.uid, instance.model);
  return leftBehind(subscriptionId, { set, instance, model }).map((row) => put('network', row));
}
