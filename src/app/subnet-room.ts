// Subnet room: whether the subnets that a set's model names have an address for every member that a write asks for. Azure
// refuses such a write at once ("Subnet … does not have enough capacity for 30 IP addresses"), and changes nothing. This is
// asked early for the sake of the answer alone: who really gets an address is decided when the instances are made.

import { Failure } from '../domain/failure.ts';
import { isMember } from '../domain/instance.ts';
import { objectAt } from '../domain/json.ts';
import { subnetIsFull } from '../domain/private-address.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { Plane } from './plane.ts';
import { openSubnets } from './ports/subnets.ts';

/** @param set as it is to be */
export async function checkSubnetRoom(plane: Plane, set: ScaleSet): Promise<void> {
  const members = (await plane.store.instances(set.uid)).filter(isMember).length;
  const missing = set.declared.sku.capacity - members;
  if (missing <= 0) return;
  const model = { profile: objectAt(set.declared.properties, 'virtualMachineProfile') ?? {} };
  const subnets = await openSubnets(plane.store, plane.subscriptionId, [model]);
  const short = subnets?.shortage(subnets.wishes(model), missing);
  if (short === undefined) return;
  throw new Failure('subnetIsFull', subnetIsFull(short.subnet, short.needed).message);
}
