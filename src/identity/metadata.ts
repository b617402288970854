// Resource Manager's metadata: what a client that knows only the plane's URL asks first, without a token.
// Must hold: the three shapes its askers need, told apart by api-version as Azure does:
//   2015-01-01      az before 2.60 in `az cloud register`
//   2022-09-01      newer az in `az cloud register`, and Terraform: one object, a list crashes them
//   any other date  az with ARM_CLOUD_METADATA_URL: a list of such objects
import { ALIASES_PATH } from './aliases.ts';
import { header, type IdentityRequest, type IdentityResponse, isRead, json } from './exchange.ts';
import { baseUrl, type PlaneNames } from './names.ts';

const PATH = '/metadata/endpoints';

export function answerMetadata(
  request: IdentityRequest,
  names: PlaneNames,
  endpoint: string,
): IdentityResponse | undefined {
  if (!isRead(request) || request.path.toLowerCase().replace(/\/$/, '') !== PATH) return undefined;
  const base = baseUrl(header(request, 'host'), names, endpoint);
  const version = apiVersion(request.query);
  if (version === undefined) {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    return json(400, { error: { code: 'MissingApiVersionParameter', message } });
  }
  if (version === '2015-01-01') return json(200, firstShape(base));
  return json(200, version === '2022-09-01' ? environment(base) : [environment(base)]);
}

function apiVersion(query: URLSearchParams): string | undefined {
  for (const [name, value] of query) {
    if (name.toLowerCase() === 'api-version' && value !== '') return value;
  }
  return undefined;
}

/** The sign-in side ends in /adfs, which tells every client to ask nobody else whether it may trust it. */
function authentication(base: string): { loginEndpoint: string; audiences: readonly string[] } {
  return { loginEndpoint: `${base}/adfs`, audiences: [base] };
}

function firstShape(base: string): object {
  return {
    galleryEndpoint: `${base}/gallery/`,
    graphEndpoint: `${base}/graph/`,
    portalEndpoint: `${base}/`,
    authentication: authentication(base),
  };
}

function environment(base: string): object {
  return {
    name: 'Muster',
    portal: `${base}/`,
    resourceManager: base,
    authentication: { ...authentication(base), identityProvider: 'ADFS', tenant: 'adfs' },
    graph: `${base}/graph/`,
    graphAudience: `${base}/graph/`,
    microsoftGraphResourceId: `${base}/msgraph/`,
    gallery: `${base}/gallery/`,
    vmImageAliasDoc: `${base}${ALIASES_PATH}`,
    suffixes: { storage: 'storage.localhost' },
  };
}
