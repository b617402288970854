// Machine addresses: the private addresses that a virtual machine with its own model holds.

import { Failure } from '../domain/failure.ts';
import type { Instance } from '../domain/instance.ts';
import { subnetIsFull } from '../domain/private-address.ts';
import type { ModelVersion } from '../domain/scale-set.ts';
import type { Plane } from './plane.ts';
import type { Change } from './ports/store.ts';
import { openSubnets, withAddresses } from './ports/subnets.ts';

/** Throws Azure's words for a subnet that has none left. */
export async function givenAddresses(
  plane: Plane,
  instance: Instance,
  model: ModelVersion,
): Promise<{ readonly instance: Instance; readonly changes: readonly Change[] }> {
  const subnets = await openSubnets(plane.store, plane.subscriptionId, [model]);
  const given = subnets?.give(instance, model) ?? { addresses: [] };
  if (given.full !== undefined) throw new Failure('subnetIsFull', subnetIsFull(given.full, 1).message);
  return { instance: withAddresses(instance, given.addresses), changes: subnets?.changes() ?? [] };
}
