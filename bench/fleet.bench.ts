// The plane with a large simulated fleet: how fast it makes one, how fast it answers, what it costs. Everything goes over HTTP to a plane in a
// process of its own, as users have it; every state change is on disk before it is acknowledged.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Arm, ask } from './arm-client.ts';
import { cpuMilliseconds, residentBytes, type Server, startBare, startPlane } from './server.ts';
import { median, quantile } from './statistics.ts';
import { milliseconds, perSecond, printTable, type Row } from './table.ts';

const GROUP = '/resourceGroups/bench';
const SET_SIZE = 1000;
const SETS = 10;
/** How long idling is watched, in ms. */
const IDLE = 20_000;
/** Boots of half a minute take a third of a second. */
const UP = ['--guests', 'simulated', '--time-scale', '100', '--seed', '1'];

/** Time runs as it does. */
const EVERYDAY = ['--guests', 'simulated', '--seed', '1'];

const setPath = (index: number): string =>
  `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/set${index}`;
const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));

const data = mkdtempSync(join(tmpdir(), 'muster-bench-'));
try {
  printTable(await measure());
} finally {
  rmSync(data, { recursive: true, force: true });
}

async function measure(): Promise<readonly Row[]> {
  const plane = await startPlane(data, ...UP);
  const arm = await Arm.signIn(data, plane.port);
  await arm.ask('PUT', GROUP, { location: 'westeurope' });
  const empty = residentBytes(plane.pid);
  const rows: Row[] = [];
  rows.push(await creation(arm, [0]));
  rows.push(
    await creation(
      arm,
      Array.from({ length: SETS - 1 }, (_, index) => index + 1),
    ),
  );
  rows.push(await listing(arm));
  rows.push(...(await churn(arm)));
  const full = residentBytes(plane.pid);
  rows.push({
    what: `memory per instance at ${SETS * SET_SIZE}`,
    found: `${((full - empty) / (SETS * SET_SIZE) / 1024).toFixed(1)} KiB`,
    against: `${Math.round(full / 1024 / 1024)} MiB in all, ${Math.round(empty / 1024 / 1024)} MiB empty`,
  });
  await plane.stop();
  rows.push(...(await restarting()));
  return rows;
}

/** From the PUT to the end of its operation, boots included. */
async function creation(arm: Arm, sets: readonly number[]): Promise<Row> {
  const begun = performance.now();
  await Promise.all(
    sets.map(async (index) => {
      await arm.ended(await arm.ask('PUT', setPath(index), model()));
    }),
  );
  const elapsed = performance.now() - begun;
  const count = sets.length * SET_SIZE;
  return {
    what: `create ${count} simulated instances, every change durable`,
    found: perSecond(count, elapsed),
    against: `${milliseconds(elapsed)} from PUT to Succeeded; at least 1,000 /s, aim 5,000 /s`,
  };
}

function model(): unknown {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', tier: 'Standard', capacity: SET_SIZE },
    properties: {
      singlePlacementGroup: false,
      overprovision: false,
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: {
        osProfile: { computerNamePrefix: 'bench', adminUsername: 'bench' },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
        },
        networkProfile: {
          networkInterfaceConfigurations: [
            { name: 'nic', properties: { primary: true, ipConfigurations: [{ name: 'ip' }] } },
          ],
        },
      },
    },
  };
}

/** All pages of one set, and the same bytes from bare node:http, in turns. */
async function listing(arm: Arm): Promise<Row> {
  const urls = await pages(arm);
  const bare: Server[] = [];
  let bytes = 0;
  for (const [index, url] of urls.entries()) {
    const { body } = await arm.asIs('GET', url);
    bytes += body.length;
    const file = join(data, `page${index}`);
    writeFileSync(file, body);
    bare.push(await startBare(file));
  }
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 60; round += 1) {
    let begun = performance.now();
    for (const url of urls) await arm.asIs('GET', url);
    ours.push(performance.now() - begun);
    begun = performance.now();
    for (const { port } of bare) await ask(port, 'GET', '/');
    theirs.push(performance.now() - begun);
  }
  for (const server of bare) await server.stop();
  const [mine, floor] = [median(ours), median(theirs)];
  return {
    what: `list ${SET_SIZE} instances with instance view (${urls.length} pages, ${(bytes / 1e6).toFixed(1)} MB)`,
    found: milliseconds(mine),
    against: `${milliseconds(floor)} for the same bytes from bare node:http: ${(mine / floor).toFixed(2)}x, at most 2x`,
  };
}

async function pages(arm: Arm): Promise<readonly string[]> {
  const urls: string[] = [];
  let next: string | undefined =
    `/subscriptions/${arm.subscription}${setPath(0)}/virtualMachines?api-version=2024-07-01&$expand=instanceView`;
  while (next !== undefined) {
    urls.push(next);
    const { body } = await arm.asIs('GET', next);
    const { nextLink } = JSON.parse(body.toString()) as { nextLink?: string };
    const url: URL | undefined = nextLink === undefined ? undefined : new URL(nextLink);
    next = url && url.pathname + url.search;
  }
  return urls;
}

/** A hundred instances restart each second while one client reads and another acts. */
async function churn(arm: Arm): Promise<readonly Row[]> {
  const over = new AbortController();
  let next = 0;
  const id = (): string => String((next += 7) % SET_SIZE);
  const reads: number[] = [];
  const posts: number[] = [];
  const noise = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const instanceIds = Array.from({ length: 10 }, id);
      await arm.ask('POST', `${setPath(1)}/restart`, { instanceIds }).catch(refused);
      await pause(100);
    }
  };
  const background = noise();
  for (let round = 0; round < 1000; round += 1) {
    const read = await arm.ask('GET', `${setPath(4)}/virtualMachines/${id()}?$expand=instanceView`);
    reads.push(read.milliseconds);
    const target = setPath(5 + (round % 5));
    const post = await arm.ask('POST', `${target}/virtualMachines/${Math.floor(round / 5) * 3}/restart`);
    posts.push(post.milliseconds);
    await pause(2);
  }
  over.abort();
  await background;
  const row = (what: string, sample: readonly number[]): Row => ({
    what: `${what}, p99 under churn at ${SETS * SET_SIZE} instances`,
    found: milliseconds(quantile(sample, 0.99)),
    against: `median ${milliseconds(median(sample))}; at most 10 ms`,
  });
  return [row('GET of an instance', reads), row('accepted POST of a restart (durable)', posts)];
}

/** A verb in hand is refused: that is part of the noise. */
function refused(error: unknown): void {
  if (!String(error).includes('409')) throw error as Error;
}

async function restarting(): Promise<readonly Row[]> {
  const begun = performance.now();
  const plane = await startPlane(data, ...EVERYDAY);
  const elapsed = performance.now() - begun;
  const idle = await idling(plane);
  await plane.stop();
  const bare = performance.now();
  const floor = await startBare(join(data, 'page0'));
  const least = performance.now() - bare;
  await floor.stop();
  return [
    {
      what: `start to serving with ${SETS * SET_SIZE} instances on disk`,
      found: milliseconds(elapsed),
      against: `${milliseconds(least)} for bare node:http`,
    },
    idle,
  ];
}

async function idling(plane: Server): Promise<Row> {
  await pause(5000);
  const before = cpuMilliseconds(plane.pid);
  await pause(IDLE);
  const used = cpuMilliseconds(plane.pid) - before;
  return {
    what: `idle CPU at ${SETS * SET_SIZE} instances`,
    found: `${((100 * used) / IDLE).toFixed(2)} % of one core`,
    against: `${IDLE / 1000} seconds`,
  };
}
