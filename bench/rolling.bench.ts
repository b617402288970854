// A rolling upgrade of a thousand simulated instances: how long the plane takes beside what the guests take, what it costs, and
// what stays in memory. Over HTTP to a plane in a process of its own, every change on disk, as in fleet.bench.ts.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Arm } from './arm-client.ts';
import { cpuMilliseconds, residentBytes, type Server, startPlane } from './server.ts';
import { milliseconds, printTable, type Row } from './table.ts';

const GROUP = '/resourceGroups/bench';
const SET = `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets/rolling`;
const SIZE = 1000;
/** Boots of half a minute take a third of a second. */
const SCALE = 100;
const UP = ['--guests', 'simulated', '--time-scale', String(SCALE), '--seed', '1'];

const data = mkdtempSync(join(tmpdir(), 'muster-bench-'));
try {
  printTable(await measure());
} finally {
  rmSync(data, { recursive: true, force: true });
}

async function measure(): Promise<readonly Row[]> {
  const plane = await startPlane(data, ...UP);
  try {
    const arm = await Arm.signIn(data, plane.port);
    await arm.ask('PUT', GROUP, { location: 'westeurope' });
    await arm.ended(await arm.ask('PUT', SET, model()));
    // So that every instance is known to be healthy.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return [
      await upgrade(plane, arm, { what: 'at once, to know the floor', percent: 100, size: 'Standard_B2s' }),
      await upgrade(plane, arm, { what: 'in batches of 20 %', percent: 20, size: 'Standard_B4ms' }),
      await upgrade(plane, arm, { what: 'in batches of 5 %', percent: 5, size: 'Standard_B8ms' }),
    ];
  } finally {
    await plane.stop();
  }
}

interface Given {
  readonly what: string;
  readonly percent: number;
  readonly size: string;
}

/** From the PATCH to the end of its operation: every guest restarts and is probed until it is healthy. */
async function upgrade(plane: Server, arm: Arm, { what, percent, size }: Given): Promise<Row> {
  const cpu = cpuMilliseconds(plane.pid);
  const before = residentBytes(plane.pid);
  const begun = performance.now();
  await arm.ended(await arm.ask('PATCH', SET, { sku: { name: size }, properties: policy(percent) }));
  const elapsed = performance.now() - begun;
  const { body } = await arm.ask('GET', `${SET}/rollingUpgrades/latest`);
  const { properties } = JSON.parse(body.toString()) as {
    properties: { progress: { successfulInstanceCount: number } };
  };
  const done = properties.progress.successfulInstanceCount;
  if (done !== SIZE) throw new Error(`${done} of ${SIZE} instances were upgraded`);
  const used = cpuMilliseconds(plane.pid) - cpu;
  const grown = (residentBytes(plane.pid) - before) / 1024 / 1024;
  const virtual = ((elapsed * SCALE) / 60_000).toFixed(1);
  return {
    what: `rolling upgrade of ${SIZE} simulated instances ${what}`,
    found: milliseconds(elapsed),
    against: `${virtual} min of the plane's time; ${milliseconds(used)} of CPU; ${grown.toFixed(0)} MiB more resident`,
  };
}

function policy(maxBatchInstancePercent: number): object {
  return {
    upgradePolicy: {
      mode: 'Rolling',
      rollingUpgradePolicy: { maxBatchInstancePercent, maxUnhealthyInstancePercent: 100 },
    },
  };
}

function model(): unknown {
  const health = {
    name: 'health',
    properties: {
      publisher: 'Microsoft.ManagedServices',
      type: 'ApplicationHealthLinux',
      typeHandlerVersion: '1.0',
      settings: { protocol: 'http', port: 80, requestPath: '/health' },
    },
  };
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', tier: 'Standard', capacity: SIZE },
    properties: {
      singlePlacementGroup: false,
      overprovision: false,
      ...policy(20),
      virtualMachineProfile: {
        storageProfile: { imageReference: { publisher: 'muster', offer: 'base' } },
        extensionProfile: { extensions: [health] },
      },
    },
  };
}
