// The balancer's probe as health of real guests: one whose web server dies leaves the rotation, reads unhealthy, is repaired,
// and serves again. The plane's time runs sixty times as fast: the grace period of ten minutes takes ten seconds.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { STOP_SERVING } from '../testing/process-guests.ts';
import { Arm, until } from './arm.ts';
import { allUp, frontend, SET, states } from './balanced.ts';
import { lifeOf } from './guests.ts';
import { losesNothing } from './load.ts';
import { type Muster, startMuster } from './muster.ts';

let muster: Muster;
let arm: Arm;

beforeAll(async () => {
  muster = await startMuster('--sample', '--time-scale', '60');
  arm = await Arm.connect(muster);
  await until(async () => (await arm.send('GET', SET)).status === 200);
  await allUp(arm, '0', '1', '2');
});

afterAll(() => muster?.close());

async function healthOf(id: string): Promise<string | undefined> {
  const { body } = await arm.send('GET', `${SET}/virtualMachines/${id}/instanceView`);
  return (body as { vmHealth?: { status: { code: string } } }).vmHealth?.status.code;
}

test('a guest whose application has died is taken out of rotation, repaired, and serves again', async () => {
  expect(await Promise.all(['0', '1', '2'].map(healthOf))).toEqual(Array(3).fill('HealthState/healthy'));
  const { uniqueId } = (await arm.must<{ properties: { uniqueId: string } }>('GET', SET)).properties;
  const life = () => lifeOf(muster.data, guestHandle(uniqueId, 1));
  const before = life();
  await arm.done('PATCH', SET, {
    properties: { automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT10M', repairAction: 'Restart' } },
  });
  await arm.inside(`${SET}/virtualMachines/1`, STOP_SERVING);
  await until(async () => (await healthOf('1')) === 'HealthState/unhealthy');
  expect(await states(arm)).toEqual({ 0: 'Up', 1: 'Down', 2: 'Up' });
  const names = await losesNothing(await frontend(arm), async ({ served }) => {
    await allUp(arm, '0', '1', '2');
    await served('web_1');
  });
  expect(names).toEqual(['web_0', 'web_1', 'web_2']);
  expect(life()).not.toEqual(before);
  expect(await healthOf('1')).toBe('HealthState/healthy');
});

test('the plane had nothing to complain about', () => {
  expect(muster.stderr).not.toMatch(/error/i);
});
