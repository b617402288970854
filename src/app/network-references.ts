// Network references: what a write names must be there. The rows that are named are written again with it, so that a delete at
// the same moment sees the reference or is refused.

import { objectAt } from '../domain/json.ts';
import { danglingReference } from '../domain/load-balancer-declaration.ts';
import { sameName } from '../domain/load-balancer.ts';
import {
  balancerNeeds,
  checkNeed,
  fleetNeeds,
  modelNeeds,
  type NetworkNeed,
  resourceNeeds,
} from '../domain/network-need.ts';
import { leadsTo, parseNetworkReference, servedType } from '../domain/network-reference.ts';
import { NETWORK_TYPES, type NetworkResource } from '../domain/network-resource.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { requireWritableGroup } from './find.ts';
import type { Plane } from './plane.ts';
import { loadFleets } from './ports/fleets.ts';
import { type Change, put } from './ports/store.ts';

/**
 * The network resources that are named. Throws Azure's InvalidResourceReference for what is not there, or in another region.
 * To be read before whatever the decision asks of those who use them.
 */
export async function namedResources(
  plane: Plane,
  needs: readonly NetworkNeed[],
  location: string,
): Promise<readonly NetworkResource[]> {
  const found = new Map<string, NetworkResource>();
  for (const need of needs) {
    checkNeed(need);
    const resource = await lead(plane, need);
    if (resource?.location !== location) throw danglingReference(need.id, need.whole ?? need.by);
    // One of a group that is going away goes with it.
    await requireWritableGroup(plane, resource.group);
    found.set(resource.uid, resource);
  }
  return [...found.values()];
}

/**
 * Of a scale set, for what its model names.
 * @param current the set as it is; undefined when it is to be made
 */
export async function holdNetworkOf(
  plane: Plane,
  set: ScaleSet,
  current: ScaleSet | undefined,
): Promise<readonly Change[]> {
  const before = current === undefined ? [] : needsOf(plane, current);
  const needs = await withoutLost(plane, needsOf(plane, set), before);
  return held(await namedResources(plane, needs, set.declared.location));
}

/**
 * Without what was named before and is not there: what was declared before networks were looked at must not keep anybody from
 * changing the rest.
 */
export async function withoutLost(
  plane: Plane,
  needs: readonly NetworkNeed[],
  before: readonly NetworkNeed[],
): Promise<readonly NetworkNeed[]> {
  const named = new Set(before.map(({ id }) => id));
  const kept: NetworkNeed[] = [];
  for (const need of needs) {
    if (!named.has(need.id) || (await lead(plane, need)) !== undefined) kept.push(need);
  }
  return kept;
}

function needsOf({ subscriptionId }: Plane, set: ScaleSet): readonly NetworkNeed[] {
  return modelNeeds(subscriptionId, set, objectAt(set.declared.properties, 'virtualMachineProfile') ?? {});
}

export function held(resources: readonly NetworkResource[]): readonly Change[] {
  return resources.map((resource) => put('network', resource));
}

async function lead(plane: Plane, { id }: NetworkNeed): Promise<NetworkResource | undefined> {
  const reference = parseNetworkReference(id);
  const type = servedType(reference?.type ?? '');
  if (reference === undefined || type === undefined) return undefined;
  if (!sameName(reference.subscriptionId, plane.subscriptionId)) return undefined;
  const resource = await plane.store.network(type, reference.group, reference.name);
  return resource !== undefined && leadsTo(reference, resource) ? resource : undefined;
}

/** What every row there is names. */
export async function allNeeds(plane: Plane): Promise<readonly NetworkNeed[]> {
  const { store, subscriptionId } = plane;
  const networks = await Promise.all(NETWORK_TYPES.map(async (type) => store.networks(type)));
  return [
    ...networks.flat().flatMap((resource) => resourceNeeds(subscriptionId, resource)),
    ...(await store.loadBalancers()).flatMap((balancer) => balancerNeeds(subscriptionId, balancer)),
    ...(await loadFleets(store)).flatMap((fleet) => fleetNeeds(subscriptionId, fleet)),
  ];
}
