// Dispatch: one request to one response. The order: ids by which it is followed; what needs no token; the route; the
// api-version; who asks; the subscription; whether the provider has that version; the route's handler. Whatever goes wrong becomes an ARM error at the last step.
// What must hold: it never throws, and nothing behind a route runs before the token was verified.

import type { Origin } from '../app/plane.ts';
import { apiVersionProblem, wireEra } from '../arm/api-version.ts';
import { type Match, matchRoute } from '../arm/match.ts';
import { Failure } from '../domain/failure.ts';
import { brokenAnswer, failureAnswer } from './arm-error.ts';
import { authenticate, challenge } from './authenticate.ts';
import { answerConsoleLog } from './console-log.ts';
import type { Call, Context } from './context.ts';
import { HANDLERS } from './handlers.ts';
import { commonHeaders, type RequestIds, requestIds } from './headers.ts';
import { queryValue, type Request } from './request.ts';
import { intentOf } from './intent.ts';
import { requestedLocation } from './requested-location.ts';
import type { Answer, Response } from './response.ts';
import { unknownRoute } from './unknown-route.ts';

type Found = Extract<Match, { kind: 'found' }>;

export function createHandler(context: Context): (request: Request) => Promise<Response> {
  return async (request) => {
    const ids = requestIds(request, context.plane.ids);
    try {
      const open = (await context.anonymous(request)) ?? (await answerConsoleLog(context, request));
      if (open !== undefined) return withIds(context, ids, open);
      return finish(context, ids, await answer(context, ids, request));
    } catch (error) {
      return finish(context, ids, errorAnswer(context, ids, request, error));
    }
  };
}

async function answer(context: Context, ids: RequestIds, request: Request): Promise<Answer> {
  const found = findRoute(request);
  const apiVersion = checkVersion(request, found);
  const caller = await authenticate(context, request);
  const origin = { caller, correlationId: ids.correlationId, ...intentOf(request) };
  return carryOut(context, request, { ...found, apiVersion, origin });
}

/** A request of the plane's own, in the name of somebody who was let in before. Whatever goes wrong is in the answer. */
export async function answerFor(context: Context, request: Request, origin: Origin): Promise<Answer> {
  try {
    const found = findRoute(request);
    return await carryOut(context, request, { ...found, apiVersion: checkVersion(request, found), origin });
  } catch (error) {
    return errorAnswer(context, origin, request, error);
  }
}

async function carryOut(
  context: Context,
  request: Request,
  asked: Found & { readonly apiVersion: string; readonly origin: Origin },
): Promise<Answer> {
  const { route, names, apiVersion, origin } = asked;
  checkSubscription(context, names['subscription']);
  await checkSupported(context, request, asked);
  const call: Call = {
    context,
    request,
    route,
    names,
    apiVersion,
    era: wireEra(apiVersion),
    origin,
  };
  try {
    return await HANDLERS[asked.name](call);
  } catch (error) {
    // Microsoft.Insights has no envelope around its own errors; ARM's, before it is reached, have one.
    if (error instanceof Failure && route.provider === 'Microsoft.Insights')
      return failureAnswer(error, true);
    throw error;
  }
}

function findRoute(request: Request): Found {
  const match = matchRoute(request.method, request.path);
  switch (match.kind) {
    case 'found':
      return match;
    case 'malformed':
      throw new Failure('badRequest', 'The request URL is not valid.');
    case 'otherMethod':
      throw new Failure(
        'methodNotAllowed',
        `The requested resource does not support http method '${request.method}'.`,
      );
    case 'none':
      throw unknownRoute(request.path, queryValue(request, 'api-version'));
  }
}

/** Whether it is a version at all. */
function checkVersion(request: Request, { route }: Found): string {
  const given = queryValue(request, 'api-version');
  const problem = apiVersionProblem(given, route.provider, route.type);
  if (problem?.kind === 'missing') throw new Failure('missingApiVersion', problem.message);
  if (problem?.kind === 'invalid') throw new Failure('invalidApiVersion', problem.message);
  return given as string;
}

/** Whether the provider has it; the refusal names the location of what was asked for, which is nobody's without a token. */
async function checkSupported(context: Context, request: Request, { route, names }: Found): Promise<void> {
  const given = queryValue(request, 'api-version');
  if (apiVersionProblem(given, route.provider, route.type) === undefined) return;
  const location = await requestedLocation(context, request, names);
  const problem = apiVersionProblem(given, route.provider, route.type, location);
  throw new Failure('unsupportedApiVersion', problem?.message ?? '');
}

function checkSubscription({ plane }: Context, asked: string | undefined): void {
  if (asked === undefined || asked.toLowerCase() === plane.subscriptionId.toLowerCase()) return;
  throw new Failure('subscriptionNotFound', `The subscription '${asked}' could not be found.`);
}

function errorAnswer(
  context: Context,
  ids: Pick<RequestIds, 'correlationId'>,
  request: Request,
  error: unknown,
): Answer {
  if (!(error instanceof Failure)) {
    const { method, path } = request;
    context.log('error', 'a request failed', { correlationId: ids.correlationId, method, path, error });
    return brokenAnswer(ids.correlationId);
  }
  const made = failureAnswer(error);
  if (made.status === 401) {
    const base = context.endpoint(request.headers['host']);
    return { ...made, headers: { ...made.headers, ...challenge(base, context.identity.tenantId, error) } };
  }
  if (made.status !== 405) return made;
  const match = matchRoute(request.method, request.path);
  return match.kind === 'otherMethod'
    ? { ...made, headers: { ...made.headers, allow: match.allowed.join(', ') } }
    : made;
}

function finish(context: Context, ids: RequestIds, { status, headers, body, requestId }: Answer): Response {
  const followed = requestId === undefined ? ids : { ...ids, requestId };
  return {
    status,
    headers: {
      ...commonHeaders(followed, context.realNow()),
      ...(body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...headers,
    },
    body: body === undefined ? '' : body instanceof Uint8Array ? body : JSON.stringify(body),
  };
}

function withIds(context: Context, ids: RequestIds, response: Response): Response {
  return { ...response, headers: { ...commonHeaders(ids, context.realNow()), ...response.headers } };
}
