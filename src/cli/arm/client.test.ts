// The client against a real HTTPS server: tokens, throttling, connections, operations, and what it tells of its requests.
import { afterEach, describe, expect, test } from 'vitest';
import { type ArmServer, type Reply, serveArm, timedArm } from '../../../test/testing/arm-server.ts';
import { EXIT, Problem } from '../problem.ts';
import type { RequestFacts } from '../../operator/record-entry.ts';

const servers: ArmServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(reply: Parameters<typeof serveArm>[0] | readonly Reply[]): Promise<ArmServer> {
  const script = reply;
  const server = await serveArm(
    typeof script === 'function'
      ? script
      : (_, index) => script[index] ?? { status: 500, body: 'not in the script' },
  );
  servers.push(server);
  return server;
}

const get = { method: 'GET', path: '/a?$top=1', apiVersion: '2024-07-01' } as const;
const post = { method: 'POST', path: '/b', apiVersion: '2024-07-01', body: { instanceIds: ['1'] } } as const;

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('nothing went wrong');
}

describe('a request', () => {
  test('carries the token, the api-version and the body, and its answer is given whole', async () => {
    const server = await serve([
      { status: 200, headers: { 'X-Some': 'thing' }, body: { a: 1 } },
      { status: 404, body: { error: {} } },
      { status: 204 },
    ]);
    const { arm } = timedArm(server);
    expect(await arm.send(get)).toMatchObject({
      status: 200,
      headers: { 'x-some': 'thing' },
      body: { a: 1 },
    });
    expect(await arm.send(post)).toMatchObject({ status: 404, body: { error: {} } });
    expect((await arm.send({ ...get, method: 'DELETE' })).body).toBeUndefined();
    expect(
      server.asked.map(({ method, target, authorization, body }) => [method, target, authorization, body]),
    ).toEqual([
      ['GET', '/a?$top=1&api-version=2024-07-01', 'Bearer token-1', ''],
      ['POST', '/b?api-version=2024-07-01', 'Bearer token-1', '{"instanceIds":["1"]}'],
      ['DELETE', '/a?$top=1&api-version=2024-07-01', 'Bearer token-1', ''],
    ]);
    expect(arm.calls).toBe(3);
  });

  test('carries its own headers, and none of them is the token', async () => {
    const server = await serve(() => ({ status: 200, body: {} }));
    await timedArm(server).arm.send({
      ...get,
      headers: { 'if-match': '"2"', authorization: 'Bearer other' },
    });
    expect(server.asked[0]).toMatchObject({ authorization: 'Bearer token-1', ifMatch: '"2"' });
  });

  test('that reads shares a connection, one that changes something has its own', async () => {
    const server = await serve(() => ({ status: 200, body: {} }));
    const { arm } = timedArm(server);
    for (const request of [get, get, post, get, post]) await arm.send(request);
    expect(server.asked.map(({ connection }) => connection)).toEqual([1, 1, 2, 1, 3]);
    arm.close();
  });

  test('whose connection is cut is a problem, told as a request without an answer', async () => {
    const server = await serve([{ status: 0, hangUp: true }]);
    const { arm } = timedArm(server);
    const records: RequestFacts[] = [];
    arm.listen((record) => records.push(record));
    expect((await problemOf(arm.send(post))).message).toMatch(
      /^Azure Resource Manager at .+ cannot be reached \(ECONNRESET\)\.$/,
    );
    expect([records.map(({ status }) => status), server.asked.length]).toEqual([[0], 1]);
  });

  test('on a connection that the server had closed meanwhile is sent once more when it only reads', async () => {
    const server = await serve((_, index) =>
      index === 1 ? { status: 0, hangUp: true } : { status: 200, body: {} },
    );
    const { arm } = timedArm(server);
    await arm.send(get);
    expect((await arm.send(get)).status).toBe(200);
    expect(server.asked.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  test('to nobody is exit code 3', async () => {
    const server = await serve([]);
    const { arm } = timedArm(server);
    await server.close();
    servers.pop();
    expect(await problemOf(arm.send(get))).toMatchObject({ exitCode: EXIT.noPlane });
  });

  test('to somebody whose certificate is not trusted carries no token', async () => {
    const server = await serve(() => ({ status: 200 }));
    const { arm } = timedArm({ ...server, ca: '' });
    expect((await problemOf(arm.send(get))).message).toMatch(/is not trusted/);
    expect(server.asked).toEqual([]);
  });
});

describe('a token', () => {
  test('that is refused is replaced once, and the request sent again', async () => {
    const server = await serve(({ authorization }) => ({
      status: authorization === 'Bearer token-1' ? 401 : 200,
      body: {},
    }));
    const { arm } = timedArm(server);
    expect((await arm.send(post)).status).toBe(200);
    expect((await arm.send(get)).status).toBe(200);
    expect(server.asked.map(({ authorization }) => authorization)).toEqual([
      'Bearer token-1',
      'Bearer token-2',
      'Bearer token-2',
    ]);
  });

  test('that is refused again is exit code 5, and in no error', async () => {
    const error = {
      code: 'ExpiredAuthenticationToken',
      message: 'The access token expiry UTC time is earlier.',
    };
    const server = await serve(() => ({ status: 401, body: { error } }));
    const problem = await problemOf(timedArm(server).arm.send(get));
    expect(problem.message).toBe(
      `${server.endpoint} does not accept the credentials: ExpiredAuthenticationToken: The access token expiry UTC time is earlier.`,
    );
    expect([problem.exitCode, server.asked.length]).toEqual([EXIT.denied, 2]);
  });

  test('is renewed when it grows old', async () => {
    const server = await serve(() => ({ status: 200 }));
    const { arm, pass, signIns } = timedArm(server);
    await arm.send(get);
    pass(3_590_000);
    await arm.send(get);
    expect([signIns(), server.asked.at(-1)?.authorization]).toEqual([2, 'Bearer token-2']);
  });
});

describe('throttling', () => {
  test('is waited out as ARM asks, and every request of it is told and counted', async () => {
    const server = await serve([
      { status: 429, headers: { 'retry-after': '17' } },
      { status: 429, headers: { 'retry-after': '3', 'x-ms-request-id': 'r2' } },
      {
        status: 202,
        headers: {
          'x-ms-request-id': 'r3',
          'x-ms-correlation-request-id': 'c3',
          'x-ms-ratelimit-remaining-subscription-writes': '7',
        },
      },
    ]);
    const { arm, pauses } = timedArm(server);
    const records: RequestFacts[] = [];
    const end = arm.listen((record) => records.push(record));
    expect((await arm.send(post)).status).toBe(202);
    end();
    expect(pauses).toEqual([17_000, 3000]);
    expect(records).toEqual([
      {
        method: 'POST',
        target: '/b?api-version=2024-07-01',
        status: 429,
        requestId: '',
        correlationId: '',
        started: '2026-11-24T08:00:00.000Z',
        took: 0,
      },
      {
        method: 'POST',
        target: '/b?api-version=2024-07-01',
        status: 429,
        requestId: 'r2',
        correlationId: '',
        started: '2026-11-24T08:00:17.000Z',
        took: 0,
      },
      {
        method: 'POST',
        target: '/b?api-version=2024-07-01',
        status: 202,
        requestId: 'r3',
        correlationId: 'c3',
        started: '2026-11-24T08:00:20.000Z',
        took: 0,
      },
    ]);
    expect(JSON.stringify(records)).not.toContain('token');
    expect([arm.calls, arm.budget.left]).toEqual([3, [{ limit: 'subscription-writes', remaining: 7 }]]);
  });

  test('for longer than the limit is exit code 6, with what ARM says', async () => {
    const error = { code: 'OperationNotAllowed', message: 'Too many requests.' };
    const server = await serve([
      { status: 429, headers: { 'retry-after': '60' }, body: { error } },
      { status: 429, headers: { 'retry-after': '480' }, body: { error } },
    ]);
    const problem = await problemOf(timedArm(server).arm.send(get));
    expect(problem.message).toBe(
      'ARM throttles, and Muster has waited 60 s: OperationNotAllowed: Too many requests. It asks to come back after 480 s.',
    );
    expect(problem.exitCode).toBe(EXIT.throttled);
  });
});

describe('an operation', () => {
  const begun =
    (headers: (endpoint: string) => Readonly<Record<string, string>>, replies: readonly Reply[]) =>
    async () => {
      const server = await serve(replies);
      const { arm, pauses } = timedArm(server);
      const result = await arm.finish({ status: 202, headers: headers(server.endpoint), body: undefined });
      return { result, pauses, targets: server.asked.map(({ target }) => target) };
    };
  const both = (endpoint: string): Readonly<Record<string, string>> => ({
    'azure-asyncoperation': `${endpoint}/op/1?api-version=2024-07-01&t=1`,
    location: `${endpoint}/op/1?monitor=true&api-version=2024-07-01`,
  });
  const status = (word: string, more: Partial<Reply> = {}): Reply => ({
    status: 200,
    body: { status: word },
    ...more,
  });

  test('is looked at at once, then as ARM asks, and its result is at its location', async () => {
    const { result, pauses, targets } = await begun(both, [
      status('InProgress', { headers: { 'retry-after': '10' } }),
      status('InProgress'),
      status('Succeeded'),
      { status: 200, body: { value: ['done'] } },
    ])();
    expect(result).toEqual({ status: 'Succeeded', output: { value: ['done'] } });
    expect(pauses).toEqual([10_000, 200]);
    expect(targets).toEqual([
      '/op/1?t=1&api-version=2024-07-01',
      '/op/1?t=1&api-version=2024-07-01',
      '/op/1?t=1&api-version=2024-07-01',
      '/op/1?monitor=true&api-version=2024-07-01',
    ]);
  });

  test('that fails or is canceled says why', async () => {
    const error = { code: 'VMStartTimedOut', message: 'Late.' };
    const failed = await begun(both, [{ status: 200, body: { status: 'Failed', error } }])();
    expect(failed.result).toEqual({ status: 'Failed', error });
    const canceled = await begun(both, [{ status: 200, body: { status: 'Canceled', error } }])();
    expect(canceled.result).toEqual({ status: 'Canceled', error });
    const gone = await begun(both, [{ status: 404, body: {} }])();
    expect(gone.result).toEqual({ status: 'Failed', error: { code: '404', message: '' } });
  });

  test('with a location alone ends when that is no longer 202', async () => {
    const location = (endpoint: string): Readonly<Record<string, string>> => ({
      location: `${endpoint}/op/2`,
    });
    const ended = await begun(location, [
      { status: 202 },
      { status: 202 },
      { status: 200, body: { a: 1 } },
    ])();
    expect([ended.result, ended.pauses]).toEqual([{ status: 'Succeeded', output: { a: 1 } }, [100, 200]]);
    const failed = await begun(location, [
      { status: 409, body: { error: { code: 'Conflict', message: 'No.' } } },
    ])();
    expect(failed.result).toEqual({ status: 'Failed', error: { code: 'Conflict', message: 'No.' } });
  });

  test('without a location has its result in its status', async () => {
    const alone = (endpoint: string): Readonly<Record<string, string>> => ({
      'azure-asyncoperation': `${endpoint}/op/3`,
    });
    const output = { value: [{ code: 'ProvisioningState/succeeded' }] };
    const ended = await begun(alone, [
      status('Succeeded', { body: { status: 'Succeeded', properties: { output } } }),
    ])();
    expect(ended.result).toEqual({ status: 'Succeeded', output });
    expect((await begun(alone, [status('Succeeded')])()).result).toEqual({ status: 'Succeeded' });
  });

  test('that was refused has failed, and one that nothing began has succeeded', async () => {
    const { arm } = timedArm(await serve([]));
    const error = { code: 'Conflict', message: 'No.' };
    expect(await arm.finish({ status: 409, headers: {}, body: { error } })).toEqual({
      status: 'Failed',
      error,
    });
    expect(await arm.finish({ status: 200, headers: {}, body: { a: 1 } })).toEqual({
      status: 'Succeeded',
      output: { a: 1 },
    });
    expect(await arm.finish({ status: 204, headers: {}, body: undefined })).toEqual({ status: 'Succeeded' });
  });
});
