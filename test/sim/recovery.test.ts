// A guest that its host lost altogether, of a whole plane in simulated time: it is made anew and runs its extensions without
// anybody asking, its state is true meanwhile, and a crash at any commit of it loses nothing.

import { afterEach, describe, expect, test } from 'vitest';

import { PLANE } from '../../src/domain/activity.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import { type Instance, instanceProvisioningState } from '../../src/domain/instance.ts';
import type { Json } from '../../src/domain/json.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { seededIds } from '../testing/seeded.ts';
import { crashAtEachCommit } from './crashes.ts';
import { groupPath, setPath } from './deeds.ts';
import { checkAtRest, wholeLog } from './invariants.ts';
import { called, memberOf } from './insist.ts';
import { BOTH, type Modes } from './modes.ts';
import { must } from './must.ts';
import type { CrashPlan } from './mortal.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

function body(commandToExecute: string): Json {
  const publisher = 'Microsoft.Azure.Extensions';
  const settings = { commandToExecute };
  const setup = { publisher, type: 'CustomScript', typeHandlerVersion: '2.1', settings };
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', capacity: 3 },
    properties: {
      overprovision: false,
      virtualMachineProfile: {
        extensionProfile: { extensions: [{ name: 'setup', properties: setup }] },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
        },
      },
    },
  };
}

/** A plane with three instances that have come up. */
async function fleet(modes: Modes, command: string, crash: CrashPlan = () => undefined): Promise<Universe> {
  const universe = new Universe({
    modes,
    guests: (clock) => openSimulatedGuests({ clock, seed: 'recovery' }),
    ids: seededIds('recovery'),
    random: seededRandom('recovery'),
    crash,
  });
  universes.push(universe);
  await insist(universe, groupPath('red'), { location: 'westeurope' });
  await insist(universe, SET, body(command));
  await universe.rest();
  return universe;
}

async function insist(universe: Universe, path: string, content: Json): Promise<void> {
  let answer = await universe.ask('PUT', path, content);
  while (answer === undefined) answer = await universe.ask('PUT', path, content);
  must(answer.status < 300, `PUT ${path}: ${String(answer.body)}`);
}

async function row(universe: Universe, id: number): Promise<Instance> {
  const [set] = await universe.store.scaleSets();
  const instance = await universe.store.instance(set?.uid ?? '', id);
  if (instance === undefined) throw new Error(`there is no instance ${id}`);
  return instance;
}

async function lose(universe: Universe, id: number): Promise<void> {
  const { set } = await row(universe, id);
  const before = await universe.guests.get(guestHandle(set, id));
  await universe.lose(guestHandle(set, id));
  while ((await universe.guests.get(guestHandle(set, id)))?.bootedAt === before?.bootedAt) {
    must(universe.clock.runNext(), 'the guest does not go');
  }
}

function runsOf({ extensions }: Instance): readonly (readonly [number, string])[] {
  return (extensions?.records ?? []).map(({ run, state }) => [run, state] as const);
}

describe.each(BOTH)('a guest of a %s set that its host lost altogether', (_mode, modes) => {
  test('is made anew and runs its extensions by itself, Updating until they have ended', async () => {
    const universe = await fleet(modes, 'sleep 30');
    expect(runsOf(await row(universe, 1))).toEqual([[1, 'succeeded']]);
    await lose(universe, 1);
    await universe.settle();
    const states = new Set<string>();
    while ((await row(universe, 1)).task !== undefined) {
      states.add(instanceProvisioningState(await row(universe, 1)));
      must(universe.clock.runNext(), 'it does not come up');
      await universe.settle();
    }
    expect([...states]).toEqual(['Updating']);
    const after = await row(universe, 1);
    expect(runsOf(after)).toEqual([[2, 'succeeded']]);
    expect(after).toMatchObject({ observed: { power: 'running', ready: true }, lastVerb: 'reimage' });
    expect(instanceProvisioningState(after)).toBe('Succeeded');
    await universe.rest();
    await checkAtRest(universe);
    const member = String(await memberOf(universe, 1));
    const log = (await wholeLog(universe)).filter(({ resourceId }) => resourceId.endsWith(`/${member}`));
    expect(log.map(({ caller, status, level }) => [caller, status, level])).toEqual([
      [PLANE, 'Succeeded', 'Informational'],
      [PLANE, 'Accepted', 'Warning'],
    ]);
    expect(log[1]?.description).toBe(
      `The guest of ${await called(universe, 1)} is made anew: its host had lost it.`,
    );
  });

  test('leaves its neighbours as they were', async () => {
    const universe = await fleet(modes, 'echo hello');
    const before = [await row(universe, 0), await row(universe, 2)];
    await lose(universe, 1);
    await universe.rest();
    expect([await row(universe, 0), await row(universe, 2)]).toEqual(before);
  });
});

describe.each(BOTH)('a crash at each commit of a recovery in a %s set', (_mode, modes) => {
  test.each(['before', 'after'] as const)('%s it is on disk loses nothing', async (moment) => {
    await crashAtEachCommit(moment, async (crash) => {
      const universe = await fleet(modes, 'echo hello', crash);
      await lose(universe, 1);
      await universe.rest();
      await universe.pass(1000);
      await universe.rest();
      const after = await row(universe, 1);
      expect(runsOf(after)).toEqual([[2, 'succeeded']]);
      expect(instanceProvisioningState(after)).toBe('Succeeded');
      await checkAtRest(universe);
      await universe.close();
      universes.pop();
    });
  });
});
