// The load balancer before real guests: HTTP clients go through it, and whatever is done to the guests one after another, no
// request is lost.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, until } from './arm.ts';
import { allUp, frontend, SET, states } from './balanced.ts';
import { lifeOf } from './guests.ts';
import { startLoad } from './load.ts';
import { type Muster, startMuster } from './muster.ts';

/** The plane's time runs so much faster: draining takes at most six seconds of ours. */
const SCALE = 5;

let muster: Muster;
let arm: Arm;
let uid: string;

beforeAll(async () => {
  muster = await startMuster('--sample', '--time-scale', String(SCALE));
  arm = await Arm.connect(muster);
  await until(async () => (await arm.send('GET', SET)).status === 200);
  await allUp(arm, '0', '1', '2');
  const set = await arm.must<{ properties: { uniqueId: string } }>('GET', SET);
  uid = set.properties.uniqueId;
});

afterAll(() => muster?.close());

describe.each([false, true])('under HTTP load, keep-alive %s', (keepAlive) => {
  test.each(['restart', 'reimage'])(
    'no request is lost while one guest after another goes through a %s',
    async (verb) => {
      const load = startLoad(await frontend(arm), { clients: 6, keepAlive });
      await load.more(50);
      for (const id of ['0', '1', '2']) {
        const handle = guestHandle(uid, Number(id));
        const life = lifeOf(muster.data, handle);
        await arm.done('POST', `${SET}/virtualMachines/${id}/${verb}`);
        expect(lifeOf(muster.data, handle)).not.toEqual(life);
        await allUp(arm, '0', '1', '2');
        await load.more(50);
      }
      await load.stop();
      expect(load.failures).toEqual([]);
      expect([...load.answers.keys()].toSorted()).toEqual(['web_0', 'web_1', 'web_2']);
    },
  );
});

test('no request is lost while guests come and go with the capacity', async () => {
  const url = await frontend(arm);
  const loads = [true, false].map((keepAlive) => startLoad(url, { clients: 3, keepAlive }));
  const more = async (count: number): Promise<void> => {
    await Promise.all(loads.map((load) => load.more(count)));
  };
  await more(50);
  await arm.must('PATCH', SET, { sku: { capacity: 4 } });
  await allUp(arm, '0', '1', '2', '3');
  await until(async () => loads[1]?.answers.has('web_3') === true);
  await arm.done('POST', `${SET}/delete`, { instanceIds: ['0'] });
  await allUp(arm, '1', '2', '3');
  await more(50);
  await Promise.all(loads.map((load) => load.stop()));
  expect(loads.map(({ failures }) => failures)).toEqual([[], []]);
});

test('a guest that is stopped is out of rotation until it is started again', async () => {
  await arm.done('POST', `${SET}/virtualMachines/1/poweroff`);
  expect(await states(arm)).toEqual({ 1: 'Out', 2: 'Up', 3: 'Up' });
  await arm.done('POST', `${SET}/virtualMachines/1/start`);
  await allUp(arm, '1', '2', '3');
});

test('the balancer is there again after the plane was killed', async () => {
  const before = await frontend(arm);
  await muster.kill9();
  await muster.again();
  arm = await Arm.connect(muster);
  await allUp(arm, '1', '2', '3');
  expect(await frontend(arm)).toBe(before);
  expect((await fetch(before)).status).toBe(200);
});

test('the plane had nothing to complain about', () => {
  expect(muster.stderr).not.toMatch(/error/i);
});
