// Load balancers: the resource itself, its lists, its parts, and the health of what stands behind it.

import { deleteBalancerPart, putBalancerPart, type WritablePart } from '../../app/load-balancer-parts.ts';
import {
  type BalancerRef,
  type BalancerView,
  deleteLoadBalancer,
  getLoadBalancer,
  listLoadBalancers,
  patchLoadBalancer,
  putLoadBalancer,
} from '../../app/load-balancers.ts';
import type { LOAD_BALANCER_ROUTES } from '../../arm/load-balancer-routes.ts';
import {
  loadBalancerBody as loadBalancerSchema,
  loadBalancerPartBodies,
  portMappingBody,
  tagsBody,
} from '../../arm/schemas.ts';
import { Failure } from '../../domain/failure.ts';
import { textAt } from '../../domain/json.ts';
import { balancerPath, childPath } from '../../domain/balancer-reference.ts';
import { type ChildKind, findChild, type LoadBalancer } from '../../domain/load-balancer.ts';
import { conditions } from '../conditions.ts';
import { type Call, type Handler, nameOf } from '../context.ts';
import { readBody } from '../json-body.ts';
import { checkLocation } from '../location.ts';
import { type Answer, empty, json } from '../response.ts';
import { backendHealthBody, ruleHealthBody } from '../views/backend-health.ts';
import { balancerTag, loadBalancerBody, partBodies } from '../views/load-balancer.ts';
import { portMappings, type ShownBalancer } from '../views/nat-rule.ts';

const TYPE = 'Microsoft.Network/loadBalancers';

const listAllLoadBalancers: Handler = async (call) => list(call);

const listLoadBalancersByGroup: Handler = async (call) => list(call, nameOf(call, 'group'));

async function list(call: Call, group?: string): Promise<Answer> {
  const { plane } = call.context;
  const views = await listLoadBalancers(plane, group);
  return json(200, { value: views.map((view) => loadBalancerBody(shown(call, view), plane.subscriptionId)) });
}

const putLoadBalancerRoute: Handler = async (call) => {
  const body = readBody(call.request, loadBalancerSchema, 'required');
  checkLocation(textAt(body, 'location'), TYPE);
  const { plane } = call.context;
  const request = { ...balancerRef(call), body, ...conditions(call) };
  const { created, ...view } = await putLoadBalancer(plane, call.origin, request);
  return json(
    created ? 201 : 200,
    loadBalancerBody(shown(call, view), plane.subscriptionId),
    tagHeader(view),
  );
};

const patchLoadBalancerRoute: Handler = async (call) => {
  const { tags } = readBody(call.request, tagsBody, 'required');
  const { plane } = call.context;
  const view = await patchLoadBalancer(plane, call.origin, {
    ...balancerRef(call),
    tags,
    ...conditions(call),
  });
  return json(200, loadBalancerBody(shown(call, view), plane.subscriptionId), tagHeader(view));
};

const getLoadBalancerRoute: Handler = async (call) => {
  const { plane } = call.context;
  const view = await getLoadBalancer(plane, balancerRef(call));
  return json(200, loadBalancerBody(shown(call, view), plane.subscriptionId), tagHeader(view));
};

const deleteLoadBalancerRoute: Handler = async (call) => {
  const request = { ...balancerRef(call), ...conditions(call) };
  const deleted = await deleteLoadBalancer(call.context.plane, call.origin, request);
  return empty(deleted ? 200 : 204);
};

function listParts(kind: ChildKind): Handler {
  return async (call) => {
    const { plane } = call.context;
    const view = await getLoadBalancer(plane, balancerRef(call));
    return json(200, { value: partBodies(shown(call, view), kind, plane.subscriptionId) });
  };
}

function getPart(kind: ChildKind): Handler {
  return async (call) => {
    const { plane } = call.context;
    const view = await getLoadBalancer(plane, balancerRef(call));
    const [body] = partBodies(shown(call, view), kind, plane.subscriptionId, nameOf(call, 'part'));
    if (body === undefined) throw noPart(call, view.balancer, kind);
    return json(200, body, tagHeader(view));
  };
}

function putPart(kind: WritablePart): Handler {
  return async (call) => {
    const body = readBody(call.request, loadBalancerPartBodies[kind], 'required');
    const { plane } = call.context;
    const request = { ...balancerRef(call), kind, part: nameOf(call, 'part'), body, ...conditions(call) };
    const { created, ...view } = await putBalancerPart(plane, call.origin, request);
    const [part = {}] = partBodies(shown(call, view), kind, plane.subscriptionId, request.part);
    return json(created ? 201 : 200, part, tagHeader(view));
  };
}

function deletePart(kind: WritablePart): Handler {
  return async (call) => {
    const request = { ...balancerRef(call), kind, part: nameOf(call, 'part'), ...conditions(call) };
    const deleted = await deleteBalancerPart(call.context.plane, call.origin, request);
    return empty(deleted ? 200 : 204);
  };
}

function noPart(call: Call, balancer: LoadBalancer, kind: ChildKind): Failure {
  const path = balancerPath(call.context.plane.subscriptionId, balancer.group, balancer.name);
  return new Failure('notFound', `Resource ${childPath(path, kind, nameOf(call, 'part'))} not found.`);
}

/** A long-running operation in Azure; here it is known at once. */
const getRuleHealth: Handler = async (call) => {
  const { plane, balancer } = call.context;
  const view = await getLoadBalancer(plane, balancerRef(call));
  const rule = findChild(view.balancer, 'loadBalancingRules', nameOf(call, 'part'));
  if (rule === undefined) throw noPart(call, view.balancer, 'loadBalancingRules');
  const listening = balancer.health(view.balancer.uid);
  return json(200, ruleHealthBody(view, listening, rule.name, plane.subscriptionId));
};

const getBackendHealth: Handler = async (call) => {
  const { plane, balancer } = call.context;
  const view = await getLoadBalancer(plane, balancerRef(call));
  const listening = balancer.health(view.balancer.uid);
  return json(200, backendHealthBody(view, listening, plane.subscriptionId, balancer.connects));
};

/** A long-running operation in Azure; here it is known at once. */
const queryPortMappings: Handler = async (call) => {
  const body = readBody(call.request, portMappingBody, 'required');
  const { plane } = call.context;
  const view = await getLoadBalancer(plane, balancerRef(call));
  const pool = findChild(view.balancer, 'backendAddressPools', nameOf(call, 'part'));
  if (pool === undefined) throw noPart(call, view.balancer, 'backendAddressPools');
  const asked = { id: textAt(body, 'ipConfiguration', 'id'), address: textAt(body, 'ipAddress') };
  return json(200, portMappings(shown(call, view), pool.name, asked, plane.subscriptionId));
};

function shown(call: Call, view: BalancerView): ShownBalancer {
  const listening = call.context.balancer.health(view.balancer.uid);
  return { ...view, ports: new Map(listening.map(({ key, address }) => [key, address.port])) };
}

function balancerRef(call: Call): BalancerRef {
  return { group: nameOf(call, 'group'), name: nameOf(call, 'balancer') };
}

function tagHeader({ balancer }: BalancerView): Record<string, string> {
  return { etag: balancerTag(balancer) };
}

export const LOAD_BALANCER_HANDLERS: Readonly<Record<keyof typeof LOAD_BALANCER_ROUTES, Handler>> = {
  'loadBalancers.listAll': listAllLoadBalancers,
  'loadBalancers.listByGroup': listLoadBalancersByGroup,
  'loadBalancers.put': putLoadBalancerRoute,
  'loadBalancers.patch': patchLoadBalancerRoute,
  'loadBalancers.get': getLoadBalancerRoute,
  'loadBalancers.delete': deleteLoadBalancerRoute,
  'frontendIPConfigurations.list': listParts('frontendIPConfigurations'),
  'frontendIPConfigurations.get': getPart('frontendIPConfigurations'),
  'backendAddressPools.list': listParts('backendAddressPools'),
  'backendAddressPools.get': getPart('backendAddressPools'),
  'backendAddressPools.put': putPart('backendAddressPools'),
  'backendAddressPools.delete': deletePart('backendAddressPools'),
  'backendAddressPools.queryPortMappings': queryPortMappings,
  'loadBalancingRules.list': listParts('loadBalancingRules'),
  'loadBalancingRules.get': getPart('loadBalancingRules'),
  'loadBalancingRules.health': getRuleHealth,
  'probes.list': listParts('probes'),
  'probes.get': getPart('probes'),
  'inboundNatRules.list': listParts('inboundNatRules'),
  'inboundNatRules.get': getPart('inboundNatRules'),
  'inboundNatRules.put': putPart('inboundNatRules'),
  'inboundNatRules.delete': deletePart('inboundNatRules'),
  'outboundRules.list': listParts('outboundRules'),
  'outboundRules.get': getPart('outboundRules'),
  'backendHealth.get': getBackendHealth,
};
