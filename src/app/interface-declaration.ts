// Interface declaration: what a write of a network interface does beside what a write of every network resource does: it takes
// private addresses, holds the balancers that it names, and stays with the machine that has it.

import { danglingReference } from '../domain/load-balancer-declaration.ts';
import { interfaceReferences, interfaceUses } from '../domain/balancer-use.ts';
import { parseChildReference } from '../domain/balancer-reference.ts';
import { Failure } from '../domain/failure.ts';
import { findChild, type LoadBalancer, sameName } from '../domain/load-balancer.ts';
import { networkPath, withOwnIds } from '../domain/network-reference.ts';
import type { NetworkResource } from '../domain/network-resource.ts';
import { requireWritableGroup } from './find.ts';
import { withInterfaceAddresses } from './interface-addresses.ts';
import { machineFollows } from './machine-follows.ts';
import type { Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

interface Given {
  readonly bare: NetworkResource;
  readonly current: NetworkResource | undefined;
  /** The network resources that it names. */
  readonly named: readonly NetworkResource[];
}

/** The row to be put, and what is committed with it. Other types are handed back as they are. */
export async function declaredInterface(
  plane: Plane,
  { bare, current, named }: Given,
): Promise<{ readonly resource: NetworkResource; readonly changes: readonly Change[] }> {
  if (bare.type !== 'networkInterfaces') return { resource: bare, changes: [] };
  const spelled = { ...bare, properties: withOwnIds(plane.subscriptionId, bare.properties, named) };
  const kept = current?.holder === undefined ? spelled : { ...spelled, holder: current.holder };
  const balancers = await namedBalancers(plane, kept);
  const resource = await withInterfaceAddresses(plane, kept, current);
  return {
    resource,
    changes: [
      ...balancers.map((balancer) => put('loadBalancer', balancer)),
      ...(await machineFollows(plane, resource)),
    ],
  };
}

/** Throws Azure's InvalidResourceReference for a part that is not there, or in another region. */
async function namedBalancers(plane: Plane, row: NetworkResource): Promise<readonly LoadBalancer[]> {
  const { store, subscriptionId } = plane;
  const found = new Map<string, LoadBalancer>();
  for (const { id, kind } of interfaceReferences(subscriptionId, row)) {
    const reference = parseChildReference(id);
    const isHere = reference?.kind === kind && sameName(reference.subscriptionId, subscriptionId);
    const balancer = isHere ? await store.loadBalancer(reference.group, reference.balancer) : undefined;
    const fits =
      balancer?.location === row.location && findChild(balancer, kind, reference?.name ?? '') !== undefined;
    if (balancer === undefined || !fits) throw danglingReference(id, networkPath(subscriptionId, row));
    // A balancer of a group that is going away goes with it.
    await requireWritableGroup(plane, balancer.group);
    found.set(balancer.uid, balancer);
  }
  const balancers = [...found.values()];
  await checkNatRulesFree(plane, row, balancers);
  return balancers;
}

/** A rule of one port leads to one network interface. */
async function checkNatRulesFree(
  { store, subscriptionId }: Plane,
  row: NetworkResource,
  balancers: readonly LoadBalancer[],
): Promise<void> {
  const others = (await store.networks('networkInterfaces')).filter(({ uid }) => uid !== row.uid);
  for (const balancer of balancers) {
    const taken = interfaceUses(subscriptionId, balancer, others);
    const own = interfaceUses(subscriptionId, balancer, [row]);
    for (const [index, { kind, name, by }] of own.entries()) {
      if (kind !== 'inboundNatRules') continue;
      const isSame = (one: (typeof own)[number]): boolean => one.kind === kind && sameName(one.name, name);
      const other = taken.find(isSame) ?? own.slice(0, index).find(isSame);
      if (other === undefined) continue;
      throw new Failure(
        'natRuleTaken',
        `Inbound NAT rule ${name} of load balancer ${balancer.name} that IP configuration ${by} references is already in use by IP configuration ${other.by}.`,
      );
    }
  }
}
