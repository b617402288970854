// The identity of a virtual machine as clients see it: its own, or that of the set that it was made by.

import type { JsonObject } from '../../arm/json.ts';
import type { Instance } from '../../domain/instance.ts';
import { objectAt } from '../../domain/json.ts';
import { guestIdentities, type Identities } from '../../domain/managed-identity.ts';
import type { ModelVersion, ScaleSet } from '../../domain/scale-set.ts';
import { identityBody } from './scale-set.ts';

export function machineIdentity(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  tenantId: string,
): JsonObject {
  const { identities } = instance;
  const declared = identities === undefined ? objectAt(model.extra, 'identity') : declaredBy(identities);
  return identityBody(declared, guestIdentities(set, instance), tenantId);
}

/** What a request would say to get these. */
function declaredBy({ system, user }: Identities): JsonObject | undefined {
  const kinds = [
    ...(system === undefined ? [] : ['SystemAssigned']),
    ...(Object.keys(user).length === 0 ? [] : ['UserAssigned']),
  ];
  return kinds.length === 0 ? undefined : { type: kinds.join(', ') };
}
