// Activity log, read.

import type { Plane } from './plane.ts';
import type { ActivityPage, ActivityQuery } from './ports/store.ts';

export async function listActivity(plane: Plane, query: ActivityQuery): Promise<ActivityPage> {
  return plane.store.activity(query);
}
