// Sample: what `muster up --sample` puts into an empty plane: the resource group `sample` with the scale set `web`, three
// guests that answer HTTP, behind the load balancer `web-lb`, whose probe is their health: automatic repairs restart those
// that fall ill. A plane that has the group already is left as it is.

import { putLoadBalancer } from './app/load-balancers.ts';
import type { Origin, Plane } from './app/plane.ts';
import type { Balancer } from './app/ports/balancer.ts';
import { groupExists, putGroup } from './app/resource-groups.ts';
import { putScaleSet } from './app/write-scale-set.ts';
import { PLANE } from './domain/activity.ts';
import { balancerPath, childPath } from './domain/balancer-reference.ts';
import { type Instance, nameOf } from './domain/instance.ts';
import type { JsonObject } from './domain/json.ts';

export const SAMPLE = { group: 'sample', set: 'web', balancer: 'web-lb' } as const;

const LOCATION = 'westeurope';

/** @param path its own ARM id */
function balancerBody(path: string): JsonObject {
  return {
    location: LOCATION,
    sku: { name: 'Standard' },
    properties: {
      frontendIPConfigurations: [{ name: 'frontend', properties: {} }],
      backendAddressPools: [{ name: 'pool' }],
      probes: [
        {
          name: 'health',
          properties: {
            protocol: 'Http',
            port: 8080,
            requestPath: '/health',
            intervalInSeconds: 5,
            numberOfProbes: 2,
          },
        },
      ],
      loadBalancingRules: [
        {
          name: 'http',
          properties: {
            protocol: 'Tcp',
            frontendPort: 80,
            backendPort: 8080,
            frontendIPConfiguration: { id: childPath(path, 'frontendIPConfigurations', 'frontend') },
            backendAddressPool: { id: childPath(path, 'backendAddressPools', 'pool') },
            probe: { id: childPath(path, 'probes', 'health') },
          },
        },
      ],
    },
  };
}

/** @param path the ARM id of the balancer behind which it stands, and whose probe is its health */
const setBody = (path: string) => ({
  location: LOCATION,
  sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 3 },
  properties: {
    overprovision: false,
    upgradePolicy: { mode: 'Manual' },
    // The shortest that Azure allows, and the action that keeps the names that `muster up --sample` has printed.
    automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT10M', repairAction: 'Restart' },
    virtualMachineProfile: {
      osProfile: { computerNamePrefix: 'web', adminUsername: 'azureuser' },
      storageProfile: { imageReference: { publisher: 'muster', offer: 'web', sku: '1', version: 'latest' } },
      networkProfile: {
        healthProbe: { id: childPath(path, 'probes', 'health') },
        networkInterfaceConfigurations: [
          {
            name: 'nic',
            properties: {
              primary: true,
              ipConfigurations: [
                {
                  name: 'ip',
                  properties: {
                    loadBalancerBackendAddressPools: [{ id: childPath(path, 'backendAddressPools', 'pool') }],
                  },
                },
              ],
            },
          },
        ],
      },
    },
  },
});

export async function makeSample(plane: Plane): Promise<void> {
  if (await groupExists(plane, SAMPLE.group)) return;
  const origin: Origin = { caller: PLANE, correlationId: plane.ids.guid() };
  await putGroup(plane, origin, { name: SAMPLE.group, location: LOCATION });
  const { group, set, balancer } = SAMPLE;
  const path = balancerPath(plane.subscriptionId, group, balancer);
  await putLoadBalancer(plane, origin, { group, name: balancer, body: balancerBody(path) });
  await putScaleSet(plane, origin, { group, name: set, body: setBody(path) });
}

export interface SampleAddress {
  readonly name: string;
  readonly url: string;
}

/** Where the sample's guests answer, when all of them have come to rest. None, when somebody removed the set. */
export async function sampleAddresses(plane: Plane): Promise<readonly SampleAddress[]> {
  const { promise: settled, resolve } = Promise.withResolvers<readonly Instance[]>();
  const look = async (): Promise<void> => {
    const set = await plane.store.scaleSet(SAMPLE.group, SAMPLE.set);
    const instances = set === undefined ? [] : await plane.store.instances(set.uid);
    const waiting = set !== undefined && set.settled === 0;
    if (!waiting && instances.every((instance) => instance.task === undefined)) resolve(instances);
  };
  const stop = plane.store.onCommit(() => void look());
  await look();
  const instances = await settled;
  stop();
  return instances.flatMap((instance) => {
    const { power, address } = instance.observed;
    return power === 'running' && address !== undefined
      ? [{ name: nameOf(SAMPLE.set, instance), url: `http://${address.host}:${address.port}/` }]
      : [];
  });
}

/** Where the sample's balancer answers; undefined when nothing listens for it. */
export async function sampleFrontend(plane: Plane, balancer: Balancer): Promise<string | undefined> {
  const row = await plane.store.loadBalancer(SAMPLE.group, SAMPLE.balancer);
  const [listener] = row === undefined ? [] : balancer.health(row.uid);
  return listener && `http://${listener.address.host}:${listener.address.port}/`;
}
