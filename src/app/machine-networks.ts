// Machine networks: the network interfaces and public IP addresses that came with virtual machines, read. They are shown among
// the rows of their type, and are written and deleted with their machines alone.

import { Failure } from '../domain/failure.ts';
import { sameName } from '../domain/load-balancer.ts';
import {
  type MachineOwner,
  type MadeResource,
  madeResources,
  mayHaveMade,
  namingInterfaces,
} from '../domain/machine-interface.ts';
import { type NetworkNeed, resourceNeeds } from '../domain/network-need.ts';
import { networkPath } from '../domain/network-reference.ts';
import type { NetworkType } from '../domain/network-resource.ts';
import { rulesOf } from '../domain/orchestration.ts';
import { instancePath } from '../domain/resource-path.ts';
import type { Plane } from './plane.ts';

interface Ref {
  readonly type: NetworkType;
  readonly group: string;
  readonly name: string;
}

/** Of a group, or of all. `name`: only of machines that may have made one that is called so. */
export async function machineNetworks(
  plane: Plane,
  type: NetworkType,
  group?: string,
  name?: string,
): Promise<readonly MadeResource[]> {
  if (type !== 'networkInterfaces' && type !== 'publicIPAddresses') return [];
  return ofMachines(plane, (owner) => {
    const { instance } = owner;
    if (group !== undefined && !sameName(instance.machine?.group ?? '', group)) return [];
    if (name !== undefined && !mayHaveMade(instance, name)) return [];
    return madeResources(plane.subscriptionId, owner, type);
  });
}

/** Of all machines that are listed, set by set. */
async function ofMachines<Item>(
  { store }: Plane,
  itemsOf: (owner: MachineOwner) => readonly Item[],
): Promise<readonly Item[]> {
  const sets = (await store.scaleSets()).filter(({ declared }) => rulesOf(declared).instances === 'machines');
  const items = sets.map(async (set) => {
    const models = new Map((await store.models(set.uid)).map((model) => [model.version, model]));
    return (await store.instances(set.uid)).flatMap((instance) => {
      const model = models.get(instance.model);
      return model === undefined || instance.surplus ? [] : itemsOf({ set, instance, model });
    });
  });
  return (await Promise.all(items)).flat();
}

export async function findMachineNetwork(plane: Plane, ref: Ref): Promise<MadeResource | undefined> {
  // Most names are told by their ends: one that is asked for is not looked for in what ten thousand machines have.
  if (!/-[0-9a-f]{8}$/i.test(ref.name)) return undefined;
  const made = await machineNetworks(plane, ref.type, ref.group, ref.name);
  return made.find(({ resource }) => sameName(resource.name, ref.name));
}

/** What they name, each by itself. */
export async function machineNeeds(plane: Plane): Promise<readonly NetworkNeed[]> {
  const { subscriptionId } = plane;
  return ofMachines(plane, (owner) =>
    namingInterfaces(subscriptionId, owner).flatMap((nic) => resourceNeeds(subscriptionId, nic)),
  );
}

/** Refuses a write of one that came with a machine. */
export async function checkNotOfMachine(plane: Plane, ref: Ref): Promise<void> {
  const made = await findMachineNetwork(plane, ref);
  if (made === undefined) return;
  const { resource, set, instance } = made;
  throw new Failure(
    'operationNotAllowed',
    `${networkPath(plane.subscriptionId, resource)} came with virtual machine ${instancePath(plane.subscriptionId, set, instance)}, and is changed with that alone.`,
  );
}
