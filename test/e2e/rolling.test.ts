// Rolling upgrades with real guests and the unmodified Azure CLI: a fleet of web servers that goes on answering while it is
// upgraded, a surge that never has fewer of them, and a bad model whose victims go back. The plane's time runs twenty times as
// fast, so that the five minutes which a guest has to become healthy take a quarter of a minute.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { healthExtension } from '../testing/health.ts';
import { STOP_SERVING } from '../testing/process-guests.ts';
import { Arm, scaleSetBody, until } from './arm.ts';
import { askWeb } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';
const IN_SET = '-g rg -n web';
const HEALTH = healthExtension({ port: 80, intervalInSeconds: 30 });

interface Latest {
  readonly properties: {
    readonly runningStatus: { readonly code: string };
    readonly progress: Readonly<Record<string, number>>;
    readonly error?: { readonly code: string; readonly message: string };
  };
}

let muster: Muster;
let arm: Arm;
let uid = '';

const ids = async (): Promise<readonly number[]> =>
  (await arm.instances(SET)).map(({ instanceId }) => Number(instanceId));
const boots = async (): Promise<readonly number[]> =>
  Promise.all((await ids()).map(async (id) => (await askWeb(muster.data, guestHandle(uid, id))).boots));
const latest = () => arm.must<Latest>('GET', `${SET}/rollingUpgrades/latest`);
/** Changes the set and waits; answers how many of these guests answered at the worst moment on the way. */
async function whileAsked(change: JsonObject, handles: () => Promise<readonly number[]>): Promise<number> {
  const state = { isDone: false };
  const work = arm.done('PATCH', SET, change).finally(() => {
    state.isDone = true;
  });
  // Its rejection is for whoever awaits it, below.
  work.catch(() => undefined);
  let least = Number.POSITIVE_INFINITY;
  while (!state.isDone) {
    const asked = await Promise.allSettled(
      (await handles()).map((id) => askWeb(muster.data, guestHandle(uid, id))),
    );
    least = Math.min(least, asked.filter(({ status }) => status === 'fulfilled').length);
  }
  await work;
  return least;
}

beforeAll(async () => {
  muster = await startMuster('--time-scale', '20');
  arm = await Arm.connect(muster);
  await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
  const body = scaleSetBody('web', 3);
  const { virtualMachineProfile } = body.properties;
  await arm.done('PUT', SET, {
    ...body,
    properties: {
      ...body.properties,
      upgradePolicy: {
        mode: 'Rolling',
        rollingUpgradePolicy: {
          maxBatchInstancePercent: 34,
          maxUnhealthyInstancePercent: 34,
          pauseTimeBetweenBatches: 'PT5S',
          rollbackFailedInstancesOnPolicyBreach: true,
        },
      },
      virtualMachineProfile: { ...virtualMachineProfile, extensionProfile: { extensions: [HEALTH] } },
    },
  });
  uid = (await arm.must<{ properties: { uniqueId: string } }>('GET', SET)).properties.uniqueId;
  // Whoever is not known to be healthy is not upgraded.
  await until(async () => (await boots()).length === 3);
});
afterAll(() => muster?.close());

describe('a rolling upgrade of real guests', () => {
  test('restarts one at a time, and the others answer', async () => {
    expect(await boots()).toEqual([1, 1, 1]);
    const least = await whileAsked({ sku: { name: 'Standard_B2s' } }, async () => [0, 1, 2]);
    expect(least).toBeGreaterThanOrEqual(2);
    expect(await boots()).toEqual([2, 2, 2]);
    expect((await latest()).properties).toMatchObject({
      runningStatus: { code: 'Completed' },
      progress: { successfulInstanceCount: 3, failedInstanceCount: 0 },
    });
  });

  test('to a model whose guests do not serve stops after the first batch, which goes back', async () => {
    const stop = {
      name: 'stop',
      properties: {
        publisher: 'Microsoft.Azure.Extensions',
        type: 'CustomScript',
        typeHandlerVersion: '2.1',
        settings: { commandToExecute: STOP_SERVING },
      },
    };
    const bad = {
      properties: {
        virtualMachineProfile: {
          storageProfile: { imageReference: { version: '1.0.0' } },
          extensionProfile: { extensions: [HEALTH, stop] },
        },
      },
    };
    const answer = await arm.send('PATCH', SET, bad);
    const operation = await arm.ended(answer.headers.get('azure-asyncoperation') ?? '');
    expect(operation).toMatchObject({
      status: 'Failed',
      error: { code: 'MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade' },
    });
    expect((await latest()).properties).toMatchObject({
      runningStatus: { code: 'Faulted' },
      progress: { successfulInstanceCount: 0, failedInstanceCount: 1, pendingInstanceCount: 2 },
    });
    // The one that was reimaged has been reimaged back, and serves; the others were never touched.
    await until(async () => (await boots()).join() === '1,2,2');
    expect((await arm.instances(SET)).map((one) => one.properties.latestModelApplied)).toEqual([
      false,
      false,
      false,
    ]);
  });

  test('by a surge never has fewer guests that answer than were declared', async () => {
    const good = {
      properties: {
        upgradePolicy: { rollingUpgradePolicy: { maxSurge: true } },
        virtualMachineProfile: { extensionProfile: { extensions: [HEALTH] } },
      },
    };
    // Whoever is listed and is up serves: the old until it goes, the new before it counts.
    const least = await whileAsked(good, ids);
    expect(least).toBeGreaterThanOrEqual(3);
    expect(await ids()).toEqual([3, 4, 5]);
    expect(await boots()).toEqual([1, 1, 1]);
    expect(await arm.must('GET', SET)).toMatchObject({ sku: { capacity: 3 } });
  });
});

describe.skipIf(!isAzInstalled())('az and rolling upgrades', () => {
  const must = (line: string): Promise<string> => muster.must('az', '--', ...line.split(' '));
  const json = async <T>(line: string): Promise<T> => JSON.parse(await must(`${line} --output json`)) as T;

  test('reads the latest one and the history', async () => {
    expect(await json(`vmss rolling-upgrade get-latest ${IN_SET}`)).toMatchObject({
      runningStatus: { code: 'Completed' },
      progress: { successfulInstanceCount: 3 },
    });
    expect(await json(`vmss get-os-upgrade-history ${IN_SET}`)).toEqual([]);
  });

  test('changes the policy, which touches no guest', async () => {
    const before = await boots();
    const policy = 'upgradePolicy.rollingUpgradePolicy';
    const settings = [
      `${policy}.maxBatchInstancePercent=40`,
      `${policy}.maxUnhealthyInstancePercent=50`,
      `${policy}.pauseTimeBetweenBatches=PT3S`,
    ];
    await must(`vmss update ${IN_SET} --set ${settings.join(' ')}`);
    expect(await boots()).toEqual(before);
    expect(await arm.must('GET', SET)).toMatchObject({
      properties: {
        upgradePolicy: {
          mode: 'Rolling',
          rollingUpgradePolicy: {
            maxBatchInstancePercent: 40,
            maxUnhealthyInstancePercent: 50,
            pauseTimeBetweenBatches: 'PT3S',
          },
        },
      },
    });
  });

  test('starts one by hand, which finds nothing to do', async () => {
    const before = await boots();
    await must(`vmss rolling-upgrade start ${IN_SET}`);
    expect(await json<unknown[]>(`vmss get-os-upgrade-history ${IN_SET}`)).toHaveLength(1);
    expect(await boots()).toEqual(before);
  });

  test('is told when there is none to cancel, and cancels one that runs', async () => {
    const none = await muster.run('az', '--', ...`vmss rolling-upgrade cancel ${IN_SET}`.split(' '));
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/\(OperationNotAllowed\) There is no ongoing Rolling Upgrade to cancel\./);
    const slow = { upgradePolicy: { rollingUpgradePolicy: { pauseTimeBetweenBatches: 'P1D' } } };
    await arm.send('PATCH', SET, { sku: { name: 'Standard_B1s' }, properties: slow });
    await until(async () => (await latest()).properties.progress['successfulInstanceCount'] === 1);
    await must(`vmss rolling-upgrade cancel ${IN_SET}`);
    expect((await latest()).properties).toMatchObject({
      runningStatus: { code: 'Cancelled' },
      progress: { successfulInstanceCount: 1, pendingInstanceCount: 2 },
    });
  });
});
