// Flexible beside Uniform: the same sets in both modes, in turns on one plane, over HTTP. What must hold: a Flexible set costs at most
// 1.3 times what a Uniform one costs, to make and to read.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Arm } from './arm-client.ts';
import { startPlane } from './server.ts';
import { median } from './statistics.ts';
import { milliseconds, perSecond, printTable, type Row } from './table.ts';

const GROUP = '/resourceGroups/bench';
const COMPUTE = `${GROUP}/providers/Microsoft.Compute`;
const SET_SIZE = 1000;
/** Sets made of each mode. */
const ROUNDS = 8;
const READS = 60;
const SINGLES = 1000;
const UP = ['--guests', 'simulated', '--time-scale', '100', '--seed', '1'];

type Mode = 'Uniform' | 'Flexible';

const MODES: readonly Mode[] = ['Uniform', 'Flexible'];

const setPath = (mode: Mode, index: number): string =>
  `${COMPUTE}/virtualMachineScaleSets/${mode.toLowerCase()}${index}`;

const data = mkdtempSync(join(tmpdir(), 'muster-bench-'));
try {
  const plane = await startPlane(data, ...UP);
  const arm = await Arm.signIn(data, plane.port);
  await arm.ask('PUT', GROUP, { location: 'westeurope' });
  printTable(await measure(arm));
  await plane.stop();
} finally {
  rmSync(data, { recursive: true, force: true });
}

async function measure(arm: Arm): Promise<readonly Row[]> {
  const made: Samples = { Uniform: [], Flexible: [] };
  const cold = { Uniform: [] as number[], full: [] as number[], filtered: [] as number[] };
  // The first of each warms the plane up, and does not count.
  for (let index = 0; index <= ROUNDS; index += 1) {
    for (const mode of index % 2 === 0 ? MODES : MODES.toReversed()) {
      const elapsed = await creation(arm, mode, index);
      if (index > 0) made[mode].push(elapsed);
    }
    const urls = lists(arm, index);
    const filteredFirst = index % 2 === 0;
    const uniform = await reading(arm, urls.Uniform);
    const flexible = await reading(arm, filteredFirst ? urls.filtered : urls.full);
    if (index === 0) continue;
    cold.Uniform.push(uniform);
    (filteredFirst ? cold.filtered : cold.full).push(flexible);
  }
  const rates = (mode: Mode): string => perSecond(SET_SIZE, median(made[mode]));
  return [
    {
      what: `create a Flexible set of ${SET_SIZE}, every change durable`,
      found: rates('Flexible'),
      against: `${rates('Uniform')} Uniform: ${ratio(made.Flexible, made.Uniform)}`,
    },
    row('list with instance view for the first time: `muster-view=full`', cold.full, cold.Uniform),
    row('the same: machines by the filter of their set', cold.filtered, cold.Uniform),
    ...(await repeated(arm)),
    await singles(arm),
  ];
}

type Samples = Record<Mode, number[]>;

async function creation(arm: Arm, mode: Mode, index: number): Promise<number> {
  const begun = performance.now();
  await arm.ended(await arm.ask('PUT', setPath(mode, index), model(mode)));
  return performance.now() - begun;
}

function model(mode: Mode): unknown {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', tier: 'Standard', capacity: SET_SIZE },
    properties: {
      singlePlacementGroup: false,
      overprovision: false,
      orchestrationMode: mode,
      platformFaultDomainCount: 1,
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

/** The whole list of a set with instance view, in each way that there is. */
function lists(arm: Arm, index: number): Readonly<Record<'Uniform' | 'full' | 'filtered', string>> {
  const below = `/subscriptions/${arm.subscription}`;
  const version = 'api-version=2024-07-01';
  const id = encodeURIComponent(`${below}${setPath('Flexible', index)}`);
  return {
    Uniform: `${below}${setPath('Uniform', index)}/virtualMachines?${version}&$expand=instanceView`,
    full: `${below}${setPath('Flexible', index)}/virtualMachines?${version}&muster-view=full`,
    filtered: `${below}${COMPUTE}/virtualMachines?${version}&$expand=instanceView&$filter=%27virtualMachineScaleSet/id%27%20eq%20%27${id}%27`,
  };
}

/** All pages, one after the other. */
async function reading(arm: Arm, first: string): Promise<number> {
  const begun = performance.now();
  let next: string | undefined = first;
  let items = 0;
  while (next !== undefined) {
    const { body } = await arm.asIs('GET', next);
    const page = JSON.parse(body.toString()) as { value: readonly unknown[]; nextLink?: string };
    items += page.value.length;
    const url: URL | undefined = page.nextLink === undefined ? undefined : new URL(page.nextLink);
    next = url && url.pathname + url.search;
  }
  if (items !== SET_SIZE) throw new Error(`${first} has ${items} items`);
  return performance.now() - begun;
}

/** Of lists that have been asked for before. */
async function repeated(arm: Arm): Promise<readonly Row[]> {
  const urls = lists(arm, 1);
  const found = { Uniform: [] as number[], full: [] as number[], filtered: [] as number[] };
  for (let round = 0; round < READS; round += 1) {
    for (const way of ['Uniform', 'full', 'filtered'] as const) {
      found[way].push(await reading(arm, urls[way]));
    }
  }
  return [
    row('list with instance view again: `muster-view=full`', found.full, found.Uniform),
    row('the same: machines by the filter of their set', found.filtered, found.Uniform),
  ];
}

async function singles(arm: Arm): Promise<Row> {
  const { body } = await arm.ask('GET', `${setPath('Flexible', 1)}/virtualMachines`);
  const { value } = JSON.parse(body.toString()) as { value: readonly { readonly name: string }[] };
  const found: Samples = { Uniform: [], Flexible: [] };
  for (let round = 0; round < SINGLES; round += 1) {
    const name = value[round % value.length]?.name ?? '';
    const uniform = `${setPath('Uniform', 1)}/virtualMachines/${round % SET_SIZE}?$expand=instanceView`;
    const machine = `${COMPUTE}/virtualMachines/${name}?$expand=instanceView`;
    found.Uniform.push((await arm.ask('GET', uniform)).milliseconds);
    found.Flexible.push((await arm.ask('GET', machine)).milliseconds);
  }
  return row('GET of one machine with instance view', found.Flexible, found.Uniform);
}

function row(what: string, flexible: readonly number[], uniform: readonly number[]): Row {
  return {
    what: `${what}, Flexible`,
    found: milliseconds(median(flexible)),
    against: `${milliseconds(median(uniform))} Uniform: ${ratio(flexible, uniform)}`,
  };
}

function ratio(flexible: readonly number[], uniform: readonly number[]): string {
  return `${(median(flexible) / median(uniform)).toFixed(2)}x, at most 1.3x`;
}
