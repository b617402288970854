// Upgrades of real guests under a real HTTP load through their balancer: no request is lost, whatever the new model does to
// each guest, one after another or several at a time.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, until } from './arm.ts';
import { allUp, frontend, SET } from './balanced.ts';
import { lifeOf } from './guests.ts';
import { addWebVersion } from './image-directories.ts';
import { losesNothing } from './load.ts';
import { type Muster, startMuster } from './muster.ts';

const IDS = ['0', '1', '2'];
const ALL = ['web_0', 'web_1', 'web_2'];

let muster: Muster;
let arm: Arm;
let uid: string;

const life = (id: string) => lifeOf(muster.data, guestHandle(uid, Number(id)));

async function isLatest(id: string): Promise<boolean> {
  const instances = await arm.instances(SET);
  return instances.find(({ instanceId }) => instanceId === id)?.properties.latestModelApplied === true;
}

beforeAll(async () => {
  // Draining takes at most six seconds of ours.
  muster = await startMuster('--sample', '--time-scale', '5');
  arm = await Arm.connect(muster);
  for (const version of ['2.0.0', '3.0.0']) await addWebVersion(muster, version);
  await until(async () => (await arm.send('GET', SET)).status === 200);
  await allUp(arm, ...IDS);
  const set = await arm.must<{ properties: { uniqueId: string } }>('GET', SET);
  uid = set.properties.uniqueId;
});

afterAll(() => muster?.close());

const image = (version: string): object => ({
  properties: {
    virtualMachineProfile: {
      storageProfile: { imageReference: { publisher: 'muster', offer: 'web', sku: '1', version } },
    },
  },
});

test.each([
  ['a new image, which reimages it', image('2.0.0')],
  ['a new size, which restarts it', { sku: { name: 'Standard_B2s', capacity: 3 } }],
])('no request is lost while one guest after another is upgraded to %s', async (_what, model) => {
  const names = await losesNothing(await frontend(arm), async ({ more }) => {
    await arm.done('PATCH', SET, model);
    for (const id of IDS) {
      const before = life(id);
      expect(await isLatest(id)).toBe(false);
      await arm.done('POST', `${SET}/manualupgrade`, { instanceIds: [id] });
      expect(life(id)).not.toEqual(before);
      expect(await isLatest(id)).toBe(true);
      await allUp(arm, ...IDS);
      await more(50);
    }
  });
  expect(names).toEqual(ALL);
});

test('an upgrade that leaves the guests running takes nobody out of rotation', async () => {
  const names = await losesNothing(await frontend(arm), async () => {
    const before = IDS.map(life);
    const userData = Buffer.from('new').toString('base64');
    await arm.done('PATCH', SET, { properties: { virtualMachineProfile: { userData } } });
    // All at once: if this drained, nobody would be left to serve.
    await arm.done('POST', `${SET}/manualupgrade`, { instanceIds: ['*'] });
    expect(IDS.map(life)).toEqual(before);
  });
  expect(names).toEqual(ALL);
});

test('no request is lost in mode Automatic while somebody is protected from it, who serves meanwhile', async () => {
  const protect = (protectFromScaleSetActions: boolean): Promise<void> =>
    arm.done('PUT', `${SET}/virtualMachines/0`, {
      location: 'westeurope',
      properties: { protectionPolicy: { protectFromScaleSetActions } },
    });
  await protect(true);
  const names = await losesNothing(await frontend(arm), async ({ more }) => {
    const before = IDS.map(life);
    await arm.done('PATCH', SET, { properties: { upgradePolicy: { mode: 'Automatic' } } });
    await arm.done('PATCH', SET, image('3.0.0'));
    await allUp(arm, ...IDS);
    await more(50);
    const after = IDS.map(life);
    expect(after[0]).toEqual(before[0]);
    expect([after[1], after[2]]).not.toEqual([before[1], before[2]]);
    // Its turn comes by itself when nothing protects it any more.
    await protect(false);
    await until(() => isLatest('0'));
    await allUp(arm, ...IDS);
    expect(life('0')).not.toEqual(before[0]);
  });
  expect(names).toEqual(ALL);
});

test('the plane had nothing to complain about', () => {
  expect(muster.stderr).not.toMatch(/error/i);
});
