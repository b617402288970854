// The documents by which a client finds the token endpoint: OpenID configurations, instance discovery and
// the signing keys. Must hold: every URL in them is under a name of the plane's own.
import { header, type IdentityRequest, type IdentityResponse, isRead, json } from './exchange.ts';
import { baseUrl, isOwnRoot } from './names.ts';
import { noInteractiveSignIn, refuse, unknownInstance, unknownTenant } from './oauth-error.ts';
import { isKnownTenant, type Place, type Realm, splitTenant } from './realm.ts';

export function answerOpenId(request: IdentityRequest, realm: Realm): IdentityResponse | undefined {
  const place = splitTenant(request.path);
  if (place === undefined) return undefined;
  if (/^oauth2\/(v2\.0\/)?(authorize|devicecode)$/.test(place.rest)) {
    return refuse(noInteractiveSignIn(), request, realm);
  }
  const document = isRead(request) ? DOCUMENTS.get(place.rest) : undefined;
  if (document === undefined) return undefined;
  if (!isKnownTenant(place.tenant, realm)) {
    return refuse(unknownTenant(place.tenant, 'invalid_tenant'), request, realm);
  }
  const base = baseUrl(header(request, 'host'), realm.names, realm.endpoint);
  return document({ base, place, request, realm });
}

interface Asked {
  readonly base: string;
  readonly place: Place;
  readonly request: IdentityRequest;
  readonly realm: Realm;
}

type Document = (asked: Asked) => IdentityResponse;

const keys: Document = ({ realm }) => json(200, { keys: realm.tokens.publicKeys });

const DOCUMENTS: ReadonlyMap<string, Document> = new Map([
  ['.well-known/openid-configuration', (asked) => json(200, configuration(asked, ''))],
  ['v2.0/.well-known/openid-configuration', (asked) => json(200, configuration(asked, 'v2.0/'))],
  ['discovery/instance', instance],
  ['discovery/keys', keys],
  ['discovery/v2.0/keys', keys],
]);

const CAPABILITIES = {
  token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
  grant_types_supported: ['client_credentials'],
  response_types_supported: ['code'],
  response_modes_supported: ['query'],
  subject_types_supported: ['pairwise'],
  id_token_signing_alg_values_supported: ['RS256'],
  scopes_supported: ['openid'],
};

/** ADFS knows one version only, whichever the path asks for, and is its own issuer. */
function configuration({ base, place, realm }: Asked, version: '' | 'v2.0/'): object {
  const root = place.adfs ? `${base}/adfs` : `${base}/${place.tenant.toLowerCase()}`;
  const part = place.adfs ? '' : version;
  const entraIssuer = `${base}/${realm.credentials.tenantId}/${version === '' ? '' : 'v2.0'}`;
  return {
    issuer: place.adfs ? root : entraIssuer,
    access_token_issuer: realm.tokens.issuer,
    authorization_endpoint: `${root}/oauth2/${part}authorize`,
    token_endpoint: `${root}/oauth2/${part}token`,
    device_authorization_endpoint: `${root}/oauth2/${part}devicecode`,
    jwks_uri: `${root}/discovery/${part}keys`,
    ...CAPABILITIES,
  };
}

/** Which cloud an authority belongs to: this plane knows itself and no other (MSAL asks before it trusts). */
function instance({ base, request, realm }: Asked): IdentityResponse {
  const asked = URL.parse(request.query.get('authorization_endpoint') ?? '');
  if (asked === null || !isOwnRoot(asked.origin, realm.names)) {
    return refuse(unknownInstance(), request, realm);
  }
  const tenant = asked.pathname.split('/')[1] ?? '';
  if (!isKnownTenant(tenant, realm)) return refuse(unknownInstance(), request, realm);
  const host = base.slice('https://'.length);
  return json(200, {
    tenant_discovery_endpoint: `${base}/${tenant.toLowerCase()}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  });
}
