// Virtual networks, public IP addresses, network security groups, NAT gateways and network interfaces: the resources, their lists and
// their parts.

import { deleteNetworkPart, putNetworkPart } from '../../app/network-parts.ts';
import {
  deleteNetworkResource,
  getNetworkResource,
  listNetworkResources,
  type NetworkRef,
  type NetworkView,
  patchNetworkResource,
  putNetworkResource,
} from '../../app/network-resources.ts';
import type { NETWORK_ROUTES } from '../../arm/network-routes.ts';
import { NETWORK_BODIES, NETWORK_PART_BODIES } from '../../arm/network-schemas.ts';
import { tagsBody } from '../../arm/schemas.ts';
import { Failure } from '../../domain/failure.ts';
import { publicPlace } from '../../domain/frontend-place.ts';
import { type JsonObject, textAt } from '../../domain/json.ts';
import { networkPartPath, networkPath } from '../../domain/network-reference.ts';
import type { NetworkPartKind, NetworkResource, NetworkType } from '../../domain/network-resource.ts';
import { conditions } from '../conditions.ts';
import { type Call, type Handler, nameOf } from '../context.ts';
import { readBody } from '../json-body.ts';
import { checkLocation } from '../location.ts';
import { type Answer, empty, json } from '../response.ts';
import { networkBody, networkPartBodies, networkTag, type ShownPartKind } from '../views/network-resource.ts';

function listAll(type: NetworkType): Handler {
  return async (call) => list(call, type);
}

function listByGroup(type: NetworkType): Handler {
  return async (call) => list(call, type, nameOf(call, 'group'));
}

async function list(call: Call, type: NetworkType, group?: string): Promise<Answer> {
  const { plane } = call.context;
  const views = await listNetworkResources(plane, type, group);
  return json(200, { value: await Promise.all(views.map(async (view) => bodyOf(call, view))) });
}

function putResource(type: NetworkType): Handler {
  return async (call) => {
    const body = readBody(call.request, NETWORK_BODIES[type], 'required');
    checkLocation(textAt(body, 'location'), `Microsoft.Network/${type}`);
    const { plane } = call.context;
    const request = { ...networkRef(call, type), body, ...conditions(call) };
    const { created, ...view } = await putNetworkResource(plane, call.origin, request);
    return json(created ? 201 : 200, await bodyOf(call, view), tagHeader(view));
  };
}

function patchResource(type: NetworkType): Handler {
  return async (call) => {
    const { tags } = readBody(call.request, tagsBody, 'required');
    const { plane } = call.context;
    const request = { ...networkRef(call, type), tags, ...conditions(call) };
    const view = await patchNetworkResource(plane, call.origin, request);
    return json(200, await bodyOf(call, view), tagHeader(view));
  };
}

function getResource(type: NetworkType): Handler {
  return async (call) => {
    const { plane } = call.context;
    const view = await getNetworkResource(plane, networkRef(call, type));
    return json(200, await bodyOf(call, view), tagHeader(view));
  };
}

function deleteResource(type: NetworkType): Handler {
  return async (call) => {
    const request = { ...networkRef(call, type), ...conditions(call) };
    const deleted = await deleteNetworkResource(call.context.plane, call.origin, request);
    return empty(deleted ? 200 : 204);
  };
}

function listParts(type: NetworkType, kind: ShownPartKind): Handler {
  return async (call) => {
    const { plane } = call.context;
    const view = await getNetworkResource(plane, networkRef(call, type));
    return json(200, { value: networkPartBodies(view, kind, plane.subscriptionId) });
  };
}

function getPart(type: NetworkType, kind: ShownPartKind): Handler {
  return async (call) => {
    const { plane } = call.context;
    const view = await getNetworkResource(plane, networkRef(call, type));
    const [body] = networkPartBodies(view, kind, plane.subscriptionId, nameOf(call, 'part'));
    if (body === undefined) throw noPart(call, view.resource, kind);
    return json(200, body, tagHeader(view));
  };
}

function putPart(type: NetworkType, kind: NetworkPartKind): Handler {
  return async (call) => {
    const body = readBody(call.request, NETWORK_PART_BODIES[kind], 'required');
    const { plane } = call.context;
    const part = nameOf(call, 'part');
    const request = { ...networkRef(call, type), kind, part, body, ...conditions(call) };
    const { created, ...view } = await putNetworkPart(plane, call.origin, request);
    const [shown = {}] = networkPartBodies(view, kind, plane.subscriptionId, part);
    return json(created ? 201 : 200, shown, tagHeader(view));
  };
}

function deletePart(type: NetworkType, kind: NetworkPartKind): Handler {
  return async (call) => {
    const request = { ...networkRef(call, type), kind, part: nameOf(call, 'part'), ...conditions(call) };
    const deleted = await deleteNetworkPart(call.context.plane, call.origin, request);
    return empty(deleted ? 200 : 204);
  };
}

function noPart(call: Call, resource: NetworkResource, kind: ShownPartKind): Failure {
  const path = networkPath(call.context.plane.subscriptionId, resource);
  return new Failure('notFound', `Resource ${networkPartPath(path, kind, nameOf(call, 'part'))} not found.`);
}

async function bodyOf(call: Call, view: NetworkView): Promise<JsonObject> {
  const { plane, balancer } = call.context;
  const { subscriptionId } = plane;
  if (view.resource.type !== 'publicIPAddresses') return networkBody(view, subscriptionId);
  // What a network interface names leads to its machine.
  const isOfInterface = view.users.some(({ by }) => by.includes('/networkInterfaces/'));
  if (isOfInterface) return networkBody(view, subscriptionId, view.machine?.host);
  const host = await balancer.hostOf(publicPlace(networkPath(subscriptionId, view.resource)));
  return networkBody(view, subscriptionId, host);
}

function networkRef(call: Call, type: NetworkType): NetworkRef {
  return { type, group: nameOf(call, 'group'), name: nameOf(call, 'network') };
}

function tagHeader({ resource }: { readonly resource: NetworkResource }): Record<string, string> {
  return { etag: networkTag(resource) };
}

function resourceHandlers<T extends NetworkType>(type: T) {
  return {
    [`${type}.listAll`]: listAll(type),
    [`${type}.listByGroup`]: listByGroup(type),
    [`${type}.put`]: putResource(type),
    [`${type}.patch`]: patchResource(type),
    [`${type}.get`]: getResource(type),
    [`${type}.delete`]: deleteResource(type),
  } as Readonly<Record<`${T}.${'listAll' | 'listByGroup' | 'put' | 'patch' | 'get' | 'delete'}`, Handler>>;
}

function partHandlers<K extends NetworkPartKind>(type: NetworkType, kind: K) {
  return {
    [`${kind}.list`]: listParts(type, kind),
    [`${kind}.get`]: getPart(type, kind),
    [`${kind}.put`]: putPart(type, kind),
    [`${kind}.delete`]: deletePart(type, kind),
  } as Readonly<Record<`${K}.${'list' | 'get' | 'put' | 'delete'}`, Handler>>;
}

export const NETWORK_HANDLERS: Readonly<Record<keyof typeof NETWORK_ROUTES, Handler>> = {
  ...resourceHandlers('virtualNetworks'),
  ...partHandlers('virtualNetworks', 'subnets'),
  ...resourceHandlers('publicIPAddresses'),
  ...resourceHandlers('networkSecurityGroups'),
  ...partHandlers('networkSecurityGroups', 'securityRules'),
  'defaultSecurityRules.list': listParts('networkSecurityGroups', 'defaultSecurityRules'),
  'defaultSecurityRules.get': getPart('networkSecurityGroups', 'defaultSecurityRules'),
  ...resourceHandlers('natGateways'),
  ...resourceHandlers('networkInterfaces'),
  'interfaceIpConfigurations.list': listParts('networkInterfaces', 'ipConfigurations'),
  'interfaceIpConfigurations.get': getPart('networkInterfaces', 'ipConfigurations'),
};
