// Scheduled events as guests read and acknowledge them.
// Source: Azure's pages on scheduled events and on terminate notification.

import { acknowledgeEvents, eventsOf, type Self } from '../app/guest-metadata.ts';
import type { Plane } from '../app/plane.ts';
import type { ScheduledEvent } from '../domain/scheduled-events.ts';
import { json, type MetadataAnswer, type MetadataRequest, refused, text, wrongMethod } from './exchange.ts';
import { tellsOfDeletes } from './versions.ts';

export async function answerEvents(
  plane: Plane,
  self: Self,
  request: MetadataRequest,
  version: string,
): Promise<MetadataAnswer> {
  switch (request.method) {
    case 'GET': {
      const { incarnation, events } = await eventsOf(plane, self);
      const told = tellsOfDeletes(version) ? events : [];
      return json(200, { DocumentIncarnation: incarnation, Events: told.map(eventBody) });
    }
    case 'POST': {
      const ids = startRequests(request.body);
      if (ids === undefined) {
        return refused(400, 'Bad request. The body is {"StartRequests":[{"EventId":"…"}]}.');
      }
      const known = await acknowledgeEvents(plane, self, ids);
      return known ? text('') : refused(400, 'Bad request. There is no event with that EventId.');
    }
    default:
      return wrongMethod(request.method);
  }
}

function eventBody({ id, status, type, resources, notBefore, source }: ScheduledEvent): object {
  return {
    EventId: id,
    EventStatus: status,
    EventType: type,
    ResourceType: 'VirtualMachine',
    Resources: resources,
    // Empty once it has started.
    NotBefore: status === 'Scheduled' ? new Date(notBefore).toUTCString() : '',
    Description: 'The virtual machine is being deleted.',
    EventSource: source,
    DurationInSeconds: -1,
  };
}

/** The ids in the body of an acknowledgement; undefined when it is none. */
function startRequests(body: string): readonly string[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  const list = (parsed as { StartRequests?: unknown } | null)?.StartRequests;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  const ids = list.map((one: unknown) => (one as { EventId?: unknown } | null)?.EventId);
  return ids.every((id) => typeof id === 'string') ? ids : undefined;
}
