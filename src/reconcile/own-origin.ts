// Own origin: of an operation that nobody asked for and the plane begins by itself.

import { PLANE } from '../domain/activity.ts';
import type { Begun } from '../domain/begun-operation.ts';
import type { World } from './world.ts';

export function ownOrigin({ subscriptionId, ids, clock }: World): Begun {
  return { subscriptionId, caller: PLANE, correlationId: ids.guid(), now: clock.now() };
}
