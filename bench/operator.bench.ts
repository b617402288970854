// The operator's commands as a user waits for them: processes from their start to their end, against 1,000 simulated instances, in turns with az.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Arm } from './arm-client.ts';
import { startPlane } from './server.ts';
import { median } from './statistics.ts';
import { milliseconds, printTable, type Row } from './table.ts';

const INSTANCES = 1000;
const ROUNDS = 7;
const LOOKS = 5;
const SET = '/resourceGroups/bench/providers/Microsoft.Compute/virtualMachineScaleSets/big';
const BIN = fileURLToPath(new URL('../bin/muster.mjs', import.meta.url));

const data = mkdtempSync(join(tmpdir(), 'muster-bench-'));
const env = { ...process.env, MUSTER_HOME: data, MUSTER_CONFIG: join(data, 'contexts.json') };
const hasAz = spawnSync('az', ['--version']).status === 0;
try {
  printTable(await measure());
} finally {
  rmSync(data, { recursive: true, force: true });
}

async function measure(): Promise<readonly Row[]> {
  const plane = await startPlane(data, '--guests', 'simulated', '--time-scale', '100', '--seed', '1');
  try {
    const arm = await Arm.signIn(data, plane.port);
    await arm.ask('PUT', '/resourceGroups/bench', { location: 'westeurope' });
    await arm.ended(await arm.ask('PUT', SET, model()));
    return [startUp(), listing(), triaging()];
  } finally {
    await plane.stop();
  }
}

function model(): unknown {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', tier: 'Standard', capacity: INSTANCES },
    properties: {
      singlePlacementGroup: false,
      overprovision: false,
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: {
        osProfile: { computerNamePrefix: 'bench', adminUsername: 'bench' },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
        },
      },
    },
  };
}

function startUp(): Row {
  const [ours, theirs] = inTurns(
    () => muster('--version').elapsed,
    () => timed('az', ['--version']).elapsed,
  );
  return {
    what: 'start-up: `muster --version`',
    found: milliseconds(ours),
    against: beside(theirs, ours, '`az --version`'),
  };
}

/** az shows no health, balancer, model's fields, domains or last action in its table: it is the nearest that it has. */
function listing(): Row {
  const { stderr } = muster('list', '--set', 'bench/big');
  const [, requests = '?'] = /(\d+) requests\./.exec(stderr) ?? [];
  const az = [
    'vmss',
    'list-instances',
    '-g',
    'bench',
    '-n',
    'big',
    '--expand',
    'instanceView',
    '-o',
    'table',
  ];
  // The first one registers the plane with az.
  if (hasAz) muster('az', '--', ...az);
  const [ours, theirs] = inTurns(
    () => muster('list', '--set', 'bench/big').elapsed,
    () => muster('az', '--', ...az).elapsed,
  );
  return {
    what: `\`muster list\` of ${INSTANCES} instances: ${requests} requests`,
    found: milliseconds(ours),
    against: `${beside(theirs, ours, '`az vmss list-instances --expand instanceView`')}; at most 10 requests`,
  };
}

/** What az offers for it is a list and then a look at each instance: a thousand of them take so long that some are timed, and counted up. */
function triaging(): Row {
  const ours = median(Array.from({ length: LOOKS }, () => muster('triage', '--set', 'bench/big').elapsed));
  const what = `\`az vmss list-instances\` and ${INSTANCES} times \`az vmss get-instance-view\`, of which ${LOOKS} were timed`;
  const of = ['-g', 'bench', '-n', 'big'];
  const az = (...words: readonly string[]): number => muster('az', '--', 'vmss', ...words, ...of).elapsed;
  const theirs = hasAz
    ? az('list-instances') +
      INSTANCES *
        median(Array.from({ length: LOOKS }, (_, id) => az('get-instance-view', '--instance-id', String(id))))
    : Number.NaN;
  return {
    what: `\`muster triage\` of ${INSTANCES} instances`,
    found: milliseconds(ours),
    against: beside(theirs, ours, what),
  };
}

/** Medians of both; NaN for az where it is not installed. */
function inTurns(ours: () => number, theirs: () => number): readonly [number, number] {
  const [mine, others]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    mine.push(ours());
    if (hasAz) others.push(theirs());
  }
  return [median(mine), median(others)];
}

function beside(theirs: number, ours: number, what: string): string {
  return Number.isNaN(theirs)
    ? `${what}: az is not installed`
    : `${milliseconds(theirs)} for ${what}: ${ratio(ours / theirs)}x`;
}

function ratio(value: number): string {
  return value < 0.01 ? value.toPrecision(1) : value.toFixed(2);
}

interface Timed {
  readonly elapsed: number;
  readonly stderr: string;
}

function muster(...args: readonly string[]): Timed {
  return timed(process.execPath, [BIN, ...args]);
}

function timed(command: string, args: readonly string[]): Timed {
  const begun = performance.now();
  const { status, stderr } = spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { elapsed: performance.now() - begun, stderr };
}
