// One process guest, from create to ready, against the same tree of processes started by hand: unshare with the same namespaces,
// a shell as first process, a child of it. What is above the floor is the disk, the mounts, the durable record and the boot itself.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Guests } from '../src/app/ports/guests.ts';
import type { GuestSpec } from '../src/domain/guest.ts';
import { openProcessGuests } from '../src/guest/process/guests.ts';
import { openClock } from '../src/system/clock.ts';
import { randomIds } from '../src/system/ids.ts';
import { median } from './statistics.ts';
import { milliseconds, printTable } from './table.ts';

const ROUNDS = 25;
const SPEC: GuestSpec = {
  name: 'bench',
  computerName: 'bench',
  image: 'base',
  size: 'Standard_B1s',
  dataDisks: [],
};
const UNSHARE = ['--user', '--map-root-user', '--mount', '--pid', '--uts', '--ipc', '--fork', '--kill-child'];

const directory = mkdtempSync(join(tmpdir(), 'muster-bench-'));
const guests = await openProcessGuests({ directory, clock: openClock(), ids: randomIds });
try {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await createAndReady(`bench_${round}`));
    theirs.push(await byHand());
  }
  const [mine, floor] = [median(ours), median(theirs)];
  printTable([
    {
      what: `create a process guest until it is ready (${guests.isolation})`,
      found: milliseconds(mine),
      against: `${milliseconds(floor)} for the same tree by hand: ${(mine / floor).toFixed(1)}x`,
    },
  ]);
} finally {
  for (let round = 0; round < ROUNDS; round += 1) {
    await guests.delete(`bench_${round}`);
    await until(guests, `bench_${round}`, async () => (await guests.get(`bench_${round}`)) === undefined);
  }
  await guests.close();
  rmSync(directory, { recursive: true, force: true });
}

async function createAndReady(handle: string): Promise<number> {
  const begun = performance.now();
  await guests.create(handle, SPEC);
  await until(guests, handle, async () => (await guests.get(handle))?.ready === true);
  return performance.now() - begun;
}

async function byHand(): Promise<number> {
  const begun = performance.now();
  const child = spawn('unshare', [...UNSHARE, 'sh', '-c', 'sleep 1000 & echo up; wait'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await once(child.stdout, 'data');
  const elapsed = performance.now() - begun;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
  return elapsed;
}

async function until(watched: Guests, handle: string, holds: () => Promise<boolean>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = async (): Promise<void> => {
    if (await holds()) resolve();
  };
  const stop = watched.watch((changed) => {
    if (changed === handle) void look();
  });
  await look();
  await promise;
  stop();
}
