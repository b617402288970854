// Bodies of a set and its instances as ARM answers them, made by the plane's own views, and facts read from them.
import type { JsonObject } from '../../src/domain/json.ts';
import type { Instance } from '../../src/domain/instance.ts';
import { wireEra } from '../../src/arm/api-version.ts';
import { instanceBody } from '../../src/http/views/instance.ts';
import { scaleSetBody } from '../../src/http/views/scale-set.ts';
import { instanceFacts, setFacts } from '../../src/operator/facts.ts';
import type { InstanceFacts, Inventory, SetFacts } from '../../src/operator/inventory.ts';
import { BODY, instance, model, scaleSet, SUBSCRIPTION } from '../wire/rows.ts';

const show = { subscriptionId: SUBSCRIPTION, tenantId: SUBSCRIPTION, era: wireEra('2024-07-01') };

export function setBody(declared: JsonObject = BODY, modelVersion = 1): JsonObject {
  return scaleSetBody(scaleSet(declared, { model: modelVersion }), show);
}

/** An instance of the model that is declared, with its view; of a set that has gone on to `setModel`. */
export function bodyOf(
  id: number,
  changes: Partial<Instance> = {},
  { declared = BODY, setModel = 1 }: { declared?: JsonObject; setModel?: number } = {},
): JsonObject {
  const made = scaleSet(declared);
  const row = instance(made, id, changes);
  return instanceBody({ ...made, model: setModel }, model(made), row, { ...show, instanceView: true });
}

export const SET: SetFacts = setFacts(setBody());

/** Facts of an instance that is as it should be, but for what is said. */
export function factsOf(id: number | string, changes: Partial<InstanceFacts> = {}): InstanceFacts {
  const facts = instanceFacts(bodyOf(Number(id)), { set: SET, balance: 'none' });
  return { ...facts, ...changes };
}

export function inventoryOf(instances: readonly InstanceFacts[], set: SetFacts = SET): Inventory {
  return { taken: '2026-11-24T08:00:00.000Z', set, instances, calls: 2 };
}
