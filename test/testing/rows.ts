// Rows for tests: each builder makes a whole and valid row, at rest, of which a test says only what matters to it.
// Optional members that are given as undefined are left out, so that a test can take one away.

import type { GuestState } from '../../src/domain/guest.ts';
import type { Deployment, DeploymentStep } from '../../src/domain/deployment.ts';
import type { Disk } from '../../src/domain/disk.ts';
import type { Instance, Task, Verb } from '../../src/domain/instance.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { LoadBalancer } from '../../src/domain/load-balancer.ts';
import type { NetworkResource } from '../../src/domain/network-resource.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { ResourceGroup } from '../../src/domain/resource-group.ts';
import { rollingPolicy } from '../../src/domain/rolling-policy.ts';
import type { RollingUpgrade } from '../../src/domain/rolling-upgrade.ts';
import type { RunCommand } from '../../src/domain/run-command.ts';
import type { Declared, ModelVersion, ScaleSet } from '../../src/domain/scale-set.ts';

/** When the rows were made. */
export const THEN = Date.UTC(2026, 0, 1);
export const SET_UID = '5e7a0000-0000-4000-8000-000000000001';
/** The operation of the set's latest write. */
export const SET_OPERATION = '09e7a000-0000-4000-8000-000000000001';

type Given<Row> = { readonly [Key in keyof Row]?: Row[Key] | undefined };

function row<Row>(whole: Row, given: Given<Row>): Row {
  const entries = Object.entries({ ...whole, ...given }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Row;
}

export function groupRow(given: Given<ResourceGroup> = {}): ResourceGroup {
  return row<ResourceGroup>({ name: 'rg', revision: 0, location: 'westus', tags: {}, created: THEN }, given);
}

/** A small body of a PUT that makes a scale set. */
export function scaleSetBody(given: JsonObject = {}): JsonObject {
  return {
    location: 'westus',
    sku: { name: 'Standard_B1s', capacity: 2 },
    properties: {
      overprovision: false,
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: {
        osProfile: { computerNamePrefix: 'web', adminUsername: 'azureuser', adminPassword: 'S3cret!' },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'web', sku: 'web', version: 'latest' },
        },
      },
    },
    ...given,
  };
}

export interface Shape {
  readonly capacity?: number;
  readonly zones?: readonly string[];
  /** Into `properties`. */
  readonly properties?: JsonObject;
}

/** What is declared of a set, as `complete` leaves it. */
export function declaredRow({ capacity = 2, zones = [], properties = {} }: Shape = {}): Declared {
  const body = scaleSetBody();
  return {
    location: 'westus',
    tags: {},
    sku: { name: 'Standard_B1s', tier: 'Standard', capacity },
    zones,
    properties: {
      ...(body['properties'] as JsonObject),
      singlePlacementGroup: true,
      orchestrationMode: 'Uniform',
      platformFaultDomainCount: zones.length > 0 ? 1 : 5,
      ...properties,
    },
    extra: {},
  };
}

/** A settled set. */
export function scaleSetRow(given: Given<ScaleSet> & Shape = {}): ScaleSet {
  const { capacity, zones, properties, ...rest } = given;
  const shape = {
    ...(capacity === undefined ? {} : { capacity }),
    ...(zones === undefined ? {} : { zones }),
    ...(properties === undefined ? {} : { properties }),
  };
  return row<ScaleSet>(
    {
      uid: SET_UID,
      group: 'rg',
      name: 'web',
      revision: 0,
      etag: 2,
      created: THEN,
      declared: declaredRow(shape),
      model: 1,
      nextInstanceId: 100,
      generation: 1,
      settled: 1,
      operation: SET_OPERATION,
      settledAt: THEN,
    },
    rest,
  );
}

export function modelRow(given: Given<ModelVersion> = {}): ModelVersion {
  return row<ModelVersion>(
    {
      set: SET_UID,
      version: 1,
      created: THEN,
      size: 'Standard_B1s',
      tier: 'Standard',
      profile: declaredRow().properties['virtualMachineProfile'] as JsonObject,
      extra: {},
    },
    given,
  );
}

export function vmIdOf(id: number): string {
  return `00000000-0000-4000-8000-${id.toString(16).padStart(12, '0')}`;
}

/** A member that runs and has nothing in hand. */
export function instanceRow(given: Given<Instance> = {}): Instance {
  const id = given.id ?? 0;
  return row<Instance>(
    {
      set: SET_UID,
      id,
      revision: 0,
      etag: 2,
      vmId: vmIdOf(id),
      created: THEN,
      faultDomain: 0,
      updateDomain: 0,
      surplus: false,
      model: 1,
      generation: 0,
      wanted: { exists: true, power: 'running', model: given.model ?? 1 },
      observed: { power: 'running', ready: true, address: { host: '127.0.0.2', port: 8080 }, bootedAt: THEN },
      lastOperation: '09e7a000-0000-4000-8000-00000000000c',
      settledAt: THEN,
      tags: {},
      dataDisks: [],
      ownModel: false,
    },
    given,
  );
}

export function taskRow(verb: Verb, given: Given<Task> = {}): Task {
  return row<Task>(
    { operation: SET_OPERATION, verb, since: THEN, deadline: THEN + 1_200_000, graceful: true },
    given,
  );
}

/** The guest that an instance of `instanceRow` has. */
export function guestRow(given: Given<GuestState> = {}): GuestState {
  return row<GuestState>(
    {
      handle: `${SET_UID}_0`,
      power: 'running',
      ready: true,
      generation: 0,
      address: { host: '127.0.0.2', port: 8080 },
      bootedAt: THEN,
    },
    given,
  );
}

export function operationRow(given: Given<Operation> = {}): Operation {
  return row<Operation>(
    {
      id: SET_OPERATION,
      revision: 0,
      awaits: { kind: 'instances' },
      group: 'rg',
      set: SET_UID,
      setName: 'web',
      instances: [0],
      failures: [],
      location: 'westus',
      name: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
      resourceId:
        '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web',
      caller: 'ada',
      correlationId: 'c0441a70-0000-4000-8000-000000000001',
      started: THEN,
      status: 'InProgress',
    },
    given,
  );
}

export function runCommandRow(given: Given<RunCommand> = {}): RunCommand {
  return row<RunCommand>(
    {
      key: 'c0de0000-0000-4000-8000-000000000001',
      revision: 0,
      set: SET_UID,
      instance: 0,
      kind: 'action',
      name: 'RunShellScript',
      created: THEN,
      declared: { commandId: 'RunShellScript', script: ['echo hello'] },
      location: 'westus',
      tags: {},
      asked: THEN,
      run: 1,
      operation: SET_OPERATION,
      state: 'running',
    },
    given,
  );
}

/** A balancer with one frontend, pool, probe and rule, as `declareBalancer` leaves it. */
export function loadBalancerRow(given: Given<LoadBalancer> = {}): LoadBalancer {
  const { group = 'rg', name = 'lb' } = given;
  const path = `/subscriptions/5ca1ab1e-0000-4000-8000-000000000001/resourceGroups/${group}/providers/Microsoft.Network/loadBalancers/${name}`;
  return row<LoadBalancer>(
    {
      uid: '1b000000-0000-4000-8000-000000000001',
      group,
      name,
      revision: 0,
      etag: 'e7a60000-0000-4000-8000-000000000001',
      created: THEN,
      location: 'westus',
      tags: {},
      sku: { name: 'Standard', tier: 'Regional' },
      properties: {
        frontendIPConfigurations: [{ name: 'front', properties: {} }],
        backendAddressPools: [{ name: 'pool', properties: {} }],
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
              idleTimeoutInMinutes: 4,
              loadDistribution: 'Default',
              frontendIPConfiguration: { id: `${path}/frontendIPConfigurations/front` },
              backendAddressPool: { id: `${path}/backendAddressPools/pool` },
              probe: { id: `${path}/probes/health` },
            },
          },
        ],
        inboundNatRules: [],
        inboundNatPools: [],
        outboundRules: [],
      },
      extra: {},
    },
    given,
  );
}

/** One that runs, by Azure's usual policy, from version 1 to version 2. */
export function rollingUpgradeRow(given: Given<RollingUpgrade> = {}): RollingUpgrade {
  return row<RollingUpgrade>(
    {
      set: SET_UID,
      number: 1,
      revision: 0,
      id: '0b9a0000-0000-4000-8000-000000000001',
      kind: 'model',
      startedBy: 'User',
      operation: '09e7a000-0000-4000-8000-0000000000ff',
      policy: rollingPolicy({ properties: {}, tags: {} }),
      model: 2,
      state: 'RollingForward',
      lastAction: 'Start',
      lastActionTime: THEN,
      started: THEN,
      notBefore: THEN,
      baking: false,
      succeeded: [],
      failed: [],
      pending: 2,
      previous: {},
      rolledBack: [],
      notRolledBack: [],
    },
    given,
  );
}

export function networkRow(given: Given<NetworkResource> = {}): NetworkResource {
  return row<NetworkResource>(
    {
      uid: '2e700000-0000-4000-8000-000000000001',
      type: 'virtualNetworks',
      group: 'rg',
      name: 'vnet',
      revision: 0,
      etag: 'e7a60000-0000-4000-8000-000000000002',
      created: THEN,
      location: 'westus',
      tags: {},
      zones: [],
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
      extra: {},
    },
    given,
  );
}

export function diskRow(given: Given<Disk> = {}): Disk {
  return row<Disk>(
    {
      uid: 'd15c0000-0000-4000-8000-000000000001',
      group: 'rg',
      name: 'disk',
      revision: 0,
      created: THEN,
      location: 'westus',
      tags: {},
      zones: [],
      sizeGiB: 4,
      properties: { creationData: { createOption: 'Empty' } },
      extra: { sku: { name: 'Standard_LRS' } },
    },
    given,
  );
}

export function deploymentRow(given: Given<Deployment> = {}): Deployment {
  return row<Deployment>(
    {
      uid: 'de910000-0000-4000-8000-000000000001',
      group: 'rg',
      name: 'deployment',
      revision: 0,
      created: THEN,
      apiVersion: '2022-09-01',
      mode: 'Incremental',
      template: { resources: [] },
      templateHash: '1',
      parameters: {},
      shown: {},
      secrets: [],
      facts: {},
      tags: {},
      correlationId: 'c0110000-0000-4000-8000-000000000001',
      caller: 'somebody',
      operation: '09e7a000-0000-4000-8000-0000000000de',
      state: 'Accepted',
      steps: [],
    },
    given,
  );
}

/** Of a resource that is to be made and waits for nothing. */
export function stepRow(given: Given<DeploymentStep> = {}): DeploymentStep {
  const { name = 'lb' } = given;
  return row<DeploymentStep>(
    {
      action: 'Create',
      id: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/${name}`,
      type: 'Microsoft.Network/loadBalancers',
      name,
      apiVersion: '2024-05-01',
      dependsOn: [],
      state: 'NotStarted',
    },
    given,
  );
}
