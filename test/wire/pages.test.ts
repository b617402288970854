// Pages of instances: every one is on one page, whatever changes in between; and an unchanged page costs nothing.
import { afterAll, describe, expect, test } from 'vitest';
import { API, ask, makeSet, paths } from './ask.ts';
import { openWorld } from './world.ts';

const world = await openWorld();
await makeSet(world, 1000, { singlePlacementGroup: false });
const { instances } = paths(world);

interface PageBody {
  readonly value: readonly { readonly instanceId: string }[];
  readonly nextLink?: string;
}

async function page(line: string): Promise<PageBody & { readonly charge: string | undefined }> {
  const answered = await ask(world, `GET ${line}`);
  expect(answered.status).toBe(200);
  return { ...(answered.json as PageBody), charge: answered.headers['x-ms-request-charge'] };
}

async function pages(line: string, between?: () => Promise<void>): Promise<readonly (readonly string[])[]> {
  const found: string[][] = [];
  for (let next: string | undefined = line; next !== undefined;) {
    const body = await page(next);
    found.push(body.value.map((item) => item.instanceId));
    next = body.nextLink;
    await between?.();
  }
  return found;
}

afterAll(async () => {
  await world.close();
});

describe('a list of a thousand instances', () => {
  test('comes in pages of at most 500, each with a link to the next but the last', async () => {
    const found = await pages(`${instances}?${API}&$expand=instanceView`);
    expect(found.map((ids) => ids.length)).toEqual([500, 500]);
    expect(found.flat()).toEqual(Array.from({ length: 1000 }, (_, id) => String(id)));
  });

  test('says how many it read', async () => {
    expect((await page(`${instances}?${API}`)).charge).toBe('500');
  });

  test('links to the same query, on the same host', async () => {
    const { nextLink } = await page(`${instances}?${API}&$expand=instanceView&$filter=instanceId ne '7'`);
    const url = new URL(nextLink ?? '');
    expect(url.origin).toBe('https://localhost:7443');
    expect(url.pathname).toBe(instances);
    expect(url.searchParams.get('api-version')).toBe('2024-07-01');
    expect(url.searchParams.get('$expand')).toBe('instanceView');
    expect(url.searchParams.get('$filter')).toBe("instanceId ne '7'");
  });

  test('pages what a filter leaves', async () => {
    const found = await pages(`${instances}?${API}&$filter=not startswith(instanceId, '9')`);
    expect(found.map((ids) => ids.length)).toEqual([500, 389]);
    expect(found.flat().some((id) => id.startsWith('9'))).toBe(false);
  });

  test('misses none and repeats none when instances go in between', async () => {
    let gone = 0;
    const found = await pages(`${instances}?${API}`, async () => {
      await ask(world, `DELETE ${instances}/${gone}?${API}`);
      await world.settle();
      gone += 1;
    });
    expect(found.flat()).toEqual(Array.from({ length: 1000 }, (_, id) => String(id)));
    expect(gone).toBe(2);
  });

  test('is the same bytes, not another copy, while nothing changed', async () => {
    const line = `GET ${instances}?${API}&$expand=instanceView`;
    const first = await ask(world, line);
    const again = await ask(world, line);
    expect(again.response.body).toBe(first.response.body);
    await ask(world, `POST ${instances}/500/restart?${API}`);
    const changed = await ask(world, line);
    expect(changed.response.body).not.toBe(first.response.body);
    await world.settle();
  });

  test.each(['x', '', 'aW5zdGFuY2U6LTE', 'aW5zdGFuY2U6MQ==', 'YWN0aXZpdHk6MQ', 'aW5zdGFuY2U6MDE'])(
    'refuses the token %j, which it did not give',
    async (token) => {
      const answered = await ask(world, `GET ${instances}?${API}&$skiptoken=${token}`);
      expect(answered.status).toBe(400);
      expect(answered.json).toEqual({
        error: { code: 'InvalidParameter', message: 'The request URL is not valid.', target: '$skiptoken' },
      });
    },
  );
});
