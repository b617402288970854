// Routes of load balancers: the resource, its parts one by one (to be read; pools and NAT rules also to be written by themselves), and Muster's own
// word on how its backends are.

import type { Method, Route } from './routes.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const BALANCERS = `${SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Network/loadBalancers`;
const BALANCER = `${BALANCERS}/{balancer}`;

function balancer(method: Method, path: string, verb: string, type = 'loadBalancers'): Route {
  return {
    method,
    path,
    provider: 'Microsoft.Network',
    type,
    action: `Microsoft.Network/${type}/${verb}`,
    answers: 'now',
  };
}

function parts(kind: string): Route {
  return balancer('GET', `${BALANCER}/${kind}`, 'read', `loadBalancers/${kind}`);
}

function part(kind: string): Route {
  return balancer('GET', `${BALANCER}/${kind}/{part}`, 'read', `loadBalancers/${kind}`);
}

function partWrite(method: 'PUT' | 'DELETE', kind: string): Route {
  const verb = method === 'PUT' ? 'write' : 'delete';
  return balancer(method, `${BALANCER}/${kind}/{part}`, verb, `loadBalancers/${kind}`);
}

export const LOAD_BALANCER_ROUTES = {
  'loadBalancers.listAll': balancer(
    'GET',
    `${SUBSCRIPTION}/providers/Microsoft.Network/loadBalancers`,
    'read',
  ),
  'loadBalancers.listByGroup': balancer('GET', BALANCERS, 'read'),
  'loadBalancers.put': balancer('PUT', BALANCER, 'write'),
  'loadBalancers.patch': balancer('PATCH', BALANCER, 'write'),
  'loadBalancers.get': balancer('GET', BALANCER, 'read'),
  'loadBalancers.delete': balancer('DELETE', BALANCER, 'delete'),
  'frontendIPConfigurations.list': parts('frontendIPConfigurations'),
  'frontendIPConfigurations.get': part('frontendIPConfigurations'),
  'backendAddressPools.list': parts('backendAddressPools'),
  'backendAddressPools.get': part('backendAddressPools'),
  'backendAddressPools.put': partWrite('PUT', 'backendAddressPools'),
  'backendAddressPools.delete': partWrite('DELETE', 'backendAddressPools'),
  'backendAddressPools.queryPortMappings': balancer(
    'POST',
    `${BALANCER}/backendAddressPools/{part}/queryInboundNatRulePortMapping`,
    'queryInboundNatRulePortMapping/action',
    'loadBalancers/backendAddressPools',
  ),
  'loadBalancingRules.list': parts('loadBalancingRules'),
  'loadBalancingRules.get': part('loadBalancingRules'),
  'loadBalancingRules.health': balancer(
    'POST',
    `${BALANCER}/loadBalancingRules/{part}/health`,
    'health/action',
    'loadBalancers/loadBalancingRules',
  ),
  'probes.list': parts('probes'),
  'probes.get': part('probes'),
  'inboundNatRules.list': parts('inboundNatRules'),
  'inboundNatRules.get': part('inboundNatRules'),
  'inboundNatRules.put': partWrite('PUT', 'inboundNatRules'),
  'inboundNatRules.delete': partWrite('DELETE', 'inboundNatRules'),
  'outboundRules.list': parts('outboundRules'),
  'outboundRules.get': part('outboundRules'),
  'backendHealth.get': {
    method: 'GET',
    path: `${BALANCER}/providers/Muster.Network/backendHealth`,
    provider: 'Muster.Network',
    type: 'backendHealth',
    action: 'Muster.Network/backendHealth/read',
    answers: 'now',
  },
} satisfies Readonly<Record<string, Route>>;
