// A process of its own that uses a store, for tests that kill it or take the disk from it. What it was told is
// acknowledged it writes to its standard output at once, a line each.
//
//   hold PATH    opens the store and stays
//   burst PATH   many writers at once, without end: each raises a counter of its own in three rows of one commit
//   fill PATH    writes rows of 100 kB until the store refuses one, then says what it can still read

import { writeSync } from 'node:fs';

import { put } from '../../src/app/ports/store.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite.ts';
import { activityRow, instanceRow, operationRow, resourceId, SET, uuid } from './store-rows.ts';

const WRITERS = 20;

function say(line: string): void {
  writeSync(1, `${line}\n`);
}

async function burst(store: SqliteStore): Promise<void> {
  const writer = async (id: number): Promise<void> => {
    for (;;) {
      const instance = (await store.instance(SET, id)) ?? instanceRow(id, { etag: 0 });
      const operation = (await store.operation(uuid(id))) ?? operationRow(uuid(id));
      const count = instance.etag + 1;
      await store.commit([
        put('instance', { ...instance, etag: count }),
        { kind: 'append', activity: activityRow(String(count), { resourceId: resourceId(String(id)) }) },
        put('operation', { ...operation, result: count }),
      ]);
      say(`${id} ${count}`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, id) => writer(id)));
}

async function fill(store: SqliteStore): Promise<void> {
  const commit = (id: number) =>
    store.commit([put('instance', instanceRow(id, { userData: 'x'.repeat(100_000) }))]);
  for (let id = 0; ; id += 1) {
    try {
      await commit(id);
      say(`stored ${id}`);
    } catch (error) {
      say(`refused ${id} ${(error as Error).name}`);
      break;
    }
  }
  say(`readable ${(await store.instances(SET)).map(({ id }) => id).join(',')}`);
}

const [, , mode, path] = process.argv as [string, string, string, string];

function open(): SqliteStore {
  try {
    return openSqliteStore({ path });
  } catch (error) {
    say(`not opened: ${(error as Error).name}`);
    process.exit(1);
  }
}

const store = open();
say('open');
if (mode === 'burst') await burst(store);
if (mode === 'fill') await fill(store);
if (mode === 'hold') process.stdin.resume();
