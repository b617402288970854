// One entry of the activity log as Microsoft.Insights shows it: an event of the category Administrative.

import type { JsonObject } from '../../arm/json.ts';
import { parseResourceId, resourceTypeOf } from '../../arm/resource-id.ts';
import type { Activity } from '../../domain/activity.ts';
import type { Json } from '../../domain/json.ts';
import { azureTime } from '../../domain/time.ts';

export interface ActivityShow {
  readonly subscriptionId: string;
  readonly tenantId: string;
}

export function activityBody(activity: Activity, show: ActivityShow): JsonObject {
  const id = parseResourceId(activity.resourceId);
  const provider = id?.provider ?? 'Microsoft.Resources';
  const time = azureTime(activity.time);
  const began = activity.status === 'Started' || activity.status === 'Accepted';
  return {
    authorization: { action: activity.operationName, scope: activity.resourceId },
    caller: activity.caller,
    channels: 'Operation',
    correlationId: activity.correlationId,
    description: activity.description,
    eventDataId: activity.id,
    eventName: began
      ? localizable('BeginRequest', 'Begin request')
      : localizable('EndRequest', 'End request'),
    category: localizable('Administrative'),
    id: `${activity.resourceId}/events/${activity.id}/ticks/${ticks(activity.time)}`,
    level: activity.level,
    resourceGroupName: activity.group,
    resourceProviderName: localizable(provider),
    resourceId: activity.resourceId,
    resourceType: localizable(id === undefined ? provider : resourceTypeOf(id)),
    operationId: activity.operationId ?? activity.correlationId,
    operationName: localizable(activity.operationName),
    properties: propertiesOf(activity),
    status: localizable(activity.status),
    subStatus: localizable(''),
    eventTimestamp: time,
    submissionTimestamp: time,
    subscriptionId: show.subscriptionId,
    tenantId: show.tenantId,
  };
}

/** The members that `$select` names, in the order of the whole. */
export function selected(body: JsonObject, names: readonly string[]): JsonObject {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  return Object.fromEntries(Object.entries(body).filter(([key]) => wanted.has(key.toLowerCase())));
}

/** Every value is a text: that is what clients' types say. */
function propertiesOf(activity: Activity): JsonObject {
  const own = Object.entries(activity.properties).map(([key, value]) => [key, written(value)] as const);
  return {
    ...Object.fromEntries(own),
    ...(activity.instances.length === 0 ? {} : { instanceIds: activity.instances.join(',') }),
  };
}

function written(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function localizable(value: string, localizedValue = value): JsonObject {
  return { value, localizedValue };
}

/** .NET's count of 100 ns since the year 1. */
function ticks(time: number): string {
  return (BigInt(time) * 10_000n + 621_355_968_000_000_000n).toString();
}
