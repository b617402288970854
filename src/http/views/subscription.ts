// The one subscription of a plane, its tenant, and the locations it answers for.

import type { JsonObject } from '../../arm/json.ts';
import { type Location, LOCATIONS } from '../../arm/locations.ts';

export interface SubscriptionFacts {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly displayName: string;
}

export function subscriptionBody({ subscriptionId, tenantId, displayName }: SubscriptionFacts): JsonObject {
  return {
    id: `/subscriptions/${subscriptionId}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId,
    tenantId,
    displayName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

export function tenantBody({
  tenantId,
  displayName,
}: Pick<SubscriptionFacts, 'tenantId' | 'displayName'>): JsonObject {
  return { id: `/tenants/${tenantId}`, tenantId, displayName, tenantCategory: 'Home' };
}

export function locationBodies(subscriptionId: string): readonly JsonObject[] {
  return LOCATIONS.map((location) => locationBody(location, subscriptionId));
}

function locationBody({ name, displayName, geographyGroup }: Location, subscriptionId: string): JsonObject {
  return {
    id: `/subscriptions/${subscriptionId}/locations/${name}`,
    name,
    type: 'Region',
    displayName,
    regionalDisplayName: geographyGroup === 'Local' ? displayName : `(${geographyGroup}) ${displayName}`,
    metadata: { regionType: 'Physical', regionCategory: 'Recommended', geographyGroup },
  };
}
