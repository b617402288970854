// The token endpoints: an application's id and secret in, an access token out (RFC 6749, 4.4), at the paths
// of ADFS and of both Entra versions. Must hold: only the one application with its secret, for a resource
// that is this plane, gets a token; everything else is refused before anything is signed.
import { header, type IdentityRequest, type IdentityResponse, json } from './exchange.ts';
import { isPlaneAudience } from './names.ts';
import {
  missing,
  missingSecret,
  notPosted,
  type OauthError,
  refuse,
  repeated,
  unknownClient,
  unknownResource,
  unknownTenant,
  unsupportedGrant,
  wrongScope,
  wrongSecret,
} from './oauth-error.ts';
import { isKnownTenant, type Realm, splitTenant } from './realm.ts';
import { sameSecret, TOKEN_LIFE } from './tokens.ts';

/** Which protocol the path speaks: how the resource is asked for, and how the answer spells numbers. */
type Version = 'adfs' | 'v1' | 'v2';

const RESTS: ReadonlyMap<string, Exclude<Version, 'adfs'>> = new Map([
  ['oauth2/token', 'v1'],
  ['oauth2/v2.0/token', 'v2'],
]);

export async function answerToken(
  request: IdentityRequest,
  realm: Realm,
): Promise<IdentityResponse | undefined> {
  const place = splitTenant(request.path);
  const kind = place === undefined ? undefined : RESTS.get(place.rest);
  if (place === undefined || kind === undefined) return undefined;
  const version = place.adfs && kind === 'v1' ? 'adfs' : kind;

  if (request.method !== 'POST') return refuse(notPosted(request.method), request, realm);
  if (!isKnownTenant(place.tenant, realm)) {
    return refuse(unknownTenant(place.tenant, 'invalid_request'), request, realm);
  }
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const failure = findFault(form) ?? checkClient(form, header(request, 'authorization'), realm);
  if (failure !== undefined) return refuse(failure, request, realm);
  const resource = readResource(form, version, realm);
  if (typeof resource !== 'string') return refuse(resource, request, realm);

  const now = realm.clock.now();
  const token = await realm.tokens.issue(resource, now);
  return json(200, version === 'v1' ? firstVersion(token, resource, now) : answer(token));
}

function findFault(form: URLSearchParams): OauthError | undefined {
  const names = [...form.keys()];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return repeated(twice);
  const grant = form.get('grant_type') ?? '';
  if (grant === '') return missing('grant_type');
  return grant === 'client_credentials' ? undefined : unsupportedGrant(grant);
}

/** Id and secret come in the body, or by HTTP Basic, which wins as RFC 6749, 2.3.1 prefers it. */
function checkClient(
  form: URLSearchParams,
  authorization: string | undefined,
  realm: Realm,
): OauthError | undefined {
  const basic = readBasic(authorization);
  const id = basic?.id ?? form.get('client_id') ?? '';
  const secret = basic?.secret ?? form.get('client_secret') ?? '';
  const { clientId, clientSecret, tenantId } = realm.credentials;
  if (id === '') return missing('client_id');
  if (id.toLowerCase() !== clientId) return unknownClient(id, tenantId);
  if (secret === '') return missingSecret();
  return sameSecret(secret, clientSecret) ? undefined : wrongSecret(clientId);
}

/** Both halves are form-encoded before they are joined (RFC 6749, 2.3.1). */
function readBasic(authorization: string | undefined): { id: string; secret: string } | undefined {
  const [, encoded] = /^basic +([a-z0-9+/]+=*)$/i.exec(authorization ?? '') ?? [];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { id: formDecoded(text), secret: '' };
  return { id: formDecoded(text.slice(0, colon)), secret: formDecoded(text.slice(colon + 1)) };
}

function formDecoded(text: string): string {
  return new URLSearchParams(`v=${text.replaceAll('&', '%26')}`).get('v') ?? '';
}

const DEFAULT_SCOPE = '/.default';

/** The audience asked for: `resource` in the first version, `{resource}/.default` as scope in the second. */
function readResource(form: URLSearchParams, version: Version, realm: Realm): string | OauthError {
  const scope = form.get('scope') ?? '';
  const resource = version === 'v2' ? '' : (form.get('resource') ?? '');
  if (scope === '' && resource === '') return missing(version === 'v1' ? 'resource' : 'scope');
  if (resource === '' && !scope.endsWith(DEFAULT_SCOPE)) return wrongScope(scope);
  const audience = resource === '' ? scope.slice(0, -DEFAULT_SCOPE.length) : resource;
  return isPlaneAudience(audience, realm.names)
    ? audience
    : unknownResource(audience, realm.credentials.tenantId);
}

function answer(token: string): object {
  return {
    token_type: 'Bearer',
    expires_in: TOKEN_LIFE,
    ext_expires_in: TOKEN_LIFE,
    access_token: token,
  };
}

/** The first version writes every number as text, and names the times too. */
function firstVersion(token: string, resource: string, now: number): object {
  const seconds = Math.floor(now / 1000);
  return {
    token_type: 'Bearer',
    expires_in: String(TOKEN_LIFE),
    ext_expires_in: String(TOKEN_LIFE),
    expires_on: String(seconds + TOKEN_LIFE),
    not_before: String(seconds),
    resource,
    access_token: token,
  };
}
