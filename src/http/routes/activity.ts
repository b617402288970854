// The activity log, with the filters that az and the SDKs send. Errors here have no envelope, as Microsoft.Insights' have none.

import { listActivity } from '../../app/activity-log.ts';
import type { ActivityQuery } from '../../app/ports/store.ts';
import { conjunction } from '../../arm/odata-match.ts';
import { parseResourceId } from '../../arm/resource-id.ts';
import { type Activity, type ActivityStatus, RETENTION } from '../../domain/activity.ts';
import type { Time } from '../../domain/time.ts';
import type { Call, Handler } from '../context.ts';
import { badFilter, readFilter } from '../filter.ts';
import { nextLink, PAGE, pageToken, tokenNumber } from '../paging.ts';
import { queryValue, type Request } from '../request.ts';
import { json } from '../response.ts';
import { activityBody, selected } from '../views/activity.ts';

const STATUSES: readonly ActivityStatus[] = ['Started', 'Accepted', 'Succeeded', 'Failed'];

interface Asked {
  readonly query: Omit<ActivityQuery, 'limit' | 'before'>;
  /** What the store does not look up by. */
  readonly also: (activity: Activity) => boolean;
}

export const listActivityRoute: Handler = async (call) => {
  const { context, request } = call;
  const { query, also } = readQuery(request, context.plane.clock.now());
  const before = tokenNumber(call, 'activity');
  const page = await listActivity(context.plane, {
    ...query,
    limit: PAGE,
    ...(before === undefined ? {} : { before }),
  });
  const show = { subscriptionId: context.plane.subscriptionId, tenantId: context.identity.tenantId };
  const select = selection(request);
  const value = page.entries.filter(also).map((entry) => {
    const body = activityBody(entry, show);
    return select.length === 0 ? body : selected(body, select);
  });
  return json(200, { value, ...linkTo(call, page.next) });
};

function linkTo(call: Call, next: number | undefined): { nextLink?: string } {
  return next === undefined ? {} : { nextLink: nextLink(call, pageToken('activity', next)) };
}

function selection(request: Request): readonly string[] {
  return (queryValue(request, '$select') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function readQuery(request: Request, now: Time): Asked {
  const expression = readFilter(request);
  const terms = expression === undefined ? [] : conjunction(expression);
  if (terms === undefined) throw badFilter("A filter of the activity log is comparisons joined by 'and'.");
  let asked: Asked = { query: { from: now - RETENTION, to: now }, also: () => true };
  for (const { name, operator, value } of terms) {
    const reader = READERS[`${name} ${operator}`];
    if (reader === undefined || typeof value !== 'string') {
      throw badFilter(
        `The comparison '${name} ${operator}' is not supported. Supported are: ${Object.keys(READERS).join(', ')}.`,
      );
    }
    asked = reader(asked, value);
  }
  return asked;
}

/** Each comparison that is served, by its name in lower case and its operator. */
const READERS: Readonly<Record<string, (asked: Asked, value: string) => Asked>> = {
  'eventtimestamp ge': (asked, value) => where(asked, { from: timeOf(value) }),
  'eventtimestamp le': (asked, value) => where(asked, { to: timeOf(value) }),
  'resourcegroupname eq': (asked, value) => where(asked, { group: value }),
  'resourceuri eq': (asked, value) => where(asked, { resourceId: value }),
  'resourceid eq': (asked, value) => where(asked, { resourceId: value }),
  'correlationid eq': (asked, value) => where(asked, { correlationId: value }),
  'caller eq': (asked, value) => where(asked, { caller: value }),
  'status eq': (asked, value) => withStatus(asked, value),
  'resourceprovider eq': (asked, value) =>
    andAlso(asked, (activity) => providerOf(activity) === value.toLowerCase()),
  'resourcetype eq': (asked, value) =>
    andAlso(asked, (activity) => activity.operationName.toLowerCase().startsWith(`${value.toLowerCase()}/`)),
  'levels eq': (asked, value) => {
    const levels = value.split(',').map((level) => level.trim().toLowerCase());
    return andAlso(asked, (activity) => levels.includes(activity.level.toLowerCase()));
  },
  // Clients name the channels of the log they mean; there is one.
  'eventchannels eq': (asked) => asked,
};

function where(asked: Asked, more: Partial<Asked['query']>): Asked {
  return { ...asked, query: { ...asked.query, ...more } };
}

function andAlso(asked: Asked, test: Asked['also']): Asked {
  return { ...asked, also: (activity) => asked.also(activity) && test(activity) };
}

function withStatus(asked: Asked, value: string): Asked {
  const status = STATUSES.find((known) => known.toLowerCase() === value.toLowerCase());
  return status === undefined ? andAlso(asked, () => false) : where(asked, { status });
}

function providerOf(activity: Activity): string {
  return (parseResourceId(activity.resourceId)?.provider ?? 'Microsoft.Resources').toLowerCase();
}

/** A plus that was not escaped arrives as a space. */
function timeOf(value: string): Time {
  const time = Date.parse(value.replace(/ (\d{2}:?\d{2})$/, '+$1'));
  if (Number.isNaN(time)) throw badFilter(`The value '${value}' of 'eventTimestamp' is not a date and time.`);
  return time;
}
