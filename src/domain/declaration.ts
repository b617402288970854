// Declaration: how a PUT or PATCH body becomes what is declared of a scale set.
// PUT merges, as Azure's does: members that are left out stay; objects along the paths of CONTAINERS merge, every other
// object is replaced whole. PATCH merges objects at every depth. Read-only members are dropped, unknown ones kept.
// What must hold: merging a document into itself changes nothing.

import { asText, isObject, type Json, type JsonObject, objectAt, tagsFrom } from './json.ts';
import type { Declared, Sku } from './scale-set.ts';
import { isMix } from './sku-profile.ts';

/** Members at the top that are read-only, or that Declared has of their own. */
const READ_ONLY = ['id', 'name', 'type', 'etag', 'location', 'tags', 'sku', 'zones', 'properties'];
const READ_ONLY_PROPERTIES = new Set(['provisioningState', 'uniqueId', 'timeCreated']);

/** Objects that a PUT merges into (azure-wire: a scale PUT keeps the model; a PUT without imageReference keeps it). */
const CONTAINERS = new Set([
  'virtualMachineProfile',
  'virtualMachineProfile.osProfile',
  'virtualMachineProfile.storageProfile',
  'virtualMachineProfile.storageProfile.osDisk',
  'virtualMachineProfile.scheduledEventsProfile',
  'virtualMachineProfile.scheduledEventsProfile.terminateNotificationProfile',
]);

export type MergeStyle = 'put' | 'patch';

/** A draft: like Declared, but not yet complete nor valid. */
export interface Draft {
  readonly location?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sku: Partial<Sku>;
  readonly zones: readonly string[];
  readonly properties: JsonObject;
  readonly extra: JsonObject;
}

const EMPTY: Draft = { tags: {}, sku: {}, zones: [], properties: {}, extra: {} };

/** `body` must have passed the wire's schema: the members read here have their types. */
export function merge(current: Declared | undefined, body: JsonObject, style: MergeStyle): Draft {
  const base: Draft = current ?? EMPTY;
  const location = typeof body['location'] === 'string' ? normalLocation(body['location']) : base.location;
  return {
    ...(location === undefined ? {} : { location }),
    tags: tagsFrom(body['tags']) ?? base.tags,
    sku: mergeSku(base.sku, body['sku']),
    zones: Array.isArray(body['zones']) ? body['zones'].map(asText) : base.zones,
    properties: mergeProperties(base.properties, body['properties'], style),
    extra: mergeExtra(base.extra, body, style),
  };
}

/** `SoutheastAsia` and `Southeast Asia` are `southeastasia` in every answer. */
export function normalLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}

function mergeSku(base: Partial<Sku>, sku: Json | undefined): Partial<Sku> {
  if (!isObject(sku)) return base;
  const { tier: before, ...rest } = base;
  // A mix has no tier: the one that the set got by default does not stay unless it is sent again.
  const isGone = (sku['tier'] ?? undefined) === undefined && isMix(asText(sku['name']));
  return {
    ...rest,
    ...(isGone || before === undefined ? {} : { tier: before }),
    ...(typeof sku['name'] === 'string' ? { name: sku['name'] } : {}),
    ...(typeof sku['tier'] === 'string' ? { tier: sku['tier'] } : {}),
    ...(sku['capacity'] === undefined || sku['capacity'] === null
      ? {}
      : { capacity: Number(sku['capacity']) }),
  };
}

/** What stands at the top beside the members that Declared has of their own. */
function mergeExtra(base: JsonObject, body: JsonObject, style: MergeStyle): JsonObject {
  return mergeObject(base, without(body, ...READ_ONLY), 'extra', style);
}

function mergeProperties(base: JsonObject, properties: Json | undefined, style: MergeStyle): JsonObject {
  if (!isObject(properties)) return base;
  const merged = mergeObject(base, properties, '', style);
  const kept = Object.entries(merged).filter(([key]) => !READ_ONLY_PROPERTIES.has(key));
  const profile = objectAt(merged, 'virtualMachineProfile');
  const result: Record<string, Json | undefined> = Object.fromEntries(kept);
  if (profile !== undefined) result['virtualMachineProfile'] = without(profile, 'timeCreated');
  return result;
}

function mergeObject(base: JsonObject, change: JsonObject, path: string, style: MergeStyle): JsonObject {
  const result = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(change)) {
    if (value === undefined) continue;
    if (value === null) {
      // A PATCH's null removes (RFC 7396); a PUT's null says nothing, as az sends it for what it does not set.
      if (style === 'patch') result.delete(key);
      continue;
    }
    const here = path === '' ? key : `${path}.${key}`;
    const old = result.get(key);
    const merges = isObject(value) && isObject(old) && (style === 'patch' || CONTAINERS.has(here));
    result.set(key, merges ? mergeObject(old, value, here, style) : withoutNulls(value));
  }
  return Object.fromEntries(result);
}

export function withoutNulls(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => withoutNulls(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(entries.map(([key, member]) => [key, withoutNulls(member as Json)]));
}

export function without(object: JsonObject, ...keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}
