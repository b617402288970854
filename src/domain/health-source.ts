// Health source: where the health of an instance comes from, by the version of the model that it was made from: the
// Application Health extension. Source: Azure's page on that extension (azure-fleet). A load balancer's probe is the other
// source that Azure knows (`domain/health-probe`); at most one may be declared where something depends on it, and where both
// are, the extension is the source.

import { Failure } from './failure.ts';
import { at, isObject, type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import type { ProbeProtocol, ProbeRequest } from './probe.ts';
import type { ModelVersion } from './scale-set.ts';
import { SECOND } from './time.ts';

export interface HealthSource {
  /** `rich`: the extension's version 2, whose states are four and whose HTTP answers say the state in their body. */
  readonly states: 'binary' | 'rich';
  readonly request: ProbeRequest;
  /** Between two probes, in milliseconds. */
  readonly interval: number;
  /** The same, while nothing is known of a boot yet: what fails sooner than at its interval does not count. */
  readonly firstInterval?: number;
  /** So many signals of a kind in a row change the state. */
  readonly probes: number;
  /** So many good ones in a row make it healthy, where that is another number. */
  readonly recovers?: number;
  /** How long a rich source may stay Initializing, in milliseconds. */
  readonly grace: number;
}

const PUBLISHER = 'microsoft.managedservices';
const TYPES = ['applicationhealthlinux', 'applicationhealthwindows'];
const PROTOCOLS: readonly ProbeProtocol[] = ['http', 'https', 'tcp'];

const INTERVAL = { least: 5, most: 60, usual: 5 };
const PROBES = { least: 1, most: 24, usual: 1 };
const MAX_GRACE = 14_400;

const known = new WeakMap<JsonObject, HealthSource | undefined>();

/** Undefined when nothing in the model says how healthy an instance is. */
export function healthSource({ profile }: Pick<ModelVersion, 'profile'>): HealthSource | undefined {
  if (!known.has(profile)) known.set(profile, readSource(profile));
  return known.get(profile);
}

function readSource(profile: JsonObject): HealthSource | undefined {
  const extension = healthExtension(profile);
  if (extension === undefined) return undefined;
  const settings = objectAt(extension, 'properties', 'settings') ?? {};
  const interval = numberAt(settings, 'intervalInSeconds') ?? INTERVAL.usual;
  const probes = numberAt(settings, 'numberOfProbes') ?? PROBES.usual;
  const grace = numberAt(settings, 'gracePeriod') ?? interval * probes;
  const version = textAt(extension, 'properties', 'typeHandlerVersion') ?? '1.0';
  const protocol = protocolOf(settings) ?? 'tcp';
  return {
    states: Number.parseInt(version, 10) >= 2 ? 'rich' : 'binary',
    request: { protocol, port: numberAt(settings, 'port') ?? usualPort(protocol), path: pathOf(settings) },
    interval: interval * SECOND,
    probes,
    grace: grace * SECOND,
  };
}

function usualPort(protocol: ProbeProtocol): number {
  return protocol === 'https' ? 443 : 80;
}

function pathOf(settings: JsonObject): string {
  const path = textAt(settings, 'requestPath') ?? '/';
  return path.startsWith('/') ? path : `/${path}`;
}

function protocolOf(settings: JsonObject): ProbeProtocol | undefined {
  const word = textAt(settings, 'protocol')?.toLowerCase();
  return PROTOCOLS.find((protocol) => protocol === word);
}

/** The extension in the profile, if it is there. Publisher and type compare without case. */
function healthExtension(profile: JsonObject): JsonObject | undefined {
  return listAt(profile, 'extensionProfile', 'extensions').filter(isObject).find(isHealthExtension);
}

function isHealthExtension(extension: JsonObject): boolean {
  const publisher = textAt(extension, 'properties', 'publisher') ?? '';
  const type = textAt(extension, 'properties', 'type') ?? '';
  return publisher.toLowerCase() === PUBLISHER && TYPES.includes(type.toLowerCase());
}

/** What of the two things that can tell an instance's health is declared. */
export function declaredSources(profile: JsonObject): {
  readonly extension: boolean;
  readonly probe: boolean;
} {
  return {
    extension: healthExtension(profile) !== undefined,
    probe: objectAt(profile, 'networkProfile', 'healthProbe') !== undefined,
  };
}

/**
 * Refuses an extension whose settings could not be followed. Azure takes them and fails the extension in every instance;
 * here the request is refused, before any instance has it.
 */
export function checkHealthExtension(profile: JsonObject): void {
  const extension = healthExtension(profile);
  if (extension === undefined) return;
  const settings = objectAt(extension, 'properties', 'settings') ?? {};
  const protocol = protocolOf(settings);
  if (protocol === undefined)
    throw wrong('protocol', settings['protocol'], `one of: ${PROTOCOLS.join(', ')}`);
  if (protocol === 'tcp' && settings['port'] === undefined) throw wrong('port', undefined, 'given for tcp');
  if (protocol === 'tcp' && settings['requestPath'] !== undefined) {
    throw wrong('requestPath', settings['requestPath'], 'left out for tcp');
  }
  if (protocol !== 'tcp' && textAt(settings, 'requestPath') === undefined) {
    throw wrong('requestPath', settings['requestPath'], `a path for ${protocol}`);
  }
  checkRange(settings, 'port', 1, 65_535);
  checkRange(settings, 'intervalInSeconds', INTERVAL.least, INTERVAL.most);
  checkRange(settings, 'numberOfProbes', PROBES.least, PROBES.most);
  checkRange(settings, 'gracePeriod', 0, MAX_GRACE);
}

function checkRange(settings: JsonObject, name: string, least: number, most: number): void {
  if (settings[name] === undefined) return;
  const value = numberAt(settings, name);
  if (value !== undefined && value >= least && value <= most) return;
  throw wrong(name, settings[name], `a whole number from ${least} to ${most}`);
}

/** Templates have numbers as words too. */
function numberAt(settings: JsonObject, name: string): number | undefined {
  const value = at(settings, name);
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
}

function wrong(name: string, value: Json | undefined, must: string): Failure {
  const target = `extensionProfile.extensions.settings.${name}`;
  const given = value === undefined ? 'is missing: it' : `has the value '${JSON.stringify(value)}': it`;
  return new Failure(
    'invalidParameter',
    `The Application Health setting '${name}' ${given} must be ${must}.`,
    {
      target,
    },
  );
}
