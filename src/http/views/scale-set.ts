// The scale set as clients see it: what was declared, in Azure's order, without secrets, and what the plane knows of it.

import type { WireEra } from '../../arm/api-version.ts';
import type { JsonObject } from '../../arm/json.ts';
import { isObject, objectAt, textAt } from '../../domain/json.ts';
import type { Identities } from '../../domain/managed-identity.ts';
import { setPath } from '../../domain/resource-path.ts';
import { hasProfile, provisioningState, type ScaleSet, type Sku } from '../../domain/scale-set.ts';
import { azureTime } from '../../domain/time.ts';
import { inOrder, profileInOrder } from './order.ts';
import { withoutSecrets } from './secrets.ts';

export interface ScaleSetShow {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly era: WireEra;
  /** `$expand=userData`. */
  readonly userData?: boolean;
}

/** Azure's order: these come first, the rest as declared, then those. */
const FIRST = ['singlePlacementGroup', 'orchestrationMode', 'upgradePolicy'];
const LAST = [
  'virtualMachineProfile',
  'provisioningState',
  'overprovision',
  'doNotRunExtensionsOnOverprovisionedVMs',
  'uniqueId',
  'platformFaultDomainCount',
  'timeCreated',
];

export function scaleSetBody(set: ScaleSet, show: ScaleSetShow): JsonObject {
  const { declared } = set;
  return {
    name: set.name,
    id: setPath(show.subscriptionId, set),
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    location: declared.location,
    tags: declared.tags,
    ...(hasProfile(declared) ? { sku: skuBody(declared.sku) } : {}),
    ...(declared.zones.length === 0 ? {} : { zones: declared.zones }),
    ...withoutSecrets(declared.extra),
    ...identityBody(objectAt(declared.extra, 'identity'), set.identities, show.tenantId),
    ...(show.era.etag ? { etag: etagOf(set) } : {}),
    properties: propertiesOf(set, show),
  };
}

/** An instance mix has no tier. */
export function skuBody({ name, tier, capacity }: Sku): JsonObject {
  return { name, ...(tier === '' ? {} : { tier }), capacity };
}

/** What was declared, with who that is. */
export function identityBody(
  identity: JsonObject | undefined,
  identities: Identities | undefined,
  tenantId: string,
): JsonObject {
  if (identity === undefined || identities === undefined) return {};
  const { system, user } = identities;
  return {
    identity: {
      ...identity,
      ...(system === undefined ? {} : { principalId: system.principalId, tenantId }),
      ...(Object.keys(user).length === 0 ? {} : { userAssignedIdentities: usersOf(user) }),
    },
  };
}

function usersOf(user: Identities['user']): JsonObject {
  const entries = Object.entries(user);
  return Object.fromEntries(
    entries.map(([id, { principalId, clientId }]) => [id, { principalId, clientId }]),
  );
}

/** With the quotes inside: `"2"` is what clients send back in If-Match. */
export function etagOf(row: { readonly etag: number }): string {
  return `"${row.etag}"`;
}

function propertiesOf(set: ScaleSet, show: ScaleSetShow): JsonObject {
  // Azure says it twice: of the set, and again inside the profile.
  const created = show.era.timeCreated ? { timeCreated: azureTime(set.created) } : {};
  const { virtualMachineProfile, ...properties } = withoutSecrets(set.declared.properties);
  const all: JsonObject = {
    ...properties,
    ...(isObject(virtualMachineProfile)
      ? {
          virtualMachineProfile: {
            ...profileInOrder(virtualMachineProfile),
            ...(show.userData ? userDataOf(set) : {}),
            ...created,
          },
        }
      : {}),
    provisioningState: provisioningState(set),
    uniqueId: set.uid,
    ...created,
  };
  const middle = Object.keys(all).filter((key) => !FIRST.includes(key) && !LAST.includes(key));
  return inOrder(all, [...FIRST, ...middle, ...LAST]);
}

function userDataOf(set: ScaleSet): JsonObject {
  const userData = textAt(set.declared.properties, 'virtualMachineProfile', 'userData');
  return userData === undefined ? {} : { userData };
}
