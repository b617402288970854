// Terminate notices of a whole plane in simulated time: guests that acknowledge at once, after a while or never, whatever the
// delete came from, and planes that die while a notice runs.

import { afterEach, describe, expect, test } from 'vitest';

import { PLANE } from '../../src/domain/activity.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import type { SimulationScript } from '../../src/guest/simulated/script.ts';
import { seededRandom } from '../../src/system/random.ts';
import { healthExtension } from '../testing/health.ts';
import { seededIds } from '../testing/seeded.ts';
import { groupPath, setPath } from './deeds.ts';
import { checkAtRest, wholeLog } from './invariants.ts';
import type { CrashPlan } from './mortal.ts';
import { called, insist, rows } from './insist.ts';
import { BOTH, type Modes, UNIFORM } from './modes.ts';
import { must } from './must.ts';
import { keepingNotices } from './notices.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

interface Given {
  readonly capacity?: number;
  readonly profile?: JsonObject;
  readonly properties?: JsonObject;
  readonly script?: Partial<SimulationScript>;
  readonly crash?: CrashPlan;
}

/** A plane with a set whose members have come up and are told fifteen minutes before they go. */
async function fleetOf(
  modes: Modes,
  { capacity = 3, profile, properties, script = {}, crash }: Given = {},
): Promise<Universe> {
  const universe: Universe = new Universe({
    modes,
    guests: (clock) => keepingNotices(openSimulatedGuests({ clock, seed: 'ends', script }), () => universe),
    ids: seededIds('ends'),
    random: seededRandom('ends'),
    crash: crash ?? (() => undefined),
  });
  universes.push(universe);
  await insist(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
  await insist(universe, 'PUT', SET, {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', capacity },
    properties: {
      overprovision: false,
      ...properties,
      virtualMachineProfile: {
        scheduledEventsProfile: {
          terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT15M' },
        },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
        },
        ...profile,
      },
    },
  });
  await universe.rest();
  // Nobody is connected to them: what they wait for is their notice alone.
  for (const { set, id } of await rows(universe)) universe.balancer.connect(guestHandle(set, id), 0);
  return universe;
}

const idsOf = async (universe: Universe) => (await rows(universe)).map(({ id }) => id);

/** After how many seconds each of the instances that are there now was gone, by id. */
async function ends(universe: Universe, within = 20 * MINUTE): Promise<ReadonlyMap<number, number>> {
  const begun = universe.clock.now();
  const gone = new Map<number, number>();
  let left = await idsOf(universe);
  while (left.length > 0 && universe.clock.now() < begun + within) {
    await universe.pass(SECOND);
    const now = await idsOf(universe);
    for (const id of left.filter((one) => !now.includes(one)))
      gone.set(id, (universe.clock.now() - begun) / SECOND);
    left = now;
  }
  return gone;
}

/** An hour at the most. */
async function passUntil(universe: Universe, holds: () => Promise<boolean>): Promise<void> {
  const end = universe.clock.now() + 60 * MINUTE;
  while (!(await holds())) {
    must(universe.clock.now() < end, 'it never came true');
    await universe.pass(5 * SECOND);
    // Where the plane died, the next one comes up.
    await universe.settle();
  }
}

/** Cutting the power of a simulated guest takes less than that. */
const CUT = 1;
const FULL = 15 * 60;

function expectFull(seconds: number | undefined): void {
  expect(seconds).toBeGreaterThanOrEqual(FULL);
  expect(seconds).toBeLessThanOrEqual(FULL + CUT);
}

const NEVER = { acknowledges: 0 };
const AT_ONCE = { acknowledges: 1, acknowledgesAfter: [0, 0] } as const;

describe.each(BOTH)('an instance of a %s set that is to go', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test('and never acknowledges has its fifteen minutes, to the second, and not one more', async () => {
    const universe = await fleet({ script: NEVER });
    await insist(universe, 'POST', `${SET}/delete`, { instanceIds: ['1'] });
    const gone = await ends(universe);
    expect([...gone.keys()]).toEqual([1]);
    expectFull(gone.get(1));
    await universe.rest();
    await checkAtRest(universe);
    const log = await wholeLog(universe);
    const status = log.filter(({ operationName }) => operationName.endsWith('/delete/action'));
    expect(status.map((entry) => entry.status)).toEqual(['Succeeded', 'Accepted']);
  });

  test('and acknowledges at once is gone at once', async () => {
    const universe = await fleet({ script: AT_ONCE });
    await insist(universe, 'POST', `${SET}/delete`, { instanceIds: ['1'] });
    expect(await ends(universe, MINUTE)).toEqual(new Map([[1, CUT]]));
  });

  test('goes by its own word, whatever the others do', async () => {
    const script = { acknowledges: 0.5, acknowledgesAfter: [MINUTE, 10 * MINUTE] } as const;
    const universe = await fleet({ capacity: 40, script });
    await insist(universe, 'PATCH', SET, { sku: { capacity: 0 } });
    const times = [...(await ends(universe)).values()];
    expect(times).toHaveLength(40);
    const patient = times.filter((seconds) => seconds >= FULL);
    for (const seconds of patient) expectFull(seconds);
    for (const seconds of times.filter((one) => one < FULL)) {
      expect(seconds).toBeGreaterThanOrEqual(60);
      expect(seconds).toBeLessThanOrEqual(10 * 60 + CUT);
    }
    expect(patient.length).toBeGreaterThan(10);
    expect(patient.length).toBeLessThan(30);
  });

  test('is told when its whole set goes, and the set waits for it', async () => {
    const universe = await fleet({ script: NEVER });
    await insist(universe, 'DELETE', SET);
    const gone = await ends(universe);
    expect(gone.size).toBe(3);
    for (const seconds of gone.values()) expectFull(seconds);
    expect(await universe.store.scaleSets()).toEqual([]);
  });

  test('is told when it is replaced, and its replacement does not wait for that', async () => {
    const settings = { numberOfProbes: 1, intervalInSeconds: 5 };
    const universe = await fleet({
      script: { ...NEVER, boot: [5 * SECOND, 5 * SECOND], ready: [SECOND, SECOND] },
      profile: { extensionProfile: { extensions: [healthExtension(settings)] } },
      properties: { automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT10M' } },
    });
    await universe.pass(11 * MINUTE);
    const ill = { commandId: 'RunShellScript', script: ['ill'] };
    await insist(universe, 'POST', `${SET}/virtualMachines/1/runCommand`, ill);
    await passUntil(universe, async () => (await idsOf(universe)).includes(3));
    const replaced = (await rows(universe)).find(({ id }) => id === 1);
    expect(replaced?.task?.notice).toMatchObject({ source: 'Platform' });
    await universe.pass(MINUTE);
    const [, , , born] = await rows(universe);
    expect(born).toMatchObject({ id: 3, observed: { power: 'running', ready: true } });
    expect(await idsOf(universe)).toContain(1);
    await universe.pass(15 * MINUTE);
    expect(await idsOf(universe)).toEqual([0, 2, 3]);
    const why = (await wholeLog(universe))
      .filter(({ caller }) => caller === PLANE)
      .map((one) => one.description);
    expect(why).toContain(
      `Created ${await called(universe, 3)}: in the place of what an automatic repair gave up.`,
    );
  });

  test('is not waited for when it ends by itself', async () => {
    const universe = await fleet({ script: NEVER });
    await insist(universe, 'POST', `${SET}/delete`, { instanceIds: ['1'] });
    await universe.pass(MINUTE);
    const [, leaving] = await rows(universe);
    // A command that was under way since before.
    const handle = `${leaving?.set}_1`;
    const command = { script: 'crash', parameters: [], timeoutMs: MINUTE };
    await universe.guests.exec(handle, 'a key', command);
    await universe.settle();
    await universe.pass(MINUTE);
    expect(await idsOf(universe)).toEqual([0, 2]);
  });
});

describe.each(BOTH)('there is no notice in a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  const soon = async (universe: Universe, gone: readonly number[]) => {
    await universe.pass(MINUTE);
    const left = await idsOf(universe);
    expect(left.filter((id) => gone.includes(id))).toEqual([]);
  };

  test('for a forced delete, of an instance or of several', async () => {
    const universe = await fleet({ script: NEVER });
    await insist(universe, 'DELETE', `${SET}/virtualMachines/0?forceDeletion=true`);
    await insist(universe, 'POST', `${SET}/delete?forceDeletion=true`, { instanceIds: ['1'] });
    await soon(universe, [0, 1]);
  });

  test('any more, when a delete that waits is forced', async () => {
    const universe = await fleet({ script: NEVER });
    await insist(universe, 'POST', `${SET}/delete`, { instanceIds: ['1'] });
    await universe.pass(5 * MINUTE);
    expect(await idsOf(universe)).toContain(1);
    await insist(universe, 'DELETE', `${SET}/virtualMachines/1?forceDeletion=true`);
    await soon(universe, [1]);
    await universe.rest();
    await checkAtRest(universe);
  });

  test('for a set that is deleted by force, also when that is said later', async () => {
    const universe = await fleet({ script: NEVER });
    await insist(universe, 'POST', `${SET}/delete`, { instanceIds: ['1'] });
    await insist(universe, 'DELETE', SET);
    await universe.pass(5 * MINUTE);
    expect(await idsOf(universe)).toEqual([0, 1, 2]);
    await insist(universe, 'DELETE', `${SET}?forceDeletion=true`);
    await universe.pass(MINUTE);
    expect(await universe.store.scaleSets()).toEqual([]);
  });

  test('for a scale-in whose policy forces deletion', async () => {
    const universe = await fleet({ script: NEVER, properties: { scaleInPolicy: { forceDeletion: true } } });
    await insist(universe, 'PATCH', SET, { sku: { capacity: 1 } });
    await soon(universe, [1, 2]);
  });

  test('for Spot instances, evicted or deleted', async () => {
    const profile = { priority: 'Spot', evictionPolicy: 'Delete' };
    const universe = await fleet({ script: NEVER, profile });
    await insist(universe, 'POST', `${SET}/virtualMachines/0/simulateEviction`);
    await insist(universe, 'POST', `${SET}/delete`, { instanceIds: ['1'] });
    await soon(universe, [0, 1]);
  });

  test.each(['restart', 'reimage', 'redeploy', 'deallocate', 'powerOff'])('for %s', async (verb) => {
    const universe = await fleet({ script: NEVER });
    await insist(universe, 'POST', `${SET}/${verb}`, { instanceIds: ['1'] });
    await universe.pass(MINUTE);
    expect((await rows(universe))[1]?.task).toBeUndefined();
  });
});

test('there is no notice for surplus instances, which Uniform sets alone have', async () => {
  const universe = await fleetOf(UNIFORM, { script: NEVER, properties: { overprovision: true } });
  const log = await wholeLog(universe);
  expect(log.some(({ description }) => /^Deleted .+ beyond the capacity/.test(description))).toBe(true);
  expect(universe.clock.now() - (log.at(-1)?.time ?? 0)).toBeLessThan(5 * MINUTE);
  expect(await idsOf(universe)).toHaveLength(3);
});

describe.each(BOTH)('a notice that was given in a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test.each(['before', 'after'] as const)(
    'is kept when the plane dies %s any of its commits',
    async (moment) => {
      for (let at = 0; at < 12; at += 1) {
        let count: number | undefined;
        const universe = await fleet({
          script: NEVER,
          crash: () => {
            if (count === undefined) return undefined;
            count += 1;
            return count === at ? moment : undefined;
          },
        });
        count = 0;
        // Asked again, it may find the instance gone, or on its way.
        await insist(universe, 'POST', `${SET}/delete`, { instanceIds: ['1'] }, [400, 409]);
        const given = (await rows(universe))[1]?.task?.notice;
        expect(given).toBeDefined();
        await passUntil(universe, async () => {
          const leaving = (await rows(universe)).find(({ id }) => id === 1);
          if (leaving !== undefined) expect(leaving.task?.notice).toEqual(given);
          return leaving === undefined;
        });
        expect(universe.clock.now()).toBeGreaterThanOrEqual(given?.notBefore ?? Infinity);
        await universe.rest();
        await checkAtRest(universe);
        await universe.close();
        universes.pop();
      }
    },
  );
});
