// Network resources: write, read, delete virtual networks, public IP addresses, network security groups, NAT gateways and network
// interfaces, and their parts. There is nothing to wait for: the row is the intent, and the answer is final.

import { checkTags } from '../domain/declaration-rules.ts';
import { Failure } from '../domain/failure.ts';
import { checkInterfaceFree } from '../domain/interface-resource.ts';
import { type Json, type JsonObject, tagsFrom } from '../domain/json.ts';
import type { MadeResource } from '../domain/machine-interface.ts';
import { declareNetwork } from '../domain/network-declaration.ts';
import { checkNetworkName } from '../domain/network-format.ts';
import { type NetworkNeed, resourceNeeds } from '../domain/network-need.ts';
import { networkPartPath, networkPath } from '../domain/network-reference.ts';
import type { NetworkPartKind, NetworkResource, NetworkType } from '../domain/network-resource.ts';
import { checkNetworkDeletable, checkNetworkKept, usersOf } from '../domain/network-use.ts';
import { checkDnsIsFree, checkStandard, dnsNameOf, skuOf } from '../domain/public-ip-address.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import { checkConditions, type Conditions } from './conditions.ts';
import { finalEntry } from './final-entry.ts';
import { requireGroup, requireWritableGroup } from './find.ts';
import { declaredInterface } from './interface-declaration.ts';
import {
  checkInterfaceUnused,
  interfaceMachine,
  type InterfaceMachine,
  machineOf,
} from './interface-machine.ts';
import { checkNotOfMachine, findMachineNetwork, machineNeeds, machineNetworks } from './machine-networks.ts';
import { allNeeds, held, namedResources } from './network-references.ts';
import { checkKeptLocation } from './kept-location.ts';
import { type Decision, decideAndCommit, type Origin, type Plane } from './plane.ts';
import { type Change, put, remove } from './ports/store.ts';
import { checkAddressesFree } from './public-ip-addresses.ts';

/** A network resource as a request names it. */
export interface NetworkRef {
  readonly type: NetworkType;
  readonly group: string;
  readonly name: string;
}

export interface NetworkView {
  readonly resource: NetworkResource;
  /** What names it or a part of it. */
  readonly users: readonly NetworkNeed[];
  /** Of a network interface, or of a public IP address that one names: the machine that has it. */
  readonly machine?: InterfaceMachine;
}

export type Written = NetworkView & { readonly created: boolean };

export async function putNetworkResource(
  plane: Plane,
  origin: Origin,
  request: NetworkRef & Conditions & { readonly body: JsonObject },
): Promise<Written> {
  checkNetworkName(request.name);
  return decideAndCommit(plane, async () => {
    const groups = await plane.store.groups();
    const group = await requireWritableGroup(plane, request.group);
    const current = await plane.store.network(request.type, group.name, request.name);
    checkConditions(current?.etag, request);
    if (current === undefined) await checkNotOfMachine(plane, request);
    const at = { type: request.type, group: group.name, name: current?.name ?? request.name };
    const write = await declared(plane, origin, { at, body: request.body, current });
    const written = witnesses(write.answer.resource, current, { group, groups });
    return { ...write, changes: [...written.map((one) => put('group', one)), ...write.changes] };
  });
}

/**
 * Groups that are written again: that of a new resource, so that its delete at the same moment sees the resource or refuses it;
 * all of them for a name that is unique in all, so that two who take it at the same moment meet.
 */
function witnesses(
  resource: NetworkResource,
  current: NetworkResource | undefined,
  { group, groups }: { readonly group: ResourceGroup; readonly groups: readonly ResourceGroup[] },
): readonly ResourceGroup[] {
  const name = dnsNameOf(resource);
  if (name !== undefined && name !== (current && dnsNameOf(current))) return groups;
  return current === undefined ? [group] : [];
}

/** What a body makes of a resource, with everything that it names held and everything that names it kept. */
export async function declared(
  plane: Plane,
  origin: Origin,
  given: {
    readonly at: NetworkRef;
    readonly body: JsonObject;
    readonly current: NetworkResource | undefined;
    readonly deed?: Deed;
  },
): Promise<Decision<Written>> {
  const { at, body, current, deed = { verb: 'write' } } = given;
  const path = networkPath(plane.subscriptionId, at);
  const next = declareNetwork({ ...at, path }, body, current);
  checkKeptLocation(current, next.location);
  const bare: NetworkResource = {
    ...next,
    uid: current?.uid ?? plane.ids.guid(),
    revision: current?.revision ?? 0,
    etag: plane.ids.guid(),
    created: current?.created ?? plane.clock.now(),
  };
  const needs = resourceNeeds(plane.subscriptionId, bare);
  const named = await namedResources(plane, needs, bare.location);
  const { resource, changes } = await declaredInterface(plane, { bare, current, named });
  checkGatewayAddresses(plane, resource, named);
  await checkUnique(plane, resource);
  const all = await allNeeds(plane);
  checkAddressesFree(needs, all, path);
  if (current !== undefined) checkNetworkKept(current, resource, usersOf(current, all));
  const view = await viewOf(plane, resource, await shownNeeds(plane, resource.type));
  return {
    changes: [put('network', resource), ...held(named), ...changes, entry(plane, origin, resource, deed)],
    answer: { ...view, created: current === undefined },
  };
}

function checkGatewayAddresses(
  { subscriptionId }: Plane,
  resource: NetworkResource,
  named: readonly NetworkResource[],
): void {
  if (resource.type !== 'natGateways') return;
  for (const address of named) {
    const path = networkPath(subscriptionId, address);
    checkStandard(networkPath(subscriptionId, resource), { path, sku: skuOf(address) });
  }
}

async function checkUnique(plane: Plane, resource: NetworkResource): Promise<void> {
  if (resource.type !== 'publicIPAddresses') return;
  const others = await plane.store.networks('publicIPAddresses');
  checkDnsIsFree(
    resource,
    others.filter(({ uid }) => uid !== resource.uid),
  );
}

/** Azure's `UpdateTags`: the tags become those given, and nothing else changes. */
export async function patchNetworkResource(
  plane: Plane,
  origin: Origin,
  request: NetworkRef & Conditions & { readonly tags: Json | undefined },
): Promise<NetworkView> {
  return decideAndCommit(plane, async () => {
    await requireWritableGroup(plane, request.group);
    await checkNotOfMachine(plane, request);
    const current = await requireNetwork(plane, request);
    checkConditions(current.etag, request);
    const tags = tagsFrom(request.tags) ?? {};
    checkTags(tags);
    const resource: NetworkResource = { ...current, tags, etag: plane.ids.guid() };
    return {
      changes: [put('network', resource), entry(plane, origin, resource, { verb: 'write' })],
      answer: await viewOf(plane, resource, await shownNeeds(plane, resource.type)),
    };
  });
}

export async function getNetworkResource(plane: Plane, ref: NetworkRef): Promise<NetworkView> {
  const row = await plane.store.network(ref.type, ref.group, ref.name);
  const made = row === undefined ? await findMachineNetwork(plane, ref) : undefined;
  if (made !== undefined) return madeView(plane, made);
  const resource = row ?? (await requireNetwork(plane, ref));
  return viewOf(plane, resource, await shownNeeds(plane, ref.type));
}

/** Of a group, or all. */
export async function listNetworkResources(
  plane: Plane,
  type: NetworkType,
  group?: string,
): Promise<readonly NetworkView[]> {
  if (group !== undefined) await requireGroup(plane, group);
  const resources = await plane.store.networks(type, group);
  const needs = await shownNeeds(plane, type);
  const rows = await Promise.all(resources.map(async (resource) => viewOf(plane, resource, needs)));
  const made = await machineNetworks(plane, type, group);
  return [...rows, ...made.map((one) => madeView(plane, one))];
}

/** Views of networks and security groups name every network interface, also those that came with machines. */
async function shownNeeds(plane: Plane, type: NetworkType): Promise<readonly NetworkNeed[]> {
  const all = await allNeeds(plane);
  const isNamed = type === 'virtualNetworks' || type === 'networkSecurityGroups';
  return isNamed ? [...all, ...(await machineNeeds(plane))] : all;
}

function madeView(plane: Plane, made: MadeResource): NetworkView {
  const { resource, user } = made;
  const id = networkPath(plane.subscriptionId, resource);
  const { type, group } = resource;
  const users = user === undefined ? [] : [{ id, type, by: user, member: 'publicIPAddress', group }];
  return { resource, users, machine: interfaceMachine(plane, made) };
}

async function viewOf(
  plane: Plane,
  resource: NetworkResource,
  needs: readonly NetworkNeed[],
): Promise<NetworkView> {
  const users = usersOf(resource, needs);
  const machine = await machineOf(plane, resource, users);
  return { resource, users, ...(machine === undefined ? {} : { machine }) };
}

/** False when there is none: deleting what is gone is no failure. */
export async function deleteNetworkResource(
  plane: Plane,
  origin: Origin,
  ref: NetworkRef & Conditions,
): Promise<boolean> {
  return decideAndCommit(plane, async (): Promise<Decision<boolean>> => {
    const group = await requireGroup(plane, ref.group);
    const resource = await plane.store.network(ref.type, group.name, ref.name);
    if (resource === undefined) {
      await checkMadeUnused(plane, ref);
      return { changes: [], answer: false };
    }
    checkConditions(resource.etag, ref);
    const users = usersOf(resource, await allNeeds(plane));
    checkNetworkDeletable(plane.subscriptionId, resource, users);
    await checkInterfaceUnused(plane, resource);
    return {
      changes: [remove('network', resource), entry(plane, origin, resource, { verb: 'delete' })],
      answer: true,
    };
  });
}

/** One that came with a machine is in use as long as that is there. */
async function checkMadeUnused(plane: Plane, ref: NetworkRef): Promise<void> {
  const made = await findMachineNetwork(plane, ref);
  if (made === undefined) return;
  const { resource, users, machine } = madeView(plane, made);
  checkNetworkDeletable(plane.subscriptionId, resource, users);
  checkInterfaceFree(plane.subscriptionId, resource, machine?.path ?? '');
}

async function requireNetwork(plane: Plane, ref: NetworkRef): Promise<NetworkResource> {
  const resource = await plane.store.network(ref.type, ref.group, ref.name);
  if (resource !== undefined) return resource;
  const group = await requireGroup(plane, ref.group);
  throw new Failure(
    'resourceNotFound',
    `The Resource 'Microsoft.Network/${ref.type}/${ref.name}' under resource group '${group.name}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** A write or delete of a resource, or of one of its parts. */
interface Deed {
  readonly verb: 'write' | 'delete';
  readonly part?: { readonly kind: NetworkPartKind; readonly name: string };
}

function entry(plane: Plane, origin: Origin, of: NetworkRef, { verb, part }: Deed): Change {
  const path = networkPath(plane.subscriptionId, of);
  return finalEntry(plane, origin, {
    operationName: `Microsoft.Network/${of.type}${part === undefined ? '' : `/${part.kind}`}/${verb}`,
    resourceId: part === undefined ? path : networkPartPath(path, part.kind, part.name),
    group: of.group,
  });
}
