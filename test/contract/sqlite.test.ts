// The embedded store under the store contract, in memory and on disk; and what only processes can show: that nothing
// acknowledged is lost when the plane is killed or its disk fails, and that two planes never share a database.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { describe, expect, onTestFinished, test } from 'vitest';

import { StoreInUse } from '../../src/store/database.ts';
import { openSqliteStore } from '../../src/store/sqlite.ts';
import { CREATED, resourceId, SET, uuid } from '../testing/store-rows.ts';
import { describeStore } from './store.ts';

describeStore('SQLite in memory', {
  durable: false,
  harness: async () => ({ open: async () => openSqliteStore({ path: ':memory:' }), dispose: async () => {} }),
});

describeStore('SQLite on disk', {
  durable: true,
  async harness() {
    const directory = await mkdtemp(join(tmpdir(), 'muster-store-'));
    const path = join(directory, 'muster.db');
    return { open: async () => openSqliteStore({ path }), dispose: () => rm(directory, { recursive: true }) };
  },
});

const CHILD = fileURLToPath(new URL('../testing/store-child.ts', import.meta.url));

interface Child {
  readonly process: ChildProcess;
  /** Every line it has said so far. */
  readonly lines: string[];
  /** Resolves when it has said that many lines, or has ended. */
  said(count: number): Promise<void>;
  ended(): Promise<void>;
}

/** `limit` is the size in kB beyond which no file of the child may grow. */
function child(mode: 'hold' | 'burst' | 'fill', path: string, limit?: number): Child {
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', CHILD, mode, path];
  const [program, ...args] =
    limit === undefined ? command : ['bash', '-c', `ulimit -f ${limit} && exec "$@"`, 'bash', ...command];
  const started = spawn(program as string, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void started.kill('SIGKILL'));
  const lines: string[] = [];
  const output = createInterface(started.stdout);
  const closed = once(output, 'close');
  output.on('line', (line) => lines.push(line));
  return {
    process: started,
    lines,
    async said(count) {
      const more = new Promise<void>((resolve) => {
        output.on('line', () => lines.length >= count && resolve());
      });
      await Promise.race([more, closed]);
    },
    async ended() {
      await closed;
      if (started.exitCode === null && started.signalCode === null) await once(started, 'exit');
    },
  };
}

async function databasePath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'muster-store-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return join(directory, 'muster.db');
}

/** Processes take their time to start on a busy machine: a limit for what hangs. */
const LIMIT = { timeout: 60_000 };

describe('a plane that is killed', LIMIT, () => {
  test('has lost nothing that it acknowledged, and half of no commit is there', async () => {
    const path = await databasePath();
    const acknowledged = new Map<number, number>();
    // Each round goes on from what the one before left behind.
    for (const kills of [200, 500, 900]) {
      const burst = child('burst', path);
      await burst.said(kills);
      burst.process.kill('SIGKILL');
      await burst.ended();
      for (const line of burst.lines.slice(1)) {
        const [id, count] = line.split(' ').map(Number) as [number, number];
        acknowledged.set(id, Math.max(count, acknowledged.get(id) ?? 0));
      }
    }
    expect(acknowledged.size).toBe(20);
    const store = openSqliteStore({ path });
    onTestFinished(() => store.close());
    for (const [id, count] of acknowledged) {
      const instance = await store.instance(SET, id);
      expect(instance?.etag).toBeGreaterThanOrEqual(count);
      expect(instance?.revision).toBe(instance?.etag);
      expect(await store.operation(uuid(id))).toMatchObject({
        revision: instance?.etag,
        result: instance?.etag,
      });
      const query = { from: 0, to: CREATED, limit: 10_000, resourceId: resourceId(String(id)) };
      expect((await store.activity(query)).entries).toHaveLength(instance?.etag as number);
    }
  });

  test('leaves no lock behind; while it lives, no other plane opens its database', async () => {
    const path = await databasePath();
    const holder = child('hold', path);
    await holder.said(1);
    expect(holder.lines).toEqual(['open']);
    expect(() => openSqliteStore({ path })).toThrow(StoreInUse);
    // A refused attempt has not loosened the lock.
    expect(() => openSqliteStore({ path })).toThrow(StoreInUse);
    holder.process.kill('SIGKILL');
    await holder.ended();
    const store = openSqliteStore({ path });
    const second = child('hold', path);
    await second.ended();
    expect(second.lines).toEqual(['not opened: StoreInUse']);
    await store.close();
  });
});

describe.skipIf(process.platform === 'win32')('a disk that takes no more', LIMIT, () => {
  test('refuses the commit, and what is remembered is what is stored', async () => {
    const path = await databasePath();
    const full = child('fill', path, 2048);
    await full.ended();
    const stored = full.lines
      .filter((line) => line.startsWith('stored'))
      .map((line) => Number(line.split(' ')[1]));
    expect(stored.length).toBeGreaterThan(3);
    expect(full.lines.slice(-2)).toEqual([
      `refused ${stored.length} StoreFailure`,
      `readable ${stored.join(',')}`,
    ]);
    const store = openSqliteStore({ path });
    onTestFinished(() => store.close());
    expect((await store.instances(SET)).map(({ id }) => id)).toEqual(stored);
  });
});
