// Addressed: rows that are about to be committed, with the private addresses that their models ask for. What must hold: the
// changes of the subnets go into the same commit.

import type { Store } from '../app/ports/store.ts';
import { type Subnets, withAddresses } from '../app/ports/subnets.ts';
import type { Instance } from '../domain/instance.ts';
import { fail } from '../domain/next-step.ts';
import { subnetIsFull } from '../domain/private-address.ts';
import type { ModelVersion } from '../domain/scale-set.ts';

/** For one that is to be made, where it is known that there is room. */
export function bornWith(born: Instance, subnets: Subnets | undefined, model: ModelVersion): Instance {
  if (subnets === undefined) return born;
  const given = subnets.give(born, model);
  if (given.full !== undefined) throw new Error(`subnet ${given.full.name} has less room than was counted`);
  return withAddresses(born, given.addresses);
}

/** For one with a verb in hand that leads to this model. The verb fails where a subnet has no address left. */
export function addressed(asked: Instance, subnets: Subnets | undefined, model: ModelVersion): Instance {
  if (subnets === undefined && asked.addresses === undefined) return asked;
  const given = subnets?.give(asked, model) ?? { addresses: [] };
  if (given.full !== undefined) return fail(asked, subnetIsFull(given.full, 1));
  return withAddresses(asked, given.addresses);
}

const lanes = new WeakMap<Store, Promise<unknown>>();

/** One after the other: of two at once that take from one network the store refuses one, which has then worked for nothing. */
export async function inTurn(store: Store, work: () => Promise<void>): Promise<void> {
  const before = lanes.get(store) ?? Promise.resolve();
  const mine = before.then(work);
  lanes.set(
    store,
    mine.catch(() => undefined),
  );
  return mine;
}
