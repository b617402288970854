// The metadata service as one function from a guest's request to its answer. What must hold: a guest is told about itself and
// its set only, and only when it says in a header that it means to ask; a request that was passed on by a proxy is refused.

import { findSelf, type Self } from '../app/guest-metadata.ts';
import type { Plane } from '../app/plane.ts';
import type { MetadataDoor } from '../app/ports/guests.ts';
import type { GuestHandle } from '../domain/guest.ts';
import { answerEvents } from './events.ts';
import {
  header,
  json,
  type MetadataAnswer,
  type MetadataRequest,
  NOT_FOUND,
  refused,
  wrongMethod,
} from './exchange.ts';
import { instanceDocument } from './instance-document.ts';
import { answerPart } from './route-parameters.ts';
import { answerIdentityEndpoint, answerToken, type IssueToken } from './token.ts';
import { type Category, readVersion, VERSIONS } from './versions.ts';

export interface MetadataContext {
  readonly plane: Plane;
  readonly issue: IssueToken;
}

/** Which guest asks, and what its door is. */
export interface Asker {
  readonly handle: GuestHandle;
  readonly door: MetadataDoor;
}

export async function answerGuest(
  context: MetadataContext,
  { handle, door }: Asker,
  request: MetadataRequest,
): Promise<MetadataAnswer> {
  const [root, ...path] = request.path.split('/').filter(Boolean);
  const atEndpoint = root === 'msi' && path.join('/') === 'token';
  if (!atEndpoint && root !== 'metadata') return NOT_FOUND;
  const fault = findFault(request, atEndpoint);
  if (fault !== undefined) return fault;
  if (!atEndpoint && path.join('/') === 'versions') return versions(request);
  const self = await findSelf(context.plane, handle);
  // Its row went first, and it is about to follow.
  if (self === undefined) return refused(410, 'Gone. This machine is being deleted.');
  return atEndpoint
    ? answerIdentityEndpoint(self, request, door.secret, context.issue)
    : answerCategory(context, self, path, request);
}

/** What shows that somebody else's program was led here. At the identity endpoint the secret takes the place of the header. */
function findFault(request: MetadataRequest, atEndpoint: boolean): MetadataAnswer | undefined {
  if (header(request, 'x-forwarded-for') !== undefined) {
    return refused(400, 'Bad request. Requests with the header X-Forwarded-For are not served');
  }
  if (atEndpoint || header(request, 'metadata')?.toLowerCase() === 'true') return undefined;
  return refused(400, 'Bad request. Required metadata header not specified');
}

async function answerCategory(
  context: MetadataContext,
  self: Self,
  path: readonly string[],
  request: MetadataRequest,
): Promise<MetadataAnswer> {
  const [first = '', ...rest] = path;
  const category = categoryOf(first, rest);
  if (category === undefined) return NOT_FOUND;
  const version = readVersion(request.query, category);
  if (typeof version !== 'string') return version;
  switch (category) {
    case 'instance':
      if (request.method !== 'GET') return wrongMethod(request.method);
      return answerPart(instanceDocument(self, context.plane.subscriptionId), rest, request.query);
    case 'scheduledevents':
      return answerEvents(context.plane, self, request, version);
    case 'identity':
      return answerToken(self, request, context.issue);
  }
}

function versions({ method }: MetadataRequest): MetadataAnswer {
  return method === 'GET' ? json(200, { apiVersions: VERSIONS }) : wrongMethod(method);
}

function categoryOf(first: string, rest: readonly string[]): Category | undefined {
  if (first === 'instance') return 'instance';
  if (first === 'scheduledevents' && rest.length === 0) return 'scheduledevents';
  return first === 'identity' && rest.join('/') === 'oauth2/token' ? 'identity' : undefined;
}
