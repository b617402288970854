// Sample: what `muster up --sample` puts into an empty plane: the resource group `sample` with the scale set `web`, three
// guests that answer HTTP. A plane that has the group already is left as it is.

import type { Origin, Plane } from './app/plane.ts';
import { groupExists, putGroup } from './app/resource-groups.ts';
import { putScaleSet } from './app/write-scale-set.ts';
import { PLANE } from './domain/activity.ts';
import { type Instance, instanceName } from './domain/instance.ts';

export const SAMPLE = { group: 'sample', set: 'web' } as const;

const BODY = {
  location: 'westeurope',
  sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 3 },
  properties: {
    overprovision: false,
    upgradePolicy: { mode: 'Manual' },
    virtualMachineProfile: {
      osProfile: { computerNamePrefix: 'web', adminUsername: 'azureuser' },
      storageProfile: { imageReference: { publisher: 'muster', offer: 'web', sku: '1', version: 'latest' } },
      networkProfile: {
        networkInterfaceConfigurations: [
          { name: 'nic', properties: { primary: true, ipConfigurations: [{ name: 'ip', properties: {} }] } },
        ],
      },
    },
  },
} as const;

export async function makeSample(plane: Plane): Promise<void> {
  if (await groupExists(plane, SAMPLE.group)) return;
  const origin: Origin = { caller: PLANE, correlationId: plane.ids.guid() };
  await putGroup(plane, origin, { name: SAMPLE.group, location: BODY.location });
  await putScaleSet(plane, origin, { group: SAMPLE.group, name: SAMPLE.set, body: BODY });
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
  return instances.flatMap(({ id, observed: { power, address } }) =>
    power === 'running' && address !== undefined
      ? [{ name: instanceName(SAMPLE.set, id), url: `http://${address.host}:${address.port}/` }]
      : [],
  );
}
