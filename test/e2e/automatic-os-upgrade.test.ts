// Automatic OS upgrades of real guests: a new version of the image is moved in, and the plane brings it to every instance by
// itself, batch by batch, behind the balancer and under load. Nobody sends it a request for that.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, type ScaleSetBody, until } from './arm.ts';
import { allUp, frontend, SET, states } from './balanced.ts';
import { askWeb } from './guests.ts';
import { addWebVersion } from './image-directories.ts';
import { isAzInstalled } from './installed-az.ts';
import { losesNothing } from './load.ts';
import { type Muster, startMuster } from './muster.ts';

const IDS = ['0', '1', '2', '3'];

interface Upgrade {
  readonly properties: {
    readonly runningStatus: { readonly endTime?: string };
    readonly targetImageReference: { readonly version: string };
  };
}

/** As the plane's history has it, and as az prints it. */
const upgradeTo = (version: string) => ({
  properties: {
    startedBy: 'Platform',
    runningStatus: { code: 'Completed' },
    progress: { successfulInstanceCount: 4, failedInstanceCount: 0, pendingInstanceCount: 0 },
    targetImageReference: { publisher: 'muster', offer: 'web', sku: '1', version },
  },
});

describe('a new version of the image of a set with automatic OS upgrades', () => {
  const images = mkdtempSync(join(realpathSync(tmpdir()), 'muster-e2e-images-'));
  let muster: Muster;
  let arm: Arm;
  let uid = '';

  const history = async (): Promise<readonly Upgrade[]> =>
    (await arm.must<{ value: readonly Upgrade[] }>('GET', `${SET}/osUpgradeHistory`)).value;
  const haveEnded = async (count: number): Promise<boolean> => {
    const ends = (await history()).map(({ properties }) => properties.runningStatus.endTime);
    return ends.length === count && !ends.includes(undefined);
  };
  const web = (id: string) => askWeb(muster.data, guestHandle(uid, Number(id)));
  /** What the guests' own files say, over HTTP. Those of the built-in version have no such page. */
  const pages = () =>
    Promise.all(
      IDS.map(async (id) => {
        const answer = await fetch(`http://${(await web(id)).address}/version.txt`);
        return answer.ok ? answer.text() : `${answer.status}`;
      }),
    );
  /** Which instances the plane has upgraded together, the first batch first. */
  const batches = async (version: string): Promise<readonly string[]> => {
    const log = await arm.activity("resourceGroupName eq 'sample' and caller eq 'muster'");
    const why = `a batch of the rolling upgrade to image version ${version}`;
    return log
      .filter(({ description }) => description.includes(why))
      .map(({ properties }) => properties.instanceIds ?? '')
      .toReversed();
  };

  beforeAll(async () => {
    muster = await startMuster('--sample', '--images', images, '--time-scale', '10');
    arm = await Arm.connect(muster);
    await until(async () => (await arm.send('GET', SET)).status === 200);
    await allUp(arm, '0', '1', '2');
    await arm.done('PATCH', SET, { sku: { capacity: 4 } });
    await allUp(arm, ...IDS);
    uid = (await arm.must<ScaleSetBody>('GET', SET)).properties.uniqueId;
  });
  afterAll(async () => {
    await muster?.close();
    rmSync(images, { recursive: true });
  });

  test('the policy alone upgrades nobody: all have the newest version', async () => {
    await arm.done('PATCH', SET, {
      properties: {
        upgradePolicy: {
          // Mode Manual: it is this policy that upgrades.
          automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true, useRollingUpgradePolicy: true },
          rollingUpgradePolicy: { maxBatchInstancePercent: 50, maxUnhealthyInstancePercent: 50 },
        },
      },
    });
    expect(await pages()).toEqual(['404', '404', '404', '404']);
    expect(await history()).toEqual([]);
  });

  test('reaches all of them, half at a time, and no request is lost meanwhile', async () => {
    let fewest = IDS.length;
    await losesNothing(await frontend(arm), async ({ more }) => {
      await addWebVersion(muster, '2.0.0', images);
      while (!(await haveEnded(1))) {
        const up = Object.values(await states(arm)).filter((state) => state === 'Up');
        fewest = Math.min(fewest, up.length);
      }
      await allUp(arm, ...IDS);
      await more(50);
    });
    expect(fewest).toBe(2);
    expect(await batches('2.0.0')).toEqual(['0,1', '2,3']);
    expect(await pages()).toEqual(['2.0.0', '2.0.0', '2.0.0', '2.0.0']);
    expect(await history()).toMatchObject([upgradeTo('2.0.0')]);
  });

  test('reaches them one at a time, as many as twenty percent allow, where the set’s own policy is not to be used', async () => {
    const automaticOSUpgradePolicy = { useRollingUpgradePolicy: false };
    await arm.done('PATCH', SET, { properties: { upgradePolicy: { automaticOSUpgradePolicy } } });
    await addWebVersion(muster, '3.0.0', images);
    await until(() => haveEnded(2));
    expect(await batches('3.0.0')).toEqual(IDS);
    expect(await pages()).toEqual(['3.0.0', '3.0.0', '3.0.0', '3.0.0']);
    expect(await Promise.all(IDS.map(async (id) => (await web(id)).imageVersion))).toEqual(
      Array<string>(4).fill('3.0.0'),
    );
  });

  test.skipIf(!isAzInstalled())('stands in the history that az reads', async () => {
    const line = 'vmss get-os-upgrade-history -g sample -n web --output json';
    const shown = JSON.parse(await muster.must('az', '--', ...line.split(' '))) as readonly Upgrade[];
    const byVersion = new Map(shown.map((one) => [one.properties.targetImageReference.version, one]));
    expect([...byVersion.keys()].toSorted()).toEqual(['2.0.0', '3.0.0']);
    for (const [version, one] of byVersion) expect(one).toMatchObject(upgradeTo(version));
  });

  test('reaches nobody any more when the policy is taken back', async () => {
    const automaticOSUpgradePolicy = { enableAutomaticOSUpgrade: false };
    await arm.done('PATCH', SET, { properties: { upgradePolicy: { automaticOSUpgradePolicy } } });
    await addWebVersion(muster, '4.0.0', images);
    // A new instance has it: by then the plane has long looked at what the new version is to the others.
    await arm.done('PATCH', SET, { sku: { capacity: 5 } });
    expect((await web('4')).imageVersion).toBe('4.0.0');
    expect(await pages()).toEqual(['3.0.0', '3.0.0', '3.0.0', '3.0.0']);
    expect(await haveEnded(2)).toBe(true);
  });

  test('the plane had nothing to complain about', () => {
    expect(muster.stderr).not.toMatch(/error/i);
  });
});
