// Rolling upgrades of a whole plane in simulated time: batches and their pauses, canaries that bake for days, a breach and
// the way back, a surge under load of nothing but the rules, and a crash at each commit.

import { afterEach, describe, expect, test } from 'vitest';

import { put } from '../../src/app/ports/store.ts';
import { type Instance, isMember } from '../../src/domain/instance.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { RollingUpgrade } from '../../src/domain/rolling-upgrade.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import type { SimulationScript } from '../../src/guest/simulated/script.ts';
import { seededRandom } from '../../src/system/random.ts';
import { healthExtension } from '../testing/health.ts';
import { seededIds } from '../testing/seeded.ts';
import { groupPath, setPath } from './deeds.ts';
import { checkAtRest, wholeLog, Witness } from './invariants.ts';
import { called, insist, memberOf, rows } from './insist.ts';
import { BOTH, FLEXIBLE, type Modes, UNIFORM } from './modes.ts';
import { must } from './must.ts';
import type { CrashPlan } from './mortal.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

interface Given {
  readonly capacity?: number;
  readonly mode?: string;
  readonly policy?: JsonObject;
  readonly upgradePolicy?: JsonObject;
  readonly tags?: JsonObject;
  readonly zones?: readonly string[];
  readonly script?: Partial<SimulationScript>;
  readonly crash?: CrashPlan;
  readonly repairs?: JsonObject;
}

const HALF = {
  maxBatchInstancePercent: 50,
  maxUnhealthyInstancePercent: 50,
  maxUnhealthyUpgradedInstancePercent: 20,
};

function body({
  capacity = 4,
  mode = 'Rolling',
  policy = HALF,
  upgradePolicy,
  tags,
  zones,
  repairs,
}: Given): JsonObject {
  return {
    location: 'westeurope',
    tags: tags ?? {},
    ...(zones === undefined ? {} : { zones }),
    sku: { name: 'Standard_B1s', capacity },
    properties: {
      overprovision: false,
      upgradePolicy: { mode, rollingUpgradePolicy: policy, ...upgradePolicy },
      ...(repairs === undefined ? {} : { automaticRepairsPolicy: repairs }),
      virtualMachineProfile: {
        extensionProfile: { extensions: [healthExtension({}, '2.0')] },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
        },
      },
    },
  };
}

async function fleetOf(modes: Modes, given: Given = {}): Promise<Universe> {
  const universe = new Universe({
    modes,
    guests: (clock) => openSimulatedGuests({ clock, seed: 'rolling', script: given.script ?? {} }),
    ids: seededIds('rolling'),
    random: seededRandom('rolling'),
    crash: given.crash ?? (() => undefined),
  });
  universes.push(universe);
  await insist(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
  await insist(universe, 'PUT', SET, body(given));
  await universe.rest();
  await universe.pass(20 * SECOND);
  return universe;
}

const larger = { sku: { name: 'Standard_B2s' } };

function extension(commandToExecute: string): JsonObject {
  const [publisher, type] = ['Microsoft.Azure.Extensions', 'CustomScript'];
  return { properties: { publisher, type, typeHandlerVersion: '2.1', settings: { commandToExecute } } };
}

async function latest(universe: Universe): Promise<RollingUpgrade> {
  const [set] = await universe.store.scaleSets();
  const upgrade = (await universe.store.rollingUpgrades(set?.uid ?? '')).at(-1);
  if (upgrade === undefined) throw new Error('there was no upgrade');
  return upgrade;
}

async function view(universe: Universe, path: string): Promise<JsonObject> {
  const answer = await universe.ask('GET', path);
  return JSON.parse(String(answer?.body)) as JsonObject;
}

/** Passes the time second by second, and keeps what was seen of the members at each. */
async function watch(
  universe: Universe,
  seconds: number,
  see: (members: readonly Instance[]) => void,
): Promise<void> {
  const witness = new Witness();
  for (let second = 0; second < seconds; second += 1) {
    see((await rows(universe)).filter(isMember));
    await witness.look(universe);
    await universe.pass(SECOND);
  }
}

const serves = ({ task, health }: Instance): boolean => task === undefined && health?.state === 'healthy';

describe.each(BOTH)('a rolling upgrade of a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test('takes out no more than a batch at a time, pauses, and ends the write that began it', async () => {
    const policy = { ...HALF, maxBatchInstancePercent: 25, pauseTimeBetweenBatches: 'PT2M' };
    const universe = await fleet({ capacity: 8, policy });
    await insist(universe, 'PATCH', SET, larger);
    expect((await view(universe, SET))['properties']).toMatchObject({ provisioningState: 'Updating' });
    let least = 8;
    const started: number[] = [];
    await watch(universe, 15 * 60, (members) => {
      least = Math.min(least, members.filter(serves).length);
      for (const { task } of members) if (task !== undefined) started.push(task.since);
    });
    expect(least).toBe(6);
    const times = [...new Set(started)];
    expect(times).toHaveLength(4);
    times.slice(1).forEach((at, index) => {
      expect(at - (times[index] ?? 0)).toBeGreaterThan(2 * MINUTE);
    });
    expect(await latest(universe)).toMatchObject({ state: 'Completed', succeeded: [0, 1, 2, 3, 4, 5, 6, 7] });
    expect((await view(universe, SET))['properties']).toMatchObject({ provisioningState: 'Succeeded' });
    await universe.rest();
    await checkAtRest(universe);
  });

  test('goes zone after zone', async () => {
    const universe = await fleet({ capacity: 6, zones: ['1', '2', '3'] });
    await insist(universe, 'PATCH', SET, larger);
    const seen: string[] = [];
    await watch(universe, 200, (members) => {
      const zones = new Set(members.filter(({ task }) => task !== undefined).map(({ zone }) => zone));
      if (zones.size > 0) seen.push([...zones].join());
    });
    expect([...new Set(seen)]).toEqual(['1', '2', '3']);
  });

  test('that changes nothing in a guest touches none', async () => {
    const universe = await fleet();
    const before = await universe.guests.list();
    const network = { networkProfile: { networkInterfaceConfigurations: [] } };
    await insist(universe, 'PATCH', SET, { properties: { virtualMachineProfile: network } });
    await universe.rest();
    expect((await rows(universe)).map(({ model, generation, task }) => [model, generation, task])).toEqual(
      Array.from({ length: 4 }, () => [2, 0, undefined]),
    );
    expect(await universe.guests.list()).toEqual(before);
    expect((await universe.ask('GET', `${SET}/rollingUpgrades/latest`))?.status).toBe(404);
  });

  test('is superseded by a newer model, and never brings back an older one', async () => {
    const universe = await fleet({ policy: { ...HALF, maxBatchInstancePercent: 25 } });
    await insist(universe, 'PATCH', SET, larger);
    await universe.pass(2 * SECOND);
    await insist(universe, 'PATCH', SET, { sku: { name: 'Standard_B4ms' } });
    await universe.rest();
    const [set] = await universe.store.scaleSets();
    const upgrades = await universe.store.rollingUpgrades(set?.uid ?? '');
    expect(upgrades.map(({ state, model }) => [state, model])).toEqual([
      ['Cancelled', 2],
      ['Completed', 3],
    ]);
    expect((await rows(universe)).every(({ model }) => model === 3)).toBe(true);
    await checkAtRest(universe);
  });

  test('makes new instances at the new model when the set grows meanwhile', async () => {
    const universe = await fleet({ policy: { ...HALF, maxBatchInstancePercent: 25 } });
    await insist(universe, 'PATCH', SET, larger);
    await insist(universe, 'PATCH', SET, { sku: { capacity: 6 } });
    await universe.rest();
    expect((await rows(universe)).map(({ model }) => model)).toEqual([2, 2, 2, 2, 2, 2]);
    expect((await latest(universe)).succeeded.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    await checkAtRest(universe);
  });
});

describe.each(BOTH)('a breach in a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test('stops the upgrade: the write fails as it is recorded, and nothing is tried again by itself', async () => {
    const universe = await fleet();
    await insist(universe, 'PUT', `${SET}/extensions/setup`, extension('ill'));
    await universe.pass(60 * MINUTE);
    const upgrade = await latest(universe);
    expect(upgrade).toMatchObject({ state: 'Faulted', failed: [0, 1], pending: 2, rolledBack: [] });
    const [set] = await universe.store.scaleSets();
    expect(set?.failure?.code).toBe('MaxUnhealthyUpgradedInstancePercentExceededInRollingUpgrade');
    expect((await rows(universe)).map(({ model }) => model)).toEqual([2, 2, 1, 1]);
    const { number } = upgrade;
    await insist(universe, 'PATCH', SET, { sku: { capacity: 5 } });
    await universe.rest();
    expect((await latest(universe)).number).toBe(number);
    expect((await view(universe, SET))['properties']).toMatchObject({ provisioningState: 'Succeeded' });
  });

  test('leaves the unhealthy to their repairs, which wait while a batch is in hand', async () => {
    const repairs = { enabled: true, gracePeriod: 'PT10M', repairAction: 'Restart' };
    const universe = await fleet({ policy: { ...HALF, maxUnhealthyUpgradedInstancePercent: 100 }, repairs });
    await insist(universe, 'PUT', `${SET}/extensions/setup`, extension('ill'));
    const together: boolean[] = [];
    await watch(universe, 20 * 60, (members) => {
      const repaired = members.some(({ repair, task }) => repair !== undefined && task?.verb === 'restart');
      const upgraded = members.some(({ task }) => task?.verb === 'update');
      together.push(repaired && upgraded);
    });
    expect(together).not.toContain(true);
    await universe.pass(60 * MINUTE);
    expect((await rows(universe)).every(serves)).toBe(true);
  });
});

describe('a breach with rollback, which Uniform sets alone have,', () => {
  test('brings what failed back to the model that it had', async () => {
    const universe = await fleetOf(UNIFORM, {
      policy: { ...HALF, rollbackFailedInstancesOnPolicyBreach: true },
    });
    await insist(universe, 'PATCH', SET, {
      properties: {
        virtualMachineProfile: {
          extensionProfile: {
            extensions: [healthExtension({}, '2.0'), { name: 'setup', ...extension('ill') }],
          },
          storageProfile: { imageReference: { version: '1.0.0' } },
        },
      },
    });
    await universe.pass(20 * MINUTE);
    expect(await latest(universe)).toMatchObject({
      state: 'Faulted',
      failed: [0, 1],
      rolledBack: [0, 1],
      notRolledBack: [],
    });
    expect((await rows(universe)).map(({ model, health }) => [model, health?.state])).toEqual(
      Array.from({ length: 4 }, () => [1, 'healthy']),
    );
    await universe.rest();
    await checkAtRest(universe);
  });

  test('starts those again whose guest the new model has stopped', async () => {
    const universe = await fleetOf(UNIFORM, {
      policy: { ...HALF, rollbackFailedInstancesOnPolicyBreach: true },
    });
    await insist(universe, 'PATCH', SET, {
      properties: {
        virtualMachineProfile: {
          extensionProfile: {
            extensions: [healthExtension({}, '2.0'), { name: 'setup', ...extension('crash') }],
          },
          storageProfile: { imageReference: { version: '1.0.0' } },
        },
      },
    });
    await universe.pass(60 * MINUTE);
    expect(await latest(universe)).toMatchObject({ state: 'Faulted', failed: [0, 1], rolledBack: [0, 1] });
    expect(
      (await rows(universe)).map(({ model, wanted, health }) => [model, wanted.power, health?.state]),
    ).toEqual(Array.from({ length: 4 }, () => [1, 'running', 'healthy']));
    await universe.rest();
    await checkAtRest(universe);
  });
});

describe.each(BOTH)('a surge of a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test('never lets the set have fewer members that serve than were declared', async () => {
    const universe = await fleet({ policy: { ...HALF, maxSurge: true } });
    await insist(universe, 'PATCH', SET, larger);
    const seen = new Set<number>();
    const shown = new Set<number>();
    await watch(universe, 120, (members) => {
      seen.add(members.filter(serves).length);
      shown.add(members.length);
    });
    expect([...seen]).toEqual([4]);
    expect([...shown]).toEqual([4]);
    await universe.rest();
    expect((await rows(universe)).map(({ id, model }) => [id, model])).toEqual(
      [4, 5, 6, 7].map((id) => [id, 2]),
    );
    await checkAtRest(universe);
  });

  test('shows the new ones in the list before they are members, and gives them up with the set', async () => {
    const universe = await fleet({ policy: { ...HALF, maxSurge: true } });
    await insist(universe, 'PATCH', SET, larger);
    await universe.pass(SECOND);
    const list = await view(universe, `${SET}/virtualMachines`);
    const members = await Promise.all([0, 1, 2, 3, 4, 5].map((id) => memberOf(universe, id)));
    expect((list['value'] as readonly JsonObject[]).map(({ instanceId }) => instanceId)).toEqual(
      members.map(String),
    );
    expect((await view(universe, SET))['sku']).toMatchObject({ capacity: 4 });
    await insist(universe, 'DELETE', SET);
    await universe.rest();
    expect(await universe.guests.list()).toEqual([]);
  });

  test('whose new ones never serve leaves the old ones serving', async () => {
    const universe = await fleet({ policy: { ...HALF, maxSurge: true } });
    await insist(universe, 'PUT', `${SET}/extensions/setup`, extension('ill'));
    await universe.pass(20 * MINUTE);
    expect(await latest(universe)).toMatchObject({ state: 'Faulted', failed: [0, 1] });
    expect((await rows(universe)).map(({ id, model }) => [id, model])).toEqual(
      [0, 1, 2, 3].map((id) => [id, 1]),
    );
    expect((await rows(universe)).every(serves)).toBe(true);
  });
});

test.each(BOTH)(
  'a replacement in a %s set that no upgrade waits for goes with its notice, named in the log, and is asked again with a later write',
  async (_mode, modes) => {
    const universe = await fleetOf(modes);
    const name = await called(universe, 0);
    const notice = { terminateNotificationProfile: { enable: true, notBeforeTimeout: 'PT5M' } };
    await insist(universe, 'PATCH', SET, {
      properties: { virtualMachineProfile: { scheduledEventsProfile: notice } },
      ...larger,
    });
    await universe.rest();
    const [first, second] = await rows(universe);
    if (first === undefined || second === undefined) throw new Error('there are not two instances');
    // As a set is left whose deletion did not come true.
    const stuck = {
      failure: { code: 'OperationTimedOut', message: 'it would not go' },
      lastVerb: 'delete',
    } as const;
    const [set] = await universe.store.scaleSets();
    await universe.store.commit([
      put('instance', { ...first, surge: true }),
      put('instance', { ...second, surge: true, ...stuck, lastOperation: set?.operation ?? '' }),
    ]);
    await universe.settle();
    expect(
      (await rows(universe)).map(({ task }) => [task?.verb, task?.notice !== undefined]).slice(0, 2),
    ).toEqual([
      ['delete', true],
      [undefined, false],
    ]);
    const descriptions = (await wholeLog(universe)).map(({ description }) => description);
    expect(descriptions).toContain(`Deleted ${name}: they were to replace others and are not to any more.`);
    await insist(universe, 'PATCH', SET, { tags: { a: 'b' } });
    await universe.rest();
    await universe.pass(30 * MINUTE);
    expect((await rows(universe)).map(({ id }) => id)).toEqual([2, 3, 4, 5]);
    await checkAtRest(universe);
  },
);

describe.each(BOTH)('what Azure lacks for a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test('a canary bakes for a day before anybody else is touched', async () => {
    const tags = { 'muster:rollingUpgradeCanary': 'id:2', 'muster:rollingUpgradeBakeTime': 'P1D' };
    const universe = await fleet({ tags });
    await insist(universe, 'PATCH', SET, larger);
    await universe.pass(23 * 60 * MINUTE);
    expect((await rows(universe)).map(({ model }) => model)).toEqual([1, 1, 2, 1]);
    await universe.pass(2 * 60 * MINUTE);
    expect(await latest(universe)).toMatchObject({ state: 'Completed', succeeded: [2, 0, 1, 3] });
  });

  test('an upgrade stops when the signal worsens in those that have it', async () => {
    const tags = { 'muster:rollingUpgradeStopSignal': 'errorRate', 'muster:rollingUpgradeCanary': '1' };
    const universe = await fleet({ tags });
    const run = async (id: number, script: string): Promise<void> => {
      const content = { commandId: 'RunShellScript', script: [script] };
      await insist(universe, 'POST', `${SET}/virtualMachines/${id}/runCommand`, content);
      await universe.rest();
      await universe.pass(6 * SECOND);
    };
    for (const id of [0, 1, 2, 3]) await run(id, 'metric errorRate 1');
    await insist(universe, 'PUT', `${SET}/extensions/setup`, extension('metric errorRate 2'));
    await universe.pass(10 * MINUTE);
    const upgrade = await latest(universe);
    expect(upgrade).toMatchObject({ state: 'Faulted', baseline: 1, succeeded: [0] });
    expect(upgrade.error?.code).toBe('StopSignalWorsenedInRollingUpgrade');
    expect((await rows(universe)).map(({ model }) => model)).toEqual([2, 1, 1, 1]);
  });
});

describe.each(BOTH)('an OS upgrade of a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  const automatic = {
    automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true, useRollingUpgradePolicy: true },
  };

  test('begins by itself when the catalog has a newer version, once for each', async () => {
    const universe = await fleet({ mode: 'Manual', upgradePolicy: automatic });
    universe.images.publish('base', '7.0.0');
    await universe.settle();
    await universe.rest();
    expect(await latest(universe)).toMatchObject({
      kind: 'os',
      startedBy: 'Platform',
      image: '7.0.0',
      state: 'Completed',
    });
    expect((await rows(universe)).map(({ imageVersion, generation }) => [imageVersion, generation])).toEqual(
      Array.from({ length: 4 }, () => ['7.0.0', 1]),
    );
    await universe.pass(600 * MINUTE);
    universe.images.publish('base', '8.0.0');
    await universe.settle();
    await universe.rest();
    const history = (await view(universe, `${SET}/osUpgradeHistory`))['value'] as readonly JsonObject[];
    expect(history).toHaveLength(2);
    expect(history[0]?.['properties']).toMatchObject({
      startedBy: 'Platform',
      targetImageReference: { publisher: 'muster', version: '8.0.0' },
      progress: { successfulInstanceCount: 4 },
    });
    await checkAtRest(universe);
  });

  test('begins by hand where it does not by itself, and touches nobody who has the version', async () => {
    const universe = await fleet({ mode: 'Manual' });
    universe.images.publish('base', '7.0.0');
    await universe.pass(60 * MINUTE);
    await insist(universe, 'POST', `${SET}/osRollingUpgrade`);
    await universe.rest();
    expect(await latest(universe)).toMatchObject({ startedBy: 'User', succeeded: [0, 1, 2, 3] });
    await insist(universe, 'POST', `${SET}/osRollingUpgrade`);
    await universe.rest();
    expect(await latest(universe)).toMatchObject({ number: 2, state: 'Completed', succeeded: [] });
    expect((await rows(universe)).map(({ generation }) => generation)).toEqual([1, 1, 1, 1]);
  });
});

describe.each(BOTH)('an OS upgrade of a %s set that a newer model overtakes', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  const automatic = {
    automaticOSUpgradePolicy: { enableAutomaticOSUpgrade: true, useRollingUpgradePolicy: true },
  };

  test.each(['Manual', 'Automatic', 'Rolling'])(
    'under %s brings nobody back to an older model, and the image reaches all the same',
    async (mode) => {
      const policy = { ...HALF, maxBatchInstancePercent: 25 };
      const universe = await fleet({ mode, upgradePolicy: automatic, policy });
      universe.images.publish('base', '7.0.0');
      await universe.settle();
      await universe.pass(2 * SECOND);
      await universe.settle();
      expect(await latest(universe)).toMatchObject({ kind: 'os', state: 'RollingForward', model: 1 });
      await insist(universe, 'PATCH', SET, larger);
      if (mode === 'Manual') {
        await insist(universe, 'POST', `${SET}/manualupgrade`, { instanceIds: ['3'] });
      }
      const seen = new Map<number, number>();
      await watch(universe, 20 * 60, (members) => {
        for (const { id, model } of members) {
          must(model >= (seen.get(id) ?? 0), `instance ${id} went back to model ${model}`);
          seen.set(id, model);
        }
      });
      await universe.rest();
      expect((await rows(universe)).map(({ imageVersion }) => imageVersion)).toEqual(
        Array.from({ length: 4 }, () => '7.0.0'),
      );
      await checkAtRest(universe);
    },
  );
});

describe('a crash at each commit', () => {
  const surge: JsonObject = { ...HALF, maxSurge: true };
  const rollback: JsonObject = { ...HALF, rollbackFailedInstancesOnPolicyBreach: true };

  /** Grown, upgraded well, upgraded badly; all of it must have come true, or have failed as it should. */
  async function story(modes: Modes, policy: JsonObject, crash: CrashPlan): Promise<void> {
    const universe = await fleetOf(modes, { capacity: 2, policy, crash });
    await insist(universe, 'PATCH', SET, larger);
    await universe.rest();
    must(
      (await rows(universe)).every(({ model }) => model === 2),
      'the first upgrade did not reach all',
    );
    await insist(universe, 'PUT', `${SET}/extensions/setup`, extension('ill'));
    await universe.rest();
    await universe.pass(20 * MINUTE);
    await universe.rest();
    // What was connected to a replacement that is dropped has its time to end.
    await universe.pass(MINUTE);
    await universe.rest();
    const upgrade = await latest(universe);
    must(upgrade.state === 'Faulted', `the second upgrade is ${upgrade.state}`);
    must(
      (await rows(universe)).every(({ model }) => model === 2),
      'the second upgrade left something behind',
    );
    must((await rows(universe)).length === 2, 'there are not two instances');
    await checkAtRest(universe);
  }

  // Three crashes in a row are followed by an hour without a plane: no time of it counts against a guest.
  const stories = [1, 3].flatMap((deaths) => [
    { deaths, mode: 'Uniform', modes: UNIFORM, what: 'a surge', policy: surge },
    { deaths, mode: 'Flexible', modes: FLEXIBLE, what: 'a surge', policy: surge },
    { deaths, mode: 'Uniform', modes: UNIFORM, what: 'rollback', policy: rollback },
  ]);
  test.each(stories)(
    'loses nothing of a $mode set, $deaths in a row, with $what',
    async ({ modes, deaths, policy }) => {
      let commits = 0;
      await story(modes, policy, () => {
        commits += 1;
        return undefined;
      });
      expect(commits).toBeGreaterThan(30);
      for (let at = 1; at <= commits; at += 1) {
        let count = 0;
        await story(modes, policy, () => {
          count += 1;
          if (count < at || count >= at + deaths) return undefined;
          return at % 2 === 0 ? 'before' : 'after';
        });
      }
    },
    300_000,
  );
});

test.each(BOTH)(
  'every batch of a %s set has a line in the log, and the upgrade a beginning and an end',
  async (mode, modes) => {
    const universe = await fleetOf(modes);
    await insist(universe, 'PATCH', SET, larger);
    await universe.rest();
    const member = mode === 'Uniform' ? 'virtualMachineScaleSets/virtualMachines' : 'virtualMachines';
    const log = (await wholeLog(universe))
      .toReversed()
      .filter(({ operationName }) => /[uU]pgrade/.test(operationName));
    expect(
      log.map(({ operationName, status, description }) => [
        operationName.split('/').slice(1).join('/'),
        status,
        description,
      ]),
    ).toEqual([
      [
        'virtualMachineScaleSets/rollingUpgrades/start/action',
        'Accepted',
        'A rolling upgrade of web to model version 2 begins.',
      ],
      [
        `${member}/manualUpgrade/action`,
        'Succeeded',
        `Upgraded ${await called(universe, 0)} and 1 more: a batch of the rolling upgrade to model version 2.`,
      ],
      [
        `${member}/manualUpgrade/action`,
        'Succeeded',
        `Upgraded ${await called(universe, 2)} and 1 more: a batch of the rolling upgrade to model version 2.`,
      ],
      ['virtualMachineScaleSets/rollingUpgrades/start/action', 'Succeeded', ''],
    ]);
  },
);
