// Rows for tests of views: a set declared as az declares one, its model and an instance of it that runs, made by the same
// rules that make them in the plane.

import { merge } from '../../src/domain/declaration.ts';
import { complete } from '../../src/domain/declaration-rules.ts';
import type { Instance } from '../../src/domain/instance.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { modelOf } from '../../src/domain/model.ts';
import { newInstance } from '../../src/domain/new-instance.ts';
import type { ModelVersion, ScaleSet } from '../../src/domain/scale-set.ts';

export const SUBSCRIPTION = '11111111-1111-1111-1111-111111111111';
export const CREATED = Date.parse('2026-11-24T06:00:00.123Z');
export const SETTLED = Date.parse('2026-11-24T06:00:05Z');

const IMAGE = { publisher: 'Canonical', offer: 'UbuntuServer', sku: '18.04-LTS', version: 'latest' };

export const BODY: JsonObject = {
  location: 'West US',
  tags: { tier: 'front' },
  sku: { name: 'Standard_B1s', capacity: 2 },
  properties: {
    singlePlacementGroup: true,
    overprovision: true,
    upgradePolicy: { mode: 'manual' },
    virtualMachineProfile: {
      osProfile: {
        computerNamePrefix: 'web',
        adminUsername: 'azureuser',
        adminPassword: 'S3cret-password',
        customData: 'c2VjcmV0IGRhdGE=',
        linuxConfiguration: { disablePasswordAuthentication: false },
      },
      storageProfile: {
        imageReference: IMAGE,
        dataDisks: [{ lun: 0, diskSizeGB: 4, createOption: 'Empty' }],
      },
      networkProfile: {
        networkInterfaceConfigurations: [
          { name: 'nic', properties: { primary: true, ipConfigurations: [{ name: 'ip', properties: {} }] } },
        ],
      },
      userData: 'dXNlciBkYXRh',
    },
  },
};

export function scaleSet(body: JsonObject = BODY, changes: Partial<ScaleSet> = {}): ScaleSet {
  return {
    uid: 'aaaaaaaa-0000-4000-8000-000000000001',
    group: 'Rg',
    name: 'web',
    revision: 1,
    etag: 2,
    created: CREATED,
    declared: complete('web', merge(undefined, body, 'put'), undefined),
    model: 1,
    nextInstanceId: 4,
    generation: 1,
    settled: 1,
    settledAt: SETTLED,
    operation: 'bbbbbbbb-0000-4000-8000-000000000001',
    ...changes,
  };
}

export function model(set: ScaleSet, version = 1): ModelVersion {
  return modelOf(set.uid, version, set.declared, CREATED);
}

export function instance(set: ScaleSet, id = 3, changes: Partial<Instance> = {}): Instance {
  const { task: _made, ...made } = newInstance(set, model(set), {
    id,
    vmId: 'cccccccc-0000-4000-8000-000000000003',
    place: { faultDomain: 1, updateDomain: 2 },
    surplus: false,
    now: CREATED,
  });
  const observed = { power: 'running', ready: true, bootedAt: SETTLED - 2000 } as const;
  return { ...made, revision: 1, etag: 2, observed, settledAt: SETTLED, ...changes };
}
