// Pages of virtual machines: every one is on one page, whatever changes in between, over the bounds of sets; and an unchanged page of
// one set costs nothing.
import { afterAll, describe, expect, test } from 'vitest';
import { API, ask, makeSet, paths, setBody } from './ask.ts';
import { openWorld } from './world.ts';

const FLEXIBLE = { orchestrationMode: 'Flexible', overprovision: false };

const world = await openWorld();
await makeSet(world, 700, FLEXIBLE);
const { group, set, instances: members } = paths(world);
const sets = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets`;
for (const [name, capacity, more] of [
  ['api', 450, FLEXIBLE],
  ['none', 0, FLEXIBLE],
  ['uniform', 3, {}],
] as const) {
  await ask(world, `PUT ${sets}/${name}?${API}`, { body: setBody(capacity, more) });
}
await world.settle();

const machines = `${group}/providers/Microsoft.Compute/virtualMachines`;
const all = `/subscriptions/${world.subscriptionId}/providers/Microsoft.Compute/virtualMachines`;
const ofSet = `$filter='virtualMachineScaleSet/id' eq '${set}'`;

interface PageBody {
  readonly value: readonly { readonly name: string }[];
  readonly nextLink?: string;
}

async function page(line: string): Promise<PageBody> {
  const answered = await ask(world, `GET ${line}`);
  expect(answered.status).toBe(200);
  return answered.json as PageBody;
}

async function pages(line: string, between?: () => Promise<void>): Promise<readonly (readonly string[])[]> {
  const found: string[][] = [];
  for (let next: string | undefined = line; next !== undefined;) {
    const body = await page(next);
    found.push(body.value.map(({ name }) => name));
    next = body.nextLink;
    await between?.();
  }
  return found;
}

/** Every member of both sets, by what the sets themselves say. */
const known = [
  ...(await pages(`${sets}/api/virtualMachines?${API}`)).flat(),
  ...(await pages(`${members}?${API}`)).flat(),
];

afterAll(async () => {
  await world.close();
});

describe('a list of machines', () => {
  test('comes in full pages over the bounds of sets, and has no instance of a Uniform one', async () => {
    for (const line of [machines, all]) {
      const found = await pages(`${line}?${API}`);
      expect(found.map((names) => names.length)).toEqual([500, 500, 150]);
      expect(found.flat()).toEqual(known);
    }
    expect(new Set(known).size).toBe(1150);
  });

  test('has the statuses of all in the same pages', async () => {
    expect(await pages(`${all}?${API}&statusOnly=true`)).toEqual(await pages(`${all}?${API}`));
  });

  test('has those of one set alone, with their views', async () => {
    const found = await pages(`${machines}?${API}&${ofSet}&$expand=instanceView`);
    expect(found.map((names) => names.length)).toEqual([500, 200]);
    expect(found.flat()).toEqual(known.slice(450));
  });

  test('links to the same query, on the same host', async () => {
    const { nextLink } = await page(`${machines}?${API}&${ofSet}&$expand=instanceView`);
    const url = new URL(nextLink ?? '');
    expect(url.origin).toBe('https://localhost:7443');
    expect(url.pathname).toBe(machines);
    expect(url.searchParams.get('$filter')).toBe(`'virtualMachineScaleSet/id' eq '${set}'`);
    expect(url.searchParams.get('$expand')).toBe('instanceView');
  });

  test('of one set is the same bytes, not another copy, while nothing changed', async () => {
    for (const line of [
      `GET ${machines}?${API}&${ofSet}&$expand=instanceView`,
      `GET ${members}?${API}&muster-view=full`,
    ]) {
      const first = await ask(world, line);
      const again = await ask(world, line);
      expect(again.response.body).toBe(first.response.body);
      await ask(world, `POST ${set}/restart?${API}`, { body: { instanceIds: [known[450] ?? ''] } });
      const changed = await ask(world, line);
      expect(changed.response.body).not.toBe(first.response.body);
      expect(changed.text).toContain('"Updating"');
      await world.settle();
    }
  });

  test('shows a set that appears beside one that was alone', async () => {
    const alone = `${machines}?${API}&$filter='virtualMachineScaleSet/id' eq '${sets}/late'`;
    expect(await pages(alone)).toEqual([[]]);
    await ask(world, `PUT ${sets}/late?${API}`, { body: setBody(1, FLEXIBLE) });
    await world.settle();
    expect((await pages(alone)).flat()).toHaveLength(1);
    await ask(world, `DELETE ${sets}/late?${API}`);
    await world.settle();
    expect(await pages(alone)).toEqual([[]]);
  });

  test('misses none and repeats none when machines go in between', async () => {
    let gone = 0;
    const found = await pages(`${machines}?${API}`, async () => {
      await ask(world, `POST ${sets}/api/delete?${API}`, { body: { instanceIds: [known[gone] ?? ''] } });
      await world.settle();
      gone += 1;
    });
    expect(found.flat()).toEqual(known);
    expect(gone).toBe(3);
  });

  test('has nothing after the last, whatever became of its set', async () => {
    await ask(world, `DELETE ${sets}/api?${API}`);
    await world.settle();
    const token = Buffer.from('machine:rg/api/0/449').toString('base64url');
    expect((await pages(`${machines}?${API}&$skiptoken=${token}`)).flat()).toEqual(known.slice(450));
    const end = Buffer.from('machine:rg/web/0/700').toString('base64url');
    expect(await pages(`${machines}?${API}&$skiptoken=${end}`)).toEqual([[]]);
  });

  test.each(['x', '', 'aW5zdGFuY2U6MQ', 'bWFjaGluZTpyZy93ZWIvMg', 'bWFjaGluZTpyZy93ZWIvMC8wMQ'])(
    'refuses the token %j, which it did not give',
    async (token) => {
      const answered = await ask(world, `GET ${machines}?${API}&$skiptoken=${token}`);
      expect(answered.status).toBe(400);
      expect(answered.json).toMatchObject({ error: { code: 'InvalidParameter', target: '$skiptoken' } });
    },
  );
});

describe('the list of a Uniform set', () => {
  test('may be asked for in full in the same way, and is what Azure calls with its views', async () => {
    const line = `${sets}/uniform/virtualMachines?${API}`;
    const full = await page(`${line}&muster-view=full`);
    expect(full).toEqual(await page(`${line}&$expand=instanceView`));
    expect(full.value).toHaveLength(3);
  });
});
