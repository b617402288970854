// Load balancers: write, read, delete. There is nothing to wait for: the row is the intent, the answer is final, and the
// balancer's loop brings the listeners in line.

import { balancerPath } from '../domain/balancer-reference.ts';
import { checkDeletable, checkKept, usesOf } from '../domain/balancer-use.ts';
import { type Member, membersOf } from '../domain/balancing.ts';
import type { Activity } from '../domain/activity.ts';
import { Failure } from '../domain/failure.ts';
import { checkRulesKept } from '../domain/health-probe.ts';
import { checkTags } from '../domain/declaration-rules.ts';
import { type Json, type JsonObject, tagsFrom } from '../domain/json.ts';
import type { LoadBalancer } from '../domain/load-balancer.ts';
import { checkBalancerName, declareBalancer } from '../domain/load-balancer-declaration.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { requireGroup, requireWritableGroup, type SetRef } from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { loadFleets } from './ports/fleets.ts';
import { type Change, put, remove } from './ports/store.ts';

/** A balancer as a request names it. */
export type BalancerRef = SetRef;

export interface BalancerView {
  readonly balancer: LoadBalancer;
  readonly members: readonly Member[];
}

export async function putLoadBalancer(
  plane: Plane,
  origin: Origin,
  request: BalancerRef & Conditions & { readonly body: JsonObject },
): Promise<BalancerView & { readonly created: boolean }> {
  checkBalancerName(request.name);
  return decideAndCommit(plane, async () => {
    const group = await requireWritableGroup(plane, request.group);
    const current = await plane.store.loadBalancer(group.name, request.name);
    checkConditions(current?.etag, request);
    const name = current?.name ?? request.name;
    const path = balancerPath(plane.subscriptionId, group.name, name);
    const declared = declareBalancer({ path, group: group.name, name }, request.body, current);
    checkLocation(current, declared.location);
    const fleets = await loadFleets(plane.store);
    const balancer: LoadBalancer = {
      ...declared,
      uid: current?.uid ?? plane.ids.guid(),
      revision: current?.revision ?? 0,
      etag: plane.ids.guid(),
      created: current?.created ?? plane.clock.now(),
    };
    const uses = usesOf(plane.subscriptionId, balancer, fleets);
    checkKept(balancer, uses);
    if (current !== undefined) checkRulesKept(path, current, balancer, uses);
    const changes: readonly Change[] = [
      // So that a delete of the group at the same moment sees the balancer or refuses it.
      ...(current === undefined ? [put('group', group)] : []),
      put('loadBalancer', balancer),
      entry(plane, origin, balancer, 'write'),
    ];
    const members = membersOf(balancer, fleets);
    return { changes, answer: { balancer, members, created: current === undefined } };
  });
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
    const members = membersOf(balancer, await loadFleets(plane.store));
    const changes = [put('loadBalancer', balancer), entry(plane, origin, balancer, 'write')];
    return { changes, answer: { balancer, members } };
  });
}

export async function getLoadBalancer(plane: Plane, ref: BalancerRef): Promise<BalancerView> {
  const balancer = await requireBalancer(plane, ref);
  return { balancer, members: membersOf(balancer, await loadFleets(plane.store)) };
}

/** Of a group, or all. */
export async function listLoadBalancers(plane: Plane, group?: string): Promise<readonly BalancerView[]> {
  if (group !== undefined) await requireGroup(plane, group);
  const fleets = await loadFleets(plane.store);
  const balancers = await plane.store.loadBalancers(group);
  return balancers.map((balancer) => ({ balancer, members: membersOf(balancer, fleets) }));
}

/** False when there is none: deleting what is gone is no failure. */
export async function deleteLoadBalancer(
  plane: Plane,
  origin: Origin,
  ref: BalancerRef & Conditions,
): Promise<boolean> {
  return decideAndCommit(plane, async (): Promise<{ changes: readonly Change[]; answer: boolean }> => {
    const group = await requireGroup(plane, ref.group);
    const balancer = await plane.store.loadBalancer(group.name, ref.name);
    if (balancer === undefined) return { changes: [], answer: false };
    checkConditions(balancer.etag, ref);
    const uses = usesOf(plane.subscriptionId, balancer, await loadFleets(plane.store));
    checkDeletable(plane.subscriptionId, balancer, uses);
    return {
      changes: [remove('loadBalancer', balancer), entry(plane, origin, balancer, 'delete')],
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

function checkLocation(current: LoadBalancer | undefined, asked: string): void {
  if (current === undefined || current.location === asked) return;
  throw new Failure(
    'invalidResourceLocation',
    `The resource '${current.name}' already exists in location '${current.location}' in resource group '${current.group}'. A resource with the same name cannot be created in location '${asked}'. Please select a new resource name.`,
  );
}

/** It is as declared when it is written: no operation, one entry in the log. */
function entry(plane: Plane, origin: Origin, balancer: LoadBalancer, verb: 'write' | 'delete'): Change {
  const activity: Activity = {
    id: plane.ids.guid(),
    time: plane.clock.now(),
    status: 'Succeeded',
    level: 'Informational',
    operationName: `Microsoft.Network/loadBalancers/${verb}`,
    resourceId: balancerPath(plane.subscriptionId, balancer.group, balancer.name),
    group: balancer.group,
    caller: origin.caller,
    correlationId: origin.correlationId,
    instances: [],
    description: '',
    properties: {},
  };
  return { kind: 'append', activity };
}
