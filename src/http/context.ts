// Context: what the handler is made with, and what each route's handler is called with.

import type { InstanceRef } from '../app/find.ts';
import type { Origin, Plane } from '../app/plane.ts';
import type { Balancer } from '../app/ports/balancer.ts';
import type { Guests } from '../app/ports/guests.ts';
import type { WireEra } from '../arm/api-version.ts';
import type { JsonObject } from '../arm/json.ts';
import type { Route } from '../arm/routes.ts';
import type { Time } from '../domain/time.ts';
import type { Request } from './request.ts';
import type { Answer, Response } from './response.ts';

/** Who a bearer token speaks for, or why it is refused. */
export type TokenVerdict =
  | { readonly caller: { readonly appId: string }; readonly refusal?: undefined }
  | { readonly refusal: TokenRefusal; readonly caller?: undefined };

export type TokenRefusal =
  | { readonly reason: 'malformed' | 'signature' | 'issuer' | 'notYetValid' | 'unassigned' }
  | { readonly reason: 'audience'; readonly audience: string }
  | { readonly reason: 'expired'; readonly expiry: Time };

export interface Context {
  readonly plane: Plane;
  readonly guests: Pick<Guests, 'consoleLog' | 'execution'>;
  readonly balancer: Pick<Balancer, 'connects' | 'health' | 'hostOf'>;
  readonly identity: { readonly tenantId: string; readonly displayName: string };
  /** The plane's own URL as the sender of this Host header knows it, without a slash at its end. */
  readonly endpoint: (hostHeader: string | undefined) => string;
  readonly verify: (token: string) => Promise<TokenVerdict>;
  /** Answers what needs no token: metadata, discovery, sign-in. Undefined for everything else. */
  readonly anonymous: (request: Request) => Promise<Response | undefined>;
  /** Signs the URLs of console logs. */
  readonly signingKey: Uint8Array;
  /** The real clock: tokens and signed URLs live by it, whatever the plane's own clock does. */
  readonly realNow: () => Time;
  readonly log: (level: 'error', message: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly status: () => Promise<JsonObject>;
  /** Begins to shut the plane down; returns before the server stops listening, so that the answer still gets out. */
  readonly shutdown: (powerOff: boolean) => Promise<void>;
}

/** One request on its way through a route. */
export interface Call {
  readonly context: Context;
  readonly request: Request;
  readonly route: Route;
  /** The names in the path, decoded. */
  readonly names: Readonly<Record<string, string>>;
  readonly apiVersion: string;
  readonly era: WireEra;
  readonly origin: Origin;
}

export type Handler = (call: Call) => Promise<Answer>;

/** A name that the route's path has; that it is there follows from the route. */
export function nameOf(call: Call, label: string): string {
  const name = call.names[label];
  if (name === undefined) throw new Error(`${call.route.path} has no {${label}}`);
  return name;
}

export function setRef(call: Call): { readonly group: string; readonly name: string } {
  return { group: nameOf(call, 'group'), name: nameOf(call, 'set') };
}

/** Below its set, or the machine that it is, as the route has it. */
export function instanceRef(call: Call): InstanceRef {
  if (call.names['machine'] !== undefined) return machineRef(call);
  return { ...setRef(call), instanceId: nameOf(call, 'instance') };
}

export function machineRef(call: Call): { readonly group: string; readonly name: string } {
  return { group: nameOf(call, 'group'), name: nameOf(call, 'machine') };
}

/** Where this request's answer is to lead back to. */
export function baseUrl(call: Call): string {
  return call.context.endpoint(call.request.headers['host']);
}
