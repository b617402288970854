// Versions of images with real guests: one that is moved into the directory while the plane runs is known, touches nobody by
// itself, and is laid for exactly the instance that is reimaged to it. The row keeps an instance's version, whatever
// happens to the plane and to the guest.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, type ScaleSetBody, scaleSetBody, until } from './arm.ts';
import { askWeb, said } from './guests.ts';
import { addWebVersion } from './image-directories.ts';
import { type Muster, startMuster } from './muster.ts';

const SET = '/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';

interface Shown {
  readonly instanceId: string;
  readonly properties: {
    readonly latestModelApplied: boolean;
    readonly storageProfile: { readonly imageReference: { readonly exactVersion?: string } };
  };
}

describe('a version of an image', () => {
  const images = mkdtempSync(join(realpathSync(tmpdir()), 'muster-e2e-images-'));
  let muster: Muster;
  let arm: Arm;
  let uid = '';

  const handle = (id: number) => guestHandle(uid, id);
  const shown = async (): Promise<Readonly<Record<string, string | undefined>>> => {
    const list = (await arm.instances(SET)) as unknown as readonly Shown[];
    expect(list.map(({ properties }) => properties.latestModelApplied)).not.toContain(false);
    return Object.fromEntries(
      list.map(({ instanceId, properties }) => [
        instanceId,
        properties.storageProfile.imageReference.exactVersion,
      ]),
    );
  };
  /** What the guest's own files say, over HTTP. Only version 2.0.0 has that page. */
  const page = async (id: number): Promise<string> => {
    const [, address = ''] = await said(muster.data, handle(id), /web: listening on (\S+)/);
    const answer = await fetch(`http://${address}/version.txt`);
    return answer.ok ? answer.text() : `${answer.status}`;
  };
  const variable = async (id: number) => (await askWeb(muster.data, handle(id))).imageVersion;

  beforeAll(async () => {
    muster = await startMuster('--images', images);
    arm = await Arm.connect(muster);
    await arm.must('PUT', '/resourceGroups/rg', { location: 'westeurope' });
    await arm.done('PUT', SET, scaleSetBody('web', 2));
    uid = (await arm.must<ScaleSetBody>('GET', SET)).properties.uniqueId;
  });
  afterAll(async () => {
    await muster?.close();
    rmSync(images, { recursive: true });
  });

  test('is the one that comes with Muster where there is no other', async () => {
    expect(await shown()).toEqual({ '0': '1.0.0', '1': '1.0.0' });
    expect([await variable(0), await variable(1)]).toEqual(['1.0.0', '1.0.0']);
  });

  test('that is not there is refused', async () => {
    const asked = await arm.send('POST', `${SET}/virtualMachines/1/reimage`, { exactVersion: '2.0.0' });
    expect(asked).toMatchObject({ status: 404, body: { error: { code: 'PlatformImageNotFound' } } });
  });

  test('that is moved in touches nobody by itself, nor does a reimage that does not name it', async () => {
    await addWebVersion(muster, '2.0.0', images);
    await arm.done('POST', `${SET}/virtualMachines/0/reimage`);
    expect(await shown()).toEqual({ '0': '1.0.0', '1': '1.0.0' });
    expect([await page(0), await page(1)]).toEqual(['404', '404']);
  });

  test('is laid for exactly the instance that is reimaged to it', async () => {
    await arm.done('POST', `${SET}/reimage`, { instanceIds: ['1'], exactVersion: '2.0.0' });
    expect(await shown()).toEqual({ '0': '1.0.0', '1': '2.0.0' });
    expect([await page(0), await page(1)]).toEqual(['404', '2.0.0']);
    expect(await variable(1)).toBe('2.0.0');
  });

  test('is that of the next instances when it is the newest, in the data directory too', async () => {
    await addWebVersion(muster, '2.1.0');
    await arm.done('PATCH', SET, { sku: { capacity: 3 } });
    expect(await shown()).toEqual({ '0': '1.0.0', '1': '2.0.0', '2': '2.1.0' });
    expect(await page(2)).toBe('2.1.0');
  });

  test('outlives the plane, restarts, and a guest that was lost and is made anew', async () => {
    await muster.kill9();
    await muster.again();
    arm = await Arm.connect(muster);
    await arm.done('POST', `${SET}/restart`, { instanceIds: ['0', '1'] });
    expect(await shown()).toEqual({ '0': '1.0.0', '1': '2.0.0', '2': '2.1.0' });
    await muster.down();
    rmSync(join(muster.data, 'guests', handle(1)), { recursive: true });
    await muster.again();
    arm = await Arm.connect(muster);
    await until(async () => (await arm.inside(`${SET}/virtualMachines/1`, 'echo up').catch(() => '')) !== '');
    expect([await page(0), await page(1), await page(2)]).toEqual(['404', '2.0.0', '2.1.0']);
    expect(await variable(1)).toBe('2.0.0');
  });

  test('is chosen for a whole set by its model, and instances follow as they are updated', async () => {
    const change = { imageReference: { version: '2.1.0' } };
    await arm.done('PATCH', SET, {
      properties: { virtualMachineProfile: { storageProfile: change } },
    });
    await arm.done('POST', `${SET}/manualupgrade`, { instanceIds: ['*'] });
    expect(await shown()).toEqual({ '0': '2.1.0', '1': '2.1.0', '2': '2.1.0' });
    expect(await page(0)).toBe('2.1.0');
  });

  test('in a directory that is not there keeps the plane from starting, with a sentence', async () => {
    await muster.interrupt();
    const wrong = await muster.run('up', '--data', muster.data, '--port', '0', '--images', '/nowhere/at/all');
    expect(wrong.code).not.toBe(0);
    expect(wrong.stderr).toContain('There is no directory /nowhere/at/all to take images from.');
    await muster.again();
  });
});
