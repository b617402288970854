// Console logs: the URL lets in whoever holds it, for that guest and that long, and nobody who changed a letter of it.
import { afterAll, describe, expect, test } from 'vitest';
import { API, ask, makeSet, paths } from '../../test/wire/ask.ts';
import { openWorld } from '../../test/wire/world.ts';

const world = await openWorld();
await makeSet(world, 2);
const { instances } = paths(world);
const open = { anonymous: true } as const;

async function urlOf(id: number, minutes = 120): Promise<string> {
  const asked = await ask(
    world,
    `POST ${instances}/${id}/retrieveBootDiagnosticsData?${API}&sasUriExpirationTimeInMinutes=${minutes}`,
  );
  expect(asked.status).toBe(200);
  return (asked.json as { serialConsoleLogBlobUri: string }).serialConsoleLogBlobUri;
}

afterAll(async () => {
  await world.close();
});

describe('a console log', () => {
  test('is plain text for whoever has its URL', async () => {
    const read = await ask(world, `GET ${await urlOf(0)}`, open);
    expect(read.status).toBe(200);
    expect(read.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(read.headers['x-content-type-options']).toBe('nosniff');
    expect(read.text.length).toBeGreaterThan(0);
  });

  test('is there until its hour and not after', async () => {
    const url = await urlOf(0, 1);
    await world.advance(59_999);
    expect((await ask(world, `GET ${url}`, open)).status).toBe(200);
    await world.advance(1);
    const late = await ask(world, `GET ${url}`, open);
    expect(late.status).toBe(403);
    expect(late.json).toMatchObject({ error: { code: 'AuthorizationFailed' } });
  });

  test('of another guest is not opened by this one’s signature, nor by a later hour', async () => {
    const [mine, other] = [new URL(await urlOf(0)), new URL(await urlOf(1))];
    const changed = [
      `${other.pathname}${mine.search}`,
      `${mine.pathname}${mine.search.replace('2026', '2027')}`,
      `${mine.pathname}${mine.search.replace(/sig=../, 'sig=xx')}`,
      `${mine.pathname}?${new URLSearchParams({ se: mine.searchParams.get('se') ?? '' }).toString()}`,
      mine.pathname,
    ];
    for (const target of changed) expect((await ask(world, `GET ${target}`, open)).status).toBe(403);
  });

  test('of a guest that is gone is not found', async () => {
    const url = await urlOf(1);
    await ask(world, `DELETE ${instances}/1?${API}`);
    await world.settle();
    expect((await ask(world, `GET ${url}`, open)).status).toBe(404);
  });

  test('has no other address and no other method', async () => {
    const { pathname, search } = new URL(await urlOf(0));
    expect(
      (await ask(world, `GET ${pathname.replace('serialconsole', 'other')}${search}`, open)).status,
    ).toBe(404);
    expect((await ask(world, `PUT ${pathname}${search}`, open)).status).toBe(404);
    expect((await ask(world, `GET /consoleLogs/..%2F..${search}`, open)).status).toBe(400);
  });
});
