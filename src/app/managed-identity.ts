// Managed identity in use: whether anybody still is the application that a token speaks for.

import type { Plane } from './plane.ts';

/** Whether some scale set has an identity with this client id assigned now. */
export async function isAssigned(plane: Plane, clientId: string): Promise<boolean> {
  const sets = await plane.store.scaleSets();
  return sets.some(({ identities }) => {
    if (identities === undefined) return false;
    const { system, user } = identities;
    return system?.clientId === clientId || Object.values(user).some((one) => one.clientId === clientId);
  });
}
