// A machine that sleeps while a verb is in hand, of a whole plane in simulated time: when it wakes, the verb has its whole time
// ahead again, whichever of the timers that are late then runs first.

import { afterEach, expect, test } from 'vitest';

import { guestHandle } from '../../src/domain/guest.ts';
import type { Instance } from '../../src/domain/instance.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { seededIds } from '../testing/seeded.ts';
import { healthExtension } from '../testing/health.ts';
import { groupPath, setPath } from './deeds.ts';
import { checkAtRest } from './invariants.ts';
import { BOTH, type Modes } from './modes.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

async function ask(universe: Universe, method: string, path: string, content?: unknown): Promise<void> {
  const answer = await universe.ask(method, path, content);
  must(answer !== undefined && answer.status < 300, `${method} ${path}: ${String(answer?.body)}`);
}

/** An instance that was asked to restart a minute ago, and whose shutdown takes that long. */
async function restarting(modes: Modes, shutdown: number): Promise<Universe> {
  const universe = new Universe({
    modes,
    guests: (clock) =>
      openSimulatedGuests({ clock, seed: 'sleep', script: { shutdown: [shutdown, shutdown] } }),
    ids: seededIds('sleep'),
    random: seededRandom('sleep'),
    crash: () => undefined,
  });
  universes.push(universe);
  await ask(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
  await ask(universe, 'PUT', SET, {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', capacity: 1 },
    properties: {
      overprovision: false,
      virtualMachineProfile: {
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
        },
      },
    },
  });
  await universe.rest();
  await ask(universe, 'POST', `${SET}/virtualMachines/0/restart`);
  await universe.settle();
  await universe.pass(MINUTE);
  return universe;
}

async function row(universe: Universe): Promise<Instance> {
  const [set] = await universe.store.scaleSets();
  const instance = await universe.store.instance(set?.uid ?? '', 0);
  if (instance === undefined) throw new Error('the instance is gone');
  return instance;
}

const HOURS = 5 * 60 * MINUTE;

test.each(BOTH)(
  'a verb in hand has its whole time again after a sleep of hours, of a %s set',
  async (_mode, modes) => {
    const universe = await restarting(modes, 10 * 60 * MINUTE);
    const before = (await row(universe)).task;
    universe.clock.sleep(HOURS);
    await universe.settle();
    const { task, failure } = await row(universe);
    expect(failure).toBeUndefined();
    const now = universe.clock.now();
    expect(task).toEqual({ ...before, since: now, deadline: now + 20 * MINUTE });
    // And no more than that: every operation ends.
    await universe.pass(20 * MINUTE);
    await universe.rest();
    expect((await row(universe)).failure?.code).toBe('VMStartTimedOut');
  },
);

test.each(BOTH)(
  'a verb in hand comes true after the sleep, as if there had been none, of a %s set',
  async (_mode, modes) => {
    const universe = await restarting(modes, HOURS + 10 * MINUTE);
    universe.clock.sleep(HOURS);
    await universe.settle();
    await universe.rest();
    expect(await row(universe)).toMatchObject({
      generation: 1,
      lastVerb: 'restart',
      observed: { ready: true },
    });
    expect((await row(universe)).failure).toBeUndefined();
    const { set } = await row(universe);
    expect(await universe.guests.get(guestHandle(set, 0))).toMatchObject({ generation: 1, ready: true });
    await checkAtRest(universe);
  },
);

test.each(BOTH)('time that passes as usual is not given back, of a %s set', async (_mode, modes) => {
  const universe = await restarting(modes, 10 * 60 * MINUTE);
  const before = (await row(universe)).task;
  await universe.pass(10 * MINUTE);
  expect((await row(universe)).task).toEqual(before);
  // A machine that is busy for some minutes has not slept.
  universe.clock.sleep(4 * MINUTE);
  await universe.settle();
  expect((await row(universe)).task).toEqual(before);
});

test.each(BOTH)(
  'a sleep counts nothing against an upgraded instance of a %s set that is not yet well',
  async (_mode, modes) => {
    const universe = await restarting(modes, MINUTE / 60);
    await universe.rest();
    const health = healthExtension({ intervalInSeconds: 60, numberOfProbes: 3 }, '2.0');
    await ask(universe, 'PATCH', SET, {
      sku: { name: 'Standard_B2s' },
      properties: {
        upgradePolicy: { mode: 'Rolling', rollingUpgradePolicy: { maxUnhealthyInstancePercent: 100 } },
        virtualMachineProfile: { extensionProfile: { extensions: [health] } },
      },
    });
    await universe.settle();
    await universe.pass(2 * MINUTE);
    expect(await row(universe)).toMatchObject({ model: 2, health: { state: 'initializing' } });
    expect((await row(universe)).task).toBeUndefined();
    universe.clock.sleep(HOURS);
    await universe.settle();
    await universe.rest();
    const [upgrade] = await universe.store.rollingUpgrades((await row(universe)).set);
    expect(upgrade).toMatchObject({ state: 'Completed', succeeded: [0], failed: [] });
  },
);
