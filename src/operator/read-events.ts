// ReadEvents: the activity log of a scale set's resource group, and which of it is about the set or an instance. In the order of time.

import type { Arm } from './arm.ts';
import { eventsFrom } from './event.ts';
import type { Event } from './inventory.ts';
import { listPages } from './pages.ts';
import type { SetRef } from './read-inventory.ts';

const API_VERSION = '2015-04-01';

export interface EventsRead {
  /** In the order of their time. */
  readonly events: readonly Event[];
  readonly calls: number;
  /** There are older ones in the time that was asked for. */
  readonly truncated: boolean;
}

/**
 * @param since milliseconds since 1970; ARM keeps 90 days
 * @param pages how many pages at most. The log is asked for by resource group, since entries about an instance are not under its set.
 */
export async function readEvents(
  arm: Arm,
  ref: SetRef,
  { since, pages }: { readonly since: number; readonly pages: number },
): Promise<EventsRead> {
  const filter = `eventTimestamp ge '${new Date(since).toISOString()}' and resourceGroupName eq '${ref.group}'`;
  const path = `/subscriptions/${ref.subscription}/providers/Microsoft.Insights/eventtypes/management/values`;
  const first = {
    method: 'GET',
    path: `${path}?$filter=${encodeURIComponent(filter)}`,
    apiVersion: API_VERSION,
  } as const;
  const { items, calls, truncated } = await listPages(arm, first, pages);
  return { events: eventsFrom(items), calls, truncated };
}

/** Entries about the set or, in a Flexible one, about its virtual machines. */
export function eventsAbout(events: readonly Event[], resourceIds: readonly string[]): readonly Event[] {
  const ids = resourceIds.map((id) => id.toLowerCase());
  return events.filter(({ resourceId }) => {
    const about = resourceId.toLowerCase();
    return ids.some((id) => about === id || about.startsWith(`${id}/`));
  });
}

/** Entries that name this instance. */
export function eventsOf(events: readonly Event[], id: string): readonly Event[] {
  return events.filter(({ instances }) => instances.includes(id));
}
