// Sighting: what a record keeps of an inventory: what judgements need, and a hash of each body for the rest.

import { type JsonObject, textAt } from '../domain/json.ts';
import { canonical } from './canonical.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';

/** SHA-256 of the text's UTF-8, in hexadecimal. */
export type Hash = (text: string) => string;

export type InstanceSighting = Pick<
  InstanceFacts,
  | 'id'
  | 'name'
  | 'power'
  | 'provisioning'
  | 'health'
  | 'balance'
  | 'latestModel'
  | 'zone'
  | 'image'
  | 'protection'
> & {
  /** What makes it the same one, where ARM says it: ids come again when a set is made anew. */
  readonly vmId?: string;
  /** Those that are not ok, by name. */
  readonly extensions: Readonly<Record<string, string>>;
  /** Of its body and its view. */
  readonly hash: string;
};

export interface Sighting {
  readonly taken: string;
  readonly capacity: number;
  readonly provisioning: string;
  /** Of the set's body. */
  readonly hash: string;
  readonly instances: readonly InstanceSighting[];
}

export function sightingOf({ taken, set, instances }: Inventory, hash: Hash): Sighting {
  return {
    taken,
    capacity: set.capacity,
    provisioning: set.provisioning,
    hash: hash(canonical(set.body)),
    instances: instances.map((instance) => ({
      id: instance.id,
      name: instance.name,
      ...vmIdOf(instance),
      power: instance.power,
      provisioning: instance.provisioning,
      health: instance.health,
      balance: instance.balance,
      latestModel: instance.latestModel,
      zone: instance.zone,
      image: instance.image,
      protection: instance.protection,
      extensions: Object.fromEntries(
        instance.extensions.filter(({ state }) => state !== 'ok').map(({ name, state }) => [name, state]),
      ),
      hash: hash(canonical([instance.body, instance.view] as readonly JsonObject[])),
    })),
  };
}

export function vmIdOf({ body }: Pick<InstanceFacts, 'body'>): { readonly vmId?: string } {
  const vmId = textAt(body, 'properties', 'vmId');
  return vmId === undefined ? {} : { vmId };
}
