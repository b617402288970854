// Following machine: what a machine becomes when one of its network interfaces is declared anew: its own model says the same, and
// it holds the same addresses. Pure.
// What must hold: a model version is never changed; the machine's is a new one. Nothing is to be done to its guest for it.

import type { Instance } from './instance.ts';
import { interfaceConfiguration } from './interface-resource.ts';
import { type Json, type JsonObject, listAt, objectAt, sameJson, textAt } from './json.ts';
import { sameName } from './load-balancer.ts';
import type { NetworkResource } from './network-resource.ts';
import type { PrivateAddress } from './private-address.ts';
import type { ModelVersion } from './scale-set.ts';
import type { Time } from './time.ts';

export interface Following {
  readonly instance: Instance;
  /** New ones, numbered downwards. */
  readonly models: readonly ModelVersion[];
}

interface Facts {
  readonly subscriptionId: string;
  readonly now: Time;
  /** The latest number that a model of its own has in its set. */
  readonly lastOwnModel: number;
}

/**
 * @param models the versions that the machine has and is to have
 * @param row the network interface as it is declared now
 */
export function following(
  instance: Instance,
  models: readonly ModelVersion[],
  row: NetworkResource,
  { subscriptionId, now, lastOwnModel }: Facts,
): Following {
  const configuration = interfaceConfiguration(subscriptionId, row);
  const own = models.filter(({ version, profile }) => version < 0 && names(profile, configuration));
  const different = own.filter(({ profile }) => !sameJson(withEntry(profile, configuration), profile));
  const next = different.map((model, index): ModelVersion => ({
    ...model,
    version: lastOwnModel - 1 - index,
    created: now,
    profile: withEntry(model.profile, configuration),
  }));
  const renamed = new Map(different.map(({ version }, index) => [version, next[index]?.version ?? version]));
  const to = (version: number): number => renamed.get(version) ?? version;
  const has = (version: number): boolean => own.some((model) => model.version === version);
  const { model, wanted } = instance;
  const moved = { ...instance, model: to(model), wanted: { ...wanted, model: to(wanted.model) } };
  const holding = has(wanted.model) ? withAddresses(moved, row) : moved;
  return { instance: has(model) ? withUndone(holding, row) : holding, models: next };
}

function withAddresses(instance: Instance, row: NetworkResource): Instance {
  const { addresses, ...rest } = instance;
  const next = replaced(addresses, row);
  return next.length === 0 ? rest : { ...rest, addresses: next };
}

/** Also what it would go back to. */
function withUndone(instance: Instance, row: NetworkResource): Instance {
  const { task } = instance;
  if (task?.undo === undefined) return instance;
  const undo = { ...task.undo, addresses: replaced(task.undo.addresses, row) };
  return { ...instance, task: { ...task, undo } };
}

function replaced(
  held: readonly PrivateAddress[] = [],
  { name, addresses = [] }: NetworkResource,
): readonly PrivateAddress[] {
  const first = held.findIndex(({ nic }) => nic === name);
  const others = held.filter(({ nic }) => nic !== name);
  return first < 0 ? [...others, ...addresses] : others.toSpliced(first, 0, ...addresses);
}

const PATH = ['networkProfile', 'networkInterfaceConfigurations'] as const;

function isOf(entry: Json, configuration: JsonObject): boolean {
  return sameName(textAt(entry, 'id') ?? '', textAt(configuration, 'id') ?? '');
}

function names(profile: JsonObject, configuration: JsonObject): boolean {
  return listAt(profile, ...PATH).some((entry) => isOf(entry, configuration));
}

function withEntry(profile: JsonObject, configuration: JsonObject): JsonObject {
  const entries = listAt(profile, ...PATH);
  const networkInterfaceConfigurations = entries.map((entry) =>
    isOf(entry, configuration) ? configuration : entry,
  );
  return {
    ...profile,
    networkProfile: { ...objectAt(profile, 'networkProfile'), networkInterfaceConfigurations },
  };
}
