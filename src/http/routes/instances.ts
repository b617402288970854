// Instances: each one, their list, and what can be read of one.

import { consoleOf, getInstance, type InstanceWithModel, listInstances } from '../../app/instances.ts';
import { requireNumbered } from '../../app/find.ts';
import { putInstance } from '../../app/put-instance.ts';
import { notInMode } from '../../app/scale-sets.ts';
import { simulateEviction } from '../../app/simulate-eviction.ts';
import { instanceBody as instanceSchema } from '../../arm/schemas.ts';
import { Failure } from '../../domain/failure.ts';
import type { Instance } from '../../domain/instance.ts';
import { isObject, type JsonObject } from '../../domain/json.ts';
import { rulesOf } from '../../domain/orchestration.ts';
import type { ScaleSet } from '../../domain/scale-set.ts';
import { conditions } from '../conditions.ts';
import { baseUrl, type Call, type Handler, instanceRef, setRef } from '../context.ts';
import { consoleLogUrl } from '../console-log.ts';
import { documentFilter } from '../filter.ts';
import { readBody } from '../json-body.ts';
import { longRunning } from '../long-running.ts';
import { nextLink, PAGE, pageToken, tokenNumber } from '../paging.ts';
import { numberOption, optionWords } from '../query-options.ts';
import { queryValue } from '../request.ts';
import { empty, json } from '../response.ts';
import { instanceBody } from '../views/instance.ts';
import {
  cachedPage,
  instanceText,
  instanceValue,
  type Listing,
  type Shape,
  stampOf,
} from '../views/instance-text.ts';
import { instanceViewBody } from '../views/instance-view.ts';
import { memberBody, type MachineShow } from '../views/machine.ts';
import { etagOf } from '../views/scale-set.ts';
import { machineShow } from './machines.ts';

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

/** Of what `FILTERED` has, that which stubs of machines show. */
const FILTERED_STUBS = new Set(['instanceid', 'name', 'zones']);

export const listInstancesRoute: Handler = async (call) => {
  const { request } = call;
  const asked = shapeOf(call);
  const isFull = fullView(call);
  const after = tokenNumber(call, 'instance') ?? -1;
  const wanted = documentFilter(request, FILTERED);
  const { set, models, instances } = await listInstances(call.context.plane, setRef(call));
  const shape = shapeFor(set, asked, isFull);
  if (shape === 'stub') documentFilter(request, FILTERED_STUBS);
  const listing: Listing = { set, models, shape, show: machineShow(call) };
  const key = `${stampOf(listing)} ${baseUrl(call)}${request.path}?${request.query.toString()}`;
  const page = cachedPage(instances, key, () => {
    const later = instances.filter(
      (instance) => instance.id > after && (wanted === undefined || wanted(filtered(listing, instance))),
    );
    return pageText(call, listing, later);
  });
  return json(200, page.bytes, { 'x-ms-request-charge': String(page.items) });
};

/** Of a set whose instances are machines, Azure lists no more than their names. Beyond Azure, who asks for all gets it. */
function shapeFor(set: ScaleSet, asked: Shape, isFull: boolean): Shape {
  if (rulesOf(set.declared).instances === 'numbered') return isFull ? 'withView' : asked;
  if (isFull) return 'full';
  if (asked === 'plain') return 'stub';
  throw notInMode('virtualMachines', set);
}

function fullView({ request }: Call): boolean {
  const value = queryValue(request, 'muster-view');
  if (value === undefined || value.toLowerCase() === 'full') return value !== undefined;
  throw new Failure(
    'invalidParameter',
    `The value '${value}' of query parameter 'muster-view' is not supported. Supported is: full.`,
    { target: 'muster-view' },
  );
}

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
  const isMachine = instance.machine !== undefined;
  const body = instanceValue({ ...listing, shape: isMachine ? 'full' : 'withView' }, instance);
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
  await checkNamed(call);
  const found = await getInstance(call.context.plane, instanceRef(call));
  const shown = {
    ...machineShow(call),
    instanceView: expand.has('instanceview'),
    userData: expand.has('userdata'),
  };
  return json(200, bodyOf(found, shown), { ...etagHeader(call, found.instance), ...ONE_READ });
};

export const putInstanceRoute: Handler = async (call) => {
  const body = readBody(call.request, instanceSchema, 'required');
  await checkNamed(call);
  const { operation, ...written } = await putInstance(call.context.plane, call.origin, {
    ...instanceRef(call),
    body,
    ...conditions(call),
  });
  const resource = {
    body: bodyOf(written, machineShow(call)),
    created: false,
    headers: etagHeader(call, written.instance),
  };
  return longRunning(call, { operation, resource });
};

/** By the path of its set. */
function bodyOf({ set, model, instance }: InstanceWithModel, show: MachineShow): JsonObject {
  return instance.machine === undefined
    ? instanceBody(set, model, instance, show)
    : memberBody(set, instance, show);
}

/** Since when an instance that is a machine has its protection policy by its set's path (Azure's page on instance protection). */
const FIRST_NAMED = '2023-09-01';

async function checkNamed(call: Call): Promise<void> {
  if (call.apiVersion < FIRST_NAMED) await requireNumbered(call.context.plane, instanceRef(call));
}

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

function etagHeader({ era }: Call, instance: Instance): Record<string, string> {
  return era.etag ? { etag: etagOf(instance) } : {};
}
