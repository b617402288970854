// Managed identity in use: whether anybody still is the application that a token speaks for.

import type { Identities } from '../domain/managed-identity.ts';
import type { Plane } from './plane.ts';

/** Whether some scale set, or some virtual machine of its own, has an identity with this client id assigned now. */
export async function isAssigned(plane: Plane, clientId: string): Promise<boolean> {
  const sets = await plane.store.scaleSets();
  if (sets.some(({ identities }) => speaksFor(identities, clientId))) return true;
  for (const { uid } of sets) {
    const instances = await plane.store.instances(uid);
    if (instances.some(({ identities }) => speaksFor(identities, clientId))) return true;
  }
  return false;
}

function speaksFor(identities: Identities | undefined, clientId: string): boolean {
  if (identities === undefined) return false;
  const { system, user } = identities;
  return system?.clientId === clientId || Object.values(user).some((one) => one.clientId === clientId);
}
