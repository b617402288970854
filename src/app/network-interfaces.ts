// Network interfaces of instances, read. Nothing is stored of them but the private addresses in the instances' rows.

import { modelReferences, parseChildReference } from '../domain/balancer-reference.ts';
import { membersOf, planNat } from '../domain/balancing.ts';
import { Failure } from '../domain/failure.ts';
import type { GuestHandle } from '../domain/guest.ts';
import type { LoadBalancer } from '../domain/load-balancer.ts';
import { natRuleNames } from '../domain/nat-rule.ts';
import { rulesOf } from '../domain/orchestration.ts';
import { setPath } from '../domain/resource-path.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { type InstanceRef, requireSet, type SetRef } from './find.ts';
import { getInstance, type InstanceList, type InstanceWithModel, listInstances } from './instances.ts';
import type { Plane } from './plane.ts';
import { loadFleets } from './ports/fleets.ts';

/** The name of the rule that an instance has behind a NAT pool. */
export type NatRuleOf = (
  handle: GuestHandle,
  pool: { readonly group: string; readonly balancer: string; readonly name: string },
) => string | undefined;

export async function listInterfaces(
  plane: Plane,
  ref: SetRef,
): Promise<InstanceList & { readonly natRuleOf: NatRuleOf }> {
  const list = await listInstances(plane, ref);
  if (isOfMachines(list.set)) throw besideSet(plane, list.set);
  return { ...list, natRuleOf: await natRules(plane, [...list.models.values()]) };
}

export async function getInterfaces(
  plane: Plane,
  ref: InstanceRef,
): Promise<InstanceWithModel & { readonly natRuleOf: NatRuleOf }> {
  const set = await requireSet(plane, ref);
  if (isOfMachines(set)) throw besideSet(plane, set);
  const one = await getInstance(plane, ref);
  return { ...one, natRuleOf: await natRules(plane, [one.model]) };
}

/** Those of machines are resources of their own, beside their set: of which Azure's network provider says that it is not there. */
function besideSet({ subscriptionId }: Plane, set: ScaleSet): Failure {
  return new Failure('notFound', `Resource ${setPath(subscriptionId, set)} not found.`);
}

function isOfMachines({ declared }: ScaleSet): boolean {
  return rulesOf(declared).instances === 'machines';
}

async function natRules(plane: Plane, models: readonly ModelVersion[]): Promise<NatRuleOf> {
  const balancers = await namedBalancers(plane, models);
  const names = new Map<string, string>();
  const fleets = balancers.length === 0 ? [] : await loadFleets(plane.store);
  for (const balancer of balancers) {
    const places = planNat(balancer, membersOf(balancer, fleets)).filter(
      ({ kind }) => kind === 'inboundNatPools',
    );
    for (const [{ member, part }, name] of natRuleNames(places)) {
      names.set(keyOf(member.handle, balancer.group, balancer.name, part.name), name);
    }
  }
  return (handle, pool) => names.get(keyOf(handle, pool.group, pool.balancer, pool.name));
}

function keyOf(...parts: readonly string[]): string {
  return parts.join('/').toLowerCase();
}

/** Those whose NAT pools these models name. */
async function namedBalancers(
  plane: Plane,
  models: readonly ModelVersion[],
): Promise<readonly LoadBalancer[]> {
  const found = new Map<string, LoadBalancer>();
  for (const { kind, id } of models.flatMap(({ profile }) => modelReferences(profile))) {
    const reference = kind === 'inboundNatPools' ? parseChildReference(id) : undefined;
    const balancer = reference && (await plane.store.loadBalancer(reference.group, reference.balancer));
    if (balancer !== undefined) found.set(balancer.uid, balancer);
  }
  return [...found.values()];
}
