// Managed identity: who the guests of a scale set are when they ask for a token. What a request says of `identity` is
// declared; the principals that it stands for are saved beside it, so that they are the same for as long as it is assigned.
// What must hold: a principal is made once; one that is taken away and assigned again is another, as in Azure; a
// user-assigned identity is one and the same wherever it is assigned.

import { Failure } from './failure.ts';
import { fingerprint } from './fingerprint.ts';
import { hasOwnProfile, type Instance } from './instance.ts';
import { asText, isObject, type JsonObject, objectAt, textAt } from './json.ts';
import type { Declared } from './scale-set.ts';

export interface Principal {
  /** The service principal, a token's `oid`. */
  readonly principalId: string;
  /** The application, a token's `appid`. */
  readonly clientId: string;
}

export interface Identities {
  readonly system?: Principal;
  /** By resource id, in the case in which it was declared. */
  readonly user: Readonly<Record<string, Principal>>;
}

export const NO_IDENTITIES: Identities = { user: {} };

/**
 * Who an instance's guest is; undefined is nobody. One with a model of its own is who that made it, and never comes to speak for a
 * set by being put into it.
 */
export function guestIdentities(
  set: { readonly identities?: Identities },
  instance: Pick<Instance, 'identities' | 'model'>,
): Identities | undefined {
  return instance.identities ?? (hasOwnProfile(instance) ? undefined : set.identities);
}

const KINDS = ['None', 'SystemAssigned', 'UserAssigned', 'SystemAssigned, UserAssigned'];
const USER_ASSIGNED =
  /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/[^/]+$/i;

/**
 * What is declared at the top of a scale set, with its identity in Azure's spelling and without what is read-only in it;
 * an identity of the type None is none. Refuses what Azure would.
 */
export function completeIdentity(extra: JsonObject): JsonObject {
  const given = extra['identity'];
  const { identity: _given, ...rest } = extra;
  if (!isObject(given)) return rest;
  const type = kindOf(given);
  if (type === 'None') return rest;
  const ids = type.includes('UserAssigned')
    ? Object.keys(objectAt(given, 'userAssignedIdentities') ?? {})
    : [];
  if (type.includes('UserAssigned')) checkIds(ids);
  const assigned = Object.fromEntries(ids.map((id) => [id, {}]));
  return { ...rest, identity: { type, ...(ids.length === 0 ? {} : { userAssignedIdentities: assigned }) } };
}

/** Blanks and the order of the two words do not count. */
function kindOf(identity: JsonObject): string {
  const given = asText(identity['type']);
  const words = given
    .split(',')
    .map((word) => word.trim().toLowerCase())
    .toSorted();
  const kind = KINDS.find((known) => known.toLowerCase() === words.join(', '));
  if (kind !== undefined) return kind;
  throw new Failure(
    'invalidParameter',
    `The value '${given}' of parameter 'identity.type' is not allowed. Allowed values are: ${KINDS.join('; ')}.`,
    { target: 'identity.type' },
  );
}

function checkIds(ids: readonly string[]): void {
  const wrong = ids.find((id) => !USER_ASSIGNED.test(id));
  const twice = new Set(ids.map((id) => id.toLowerCase())).size < ids.length;
  if (ids.length > 0 && wrong === undefined && !twice) return;
  const what =
    wrong === undefined
      ? "must name at least one user-assigned identity, and each once, when 'identity.type' is UserAssigned"
      : `has '${wrong}', which is not the resource id of a user-assigned identity`;
  throw new Failure('invalidParameter', `The parameter 'identity.userAssignedIdentities' ${what}.`, {
    target: 'identity.userAssignedIdentities',
  });
}

/** The principals of what is declared now. Those that stay are as before; `guid` makes the ids of a new one. */
export function identitiesOf(
  { extra }: Pick<Declared, 'extra'>,
  before: Identities | undefined,
  guid: () => string,
): Identities {
  const type = textAt(extra, 'identity', 'type') ?? '';
  const ids = Object.keys(objectAt(extra, 'identity', 'userAssignedIdentities') ?? {});
  const user = Object.fromEntries(ids.map((id) => [id, userAssigned(id)]));
  if (!type.includes('SystemAssigned')) return { user };
  return { system: before?.system ?? { principalId: guid(), clientId: guid() }, user };
}

/** The plane has no resources of that type: who such an identity is follows from its id alone. */
function userAssigned(id: string): Principal {
  const key = id.toLowerCase();
  return { principalId: guidFrom(`principal of ${key}`), clientId: guidFrom(`client of ${key}`) };
}

/** In the form of a UUID whose version says that its maker chose the digits (RFC 9562, 8). */
function guidFrom(text: string): string {
  const hex = fingerprint(text) + fingerprint(`${text}, continued`);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return `${parts.join('-')}-${hex.slice(20)}`;
}

/** How a request for a token names the identity that it wants; nothing of it means whichever there is. */
export interface IdentityQuery {
  readonly clientId?: string;
  readonly principalId?: string;
  readonly resourceId?: string;
}

/**
 * The one that is meant. Unnamed it is the system-assigned one, or the only user-assigned one; `undefined` where there is
 * none such, `many` where the request must say which.
 */
export function findPrincipal(
  { system, user }: Identities,
  { clientId, principalId, resourceId }: IdentityQuery,
): Principal | 'many' | undefined {
  const all = [...(system === undefined ? [] : [system]), ...Object.values(user)];
  if (clientId !== undefined) return all.find((one) => same(one.clientId, clientId));
  if (principalId !== undefined) return all.find((one) => same(one.principalId, principalId));
  if (resourceId !== undefined) return Object.entries(user).find(([id]) => same(id, resourceId))?.[1];
  if (system !== undefined) return system;
  return all.length > 1 ? 'many' : all[0];
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
