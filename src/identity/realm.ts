// What the sign-in endpoints know: the tenant and its one application, the plane's names, and how to read
// the tenant in a path. Must hold: a realm is all they know, so each answer follows from it and the request.
import type { Clock, Ids } from '../app/ports/clock.ts';
import type { Credentials } from './credentials.ts';
import type { PlaneNames } from './names.ts';
import type { Tokens } from './tokens.ts';

export interface Realm {
  readonly credentials: Credentials;
  readonly tokens: Tokens;
  readonly names: PlaneNames;
  /** The plane's own URL, without a slash at its end, for answers to a Host that is not one of its names. */
  readonly endpoint: string;
  /** The real clock. */
  readonly clock: Clock;
  readonly ids: Ids;
}

/** What clients put for "whichever tenant it is"; `adfs` is the whole name of a server of that kind. */
const ANY_TENANT = new Set(['adfs', 'common', 'organizations']);

/** Resource Manager's own first path segments: no tenant is called so. */
const RESERVED = new Set(['metadata', 'providers', 'subscriptions', 'tenants']);

/** A path below a tenant. */
export interface Place {
  /** Whether the path is an ADFS server's, where clients may leave the tenant out. */
  readonly adfs: boolean;
  /** As written; `adfs` where it is left out. */
  readonly tenant: string;
  /** What follows, in lower case. */
  readonly rest: string;
}

/** What may follow a tenant. */
const RESTS = new Set(['oauth2', 'discovery', '.well-known', 'v2.0']);

/**
 * Splits `/{tenant}/…`, `/adfs/…` and `/adfs/{tenant}/…`, which clients build from a login endpoint that
 * ends in /adfs. Undefined for Resource Manager's own paths.
 */
export function splitTenant(path: string): Place | undefined {
  const [, first = '', ...others] = path.split('/');
  if (first === '' || RESERVED.has(first.toLowerCase())) return undefined;
  const adfs = first.toLowerCase() === 'adfs';
  const [second = ''] = others;
  const nested = adfs && others.length > 1 && !RESTS.has(second.toLowerCase());
  const rest = (nested ? others.slice(1) : others).join('/').toLowerCase();
  return { adfs, tenant: nested ? second : first, rest };
}

export function isKnownTenant(tenant: string, realm: Realm): boolean {
  const name = tenant.toLowerCase();
  return ANY_TENANT.has(name) || name === realm.credentials.tenantId;
}
