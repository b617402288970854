// The catalog as az shows it, and `muster image` beside a running plane: what is added can be used at once.
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, type ScaleSetBody, until } from './arm.ts';
import { allUp, SET } from './balanced.ts';
import { askWeb } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, ROOT, startMuster } from './muster.ts';

interface Named {
  readonly name: string;
}

describe('the catalog of a running plane', () => {
  let muster: Muster;
  let arm: Arm;
  const work = mkdtempSync(join(realpathSync(tmpdir()), 'muster-e2e-image-'));

  const az = async <T>(line: string): Promise<T> =>
    JSON.parse(await muster.must('az', '--', ...line.split(' '))) as T;
  /** A directory that an image `web` can be made of, whose guests serve this. */
  const source = (text: string): string => {
    const made = join(work, text);
    cpSync(join(ROOT, 'src/guest/process/images/web'), made, { recursive: true });
    mkdirSync(join(made, 'srv/www'), { recursive: true });
    writeFileSync(join(made, 'srv/www/version.txt'), text);
    return made;
  };

  beforeAll(async () => {
    muster = await startMuster('--sample', '--cores', '8', '--time-scale', '10');
    arm = await Arm.connect(muster);
    await until(async () => (await arm.send('GET', SET)).status === 200);
    await allUp(arm, '0', '1', '2');
  });
  afterAll(async () => {
    await muster?.close();
    rmSync(work, { recursive: true });
  });

  test('a version that muster image adds is upgraded to by itself, and those that were there stay', async () => {
    await arm.done('PATCH', SET, {
      properties: {
        upgradePolicy: {
          automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true, useRollingUpgradePolicy: true },
          rollingUpgradePolicy: { maxBatchInstancePercent: 50, maxUnhealthyInstancePercent: 50 },
        },
      },
    });
    expect(await muster.must('image', 'add', 'web', source('next'))).toMatch(/^Added web@1\.0\.1\. /);
    const history = async () =>
      (
        await arm.must<{ value: { properties: { runningStatus: { code: string; endTime?: string } } }[] }>(
          'GET',
          `${SET}/osUpgradeHistory`,
        )
      ).value;
    await until(async () => (await history())[0]?.properties.runningStatus.endTime !== undefined);
    expect((await history())[0]?.properties.runningStatus.code).toBe('Completed');
    const { uniqueId } = (await arm.must<ScaleSetBody>('GET', SET)).properties;
    for (const id of [0, 1, 2]) {
      const guest = await askWeb(muster.data, guestHandle(uniqueId, id));
      expect(guest.imageVersion).toBe('1.0.1');
      expect(await (await fetch(`http://${guest.address}/version.txt`)).text()).toBe('next');
    }
    const versions = JSON.parse(await muster.must('image', 'list', '-o', 'json')) as { name: string }[];
    expect(versions.filter(({ name }) => name === 'web')).toHaveLength(2);
  });

  test('a set of another image that was added is made of it, and is refused when it was removed', async () => {
    await muster.must('image', 'add', 'shop', source('shop'));
    const url = '/resourceGroups/sample/providers/Microsoft.Compute/virtualMachineScaleSets/shop';
    const body = {
      location: 'eastus',
      sku: { name: 'Standard_B1s', capacity: 1 },
      properties: {
        overprovision: false,
        virtualMachineProfile: {
          storageProfile: {
            imageReference: { publisher: 'muster', offer: 'shop', sku: '1', version: 'latest' },
          },
        },
      },
    };
    await until(async () => (await arm.send('PUT', url, body)).status < 300);
    await until(async () => {
      const { properties } = await arm.must<ScaleSetBody>('GET', url);
      return properties.provisioningState === 'Succeeded';
    });
    const { uniqueId } = (await arm.must<ScaleSetBody>('GET', url)).properties;
    expect((await askWeb(muster.data, guestHandle(uniqueId, 0))).imageVersion).toBe('1.0.0');
    await arm.done('DELETE', url);
    await muster.must('image', 'remove', 'shop@1.0.0');
    await until(async () => (await arm.send('PUT', url, body)).status === 404);
  });

  test('more cores than muster up --cores says are refused', async () => {
    const { status, body } = await arm.send('PATCH', SET, { sku: { capacity: 9 } });
    expect(status).toBe(409);
    expect(JSON.stringify(body)).toContain('exceeding approved Total Regional Cores quota');
  });

  describe.skipIf(!isAzInstalled())('as az shows it', () => {
    test('has the aliases of its document, and none of Windows', async () => {
      const aliases = await az<{ urnAlias: string }[]>('vm image list');
      const names = aliases.map(({ urnAlias }) => urnAlias);
      expect(names).toEqual(expect.arrayContaining(['Ubuntu2204', 'UbuntuLTS', 'Debian12', 'MusterWeb']));
      expect(names.filter((name) => name.startsWith('Win'))).toEqual([]);
    });

    test('has publishers, offers, SKUs and versions', async () => {
      const names = async (line: string) => (await az<Named[]>(line)).map(({ name }) => name);
      expect(await names('vm image list-publishers -l eastus')).toContain('Canonical');
      expect(await names('vm image list-offers -l eastus -p muster')).toEqual(['base', 'web']);
      expect(await names('vm image list-skus -l eastus -p Debian -f debian-12')).toEqual(['12', '12-gen2']);
      const all = await az<{ urn: string }[]>('vm image list -l eastus --all -p muster -f web');
      expect(all.map(({ urn }) => urn)).toEqual(['muster:web:1:1.0.0', 'muster:web:1:1.0.1']);
      const shown = await az<Named>('vm image show -l eastus --urn muster:web:1:latest');
      expect(shown).toMatchObject({ name: '1.0.1', hyperVGeneration: 'V2' });
    });

    test('has sizes, SKUs and usages', async () => {
      const sizes = await az<Named[]>('vm list-sizes -l eastus');
      expect(sizes.map(({ name }) => name)).toContain('Standard_D2s_v5');
      const skus = await az<{ locationInfo: { zones: string[] }[] }[]>(
        'vm list-skus -l eastus --zone --size Standard_B1s',
      );
      expect(skus.map(({ locationInfo }) => locationInfo[0]?.zones)).toEqual([['1', '2', '3']]);
      const location = (await arm.must<{ location: string }>('GET', SET)).location;
      const usages = await az<{ name: { value: string }; currentValue: number; limit: number }[]>(
        `vm list-usage -l ${location}`,
      );
      // Old versions of az answer numbers as texts here.
      const cores = usages.find(({ name }) => name.value === 'cores');
      expect([Number(cores?.currentValue), Number(cores?.limit)]).toEqual([3, 8]);
    });

    test('has extensions, whose newest version az finds by itself', async () => {
      const line = 'vmss extension image list -l eastus -p Microsoft.Azure.Extensions -n CustomScript';
      expect(await az(line)).toEqual([
        { name: 'CustomScript', publisher: 'Microsoft.Azure.Extensions', version: '2.1.13' },
      ]);
      const set = 'vmss extension set -g sample --vmss-name web -n CustomScript';
      const more = ['--publisher', 'Microsoft.Azure.Extensions', '--settings', '{"commandToExecute":"true"}'];
      await muster.must('az', '--', ...set.split(' '), ...more);
      const listed = await az<{ typeHandlerVersion: string }[]>(
        'vmss extension list -g sample --vmss-name web',
      );
      expect(listed.map(({ typeHandlerVersion }) => typeHandlerVersion)).toEqual(['2.1']);
    });

    test('shows extension images one by one, where az has the commands', async () => {
      const versions = await az<{ 'azure-cli': string }>('version');
      if (versions['azure-cli'].startsWith('2.45.')) return;
      const of = '-l eastus --publisher-name Microsoft.Azure.Extensions';
      const names = await az<Named[]>(`vmss extension image list-names ${of}`);
      expect(names.map(({ name }) => name)).toContain('CustomScript');
      const listed = await az<Named[]>(`vmss extension image list-versions ${of} -n CustomScript`);
      const [newest] = listed.map(({ name }) => name).toReversed();
      const shown = await az<Named>(`vmss extension image show ${of} -n CustomScript --version ${newest}`);
      expect(shown.name).toBe(newest);
    });
  });

  test('the plane had nothing to complain about', () => {
    expect(muster.stderr).not.toMatch(/error/i);
  });
});
