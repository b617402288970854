// A resource as the generic list of resources shows it.

import type { GroupResource } from '../../app/ports/group-resources.ts';
import type { JsonObject } from '../../arm/json.ts';
import { balancerPath } from '../../domain/balancer-reference.ts';
import { type Instance, instanceProvisioningState, nameOf } from '../../domain/instance.ts';
import type { ManagedDisk } from '../../domain/managed-disk.ts';
import { networkPath } from '../../domain/network-reference.ts';
import { instancePath, setPath } from '../../domain/resource-path.ts';
import { hasProfile, provisioningState, type ScaleSet } from '../../domain/scale-set.ts';
import { azureTime } from '../../domain/time.ts';
import { diskBody } from './disk.ts';
import { skuBody } from './scale-set.ts';
import { withoutSecrets } from './secrets.ts';

export interface ResourceShow {
  readonly subscriptionId: string;
  /** Of `$expand`: `createdTime`, `changedTime`, `provisioningState`, in lower case. */
  readonly expand: ReadonlySet<string>;
}

export function resourceBody(set: ScaleSet, { subscriptionId, expand }: ResourceShow): JsonObject {
  const { location, tags, sku, zones, extra } = set.declared;
  return {
    id: setPath(subscriptionId, set),
    name: set.name,
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    ...(hasProfile(set.declared) ? { sku: skuBody(sku) } : {}),
    location,
    ...(zones.length === 0 ? {} : { zones }),
    ...(extra['plan'] === undefined ? {} : withoutSecrets({ plan: extra['plan'] })),
    tags,
    ...(expand.has('createdtime') ? { createdTime: azureTime(set.created) } : {}),
    ...(expand.has('changedtime') ? { changedTime: azureTime(set.settledAt ?? set.created) } : {}),
    ...(expand.has('provisioningstate') ? { provisioningState: provisioningState(set) } : {}),
  };
}

export function machineResourceBody(
  set: ScaleSet,
  instance: Instance,
  { subscriptionId, expand }: ResourceShow,
): JsonObject {
  return {
    id: instancePath(subscriptionId, set, instance),
    name: nameOf(set.name, instance),
    type: 'Microsoft.Compute/virtualMachines',
    location: set.declared.location,
    ...(instance.zone === undefined ? {} : { zones: [instance.zone] }),
    tags: instance.tags,
    ...(expand.has('createdtime') ? { createdTime: azureTime(instance.created) } : {}),
    ...(expand.has('changedtime') ? { changedTime: azureTime(instance.settledAt ?? instance.created) } : {}),
    ...(expand.has('provisioningstate') ? { provisioningState: instanceProvisioningState(instance) } : {}),
  };
}

export function groupResourceBody(
  resource: GroupResource & { readonly managedBy?: string },
  { subscriptionId, expand }: ResourceShow,
): JsonObject {
  const { name, location, tags, created } = resource.row;
  const { id, ...own } = ownFacts(resource, subscriptionId);
  return {
    id,
    name,
    ...own,
    ...(resource.managedBy === undefined ? {} : { managedBy: resource.managedBy }),
    location,
    tags,
    ...(expand.has('createdtime') ? { createdTime: azureTime(created) } : {}),
    ...(expand.has('changedtime') ? { changedTime: azureTime(created) } : {}),
    ...(expand.has('provisioningstate') ? { provisioningState: 'Succeeded' } : {}),
  };
}

/** What each table's rows say in their own way. */
function ownFacts(resource: GroupResource, subscriptionId: string): JsonObject {
  switch (resource.table) {
    case 'loadBalancer': {
      const { group, name, sku } = resource.row;
      return { id: balancerPath(subscriptionId, group, name), type: 'Microsoft.Network/loadBalancers', sku };
    }
    case 'network': {
      const { type, zones, extra } = resource.row;
      return {
        id: networkPath(subscriptionId, resource.row),
        type: `Microsoft.Network/${type}`,
        ...(extra['sku'] === undefined ? {} : { sku: extra['sku'] }),
        ...(zones.length === 0 ? {} : { zones }),
      };
    }
  }
}

export function diskResourceBody(disk: ManagedDisk, { subscriptionId, expand }: ResourceShow): JsonObject {
  const {
    properties: _properties,
    name,
    id,
    type,
    sku,
    location,
    zones,
    tags,
    managedBy,
  } = diskBody(disk, subscriptionId);
  const created = azureTime(disk.disk.created);
  return {
    id,
    name,
    type,
    sku,
    ...(managedBy === undefined ? {} : { managedBy }),
    location,
    ...(zones === undefined ? {} : { zones }),
    tags,
    ...(expand.has('createdtime') ? { createdTime: created } : {}),
    ...(expand.has('changedtime') ? { changedTime: created } : {}),
    ...(expand.has('provisioningstate') ? { provisioningState: 'Succeeded' } : {}),
  };
}
