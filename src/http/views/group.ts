// A resource group as clients see it.

import type { JsonObject } from '../../arm/json.ts';
import type { ResourceGroup } from '../../domain/resource-group.ts';
import { groupPath } from '../../domain/resource-path.ts';
import { withoutSecrets } from './secrets.ts';

export function groupBody(group: ResourceGroup, subscriptionId: string): JsonObject {
  return {
    id: groupPath(subscriptionId, group.name),
    name: group.name,
    type: 'Microsoft.Resources/resourceGroups',
    ...withoutSecrets(group.extra ?? {}),
    location: group.location,
    ...(group.managedBy === undefined ? {} : { managedBy: group.managedBy }),
    tags: group.tags,
    properties: { provisioningState: group.deleting === undefined ? 'Succeeded' : 'Deleting' },
  };
}
