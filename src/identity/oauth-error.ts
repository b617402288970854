// The sign-in side's errors: OAuth's body (RFC 6749, 5.2) with Entra's codes, wording and extra members,
// which its client libraries read. Must hold: no secret and no part of one is ever in an error.
import { header, type IdentityRequest, type IdentityResponse, json } from './exchange.ts';
import type { Realm } from './realm.ts';

export interface OauthError {
  readonly status: 400 | 401;
  readonly error: string;
  /** Entra's AADSTS number. */
  readonly code: number;
  readonly message: string;
}

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function refuse(failure: OauthError, request: IdentityRequest, realm: Realm): IdentityResponse {
  const trace = realm.ids.guid();
  const sent = header(request, 'client-request-id');
  const correlation = sent !== undefined && GUID.test(sent) ? sent : realm.ids.guid();
  const timestamp = new Date(realm.clock.now())
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
  const description =
    `AADSTS${failure.code}: ${failure.message} ` +
    `Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`;
  const challenge: Record<string, string> =
    failure.status === 401 ? { 'www-authenticate': 'Basic realm="muster"' } : {};
  return json(
    failure.status,
    {
      error: failure.error,
      error_description: description,
      error_codes: [failure.code],
      timestamp,
      trace_id: trace,
      correlation_id: correlation,
    },
    challenge,
  );
}

/** What the client sent, cut so that an answer cannot be made a carrier of anything long. */
function quoted(text: string): string {
  return `'${text.length > 200 ? `${text.slice(0, 200)}…` : text}'`;
}

export function unknownTenant(tenant: string, error: 'invalid_request' | 'invalid_tenant'): OauthError {
  const message =
    `Tenant ${quoted(tenant)} not found. Check to make sure you have the correct tenant ID and are signing ` +
    'into the correct cloud. Check with your subscription administrator, this may happen if there are no ' +
    'active subscriptions for the tenant.';
  return { status: 400, error, code: 90002, message };
}

export function notPosted(method: string): OauthError {
  const message = `The endpoint only accepts POST requests. Received a ${method} request.`;
  return { status: 400, error: 'invalid_request', code: 900561, message };
}

export function missing(parameter: string): OauthError {
  const message = `The request body must contain the following parameter: '${parameter}'.`;
  return { status: 400, error: 'invalid_request', code: 900144, message };
}

export function repeated(parameter: string): OauthError {
  const message = `The request body contains the parameter ${quoted(parameter)} more than once.`;
  return { status: 400, error: 'invalid_request', code: 90014, message };
}

export function unsupportedGrant(grant: string): OauthError {
  const message = `The app requested an unsupported grant type ${quoted(grant)}.`;
  return { status: 400, error: 'unsupported_grant_type', code: 70003, message };
}

export function unknownClient(clientId: string, directory: string): OauthError {
  const message =
    `Application with identifier ${quoted(clientId)} was not found in the directory '${directory}'. This can ` +
    'happen if the application has not been installed by the administrator of the tenant or consented to by ' +
    'any user in the tenant. You may have sent your authentication request to the wrong tenant.';
  return { status: 400, error: 'unauthorized_client', code: 700016, message };
}

export function missingSecret(): OauthError {
  const message =
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
  return { status: 401, error: 'invalid_client', code: 7000218, message };
}

export function wrongSecret(clientId: string): OauthError {
  const message =
    'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, ' +
    `not the client secret ID, for a secret added to app '${clientId}'.`;
  return { status: 401, error: 'invalid_client', code: 7000215, message };
}

export function wrongScope(scope: string): OauthError {
  const message =
    `The provided value for scope ${quoted(scope)} is not valid. Client credential flows must have a scope ` +
    'value with /.default suffixed to the resource identifier (application ID URI).';
  return { status: 400, error: 'invalid_scope', code: 1002012, message };
}

export function unknownResource(resource: string, directory: string): OauthError {
  const message =
    `The resource principal named ${quoted(resource)} was not found in the tenant named '${directory}'. This ` +
    'can happen if the application has not been installed by the administrator of the tenant or consented to ' +
    'by any user in the tenant. You might have sent your authentication request to the wrong tenant.';
  return { status: 400, error: 'invalid_resource', code: 500011, message };
}

export function unknownInstance(): OauthError {
  return { status: 400, error: 'invalid_instance', code: 50049, message: 'Unknown or invalid instance.' };
}

export function noInteractiveSignIn(): OauthError {
  const message =
    'People cannot sign in here, only the service principal can. Its id and secret are in `muster env`.';
  return { status: 400, error: 'unauthorized_client', code: 700016, message };
}
