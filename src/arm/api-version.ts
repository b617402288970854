// Api versions: which ones each provider takes, and what differs between them on the wire.
// A version is a date, `2024-07-01`, with `-preview` or nothing after it. Every well-formed one from a provider's first on is
// taken, later than the listed ones too: clients of one session mix several, and new clients must not be turned away.

import { LOCATIONS } from './locations.ts';

export type Provider =
  | 'Microsoft.Compute'
  | 'Microsoft.Resources'
  | 'Microsoft.Insights'
  | 'Microsoft.Network'
  | 'Muster.Network'
  | 'Muster.Plane';

export interface ApiVersionProblem {
  readonly kind: 'missing' | 'invalid' | 'unsupported';
  readonly message: string;
}

/** The oldest version each provider takes. Activity logs are asked for with 2015-04-01, ARM itself with even older ones. */
const FIRST: Readonly<Record<Provider, string>> = {
  'Microsoft.Compute': '2019-03-01',
  'Microsoft.Resources': '2014-04-01',
  'Microsoft.Insights': '2014-04-01',
  'Microsoft.Network': '2015-06-15',
  'Muster.Network': '2019-03-01',
  'Muster.Plane': '2019-03-01',
};

/** Types below Microsoft.Compute that are the network's, and are asked for with its versions. */
const NETWORKED = /\/(?:networkInterfaces|publicIPAddresses)(?:\/|$)/;

function firstOf(provider: Provider, type: string): string {
  return FIRST[NETWORKED.test(type) ? 'Microsoft.Network' : provider];
}

/** What is published as supported, newest first, as ARM lists them. */
export const API_VERSIONS: Readonly<Record<Provider, readonly string[]>> = {
  'Microsoft.Compute': [
    '2025-04-01',
    '2024-11-01',
    '2024-07-01',
    '2024-03-01',
    '2023-09-01',
    '2023-07-01',
    '2023-03-01',
    '2022-11-01',
    '2022-08-01',
    '2022-03-01',
    '2021-11-01',
    '2021-07-01',
    '2021-04-01',
    '2021-03-01',
    '2020-12-01',
    '2020-06-01',
    '2019-12-01',
    '2019-07-01',
    '2019-03-01',
  ],
  'Microsoft.Resources': [
    '2024-11-01',
    '2022-12-01',
    '2021-04-01',
    '2020-06-01',
    '2019-11-01',
    '2019-10-01',
    '2018-05-01',
  ],
  'Microsoft.Insights': ['2015-04-01'],
  'Microsoft.Network': ['2024-05-01', '2023-09-01', '2022-07-01', '2018-10-01'],
  'Muster.Network': ['2026-11-01'],
  'Muster.Plane': ['2026-11-01'],
};

/** All that is published, and the oldest that is taken. */
export function takenVersions(provider: Provider): readonly string[] {
  return [...new Set([...API_VERSIONS[provider], FIRST[provider]])];
}

/** Whether this is a real calendar date in the form of an api-version. */
function isVersion(text: string): boolean {
  const date = /^(\d{4}-\d{2}-\d{2})(-[a-z]+)?$/i.exec(text)?.[1];
  if (date === undefined) return false;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

/**
 * @param given the query parameter as sent
 * @param type the resource type below the provider, `virtualMachineScaleSets`
 * @param location of what was asked for, where the request is about one
 * @returns what is wrong with it in ARM's words, or undefined
 */
export function apiVersionProblem(
  given: string | undefined,
  provider: Provider,
  type: string,
  location?: string,
): ApiVersionProblem | undefined {
  if (given === undefined || given === '') {
    return {
      kind: 'missing',
      message: 'The api-version query parameter (?api-version=) is required for all requests.',
    };
  }
  const listed = API_VERSIONS[provider];
  const tooOld = given.slice(0, 10) < firstOf(provider, type);
  if (!isVersion(given) || (tooOld && provider !== 'Microsoft.Compute')) {
    return {
      kind: 'invalid',
      message: `The api-version '${given}' is invalid. The supported versions are '${listed.join(',')}'.`,
    };
  }
  if (!tooOld) return undefined;
  const where = location === undefined ? '' : `location '${location}' and `;
  return {
    kind: 'unsupported',
    message: `No registered resource provider found for ${where}API version '${given}' for type '${type}'. The supported api-versions are '${listed.join(', ')}'. The supported locations are '${LOCATIONS.map(({ name }) => name).join(', ')}'.`,
  };
}

/** What an answer of Microsoft.Compute shows at an api-version. */
export interface WireEra {
  /** The `etag` member and the ETag header; absent in the 2019 and 2020 records. */
  readonly etag: boolean;
  /** `timeCreated`. */
  readonly timeCreated: boolean;
}

export function wireEra(version: string): WireEra {
  return { etag: version >= '2023-09-01', timeCreated: version >= '2021-11-01' };
}
