// A resource as the generic list of resources shows it.

import type { JsonObject } from '../../arm/json.ts';
import { balancerPath } from '../../domain/balancer-reference.ts';
import type { LoadBalancer } from '../../domain/load-balancer.ts';
import { scaleSetPath } from '../../domain/resource-path.ts';
import { provisioningState, type ScaleSet } from '../../domain/scale-set.ts';
import { azureTime } from '../../domain/time.ts';
import { withoutSecrets } from './secrets.ts';

export interface ResourceShow {
  readonly subscriptionId: string;
  /** Of `$expand`: `createdTime`, `changedTime`, `provisioningState`, in lower case. */
  readonly expand: ReadonlySet<string>;
}

export function resourceBody(set: ScaleSet, { subscriptionId, expand }: ResourceShow): JsonObject {
  const { location, tags, sku, zones, extra } = set.declared;
  return {
    id: scaleSetPath(subscriptionId, set.group, set.name),
    name: set.name,
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    sku: { name: sku.name, tier: sku.tier, capacity: sku.capacity },
    location,
    ...(zones.length === 0 ? {} : { zones }),
    ...(extra['plan'] === undefined ? {} : withoutSecrets({ plan: extra['plan'] })),
    tags,
    ...(expand.has('createdtime') ? { createdTime: azureTime(set.created) } : {}),
    ...(expand.has('changedtime') ? { changedTime: azureTime(set.settledAt ?? set.created) } : {}),
    ...(expand.has('provisioningstate') ? { provisioningState: provisioningState(set) } : {}),
  };
}

export function balancerResourceBody(
  balancer: LoadBalancer,
  { subscriptionId, expand }: ResourceShow,
): JsonObject {
  const { group, name, location, tags, sku, created } = balancer;
  return {
    id: balancerPath(subscriptionId, group, name),
    name,
    type: 'Microsoft.Network/loadBalancers',
    sku,
    location,
    tags,
    ...(expand.has('createdtime') ? { createdTime: azureTime(created) } : {}),
    ...(expand.has('changedtime') ? { changedTime: azureTime(created) } : {}),
    ...(expand.has('provisioningstate') ? { provisioningState: 'Succeeded' } : {}),
  };
}
