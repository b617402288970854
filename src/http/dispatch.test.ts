// Dispatch: who gets how far, what every answer carries, and what becomes of errors that nobody expected.
import { afterAll, describe, expect, test } from 'vitest';
import { type Route, ROUTES } from '../arm/routes.ts';
import { API, ask, makeSet, paths } from '../../test/wire/ask.ts';
import { openWorld } from '../../test/wire/world.ts';
import type { Context } from './context.ts';

const world = await openWorld();
await makeSet(world, 1);
const { set, instances } = paths(world);
const routes = Object.values(ROUTES) as Route[];

afterAll(async () => {
  await world.close();
});

function example({ path }: Route): string {
  return path
    .replace('{subscription}', world.subscriptionId)
    .replace('{group}', 'rg')
    .replace('{set}', 'web')
    .replaceAll(/\{\w+\}/g, '0');
}

describe('a request without a good token', () => {
  test.each(routes)('$method $path is refused and changes nothing', async (route) => {
    let commits = 0;
    const stop = world.store.onCommit(() => {
      commits += 1;
    });
    for (const headers of [{}, { authorization: 'Bearer x.y.z' }, { authorization: 'Basic eDp5' }]) {
      const answered = await ask(world, `${route.method} ${example(route)}?${API}`, {
        headers,
        anonymous: true,
      });
      expect(answered.status).toBe(401);
      expect(answered.headers['www-authenticate']).toContain(
        `authorization_uri="https://localhost:7443/${world.tenantId}"`,
      );
    }
    stop();
    expect(commits).toBe(0);
    expect(world.shutdowns()).toBe(0);
  });

  test('is told when its token has run out, by the clock that the token lives by', async () => {
    const old = await openWorld();
    const token = await old.token();
    await old.advance(2 * 60 * 60 * 1000);
    const answered = await ask(old, `GET /subscriptions?${API}`, {
      anonymous: true,
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answered.json).toEqual({
      error: {
        code: 'ExpiredAuthenticationToken',
        message:
          "The access token expiry UTC time '11/24/2026 6:59:59 AM' is earlier than current UTC time '11/24/2026 8:00:00 AM'.",
      },
    });
    expect(answered.text).not.toContain(token);
    await old.close();
  });

  test.each([
    [
      { reason: 'audience', audience: 'https://other' },
      'InvalidAuthenticationTokenAudience',
      "'https://other'",
    ],
    [{ reason: 'issuer' }, 'InvalidAuthenticationToken', 'wrong issuer'],
    [{ reason: 'notYetValid' }, 'InvalidAuthenticationToken', 'not yet valid'],
    [{ reason: 'signature' }, 'InvalidAuthenticationToken', 'is invalid'],
    [{ reason: 'malformed' }, 'InvalidAuthenticationToken', 'is invalid'],
  ] as const)('is told what is wrong with it: %j', async (refusal, code, words) => {
    const strict = await openWorld({ verify: async () => ({ refusal }) });
    const { json } = await ask(strict, `GET /subscriptions?${API}`);
    expect(json).toMatchObject({ error: { code, message: expect.stringContaining(words) as string } });
    await strict.close();
  });
});

describe('every answer', () => {
  const lines = [
    `GET ${set}?${API}`,
    `GET ${set}`,
    `GET /nothing`,
    `POST ${set}/restart?${API}`,
    `HEAD ${paths(world).group}?${API}`,
    `GET /metadata/endpoints?api-version=2022-09-01`,
  ];
  test.each(lines)('to %s can be followed and is not cached', async (line) => {
    const correlation = 'abcdefab-1234-4234-8234-abcdefabcdef';
    const { headers } = await ask(world, line, {
      headers: {
        'x-ms-correlation-request-id': correlation,
        'x-ms-client-request-id': 'mine',
        'x-ms-return-client-request-id': 'true',
      },
    });
    expect(headers['x-ms-correlation-request-id']).toBe(correlation);
    expect(headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['x-ms-routing-request-id']).toMatch(new RegExp(`^MUSTER:\\d{8}T\\d{6}Z:${correlation}$`));
    expect(headers['x-ms-client-request-id']).toBe('mine');
    expect(headers['cache-control']).toMatch(/^no-(cache|store)$/);
    expect(headers).not.toHaveProperty('retry-after');
  });

  test('that begins an operation has its id as the request’s', async () => {
    await world.settle();
    const { headers } = await ask(world, `POST ${set}/restart?${API}`);
    expect(headers['azure-asyncoperation']).toContain(`/operations/${headers['x-ms-request-id']}?`);
    await world.settle();
  });

  test('leads back to the host that the client knows, and to no host that it made up', async () => {
    for (const [host, base] of [
      ['127.0.0.1:9', 'https://127.0.0.1:9'],
      ['evil.example', 'https://localhost:7443'],
    ]) {
      const { headers } = await ask(world, `POST ${instances}/0/start?${API}`, {
        headers: { host: host ?? '' },
      });
      expect(headers['location']?.startsWith(`${base}/subscriptions/`)).toBe(true);
    }
  });
});

describe('an error that nobody expected', () => {
  async function broken(changes: Partial<Context>, line: string) {
    const logged: unknown[] = [];
    const other = await openWorld({ ...changes, log: (...entry) => void logged.push(entry) });
    const answered = await ask(other, line);
    await other.close();
    return { answered, logged };
  }

  test('is a 500 that tells its correlation id and nothing else, and is logged with it', async () => {
    const error = new Error('the disk said S3cret');
    const { answered, logged } = await broken(
      { status: () => Promise.reject(error) },
      'GET /providers/Muster.Plane/status?api-version=2026-11-01',
    );
    expect(answered.status).toBe(500);
    const correlationId = answered.headers['x-ms-correlation-request-id'];
    expect(answered.json).toMatchObject({ error: { code: 'InternalServerError' } });
    expect(answered.text).toContain(correlationId);
    expect(answered.text).not.toContain('S3cret');
    expect(logged).toEqual([
      [
        'error',
        'a request failed',
        { correlationId, method: 'GET', path: '/providers/Muster.Plane/status', error },
      ],
    ]);
  });

  test('of the sign-in is one too', async () => {
    const { answered } = await broken({ anonymous: () => Promise.reject(new Error('no')) }, 'GET /');
    expect(answered.status).toBe(500);
  });
});

test('what needs no token is answered before anything else is looked at', async () => {
  const answered = await ask(world, 'GET /metadata/endpoints?api-version=2022-09-01', { anonymous: true });
  expect(answered.status).toBe(200);
  expect(answered.json).toMatchObject({ resourceManager: 'https://localhost:7443' });
});
