// Interface machine: the machine that has a network interface, found from the interface's row.

import { checkInterfaceFree } from '../domain/interface-resource.ts';
import type { GuestHandle } from '../domain/guest.ts';
import { sameName } from '../domain/load-balancer.ts';
import type { MadeResource } from '../domain/machine-interface.ts';
import type { NetworkNeed } from '../domain/network-need.ts';
import { parseNetworkReference } from '../domain/network-reference.ts';
import type { NetworkResource } from '../domain/network-resource.ts';
import { instancePath } from '../domain/resource-path.ts';
import type { Plane } from './plane.ts';

export interface InterfaceMachine {
  /** ARM id. */
  readonly path: string;
  readonly group: string;
  readonly vmId: string;
  /** What the machine's model calls the network interface. */
  readonly nic: string;
  /** Where its guest listens; absent while nothing is known. */
  readonly host?: string;
}

/** @param users those that name the resource */
export async function machineOf(
  plane: Plane,
  resource: NetworkResource,
  users: readonly NetworkNeed[],
): Promise<InterfaceMachine | undefined> {
  const row = resource.type === 'publicIPAddresses' ? await userInterface(plane, users) : resource;
  return row?.holder === undefined ? undefined : machineWith(plane, row.holder.guest, row.name);
}

/** Refused in Azure's words while a machine has it. */
export async function checkInterfaceUnused(plane: Plane, row: NetworkResource): Promise<void> {
  if (row.holder === undefined) return;
  const machine = await machineWith(plane, row.holder.guest, row.name);
  checkInterfaceFree(plane.subscriptionId, row, machine?.path ?? row.holder.guest);
}

/** A machine of its own group goes before it; one of another group would be left without. */
export async function checkInterfaceReleasable(plane: Plane, row: NetworkResource): Promise<void> {
  if (row.holder === undefined) return;
  const machine = await machineWith(plane, row.holder.guest, row.name);
  if (machine === undefined || sameName(machine.group, row.group)) return;
  checkInterfaceFree(plane.subscriptionId, row, machine.path);
}

async function machineWith(
  plane: Plane,
  guest: GuestHandle,
  nic: string,
): Promise<InterfaceMachine | undefined> {
  const instance = await plane.store.instanceOf(guest);
  const set = instance && (await plane.store.scaleSetByUid(instance.set));
  if (set === undefined || instance === undefined) return undefined;
  return interfaceMachine(plane, { set, instance, nic });
}

/** The machine as the network interface shows it. */
export function interfaceMachine(
  { subscriptionId }: Plane,
  { set, instance, nic }: Pick<MadeResource, 'set' | 'instance' | 'nic'>,
): InterfaceMachine {
  const host = instance.observed.address?.host;
  return {
    path: instancePath(subscriptionId, set, instance),
    group: set.group,
    vmId: instance.vmId,
    nic,
    ...(host === undefined ? {} : { host }),
  };
}

/** The network interface that names a public IP address. */
async function userInterface(
  plane: Plane,
  users: readonly NetworkNeed[],
): Promise<NetworkResource | undefined> {
  for (const { whole } of users) {
    const reference = whole === undefined ? undefined : parseNetworkReference(whole);
    const row =
      reference && (await plane.store.network('networkInterfaces', reference.group, reference.name));
    if (row !== undefined) return row;
  }
  return undefined;
}
