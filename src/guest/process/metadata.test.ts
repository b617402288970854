// Where a guest's programs look for its metadata, and that they look where the plane listens, whatever the guest and the
// plane went through since.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BASE, G, openProcessHarness, type ProcessHarness } from '../../../test/testing/process-guests.ts';
import type { MetadataDoor } from '../../app/ports/guests.ts';
import { Addresses, METADATA_PORT } from './address.ts';

async function harness(): Promise<ProcessHarness> {
  const opened = await openProcessHarness();
  onTestFinished(() => opened.close());
  return opened;
}

const NAMES = [
  'MUSTER_METADATA_ENDPOINT',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'IDENTITY_ENDPOINT',
  'IDENTITY_HEADER',
  'MSI_ENDPOINT',
  'MSI_SECRET',
];

/** What a program in the guest has in its environment of it. */
async function seen(guests: ProcessHarness, handle = G): Promise<readonly string[]> {
  const script = NAMES.map((name) => `printf '%s\\n' "$${name}"`).join('\n');
  return (await guests.run(handle, script)).stdout.trim().split('\n');
}

function expected({ host, port, secret }: MetadataDoor): readonly string[] {
  const base = `http://${host}:${port}`;
  return [base, base, `${base}/msi/token`, secret, `${base}/msi/token`, secret];
}

async function doorOf({ guests }: ProcessHarness, handle = G): Promise<MetadataDoor> {
  const door = await guests.metadataDoor?.(handle);
  if (door === undefined) throw new Error(`${handle} has no door`);
  return door;
}

describe('a guest', () => {
  test('finds its metadata by the variables that Azure’s clients read', async () => {
    const guests = await harness();
    const { address } = await guests.created(G);
    const door = await doorOf(guests);
    expect(door.host).toBe(address?.host);
    expect(await seen(guests)).toEqual(expected(door));
  });

  test('has a secret and an address that no other has', async () => {
    const guests = await harness();
    await guests.created(G);
    await guests.created(`${G}-other`);
    const [own, other] = [await doorOf(guests), await doorOf(guests, `${G}-other`)];
    expect(other.secret).not.toBe(own.secret);
    expect(`${other.host}:${other.port}`).not.toBe(`${own.host}:${own.port}`);
    expect(await seen(guests, `${G}-other`)).toEqual(expected(other));
  });

  test('finds it at the same place when another plane has come', async () => {
    const guests = await harness();
    await guests.created(G);
    const before = await doorOf(guests);
    await guests.reopen();
    expect(await doorOf(guests)).toEqual(before);
    expect(await seen(guests)).toEqual(expected(before));
  });

  test('keeps its secret when it moves, and looks at its new address', async () => {
    const guests = await harness();
    await guests.created(G);
    const before = await doorOf(guests);
    const options = { generation: 1, spec: BASE, newHost: true, graceful: false };
    await guests.guests.restart(G, options);
    await guests.ready(G, 1);
    const after = await doorOf(guests);
    expect(after.secret).toBe(before.secret);
    expect(`${after.host}:${after.port}`).not.toBe(`${before.host}:${before.port}`);
    expect(await seen(guests)).toEqual(expected(after));
  });

  test('has none while it has no address, and when it is gone', async () => {
    const guests = await harness();
    await guests.created(G);
    const { secret } = await doorOf(guests);
    await guests.guests.stop(G, { graceful: false, release: true });
    await guests.power(G, 'deallocated');
    expect(await guests.guests.metadataDoor?.(G)).toBeUndefined();
    await guests.guests.start(G);
    await guests.ready(G);
    expect((await doorOf(guests)).secret).toBe(secret);
    await guests.guests.delete(G);
    await guests.until(async () => (await guests.guests.get(G)) === undefined);
    expect(await guests.guests.metadataDoor?.(G)).toBeUndefined();
  });

  test('of a plane that knew nothing of metadata gets its place with its next boot', async () => {
    const guests = await harness();
    await guests.created(G);
    await guests.reopen(() =>
      guests.rewrite(G, (record) => {
        const { metadata: _unknown, ...older } = record;
        return older;
      }),
    );
    expect(await guests.guests.metadataDoor?.(G)).toBeUndefined();
    await guests.guests.restart(G, { generation: 1, spec: BASE, newHost: false, graceful: false });
    await guests.ready(G, 1);
    expect(await seen(guests)).toEqual(expected(await doorOf(guests)));
  });

  test('has its secret in no file but one that the plane’s user alone can read', async () => {
    const guests = await harness();
    await guests.created(G);
    const { secret } = await doorOf(guests);
    const directory = join(guests.directory, G);
    const holding = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => join(directory, name))
      .filter((file) => existsSync(file) && statSync(file).isFile())
      .filter((file) => readFileSync(file, 'latin1').includes(secret));
    expect(holding).toEqual([join(directory, 'guest.json')]);
    expect(statSync(holding[0] ?? '').mode & 0o077).toBe(0);
  });
});

test('with an address of its own a guest has the one port, without it one that is free', async () => {
  expect(await new Addresses('127.90').metadataPort()).toBe(METADATA_PORT);
  const shared = new Addresses(undefined);
  const ports = [await shared.metadataPort(), await shared.metadataPort()];
  expect(ports).not.toContain(METADATA_PORT);
  expect(ports.every((port) => port > 1024)).toBe(true);
});
