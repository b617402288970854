// Machine membership: whether a virtual machine may join or leave a Flexible scale set, in Azure's words where it may not.
// Source: Azure's page on attaching and detaching virtual machines; what it has no words for is said in Muster's.

import { Failure } from './failure.ts';
import { type Instance, isMember } from './instance.ts';
import { orchestrationRules, rulesOf } from './orchestration.ts';
import { type Place, placer } from './placement.ts';
import { scaleSetPath } from './resource-path.ts';
import type { ScaleSet } from './scale-set.ts';

/** Azure's limit. */
const MOST_MEMBERS = 1000;
const MORE = 'For more information, see https://aka.ms/vmo/attachdetach.';

/** What is to join, as far as it decides whether it may. */
export interface Joining {
  readonly name: string;
  readonly location: string;
  readonly zone?: string;
  /** That it asks for. */
  readonly faultDomain?: number;
}

/** The name of the set in an id, where that is one of this group. */
export function setNameIn(subscriptionId: string, group: string, id: string): string | undefined {
  const prefix = scaleSetPath(subscriptionId, group, '').toLowerCase();
  const name = id.slice(prefix.length);
  return id.toLowerCase().startsWith(prefix) && name !== '' && !name.includes('/') ? name : undefined;
}

export function setNotFound(id: string): Failure {
  return new Failure(
    'notFound',
    `The Virtual Machine Scale Set '${id}' referenced by the Virtual Machine does not exist.`,
    { target: 'virtualMachineScaleSet.id' },
  );
}

/** Of another group, where there can be no members of this one's. */
export function setElsewhere(id: string, name: string): Failure {
  return refused(
    `Virtual Machine '${name}' cannot reference the Virtual Machine Scale Set '${id}': both must be in the same resource group.`,
  );
}

/** For one that is made as a member and for one that is there. */
export function checkJoin(subscriptionId: string, set: ScaleSet, { name, location, zone }: Joining): void {
  const path = scaleSetPath(subscriptionId, set.group, set.name);
  if (!rulesOf(set.declared).attach) {
    throw refused(
      `This operation is not allowed because referenced Virtual Machine Scale Set '${path}' does not have orchestration mode set to '${FLEXIBLE}'`,
    );
  }
  if (location !== set.declared.location) {
    throw refused(
      `Virtual Machine '${name}' in location '${location}' cannot reference the Virtual Machine Scale Set '${path}', which is in location '${set.declared.location}'.`,
    );
  }
  checkZone(set, name, zone, path);
  if (set.declared.sku.capacity >= MOST_MEMBERS) {
    throw refused(
      `Virtual Machine '${name}' cannot reference the Virtual Machine Scale Set '${path}': it has ${MOST_MEMBERS} instances already, which is the most that it can have.`,
    );
  }
}

const FLEXIBLE = orchestrationRules({ orchestrationMode: 'Flexible' })?.mode;

function checkZone({ declared }: ScaleSet, name: string, zone: string | undefined, path: string): void {
  const { zones } = declared;
  if (zone === undefined ? zones.length === 0 : zones.includes(zone)) return;
  const has = zones.length === 0 ? 'is regional' : `has the zones ${zones.join(', ')}`;
  const is = zone === undefined ? 'is regional' : `is in zone ${zone}`;
  throw refused(
    `Virtual Machine '${name}' ${is} and cannot reference the Virtual Machine Scale Set '${path}', which ${has}.`,
  );
}

/** Where one that is made as a member comes to be. */
export function placeOf(set: ScaleSet, instances: readonly Instance[], joining: Joining): Place {
  const { zone, faultDomain } = joining;
  checkFaultDomain(joining.name, faultDomain, { count: faultDomainsOf(set), set: set.name });
  const members = instances.filter((one) => isMember(one) && one.zone === zone);
  const zones = zone === undefined ? [] : [zone];
  const free = placer({ ...set.declared, zones }, members).next();
  return faultDomain === undefined ? free : { ...free, faultDomain };
}

/** Of one without a set. */
export function placeAlone({ name, zone, faultDomain }: Joining): Place {
  checkFaultDomain(name, faultDomain, undefined);
  return { ...(zone === undefined ? {} : { zone }), faultDomain: 0, updateDomain: 0 };
}

function checkFaultDomain(
  name: string,
  faultDomain: number | undefined,
  of: { readonly count: number; readonly set: string } | undefined,
): void {
  if (faultDomain === undefined) return;
  const cannot = `Cannot set 'platformFaultDomain' on Virtual Machine '${name}' because`;
  if (of === undefined) throw unplaced(`${cannot} it does not reference a Virtual Machine Scale Set.`);
  const { count, set } = of;
  if (count === 1) {
    throw unplaced(
      `${cannot} the Virtual Machine Scale Set '${set}' that it references has 'platformFaultDomainCount' = 1.`,
    );
  }
  if (Number.isInteger(faultDomain) && faultDomain >= 0 && faultDomain < count) return;
  throw unplaced(
    `${cannot} the value ${faultDomain} does not fall in the range 0 to ${count - 1} of the Virtual Machine Scale Set '${set}' that it references.`,
  );
}

function unplaced(message: string): Failure {
  return new Failure('invalidParameter', message, { target: 'platformFaultDomain' });
}

function faultDomainsOf({ declared }: ScaleSet): number {
  return Number(declared.properties['platformFaultDomainCount'] ?? 1);
}

/** For a machine that is there and in no set: it comes as it is. */
export function checkAttach(set: ScaleSet): void {
  if (faultDomainsOf(set) === 1) return;
  throw refused(
    `Referenced Virtual Machine Scale Set '${set.name}' does not support attaching an existing Virtual Machine to it because the Virtual Machine Scale Set has more than 1 fault domains. ${MORE}`,
  );
}

export function checkDetach(set: ScaleSet): void {
  if (faultDomainsOf(set) === 1) return;
  throw refused(
    `Virtual Machine Scale Set '${set.name}' does not support detaching an existing Virtual Machine from it because the Virtual Machine Scale Set has more than 1 fault domains. ${MORE}`,
  );
}

function refused(message: string): Failure {
  return new Failure('operationNotAllowed', message, { target: 'virtualMachineScaleSet.id' });
}

/** The set with one member more, and the version that its own model gets. */
export function grown(set: ScaleSet): ScaleSet & { readonly lastOwnModel: number } {
  return {
    ...withCapacity(set, 1),
    nextInstanceId: set.nextInstanceId + 1,
    lastOwnModel: (set.lastOwnModel ?? 0) - 1,
  };
}

export function shrunk(set: ScaleSet): ScaleSet {
  return withCapacity(set, -1);
}

function withCapacity(set: ScaleSet, more: number): ScaleSet {
  const { sku } = set.declared;
  const capacity = Math.max(0, sku.capacity + more);
  return { ...set, etag: set.etag + 1, declared: { ...set.declared, sku: { ...sku, capacity } } };
}
