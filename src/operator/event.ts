// Event: the activity log's entries as judgements read them. The same reading serves the plane and Azure, whose entries say
// things in other places. What must hold: whatever the log sends, nothing throws; an entry without a time or a name is left
// out; the events are in the order of their time.

import { asText, at, isObject, type Json, type JsonObject, listAt, textAt } from '../domain/json.ts';
import type { Event } from './inventory.ts';

/** Of everything that pages of `…/Microsoft.Insights/eventtypes/management/values` held, newest first as ARM lists them. */
export function eventsFrom(entries: readonly Json[]): readonly Event[] {
  // Of the same moment, what is listed first is the later.
  const bodies = entries.filter(isObject).toReversed();
  const correlations = correlationsOf(bodies);
  return bodies
    .map((body) => eventFrom(body))
    .filter((event) => event !== undefined)
    .map((event) => ({
      ...event,
      correlationId: correlations.get(event.correlationId) ?? event.correlationId,
    }))
    .toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

/** Of one entry; undefined where it does not say when or what. */
export function eventFrom(body: JsonObject): Event | undefined {
  const time = Date.parse(textAt(body, 'eventTimestamp') ?? textAt(body, 'submissionTimestamp') ?? '');
  const operation = valueAt(body, 'operationName') || (textAt(body, 'authorization', 'action') ?? '');
  if (Number.isNaN(time) || operation === '') return undefined;
  const resourceId = textAt(body, 'resourceId') ?? textAt(body, 'authorization', 'scope') ?? '';
  return {
    time: new Date(time).toISOString(),
    operation,
    resourceId,
    status: valueAt(body, 'status'),
    caller: callerOf(body),
    correlationId: textAt(body, 'correlationId') ?? '',
    description: descriptionOf(body),
    instances: instancesOf(body, resourceId),
  };
}

/** What the plane does on behalf of a request carries the id of its operation: it is known by the request's own id instead. */
function correlationsOf(bodies: readonly JsonObject[]): ReadonlyMap<string, string> {
  return new Map(
    bodies.flatMap((body) => {
      const [operation, correlation] = [textAt(body, 'operationId'), textAt(body, 'correlationId')];
      return operation && correlation && operation !== correlation ? [[operation, correlation] as const] : [];
    }),
  );
}

/** `{value, localizedValue}` in most versions of the log, a text in some. */
function valueAt(body: JsonObject, key: string): string {
  return textAt(body, key) ?? textAt(body, key, 'value') ?? '';
}

/** Where a principal has no name, its application's id is what Azure shows. */
const CLAIMS = ['name', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn', 'appid'] as const;

function callerOf(body: JsonObject): string {
  const claims = CLAIMS.map((claim) => textAt(body, 'claims', claim));
  return [textAt(body, 'caller'), ...claims].find((name) => name !== undefined && name !== '') ?? '';
}

/** Azure keeps a failure's body as text. */
function descriptionOf(body: JsonObject): string {
  const said = textAt(body, 'properties', 'statusMessage') ?? '';
  return textAt(body, 'description') || (textAt(parsed(said), 'error', 'message') ?? said);
}

/** The ids that the plane lists, else those in the body of the request that Azure keeps, else the one in the resource's path. */
function instancesOf(body: JsonObject, resourceId: string): readonly string[] {
  const listed = asText(at(body, 'properties', 'instanceIds'))
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  if (listed.length > 0) return listed;
  // `properties.requestbody` is JSON in a text.
  const request = textAt(body, 'properties', 'requestbody') ?? textAt(body, 'properties', 'requestBody');
  const asked = listAt(parsed(request ?? ''), 'instanceIds').filter(
    (id): id is string => typeof id === 'string' && id !== '' && id !== '*',
  );
  if (asked.length > 0) return asked;
  const [, id] = /\/virtualMachines\/([^/]+)/i.exec(resourceId) ?? [];
  return id === undefined ? [] : [id];
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
