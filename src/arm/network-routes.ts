// Routes of virtual networks, public IP addresses, network security groups, NAT gateways and network interfaces: the resources, and
// those of their parts that are resources of their own. They answer at once, as load balancers do.

import type { Method, Route } from './routes.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const PROVIDER = 'providers/Microsoft.Network';

function route(method: Method, path: string, type: string, verb: string): Route {
  return {
    method,
    path,
    provider: 'Microsoft.Network',
    type,
    action: `Microsoft.Network/${type}/${verb}`,
    answers: 'now',
  };
}

const ofGroup = (type: string): string => `${SUBSCRIPTION}/resourceGroups/{group}/${PROVIDER}/${type}`;

function resource<T extends string>(type: T) {
  const all = ofGroup(type);
  const one = `${all}/{network}`;
  return {
    [`${type}.listAll`]: route('GET', `${SUBSCRIPTION}/${PROVIDER}/${type}`, type, 'read'),
    [`${type}.listByGroup`]: route('GET', all, type, 'read'),
    [`${type}.put`]: route('PUT', one, type, 'write'),
    [`${type}.patch`]: route('PATCH', one, type, 'write'),
    [`${type}.get`]: route('GET', one, type, 'read'),
    [`${type}.delete`]: route('DELETE', one, type, 'delete'),
  } as Readonly<Record<`${T}.${'listAll' | 'listByGroup' | 'put' | 'patch' | 'get' | 'delete'}`, Route>>;
}

function readPart<K extends string>(type: string, kind: K) {
  const all = `${ofGroup(type)}/{network}/${kind}`;
  return {
    [`${kind}.list`]: route('GET', all, `${type}/${kind}`, 'read'),
    [`${kind}.get`]: route('GET', `${all}/{part}`, `${type}/${kind}`, 'read'),
  } as Readonly<Record<`${K}.${'list' | 'get'}`, Route>>;
}

function part<K extends string>(type: string, kind: K) {
  const one = `${ofGroup(type)}/{network}/${kind}/{part}`;
  return {
    ...readPart(type, kind),
    [`${kind}.put`]: route('PUT', one, `${type}/${kind}`, 'write'),
    [`${kind}.delete`]: route('DELETE', one, `${type}/${kind}`, 'delete'),
  } as Readonly<Record<`${K}.${'list' | 'get' | 'put' | 'delete'}`, Route>>;
}

/** Their plain names are those of the IP configurations of a scale set's instances. */
const { 'ipConfigurations.list': list, 'ipConfigurations.get': get } = readPart(
  'networkInterfaces',
  'ipConfigurations',
);
const INTERFACE_PARTS = { 'interfaceIpConfigurations.list': list, 'interfaceIpConfigurations.get': get };

export const NETWORK_ROUTES = {
  ...resource('virtualNetworks'),
  ...part('virtualNetworks', 'subnets'),
  ...resource('publicIPAddresses'),
  ...resource('networkSecurityGroups'),
  ...part('networkSecurityGroups', 'securityRules'),
  ...readPart('networkSecurityGroups', 'defaultSecurityRules'),
  ...resource('natGateways'),
  ...resource('networkInterfaces'),
  ...INTERFACE_PARTS,
} satisfies Readonly<Record<string, Route>>;
