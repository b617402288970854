// Asks a world as a client does: a line, maybe a body, a token unless it is told not to bring one.

import type { Json } from '../../src/arm/json.ts';
import type { Response } from '../../src/http/response.ts';
import type { WireWorld } from './world.ts';

export interface Asked {
  readonly body?: Json | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly anonymous?: boolean;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Parsed, when it is JSON; undefined when there is no body. */
  readonly json: unknown;
  readonly response: Response;
}

/** @param line `GET /subscriptions/…?api-version=…`, or `GET` and a whole URL of the plane */
export async function ask(world: WireWorld, line: string, asked: Asked = {}): Promise<Answered> {
  const [method = '', url = ''] = line.split(/ (.*)/s);
  const target = url.replace(/^https:\/\/localhost:7443/, '');
  const mark = target.indexOf('?');
  const { body, headers = {}, anonymous = false } = asked;
  const response = await world.handle({
    method,
    path: mark < 0 ? target : target.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : target.slice(mark + 1)),
    headers: {
      host: 'localhost:7443',
      ...(anonymous ? {} : { authorization: `Bearer ${await world.token()}` }),
      ...headers,
    },
    body: body instanceof Uint8Array ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body)),
  });
  const text = Buffer.from(response.body).toString();
  const isJson = text !== '' && response.headers['content-type']?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson ? JSON.parse(text) : undefined,
    response,
  };
}

/** The least that makes a scale set. */
export function setBody(capacity: number, more: Json = {}): Json {
  return {
    location: 'westus',
    sku: { name: 'Standard_B1s', capacity },
    properties: {
      overprovision: false,
      virtualMachineProfile: { storageProfile: { imageReference: { publisher: 'muster', offer: 'web' } } },
      ...(more as object),
    },
  };
}

export const API = 'api-version=2024-07-01';

/** The paths of a world's group `rg` and its set `web`. */
export function paths(world: WireWorld): {
  readonly group: string;
  readonly set: string;
  readonly instances: string;
} {
  const group = `/subscriptions/${world.subscriptionId}/resourceGroups/rg`;
  const set = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/web`;
  return { group, set, instances: `${set}/virtualMachines` };
}

/** Makes group `rg` and set `web`, and waits until it is there. */
export async function makeSet(world: WireWorld, capacity: number, more: Json = {}): Promise<void> {
  const { group, set } = paths(world);
  await ask(world, `PUT ${group}?${API}`, { body: { location: 'westus' } });
  const made = await ask(world, `PUT ${set}?${API}`, { body: setBody(capacity, more) });
  if (made.status !== 201) throw new Error(made.text);
  await world.settle();
}
