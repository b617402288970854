// The public Azure SDKs, unchanged, against the real server with real guests: every operation that the plane serves, known
// by its effect on the guests.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './muster.ts';
import { aroundTests } from './sdk/around.ts';
import { catalogTests } from './sdk/catalog.ts';
import { coverageTest } from './sdk/coverage.ts';
import { deploymentTests } from './sdk/deployments.ts';
import { diskTests } from './sdk/disks.ts';
import { type Fleet, openFleet } from './sdk/fleet.ts';
import { extensionTests } from './sdk/extensions.ts';
import { instanceTests } from './sdk/instances.ts';
import { loadBalancerTests } from './sdk/load-balancers.ts';
import { machineActionTests } from './sdk/machine-actions.ts';
import { machineWriteTests } from './sdk/machine-writes.ts';
import { machineTests } from './sdk/machines.ts';
import { networkTests } from './sdk/networks.ts';
import { networkInterfaceTests } from './sdk/network-interfaces.ts';
import { pagingTests } from './sdk/paging.ts';
import { rollingUpgradeTests } from './sdk/rolling-upgrades.ts';
import { runCommandTests } from './sdk/run-commands.ts';
import { scaleSetTests } from './sdk/scale-sets.ts';
import { setActionTests } from './sdk/set-actions.ts';

let opened: Fleet | undefined;
const fleet = (): Fleet => {
  if (opened === undefined) throw new Error('the plane is not there yet');
  return opened;
};

beforeAll(async () => {
  opened = await openFleet();
});
afterAll(() => opened?.muster.close());

test('the program in the README runs as it stands there', async () => {
  const [, program = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, 'README.md'), 'utf8')) ?? [];
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: ROOT,
    env: { ...process.env, ...fleet().env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  expect(await text(child.stdout)).toBe('web_0\nweb_1\nweb_2\n');
});

describe('around', () => {
  aroundTests(fleet);
});
describe('what sets are made of', () => {
  catalogTests(fleet);
});
describe('scale sets', () => {
  scaleSetTests(fleet);
});
describe('actions on the instances of a set', () => {
  setActionTests(fleet);
});
describe('instances', () => {
  instanceTests(fleet);
});
describe('virtual machines by themselves', () => {
  machineWriteTests(fleet);
});
describe('run commands', () => {
  runCommandTests(fleet);
});
describe('extensions', () => {
  extensionTests(fleet);
});
describe('load balancers', () => {
  loadBalancerTests(fleet);
});
describe('the network of instances', () => {
  networkInterfaceTests(fleet);
});
describe('networks', () => {
  networkTests(fleet);
});
describe('deployments', () => {
  deploymentTests(fleet);
});
describe('rolling upgrades', () => {
  rollingUpgradeTests(fleet);
});
describe('managed disks', () => {
  diskTests(fleet);
});
describe('machines', () => {
  machineTests(fleet);
  machineActionTests(fleet);
});
describe('long lists', () => {
  pagingTests();
});
coverageTest(fleet);

test('the plane had nothing to complain about', () => {
  expect(fleet().muster.stderr).not.toMatch(/error/i);
});
