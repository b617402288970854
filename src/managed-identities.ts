// Managed identities: where the sign-in side, the guests' metadata service and the plane meet. What must hold: a token for a
// guest is good only as long as the identity that it speaks for is assigned to some scale set.

import { isAssigned } from './app/managed-identity.ts';
import type { Plane } from './app/plane.ts';
import type { Clock } from './app/ports/clock.ts';
import type { Guests } from './app/ports/guests.ts';
import type { TokenVerdict } from './http/context.ts';
import type { Credentials } from './identity/credentials.ts';
import type { Identity } from './identity/identity.ts';
import { type Doors, openDoors } from './metadata/doors.ts';
import type { Log } from './system/log.ts';

export function openDoorsOf(
  plane: Plane,
  guests: Guests,
  identity: Identity,
  ...[real, log]: [real: Clock, log: Log]
): Promise<Doors> {
  return openDoors({
    plane,
    guests,
    clock: real,
    issue: ({ principalId, clientId }, audience) =>
      identity.issue({ objectId: principalId, clientId }, audience),
    log: (problem, handle, error) => {
      log('error', problem, { guest: handle, error });
    },
  });
}

/** A verified token of somebody who is nobody any more is refused. */
export async function verifyCaller(
  plane: Plane,
  credentials: Credentials,
  verdict: TokenVerdict,
): Promise<TokenVerdict> {
  const { caller } = verdict;
  if (caller === undefined || caller.appId === credentials.clientId) return verdict;
  return (await isAssigned(plane, caller.appId)) ? verdict : { refusal: { reason: 'unassigned' } };
}
