// Instances: each one, their list, and what can be read of one.

import { consoleOf, getInstance, listInstances } from '../../app/instances.ts';
import { putInstance } from '../../app/put-instance.ts';
import { simulateEviction } from '../../app/simulate-eviction.ts';
import { instanceBody as instanceSchema } from '../../arm/schemas.ts';
import type { Instance } from '../../domain/instance.ts';
import { isObject } from '../../domain/json.ts';
import { conditions } from '../conditions.ts';
import { baseUrl, type Call, type Handler, instanceRef, setRef } from '../context.ts';
import { consoleLogUrl } from '../console-log.ts';
import { documentFilter } from '../filter.ts';
import { readBody } from '../json-body.ts';
import { longRunning } from '../long-running.ts';
import { nextLink, PAGE, pageToken, tokenNumber } from '../paging.ts';
import { numberOption, optionWords } from '../query-options.ts';
import { empty, json } from '../response.ts';
import { instanceBody, type InstanceShow } from '../views/instance.ts';
import {
  cachedPage,
  instanceText,
  instanceValue,
  type Listing,
  type Shape,
  stampOf,
} from '../views/instance-text.ts';
import { instanceViewBody } from '../views/instance-view.ts';
import { etagOf } from '../views/scale-set.ts';

/** In lower case; the instance view is also found without `properties/`, as Azure's documents write it. */
const FILTERED = new Set([
  'properties/latestmodelapplied',
  'properties/provisioningstate',
  'properties/instanceview/statuses/code',
  'instanceview/statuses/code',
  'properties/vmid',
  'instanceid',
  'name',
  'zones',
]);

export const listInstancesRoute: Handler = async (call) => {
  const { request } = call;
  const shape = shapeOf(call);
  const after = tokenNumber(call, 'instance') ?? -1;
  const wanted = documentFilter(request, FILTERED);
  const { set, models, instances } = await listInstances(call.context.plane, setRef(call));
  const listing: Listing = { set, models, shape, show: show(call) };
  const key = `${stampOf(listing)} ${baseUrl(call)}${request.path}?${request.query.toString()}`;
  const page = cachedPage(instances, key, () => {
    const later = instances.filter(
      (instance) => instance.id > after && (wanted === undefined || wanted(filtered(listing, instance))),
    );
    return pageText(call, listing, later);
  });
  return json(200, page.bytes, { 'x-ms-request-charge': String(page.items) });
};

function pageText(call: Call, listing: Listing, later: readonly Instance[]): { text: string; items: number } {
  const items = later.slice(0, PAGE);
  const last = later.length > PAGE ? items.at(-1) : undefined;
  const next =
    last === undefined ? '' : `,"nextLink":${JSON.stringify(nextLink(call, pageToken('instance', last.id)))}`;
  return {
    text: `{"value":[${items.map((item) => instanceText(listing, item)).join(',')}]${next}}`,
    items: items.length,
  };
}

/** What a filter sees: the whole instance with its view, and the view also at the top. */
function filtered(listing: Listing, instance: Instance) {
  const body = instanceValue({ ...listing, shape: 'withView' }, instance);
  const view = isObject(body['properties']) ? body['properties']['instanceView'] : undefined;
  return { ...body, ...(view === undefined ? {} : { instanceView: view }) };
}

function shapeOf({ request }: Call): Shape {
  const expand = optionWords(request, '$expand', ['instanceView']);
  const select = optionWords(request, '$select', ['instanceView']);
  if (select.has('instanceview')) return 'viewOnly';
  return expand.has('instanceview') ? 'withView' : 'plain';
}

export const getInstanceRoute: Handler = async (call) => {
  const expand = optionWords(call.request, '$expand', ['instanceView', 'userData']);
  const { set, model, instance } = await getInstance(call.context.plane, instanceRef(call));
  const shown = { ...show(call), instanceView: expand.has('instanceview'), userData: expand.has('userdata') };
  return json(200, instanceBody(set, model, instance, shown), { ...etagHeader(call, instance), ...ONE_READ });
};

export const putInstanceRoute: Handler = async (call) => {
  const body = readBody(call.request, instanceSchema, 'required');
  const { set, model, instance, operation } = await putInstance(call.context.plane, call.origin, {
    ...instanceRef(call),
    body,
    ...conditions(call),
  });
  const resource = {
    body: instanceBody(set, model, instance, show(call)),
    created: false,
    headers: etagHeader(call, instance),
  };
  return longRunning(call, { operation, resource });
};

export const getInstanceView: Handler = async (call) => {
  const { set, model, instance } = await getInstance(call.context.plane, instanceRef(call));
  return json(200, instanceViewBody(set, model, instance), ONE_READ);
};

export const simulateEvictionRoute: Handler = async (call) => {
  await simulateEviction(call.context.plane, call.origin, instanceRef(call));
  return empty(204);
};

/** Azure's default of two hours, and its bounds. There is no screen, so there is no screenshot. */
export const bootDiagnostics: Handler = async (call) => {
  const minutes = numberOption(call.request, 'sasUriExpirationTimeInMinutes', {
    least: 1,
    most: 1440,
    otherwise: 120,
  });
  const { handle } = await consoleOf(call.context.plane, instanceRef(call));
  return json(200, { serialConsoleLogBlobUri: consoleLogUrl(call.context, baseUrl(call), handle, minutes) });
};

const ONE_READ = { 'x-ms-request-charge': '1' };

function show({ context, era }: Call): InstanceShow {
  return { subscriptionId: context.plane.subscriptionId, era };
}

function etagHeader({ era }: Call, instance: Instance): Record<string, string> {
  return era.etag ? { etag: etagOf(instance) } : {};
}
