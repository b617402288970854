// Requests: what is asked of ARM for each verb, one request for each instance, addressed to that instance alone.
// What must hold: every request is made from a selection, and names an id of it, in its path or in its list, and no other.

import type { JsonObject } from '../domain/json.ts';
import { objectAt, textAt } from '../domain/json.ts';
import type { ArmRequest } from './arm.ts';
import type { InstanceFacts, OrchestrationMode } from './inventory.ts';
import { plainCommandRequest } from './plain-command.ts';
import { type InstanceIds, requireSelection } from './selection.ts';
import type { Verb } from './verbs.ts';

/** Where a set is, and how its instances are addressed. */
export interface Place {
  readonly subscription: string;
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly mode: OrchestrationMode;
}

export interface Aimed {
  /** The one instance that it is about. */
  readonly id: string;
  readonly request: ArmRequest;
}

const API = '2024-07-01';

const SEGMENTS = {
  restart: 'restart',
  start: 'start',
  stop: 'powerOff',
  deallocate: 'deallocate',
  reimage: 'reimage',
  redeploy: 'redeploy',
} as const;

export type PlainVerb = Exclude<Verb, 'protect' | 'unprotect' | 'run'>;

/** Of the verbs that need nothing but an id. */
export function verbRequests(place: Place, verb: PlainVerb, ids: InstanceIds): readonly Aimed[] {
  requireSelection(ids);
  return ids.map((id) => ({ id, request: verbRequest(place, verb, id) }));
}

function verbRequest(place: Place, verb: PlainVerb, id: string): ArmRequest {
  switch (verb) {
    case 'update':
      return post(`${setPath(place)}/manualupgrade`, { instanceIds: [id] });
    case 'delete':
      return { method: 'DELETE', path: instancePath(place, id), apiVersion: API };
    case 'restart':
    case 'start':
    case 'stop':
    case 'deallocate':
    case 'reimage':
    case 'redeploy':
      return post(`${instancePath(place, id)}/${SEGMENTS[verb]}`);
  }
}

export function readRequests(place: Place, ids: InstanceIds): readonly Aimed[] {
  requireSelection(ids);
  return ids.map((id) => ({ id, request: get(instancePath(place, id)) }));
}

/** The set's own entry of an instance: in a Flexible set beside the virtual machine, and where its protection is. */
export function memberRequest(
  place: Pick<Place, 'subscription' | 'group' | 'name'>,
  ids: InstanceIds,
): ArmRequest {
  return get(memberPath(place, single(ids)));
}

export interface Protection {
  readonly scaleIn: boolean;
  readonly scaleSetActions: boolean;
}

/** Read-only members of an instance, which the SDKs do not send back either. */
const READ_ONLY = new Set(['id', 'name', 'type', 'instanceId', 'sku', 'zones', 'resources', 'etag']);
const READ_ONLY_PROPERTIES = new Set([
  'latestModelApplied',
  'modelDefinitionApplied',
  'provisioningState',
  'vmId',
  'instanceView',
  'resilientVMDeletionStatus',
  'timeCreated',
]);

/**
 * Of one in a Flexible set: the set's own entry of it takes its protection, by itself and from api-version 2023-09-01 on
 * (Microsoft's page on instance protection). The virtual machine has no such member.
 */
export function memberProtectionRequest(place: Place, ids: InstanceIds, protection: Protection): ArmRequest {
  const { scaleIn: protectFromScaleIn, scaleSetActions: protectFromScaleSetActions } = protection;
  const properties = { protectionPolicy: { protectFromScaleIn, protectFromScaleSetActions } };
  return { method: 'PUT', path: memberPath(place, single(ids)), apiVersion: API, body: { properties } };
}

/** The instance is written back as it was read but for its protection, if nobody has changed it meanwhile. */
export function protectRequest(
  place: Place,
  ids: InstanceIds,
  current: { readonly body: JsonObject; readonly etag: string | undefined },
  protection: Protection,
): Aimed {
  const id = single(ids);
  if (textAt(current.body, 'instanceId') !== id) throw new Error('an instance read in the place of another');
  const { scaleIn: protectFromScaleIn, scaleSetActions: protectFromScaleSetActions } = protection;
  const properties = {
    ...without(objectAt(current.body, 'properties') ?? {}, READ_ONLY_PROPERTIES),
    protectionPolicy: { protectFromScaleIn, protectFromScaleSetActions },
  };
  const body = { ...without(current.body, READ_ONLY), properties };
  const headers = current.etag === undefined ? {} : { headers: { 'if-match': current.etag } };
  return { id, request: { method: 'PUT', path: instancePath(place, id), apiVersion: API, body, ...headers } };
}

export interface Script {
  /** Of the run command resource; the same name runs it again. */
  readonly name: string;
  readonly script: string;
  readonly timeoutSeconds: number;
}

export function runRequests(place: Place, ids: InstanceIds, run: Script): readonly Aimed[] {
  requireSelection(ids);
  const body = {
    location: place.location,
    properties: {
      source: { script: run.script },
      asyncExecution: false,
      timeoutInSeconds: run.timeoutSeconds,
    },
  };
  return ids.map((id) => ({
    id,
    request: { method: 'PUT', path: commandPath(place, id, run.name), apiVersion: API, body },
  }));
}

/** Without a resource of its own: what it printed is what its operation answers. */
export function plainRunRequest(
  place: Place,
  ids: InstanceIds,
  script: string,
  instance: Pick<InstanceFacts, 'body'> | undefined,
): ArmRequest {
  return plainCommandRequest(instancePath(place, single(ids)), API, script, instance);
}

export function outputRequests(place: Place, ids: InstanceIds, name: string): readonly Aimed[] {
  requireSelection(ids);
  return ids.map((id) => ({ id, request: get(`${commandPath(place, id, name)}?$expand=instanceView`) }));
}

export function forgetRequests(place: Place, ids: InstanceIds, name: string): readonly Aimed[] {
  requireSelection(ids);
  return ids.map((id) => ({
    id,
    request: { method: 'DELETE', path: commandPath(place, id, name), apiVersion: API },
  }));
}

export function setRequest(place: Place): ArmRequest {
  return get(setPath(place));
}

/**
 * The capacity as it was before an instance was deleted, or undefined where it is that already.
 * What must hold: it never makes a set smaller, whatever others did to the capacity meanwhile: that would delete instances
 * that nobody named.
 */
export function capacityRequest(place: Place, current: JsonObject, capacity: number): ArmRequest | undefined {
  const now = objectAt(current, 'sku')?.['capacity'];
  if (typeof now !== 'number' || now >= capacity) return undefined;
  const etag = textAt(current, 'etag');
  return {
    method: 'PATCH',
    path: setPath(place),
    apiVersion: API,
    body: { sku: { ...objectAt(current, 'sku'), capacity } },
    ...(etag === undefined ? {} : { headers: { 'if-match': etag } }),
  };
}

/** What the activity log has of one request, by the correlation id that it was sent with. */
export function tracesRequest(place: Place, correlationId: string, since: string): ArmRequest {
  const filter = `eventTimestamp ge '${since}' and correlationId eq '${correlationId}'`;
  const path = `/subscriptions/${word(place.subscription)}/providers/Microsoft.Insights/eventtypes/management/values`;
  return {
    method: 'GET',
    path: `${path}?$filter=${encodeURIComponent(filter)}`,
    apiVersion: '2015-04-01',
  };
}

function setPath({ subscription, group, name }: Pick<Place, 'subscription' | 'group' | 'name'>): string {
  return `${groupPath(subscription, group)}/providers/Microsoft.Compute/virtualMachineScaleSets/${word(name)}`;
}

function memberPath(place: Pick<Place, 'subscription' | 'group' | 'name'>, id: string): string {
  return `${setPath(place)}/virtualMachines/${word(id)}`;
}

function instancePath(place: Place, id: string): string {
  return place.mode === 'Uniform'
    ? memberPath(place, id)
    : `${groupPath(place.subscription, place.group)}/providers/Microsoft.Compute/virtualMachines/${word(id)}`;
}

function commandPath(place: Place, id: string, name: string): string {
  return `${instancePath(place, id)}/runCommands/${word(name)}`;
}

function groupPath(subscription: string, group: string): string {
  return `/subscriptions/${word(subscription)}/resourceGroups/${word(group)}`;
}

function word(text: string): string {
  if (text === '' || text === '.' || text === '..') throw new Error('a path with an empty or dotted name');
  return encodeURIComponent(text);
}

function get(path: string): ArmRequest {
  return { method: 'GET', path, apiVersion: API };
}

function post(path: string, body?: JsonObject): ArmRequest {
  return { method: 'POST', path, apiVersion: API, ...(body === undefined ? {} : { body }) };
}

function single(ids: InstanceIds): string {
  requireSelection(ids);
  if (ids.length !== 1) throw new Error('a request for one instance was given several');
  return ids[0];
}

function without(value: JsonObject, names: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)));
}
