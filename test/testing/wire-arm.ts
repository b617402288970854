// An Arm that is a real plane's handler in this process: everything but the socket. Operations are followed as the client follows them, and
// what the plane has to do is done when one waits.
import { followOperation } from '../../src/cli/arm/operation.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Arm, ArmAnswer, ArmRequest } from '../../src/operator/arm.ts';
import type { WireWorld } from '../wire/world.ts';

export interface CountingArm extends Arm {
  /** Method and path of every request so far. */
  readonly requests: readonly string[];
  /** The status of each answer to a request that does not only read. */
  readonly changed: readonly number[];
}

export function wireArm(world: WireWorld): CountingArm {
  const requests: string[] = [];
  const changed: number[] = [];
  const send = async ({ method, path, apiVersion, body, headers }: ArmRequest): Promise<ArmAnswer> => {
    requests.push(`${method} ${path}`);
    const url = new URL(`https://localhost:7443${path}`);
    url.searchParams.append('api-version', apiVersion);
    const content = body === undefined ? '' : JSON.stringify(body);
    const response = await world.handle({
      method,
      path: url.pathname,
      query: url.searchParams,
      headers: {
        ...headers,
        authorization: `Bearer ${await world.token()}`,
        host: 'localhost:7443',
        ...(content === '' ? {} : { 'content-type': 'application/json' }),
      },
      body: Buffer.from(content),
    });
    if (method !== 'GET') changed.push(response.status);
    const text = Buffer.from(response.body).toString();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : (JSON.parse(text) as JsonObject),
    };
  };
  const time = { now: () => world.clock.now(), pause: async () => world.settle() };
  const arm: Arm = { send, finish: async (answer) => await followOperation(arm, answer, time) };
  return { ...arm, requests, changed };
}
