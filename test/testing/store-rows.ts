// The rows of `rows.ts` as the store tests want them: named by their keys, new, and with nothing settled.

import type { Activity } from '../../src/domain/activity.ts';
import type { Deployment } from '../../src/domain/deployment.ts';
import type { Disk } from '../../src/domain/disk.ts';
import type { Instance, Task } from '../../src/domain/instance.ts';
import type { LoadBalancer } from '../../src/domain/load-balancer.ts';
import type { NetworkResource } from '../../src/domain/network-resource.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { ResourceGroup } from '../../src/domain/resource-group.ts';
import type { RollingUpgrade } from '../../src/domain/rolling-upgrade.ts';
import type { RunCommand } from '../../src/domain/run-command.ts';
import type { ModelVersion, ScaleSet } from '../../src/domain/scale-set.ts';
import * as rows from './rows.ts';

/** The latest time in any of these rows, unless the test gives another. */
export const CREATED = rows.THEN;

/** A UUID that reads as its number. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

export const SET = uuid(1);

export function resourceId(name: string): string {
  return `/subscriptions/${uuid(9)}/resourceGroups/prod/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;
}

export function groupRow(name = 'prod', given: Partial<ResourceGroup> = {}): ResourceGroup {
  return rows.groupRow({ name, ...given });
}

export function scaleSetRow(name = 'web', given: Partial<ScaleSet> = {}): ScaleSet {
  return rows.scaleSetRow({ uid: SET, group: 'prod', name, ...given });
}

export function modelRow(version = 1, given: Partial<ModelVersion> = {}): ModelVersion {
  return rows.modelRow({ set: SET, version, ...given });
}

export function taskOf(operation: string, given: Partial<Task> = {}): Task {
  return rows.taskRow('create', { operation, ...given });
}

export function instanceRow(id = 0, given: Partial<Instance> = {}): Instance {
  const disk = { lun: 0, sizeGiB: 4, name: 'data', declared: { caching: 'None' }, fromModel: true };
  return rows.instanceRow({ set: SET, id, etag: 1, dataDisks: [disk], ...given });
}

export function operationRow(id = uuid(100), given: Partial<Operation> = {}): Operation {
  return rows.operationRow({ id, group: 'prod', set: SET, ...given });
}

export function runCommandRow(key = 'key', given: Partial<RunCommand> = {}): RunCommand {
  return rows.runCommandRow({ key, set: SET, kind: 'resource', name: key, state: 'pending', ...given });
}

export function loadBalancerRow(name = 'lb', given: Partial<LoadBalancer> = {}): LoadBalancer {
  return rows.loadBalancerRow({ uid: uuid(300), group: 'prod', name, ...given });
}

export function networkRow(name = 'vnet', given: Partial<NetworkResource> = {}): NetworkResource {
  return rows.networkRow({ uid: uuid(400), group: 'prod', name, ...given });
}

export function diskRow(name = 'disk', given: Partial<Disk> = {}): Disk {
  return rows.diskRow({ uid: uuid(500), group: 'prod', name, ...given });
}

export function deploymentRow(name = 'deployment', given: Partial<Deployment> = {}): Deployment {
  return rows.deploymentRow({ uid: uuid(600), group: 'prod', name, ...given });
}

export function rollingUpgradeRow(number = 1, given: Partial<RollingUpgrade> = {}): RollingUpgrade {
  return rows.rollingUpgradeRow({ set: SET, number, ...given });
}

export function activityRow(id = 'entry', given: Partial<Activity> = {}): Activity {
  return {
    id,
    time: CREATED,
    status: 'Succeeded',
    level: 'Informational',
    operationName: 'Microsoft.Compute/virtualMachineScaleSets/restart/action',
    resourceId: resourceId('web'),
    group: 'prod',
    caller: 'operator',
    correlationId: uuid(200),
    instances: [0],
    description: 'Restart of one instance',
    properties: {},
    ...given,
  };
}
