// Load balancers: write, read, delete. There is nothing to wait for: the row is the intent, the answer is final, and the
// balancer's loop brings the listeners in line.

import { balancerPath, childPath } from '../domain/balancer-reference.ts';
import { checkDeletable, checkKept, interfaceUses, type Use, usesOf } from '../domain/balancer-use.ts';
import { type Fleet, type Member, membersOf } from '../domain/balancing.ts';
import { Failure } from '../domain/failure.ts';
import { checkRulesKept } from '../domain/health-probe.ts';
import { checkTags } from '../domain/declaration-rules.ts';
import { type Json, type JsonObject, tagsFrom } from '../domain/json.ts';
import type { ChildKind, LoadBalancer } from '../domain/load-balancer.ts';
import { declareBalancer } from '../domain/load-balancer-declaration.ts';
import { checkNetworkName } from '../domain/network-format.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { finalEntry } from './final-entry.ts';
import { withFrontendAddresses } from './frontend-addresses.ts';
import { requireGroup, requireWritableGroup, type SetRef } from './find.ts';
import { checkKeptLocation } from './kept-location.ts';
import { type Decision, decideAndCommit, type Origin, type Plane } from './plane.ts';
import { loadFleets } from './ports/fleets.ts';
import { type Change, put, remove } from './ports/store.ts';
import { holdNetworkOfBalancer } from './public-ip-addresses.ts';

/** A balancer as a request names it. */
export type BalancerRef = SetRef;

export interface BalancerView {
  readonly balancer: LoadBalancer;
  readonly members: readonly Member[];
  /** By network interfaces that are resources of their own. */
  readonly interfaces: readonly Use[];
}

export type WrittenBalancer = BalancerView & { readonly created: boolean };

export async function putLoadBalancer(
  plane: Plane,
  origin: Origin,
  request: BalancerRef & Conditions & { readonly body: JsonObject },
): Promise<WrittenBalancer> {
  checkNetworkName(request.name);
  return decideAndCommit(plane, async () => {
    const group = await requireWritableGroup(plane, request.group);
    const current = await plane.store.loadBalancer(group.name, request.name);
    checkConditions(current?.etag, request);
    const at = { group: group.name, name: current?.name ?? request.name };
    const write = await declaredBalancer(plane, origin, { at, body: request.body, current });
    // So that a delete of the group at the same moment sees the balancer or refuses it.
    return current === undefined ? { ...write, changes: [put('group', group), ...write.changes] } : write;
  });
}

/** What a body makes of a balancer, with everything that it names held and everything that names it kept. */
export async function declaredBalancer(
  plane: Plane,
  origin: Origin,
  given: {
    readonly at: BalancerRef;
    readonly body: JsonObject;
    readonly current: LoadBalancer | undefined;
    readonly deed?: Deed;
  },
): Promise<Decision<WrittenBalancer>> {
  const { at, body, current, deed = { verb: 'write' } } = given;
  const path = balancerPath(plane.subscriptionId, at.group, at.name);
  const declared = declareBalancer({ path, ...at }, body, current);
  checkKeptLocation(current, declared.location);
  const bare: LoadBalancer = {
    ...declared,
    uid: current?.uid ?? plane.ids.guid(),
    revision: current?.revision ?? 0,
    etag: plane.ids.guid(),
    created: current?.created ?? plane.clock.now(),
  };
  const networks = await holdNetworkOfBalancer(plane, bare, current);
  const balancer = await withFrontendAddresses(plane, bare, current);
  const fleets = await loadFleets(plane.store);
  const interfaces = await usedByInterfaces(plane, balancer);
  const uses = [...usesOf(plane.subscriptionId, balancer, fleets), ...interfaces];
  checkKept(balancer, uses);
  if (current !== undefined) checkRulesKept(path, current, balancer, uses);
  return {
    changes: [put('loadBalancer', balancer), ...networks, entry(plane, origin, balancer, deed)],
    answer: { balancer, members: membersOf(balancer, fleets), interfaces, created: current === undefined },
  };
}

/** Azure's `LoadBalancers_UpdateTags`: the tags become those given, and nothing else changes. */
export async function patchLoadBalancer(
  plane: Plane,
  origin: Origin,
  request: BalancerRef & Conditions & { readonly tags: Json | undefined },
): Promise<BalancerView> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    const current = await requireBalancer(plane, request);
    checkConditions(current.etag, request);
    const tags = tagsFrom(request.tags) ?? {};
    checkTags(tags);
    const balancer: LoadBalancer = { ...current, tags, etag: plane.ids.guid() };
    const answer = await viewOf(plane, balancer, await loadFleets(plane.store));
    const changes = [put('loadBalancer', balancer), entry(plane, origin, balancer, { verb: 'write' })];
    return { changes, answer };
  });
}

export async function getLoadBalancer(plane: Plane, ref: BalancerRef): Promise<BalancerView> {
  const balancer = await requireBalancer(plane, ref);
  return viewOf(plane, balancer, await loadFleets(plane.store));
}

async function viewOf(plane: Plane, balancer: LoadBalancer, fleets: readonly Fleet[]): Promise<BalancerView> {
  const interfaces = await usedByInterfaces(plane, balancer);
  return { balancer, members: membersOf(balancer, fleets), interfaces };
}

async function usedByInterfaces(plane: Plane, balancer: LoadBalancer): Promise<readonly Use[]> {
  return interfaceUses(plane.subscriptionId, balancer, await plane.store.networks('networkInterfaces'));
}

/** Of a group, or all. */
export async function listLoadBalancers(plane: Plane, group?: string): Promise<readonly BalancerView[]> {
  if (group !== undefined) await requireGroup(plane, group);
  const fleets = await loadFleets(plane.store);
  const balancers = await plane.store.loadBalancers(group);
  return Promise.all(balancers.map(async (balancer) => viewOf(plane, balancer, fleets)));
}

/** False when there is none: deleting what is gone is no failure. */
export async function deleteLoadBalancer(
  plane: Plane,
  origin: Origin,
  ref: BalancerRef & Conditions,
): Promise<boolean> {
  return decideAndCommit(plane, async (): Promise<Decision<boolean>> => {
    const group = await requireGroup(plane, ref.group);
    const balancer = await plane.store.loadBalancer(group.name, ref.name);
    if (balancer === undefined) return { changes: [], answer: false };
    checkConditions(balancer.etag, ref);
    const uses = usesOf(plane.subscriptionId, balancer, await loadFleets(plane.store));
    const interfaces = await usedByInterfaces(plane, balancer);
    checkDeletable(plane.subscriptionId, balancer, [...uses, ...interfaces]);
    return {
      changes: [remove('loadBalancer', balancer), entry(plane, origin, balancer, { verb: 'delete' })],
      answer: true,
    };
  });
}

async function requireBalancer(plane: Plane, ref: BalancerRef): Promise<LoadBalancer> {
  const balancer = await plane.store.loadBalancer(ref.group, ref.name);
  if (balancer !== undefined) return balancer;
  const group = await requireGroup(plane, ref.group);
  throw new Failure(
    'resourceNotFound',
    `The Resource 'Microsoft.Network/loadBalancers/${ref.name}' under resource group '${group.name}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** A write or delete of a balancer, or of one of its parts. */
interface Deed {
  readonly verb: 'write' | 'delete';
  readonly part?: { readonly kind: ChildKind; readonly name: string };
}

function entry(plane: Plane, origin: Origin, { group, name }: BalancerRef, { verb, part }: Deed): Change {
  const path = balancerPath(plane.subscriptionId, group, name);
  return finalEntry(plane, origin, {
    operationName: `Microsoft.Network/loadBalancers${part === undefined ? '' : `/${part.kind}`}/${verb}`,
    resourceId: part === undefined ? path : childPath(path, part.kind, part.name),
    group,
  });
}
