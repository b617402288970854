// Tokens of a managed identity, for whoever is inside the guest: at the path that virtual machines have, and at the one that
// App Service's variables point to, where the guest's secret must be shown.
// What must hold: only an identity that is assigned to the set at this moment gets a token; the secret is in no answer.
// Source: Azure's pages on managed identities for virtual machines and for App Service; the words of errors are those that
// the tests of Azure's own clients quote.

import { createHash, timingSafeEqual } from 'node:crypto';

import type { Self } from '../app/guest-metadata.ts';
import {
  findPrincipal,
  type IdentityQuery,
  guestIdentities,
  NO_IDENTITIES,
  type Principal,
} from '../domain/managed-identity.ts';
import { header, json, type MetadataAnswer, type MetadataRequest, refused, wrongMethod } from './exchange.ts';

export interface IssuedToken {
  readonly token: string;
  /** In seconds. */
  readonly life: number;
  /** Seconds since 1970. */
  readonly issued: number;
}

/** Undefined when there is nobody that such a token would be for. */
export type IssueToken = (principal: Principal, audience: string) => Promise<IssuedToken | undefined>;

/** `GET /metadata/identity/oauth2/token`. */
export async function answerToken(
  self: Self,
  request: MetadataRequest,
  issue: IssueToken,
): Promise<MetadataAnswer> {
  return request.method === 'GET' ? asMachine(self, request.query, issue) : wrongMethod(request.method);
}

/** What clients post to MSI_ENDPOINT when they do not take themselves to be in App Service (az 2.45): as a machine, by a form. */
async function answerForm(self: Self, request: MetadataRequest, issue: IssueToken): Promise<MetadataAnswer> {
  if (header(request, 'metadata')?.toLowerCase() !== 'true') {
    return invalid('Required metadata header not specified');
  }
  return asMachine(self, new URLSearchParams(request.body), issue);
}

/** As a virtual machine names identities. */
function asMachine(self: Self, query: URLSearchParams, issue: IssueToken): Promise<MetadataAnswer> {
  return tokenFor(self, issue, query, {
    ...asked('clientId', query.get('client_id')),
    ...asked('principalId', query.get('object_id') ?? query.get('principal_id')),
    ...asked('resourceId', query.get('msi_res_id') ?? query.get('mi_res_id')),
  });
}

/** By api-version, the header that carries the secret. */
const SECRET_HEADERS: Readonly<Record<string, string>> = {
  '2019-08-01': 'x-identity-header',
  // What MSI_ENDPOINT and MSI_SECRET mean.
  '2017-09-01': 'secret',
};

/** What IDENTITY_ENDPOINT points to. */
export async function answerIdentityEndpoint(
  self: Self,
  request: MetadataRequest,
  secret: string,
  issue: IssueToken,
): Promise<MetadataAnswer> {
  if (request.method === 'POST') return answerForm(self, request, issue);
  if (request.method !== 'GET') return wrongMethod(request.method);
  const { query } = request;
  const name = SECRET_HEADERS[query.get('api-version') ?? ''];
  if (name === undefined) {
    return invalid('The api-version is missing or unknown: it is 2019-08-01 or 2017-09-01.');
  }
  if (!sameSecret(header(request, name) ?? '', secret)) {
    return json(401, {
      error: 'unauthorized_client',
      error_description: `The header ${name} is missing or is not this machine's.`,
    });
  }
  return tokenFor(self, issue, query, {
    ...asked('clientId', query.get('client_id') ?? query.get('clientid')),
    ...asked('principalId', query.get('principal_id') ?? query.get('object_id')),
    ...asked('resourceId', query.get('mi_res_id') ?? query.get('msi_res_id')),
  });
}

function asked(name: keyof IdentityQuery, value: string | null): IdentityQuery {
  return value === null || value === '' ? {} : { [name]: value };
}

async function tokenFor(
  { set, instance }: Self,
  issue: IssueToken,
  query: URLSearchParams,
  identity: IdentityQuery,
): Promise<MetadataAnswer> {
  const resource = query.get('resource') ?? '';
  if (resource === '') return invalid('Required audience parameter not specified');
  const principal = findPrincipal(guestIdentities(set, instance) ?? NO_IDENTITIES, identity);
  if (principal === 'many') {
    return invalid(
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    );
  }
  if (principal === undefined) return invalid('Identity not found');
  const issued = await issue(principal, resource);
  if (issued === undefined) {
    return refused(400, 'invalid_resource', {
      error_description: `AADSTS500011: The resource principal named ${resource} was not found in the tenant. This plane gives tokens for its own Resource Manager only.`,
    });
  }
  return json(200, tokenBody(issued, principal, resource));
}

function tokenBody({ token, life, issued }: IssuedToken, { clientId }: Principal, resource: string): object {
  return {
    access_token: token,
    client_id: clientId,
    expires_in: String(life),
    expires_on: String(issued + life),
    ext_expires_in: String(life),
    not_before: String(issued),
    resource,
    token_type: 'Bearer',
  };
}

function invalid(description: string): MetadataAnswer {
  return refused(400, 'invalid_request', { error_description: description });
}

/** In a time that does not tell how much of it was right. */
function sameSecret(given: string, secret: string): boolean {
  const digest = (word: string): Buffer => createHash('sha256').update(word).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
