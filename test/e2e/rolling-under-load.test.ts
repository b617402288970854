// Rolling upgrades of real guests behind their balancer, under a real HTTP load: half of them at a time, so that the others
// carry everything, and no request is lost; whichever source tells their health, and with a surge as well.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { healthExtension } from '../testing/health.ts';
import { Arm, until } from './arm.ts';
import { allUp, BALANCER, frontend, SET } from './balanced.ts';
import { lifeOf } from './guests.ts';
import { addWebVersion } from './image-directories.ts';
import { losesNothing } from './load.ts';
import { type Muster, startMuster } from './muster.ts';

interface Latest {
  readonly properties: {
    readonly runningStatus: { readonly code: string };
    readonly progress: { readonly successfulInstanceCount: number };
  };
}

let muster: Muster;
let arm: Arm;
let uid: string;

const lives = (ids: readonly string[]) =>
  ids.map((id) => lifeOf(muster.data, guestHandle(uid, Number(id))).token);
const memberIds = async (): Promise<readonly string[]> =>
  (await arm.instances(SET)).map(({ instanceId }) => instanceId);

const image = (version: string): object => ({
  properties: {
    virtualMachineProfile: {
      storageProfile: { imageReference: { publisher: 'muster', offer: 'web', sku: '1', version } },
    },
  },
});
const size = (name: string): object => ({ sku: { name } });

/** Changes the model under load, and waits until the upgrade that it begins has ended and all serve again. */
async function upgradeUnderLoad(model: object): Promise<readonly string[]> {
  return losesNothing(await frontend(arm), async ({ more }) => {
    await arm.done('PATCH', SET, model);
    await allUp(arm, ...(await memberIds()));
    await more(50);
  });
}

const named = (ids: readonly string[]): readonly string[] => ids.map((id) => `web_${id}`);

/** Everybody is at the new model and is another life than before, and the upgrade says so. */
async function allUpgraded(before: readonly string[]): Promise<void> {
  const instances = await arm.instances(SET);
  expect(instances.map((one) => one.properties.latestModelApplied)).toEqual([true, true, true, true]);
  const after = lives(instances.map(({ instanceId }) => instanceId));
  expect(after.filter((life) => before.includes(life))).toEqual([]);
  expect((await arm.must<Latest>('GET', `${SET}/rollingUpgrades/latest`)).properties).toMatchObject({
    runningStatus: { code: 'Completed' },
    progress: { successfulInstanceCount: 4, failedInstanceCount: 0 },
  });
}

const policy = (more: JsonObject = {}): object => ({
  properties: {
    upgradePolicy: {
      mode: 'Rolling',
      rollingUpgradePolicy: { maxBatchInstancePercent: 50, maxUnhealthyInstancePercent: 50, ...more },
    },
  },
});

beforeAll(async () => {
  // Draining takes at most three seconds of ours.
  muster = await startMuster('--sample', '--time-scale', '10');
  arm = await Arm.connect(muster);
  for (const version of ['2.0.0', '3.0.0', '4.0.0', '5.0.0']) await addWebVersion(muster, version);
  await until(async () => (await arm.send('GET', SET)).status === 200);
  await allUp(arm, '0', '1', '2');
  await arm.done('PATCH', SET, { sku: { capacity: 4 } });
  await allUp(arm, '0', '1', '2', '3');
  await arm.done('PATCH', SET, policy());
  uid = (await arm.must<{ properties: { uniqueId: string } }>('GET', SET)).properties.uniqueId;
});

afterAll(() => muster?.close());

describe('no request is lost in a rolling upgrade of half the guests at a time', () => {
  test.each([
    ['to a new image, by the probe of the balancer', image('2.0.0')],
    ['to a new size, by the probe of the balancer', size('Standard_B2s')],
  ])('%s', async (_what, model) => {
    const ids = ['0', '1', '2', '3'];
    const before = lives(ids);
    expect(await upgradeUnderLoad(model)).toEqual(named(ids));
    await allUpgraded(before);
  });

  test('when the source of health is changed to the Application Health extension', async () => {
    const before = lives(['0', '1', '2', '3']);
    const change = {
      networkProfile: { healthProbe: null },
      extensionProfile: { extensions: [healthExtension()] },
    };
    await upgradeUnderLoad({ properties: { virtualMachineProfile: change } });
    // The plane probes, so no guest had to be touched.
    expect(lives(['0', '1', '2', '3'])).toEqual(before);
  });

  test.each([
    ['to a new image, by the Application Health extension', image('3.0.0')],
    ['to a new size, by the Application Health extension', size('Standard_B1s')],
  ])('%s', async (_what, model) => {
    const ids = ['0', '1', '2', '3'];
    const before = lives(ids);
    expect(await upgradeUnderLoad(model)).toEqual(named(ids));
    await allUpgraded(before);
  });

  test('to a new image, whose guests the balancer takes for well later than the extension does', async () => {
    const ids = ['0', '1', '2', '3'];
    const before = lives(ids);
    const balancer = await arm.must<{ properties: JsonObject }>('GET', BALANCER);
    const [probe] = balancer.properties['probes'] as readonly { properties: JsonObject }[];
    const slow = { ...probe, properties: { ...probe?.properties, probeThreshold: 30 } };
    await arm.must('PUT', BALANCER, { ...balancer, properties: { ...balancer.properties, probes: [slow] } });
    await allUp(arm, ...ids);
    expect(await upgradeUnderLoad(image('4.0.0'))).toEqual(named(ids));
    await allUpgraded(before);
  });

  test('with a surge, which puts new guests in the places of the old', async () => {
    const before = lives(['0', '1', '2', '3']);
    await arm.done('PATCH', SET, policy({ maxSurge: true, maxBatchInstancePercent: 100 }));
    const names = await upgradeUnderLoad(image('5.0.0'));
    expect(await memberIds()).toEqual(['4', '5', '6', '7']);
    expect(names).toEqual(named(['0', '1', '2', '3', '4', '5', '6', '7']));
    await allUpgraded(before);
  });
});

test('the plane had nothing to complain about', () => {
  expect(muster.stderr).not.toMatch(/error/i);
});
