// Automatic repairs of a whole plane in simulated time: guests whose application stops serving, grace periods of an hour
// and a half, and crashes. A minute of these tests is days of theirs.

import { afterEach, describe, expect, test } from 'vitest';

import type { Guests } from '../../src/app/ports/guests.ts';
import { PLANE } from '../../src/domain/activity.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import { isMember } from '../../src/domain/instance.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { ProbeRequest } from '../../src/domain/probe.ts';
import { ATTEMPTS, repairsAtOnce } from '../../src/domain/repair.ts';
import { LIMIT_TAG } from '../../src/domain/repair-policy.ts';
import { rulesOf } from '../../src/domain/orchestration.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import type { SimulationScript } from '../../src/guest/simulated/script.ts';
import { scaleSetViewBody } from '../../src/http/views/scale-set-view.ts';
import { seededRandom } from '../../src/system/random.ts';
import { healthExtension } from '../testing/health.ts';
import { seededIds } from '../testing/seeded.ts';
import { crashAtEachCommit } from './crashes.ts';
import { groupPath, setPath } from './deeds.ts';
import { checkAtRest, wholeLog } from './invariants.ts';
import type { CrashPlan } from './mortal.ts';
import { called, insist, memberOf, rows } from './insist.ts';
import { BOTH, type Modes } from './modes.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

interface Given {
  readonly capacity?: number;
  readonly policy?: JsonObject;
  readonly tags?: JsonObject;
  readonly settings?: JsonObject;
  readonly version?: string;
  /** In the place of the Application Health extension. */
  readonly extensions?: readonly JsonObject[];
  readonly script?: Partial<SimulationScript>;
  readonly crash?: CrashPlan;
  /** Told of each probe. */
  readonly probed?: (request: ProbeRequest) => void;
  /** What each probe answers, in the place of what the guest would. */
  readonly status?: () => number;
}

function body({ capacity = 3, policy = {}, tags = {}, settings, version, extensions }: Given): JsonObject {
  return {
    location: 'westeurope',
    tags,
    sku: { name: 'Standard_B1s', capacity },
    properties: {
      overprovision: false,
      automaticRepairsPolicy: { enabled: true, ...policy },
      virtualMachineProfile: {
        extensionProfile: { extensions: extensions ?? [healthExtension(settings, version)] },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
        },
      },
    },
  };
}

/** A plane with a set that has come up and is healthy. */
async function fleetOf(modes: Modes, given: Given = {}): Promise<Universe> {
  const universe = new Universe({
    modes,
    guests: (clock) => {
      const guests = openSimulatedGuests({ clock, seed: 'repairs', script: given.script ?? {} });
      const { probed, status } = given;
      if (status !== undefined) guests.probe = async () => ({ outcome: 'answered', status: status() });
      return probed === undefined ? guests : told(guests, probed);
    },
    ids: seededIds('repairs'),
    random: seededRandom('repairs'),
    crash: given.crash ?? (() => undefined),
  });
  universes.push(universe);
  await insist(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
  await insist(universe, 'PUT', SET, body(given));
  await universe.rest();
  await universe.pass(20 * SECOND);
  return universe;
}

/** The same guests; whoever probes one is noted. */
function told(guests: Guests, probed: (request: ProbeRequest) => void): Guests {
  const ask = guests.probe?.bind(guests);
  guests.probe = (handle, request) => {
    probed(request);
    return ask?.(handle, request) ?? Promise.resolve({ outcome: 'failed' });
  };
  return guests;
}

async function states(universe: Universe): Promise<readonly string[]> {
  return (await rows(universe)).map(({ id, health }) => `${id} ${health?.state}`);
}

async function run(universe: Universe, id: number, script: string): Promise<void> {
  const content = { commandId: 'RunShellScript', script: [script] };
  await insist(universe, 'POST', `${SET}/virtualMachines/${id}/runCommand`, content);
  await universe.rest();
  await universe.pass(6 * SECOND);
}

/** Ends the guest itself. What runs it ends with it. */
async function endItself(universe: Universe, id: number): Promise<void> {
  const content = { commandId: 'RunShellScript', script: ['crash'] };
  await universe.ask('POST', `${SET}/virtualMachines/${id}/runCommand`, content);
  await universe.settle();
}

/** As the set's instance view has it. Flexible sets answer none to clients; what it says is true of them all the same. */
async function serviceState(universe: Universe): Promise<unknown> {
  const [set] = await universe.store.scaleSets();
  if (set === undefined) throw new Error('there is no set');
  if (!rulesOf(set.declared).setInstanceView) {
    return scaleSetViewBody(set, await rows(universe))['orchestrationServices'];
  }
  const answer = await universe.ask('GET', `${SET}/instanceView`);
  return (JSON.parse(String(answer?.body)) as JsonObject)['orchestrationServices'];
}

const service = (state: string): unknown => [{ serviceName: 'AutomaticRepairs', serviceState: state }];

/** Deeds of the plane by itself, oldest first. */
async function deeds(universe: Universe): Promise<readonly string[]> {
  const log = (await wholeLog(universe)).toReversed();
  return log
    .filter(({ caller, description }) => caller === PLANE && description.startsWith('Automatic repairs'))
    .map(({ description }) => description);
}

describe.each(BOTH)('health in a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test.each([
    ['binary', '1.0', 'unhealthy'],
    ['rich', '2.0', 'unknown'],
  ])('of %s states follows the guest, and is written when it changes only', async (_, version, bad) => {
    const universe = await fleet({ version, policy: { enabled: false } });
    expect(await states(universe)).toEqual(['0 healthy', '1 healthy', '2 healthy']);
    const before = (await rows(universe)).map(({ revision }) => revision);
    await universe.pass(60 * MINUTE);
    expect((await rows(universe)).map(({ revision }) => revision)).toEqual(before);
    await run(universe, 1, 'ill');
    expect(await states(universe)).toEqual(['0 healthy', `1 ${bad}`, '2 healthy']);
    await run(universe, 1, 'well');
    expect(await states(universe)).toEqual(['0 healthy', '1 healthy', '2 healthy']);
    const log = (await wholeLog(universe)).filter(({ operationName }) =>
      operationName.endsWith('vmHealth/write'),
    );
    const member = await memberOf(universe, 1);
    expect(log.map(({ level, instances }) => [level, instances])).toEqual([
      ['Informational', [member]],
      ['Warning', [member]],
    ]);
    expect(log[1]?.description).toBe(
      `${await called(universe, 1)} is ${bad}: http port 8080 /health answered 503.`,
    );
  });

  test('changes after as many probes as the source asks for', async () => {
    const universe = await fleet({ settings: { numberOfProbes: 4, intervalInSeconds: 60 } });
    expect((await states(universe))[0]).toBe('0 undefined');
    await universe.pass(3 * MINUTE);
    expect((await states(universe))[0]).toBe('0 healthy');
    await run(universe, 0, 'ill');
    await universe.pass(2 * MINUTE);
    expect((await states(universe))[0]).toBe('0 healthy');
    await universe.pass(2 * MINUTE);
    expect((await states(universe))[0]).toBe('0 unhealthy');
  });

  test('of guests that tell by themselves costs one probe each, or two where one said something meanwhile, not one an interval', async () => {
    const asked: ProbeRequest[] = [];
    const probed = (request: ProbeRequest): void => {
      asked.push(request);
    };
    const universe = await fleet({ capacity: 50, policy: { enabled: false }, probed });
    await universe.pass(10 * 60 * MINUTE);
    expect(asked.length).toBeGreaterThanOrEqual(50);
    expect(asked.length).toBeLessThanOrEqual(100);
    expect(asked[0]).toEqual({ protocol: 'http', port: 8080, path: '/health' });
    await run(universe, 7, 'ill');
    expect((await states(universe))[7]).toBe('7 unhealthy');
  });

  test('is nobody’s while a guest is off, and new after it came back', async () => {
    const universe = await fleet();
    await insist(universe, 'POST', `${SET}/virtualMachines/1/poweroff`);
    await universe.rest();
    expect((await states(universe))[1]).toBe('1 undefined');
    await insist(universe, 'POST', `${SET}/virtualMachines/1/start`);
    await universe.rest();
    await universe.pass(6 * SECOND);
    expect((await states(universe))[1]).toBe('1 healthy');
  });

  test('comes with its source, when the model with it is applied', async () => {
    const universe = await fleet({ policy: { enabled: false } });
    const withExtensions = (extensions: JsonObject[]): JsonObject => ({
      properties: { virtualMachineProfile: { extensionProfile: { extensions } } },
    });
    const update = async (extensions: JsonObject[]): Promise<void> => {
      await insist(universe, 'PATCH', SET, withExtensions(extensions));
      await universe.rest();
      await insist(universe, 'POST', `${SET}/manualupgrade`, { instanceIds: ['0'] });
      await universe.rest();
      await universe.pass(20 * SECOND);
    };
    await update([]);
    expect((await states(universe)).slice(0, 2)).toEqual(['0 undefined', '1 healthy']);
    await update([healthExtension()]);
    expect((await states(universe)).slice(0, 2)).toEqual(['0 healthy', '1 healthy']);
    await run(universe, 0, 'ill');
    expect((await states(universe))[0]).toBe('0 unhealthy');
  });

  test('is nothing that anybody looks for where no model has a source', async () => {
    const universe = await fleet({ policy: { enabled: false }, extensions: [] });
    const { store } = universe;
    const read = store.model.bind(store);
    let models = 0;
    store.model = (set, version) => {
      models += 1;
      return read(set, version);
    };
    // Its guest says that it began and that it ended; its row is at rest.
    const [row] = await rows(universe);
    const command = { script: 'ill', parameters: [], timeoutMs: MINUTE };
    await universe.guests.exec(guestHandle(row?.set ?? '', 0), 'by hand', command);
    await universe.pass(6 * SECOND);
    expect(models).toBe(0);
    expect(await states(universe)).toEqual(['0 undefined', '1 undefined', '2 undefined']);
  });

  test('goes with its source, when the model without it is applied', async () => {
    const universe = await fleet({ policy: { enabled: false } });
    const none = { properties: { virtualMachineProfile: { extensionProfile: { extensions: [] } } } };
    await insist(universe, 'PATCH', SET, none);
    await universe.rest();
    expect((await states(universe))[0]).toBe('0 healthy');
    await insist(universe, 'POST', `${SET}/manualupgrade`, { instanceIds: ['0'] });
    await universe.rest();
    expect((await states(universe)).slice(0, 2)).toEqual(['0 undefined', '1 healthy']);
  });
});

describe.each(BOTH)('a repair in a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test('by Replace comes when ninety minutes of grace are over, keeps the capacity, and says why', async () => {
    const universe = await fleet({ policy: { gracePeriod: 'PT90M' } });
    await run(universe, 1, 'ill');
    await universe.pass(88 * MINUTE);
    expect(await states(universe)).toEqual(['0 healthy', '1 unhealthy', '2 healthy']);
    expect(await deeds(universe)).toEqual([]);
    await universe.pass(2 * MINUTE);
    expect(await states(universe)).toEqual(['0 healthy', '2 healthy', '3 healthy']);
    const [set] = await universe.store.scaleSets();
    expect(set).toMatchObject({ declared: { sku: { capacity: 3 } }, settled: set?.generation });
    const [why] = await deeds(universe);
    const name = await called(universe, 1);
    expect(why).toContain(`Automatic repairs: Replace of ${name}: ${name} is unhealthy since 20`);
    const [first] = (await wholeLog(universe)).filter(
      ({ caller, operationName, status }) =>
        caller === PLANE &&
        operationName.endsWith('virtualMachineScaleSets/delete/action') &&
        status === 'Succeeded',
    );
    expect(first?.instances).toEqual([await memberOf(universe, 1)]);
    await checkAtRest(universe);
  });

  test.each([
    ['Restart', 'restart'],
    ['Reimage', 'reimage'],
  ])('by %s leaves the instance its identity, and it serves again', async (action, verb) => {
    const universe = await fleet({ policy: { repairAction: action } });
    const before = (await rows(universe)).map(({ vmId }) => vmId);
    await run(universe, 1, 'ill');
    await universe.pass(12 * MINUTE);
    expect(await states(universe)).toEqual(['0 healthy', '1 healthy', '2 healthy']);
    const after = await rows(universe);
    expect(after.map(({ vmId }) => vmId)).toEqual(before);
    expect(after.map(({ generation }) => generation)).toEqual([0, 1, 0]);
    expect(after.map(({ repair }) => repair)).toEqual([undefined, undefined, undefined]);
    const log = (await wholeLog(universe)).filter(({ caller, operationName }) =>
      caller === PLANE ? operationName.endsWith(`virtualMachineScaleSets/${verb}/action`) : false,
    );
    expect(log.map(({ status }) => status)).toEqual(['Succeeded', 'Accepted']);
    await checkAtRest(universe);
  });

  test.each([
    ['protectFromScaleIn', { protectFromScaleIn: true }],
    ['protectFromScaleSetActions', { protectFromScaleSetActions: true }],
  ])('leaves alone who has %s, until that is taken away', async (_, policy) => {
    const universe = await fleet();
    const protect = (given: JsonObject): Promise<void> =>
      insist(universe, 'PUT', `${SET}/virtualMachines/1`, { properties: { protectionPolicy: given } });
    await protect(policy);
    await run(universe, 1, 'ill');
    await universe.pass(180 * MINUTE);
    expect(await states(universe)).toEqual(['0 healthy', '1 unhealthy', '2 healthy']);
    await protect({});
    await universe.pass(MINUTE);
    expect(await states(universe)).toEqual(['0 healthy', '2 healthy', '3 healthy']);
  });

  test('is not by what was known before the machine slept: whoever is well again by then is left alone', async () => {
    let status = 200;
    const settings = { numberOfProbes: 3 };
    const policy = { gracePeriod: 'PT10M', repairAction: 'Replace' };
    const universe = await fleet({ settings, policy, status: () => status });
    status = 503;
    await universe.pass(MINUTE);
    expect((await rows(universe)).map(({ health }) => health?.state)).toEqual(
      Array.from({ length: 3 }, () => 'unhealthy'),
    );
    status = 200;
    universe.clock.sleep(300 * MINUTE);
    await universe.settle();
    await universe.pass(20 * MINUTE);
    expect((await rows(universe)).map(({ id, health }) => [id, health?.state])).toEqual(
      [0, 1, 2].map((id) => [id, 'healthy']),
    );
    status = 503;
    await universe.pass(30 * MINUTE);
    expect((await rows(universe)).length).toBe(3);
    expect((await rows(universe)).map(({ id }) => id)).not.toEqual([0, 1, 2]);
  });

  test('begins its grace period anew with every change of state', async () => {
    const universe = await fleet({ policy: { repairAction: 'Restart' }, script: { recovers: 0 } });
    await run(universe, 1, 'ill');
    await universe.pass(9 * MINUTE);
    await insist(universe, 'POST', `${SET}/virtualMachines/1/restart`);
    await universe.rest();
    await universe.pass(9 * MINUTE);
    expect(await deeds(universe)).toEqual([]);
    await universe.pass(2 * MINUTE);
    expect(await deeds(universe)).toHaveLength(1);
  });
});

describe.each(BOTH)('a guest of a %s set that stopped by itself', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test.each([
    ['Restart', 1],
    ['Reimage', 1],
    ['Replace', 3],
  ])('runs again after its grace period, by %s', async (repairAction, successor) => {
    // One probe in vain says nothing yet: it is off before it is known to be ill.
    const universe = await fleet({ policy: { repairAction }, settings: { numberOfProbes: 3 } });
    await universe.pass(60 * MINUTE);
    await endItself(universe, 1);
    const [, stopped] = await rows(universe);
    expect(stopped?.observed.power).toBe('stopped');
    expect(await deeds(universe)).toEqual([]);
    await universe.pass(9 * MINUTE);
    expect(await deeds(universe)).toEqual([]);
    await universe.pass(2 * MINUTE);
    await universe.rest();
    const name = await called(universe, 1);
    expect(await deeds(universe)).toEqual([
      expect.stringContaining(`Automatic repairs: ${repairAction} of ${name}: ${name} has stopped by itself`),
    ]);
    const after = (await rows(universe)).find(({ id }) => id === successor);
    expect(after?.observed.power).toBe('running');
    expect(after).not.toHaveProperty('exitedAt');
    await checkAtRest(universe);
  });

  test('stays off where its user has it stopped meanwhile', async () => {
    const universe = await fleet({ policy: { repairAction: 'Restart' } });
    await endItself(universe, 1);
    await insist(universe, 'POST', `${SET}/virtualMachines/1/poweroff`);
    await universe.pass(60 * MINUTE);
    expect(await deeds(universe)).toEqual([]);
    expect((await rows(universe))[1]?.observed.power).toBe('stopped');
  });
});

describe.each(BOTH)('many of a %s set that are ill', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test.each(['Replace', 'Restart'])(
    'are repaired a twentieth at a time, by %s, until all serve',
    async (action) => {
      const universe = await fleet({ capacity: 60, policy: { repairAction: action } });
      for (const { id } of await rows(universe)) {
        const content = { commandId: 'RunShellScript', script: ['ill'] };
        await insist(universe, 'POST', `${SET}/virtualMachines/${id}/runCommand`, content);
      }
      await universe.rest();
      await universe.pass(6 * SECOND);
      expect((await states(universe)).every((state) => state.endsWith('unhealthy'))).toBe(true);
      let most = 0;
      for (let step = 0; step < 2000; step += 1) {
        await universe.pass(SECOND);
        const members = (await rows(universe)).filter(isMember);
        const down = 60 - members.filter((row) => row.observed.ready && row.task === undefined).length;
        most = Math.max(most, down);
        if (members.length === 60 && members.every(({ health }) => health?.state === 'healthy')) break;
      }
      expect((await states(universe)).filter((state) => state.endsWith(' healthy'))).toHaveLength(60);
      expect(most).toBe(repairsAtOnce(60));
      await universe.rest();
      await checkAtRest(universe);
    },
  );

  test('are left alone while they are more than the user’s limit', async () => {
    const universe = await fleet({ capacity: 4, tags: { [LIMIT_TAG]: '25' } });
    await run(universe, 0, 'ill');
    await run(universe, 1, 'ill');
    await universe.pass(60 * MINUTE);
    expect(await deeds(universe)).toEqual([
      `Automatic repairs wait: more than 25 % of web is unhealthy (${LIMIT_TAG}).`,
    ]);
    await run(universe, 1, 'well');
    await universe.pass(2 * MINUTE);
    expect(await states(universe)).toEqual(['1 healthy', '2 healthy', '3 healthy', '4 healthy']);
    expect(await deeds(universe)).toEqual([
      expect.stringContaining('wait'),
      'Automatic repairs of web go on.',
      expect.stringContaining(`Replace of ${await called(universe, 0)}`),
    ]);
  });
});

describe.each(BOTH)('the service of a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test.each(['Restart', 'Replace'])(
    'suspends itself when %s does not help, until somebody resumes it',
    async (repairAction) => {
      // Nobody serves for longer than the grace period.
      const script = { fallsIll: 1, fallsIllAfter: [0, 0], recovers: 0 } as const;
      const universe = await fleet({ capacity: 1, policy: { repairAction }, script });
      expect(await serviceState(universe)).toEqual(service('Running'));
      await universe.pass(300 * MINUTE);
      expect(await serviceState(universe)).toEqual(service('Suspended'));
      const done = await deeds(universe);
      expect(done).toHaveLength(ATTEMPTS + 1);
      expect(done.at(-1)).toMatch(
        /^Automatic repairs suspended themselves: web_(\d|[\da-f]{8}) was repaired 3 times/,
      );
      await insist(universe, 'POST', `${SET}/setOrchestrationServiceState`, {
        serviceName: 'AutomaticRepairs',
        action: 'Resume',
      });
      await universe.rest();
      expect(await serviceState(universe)).toEqual(service('Running'));
      await universe.pass(MINUTE);
      expect(await deeds(universe)).toHaveLength(ATTEMPTS + 2);
    },
  );

  test('repairs nothing while it is suspended, and goes on when it is resumed', async () => {
    const universe = await fleet();
    const change = (action: string): Promise<void> =>
      insist(universe, 'POST', `${SET}/setOrchestrationServiceState`, {
        serviceName: 'AutomaticRepairs',
        action,
      });
    await change('Suspend');
    await run(universe, 1, 'ill');
    await universe.pass(60 * MINUTE);
    expect(await states(universe)).toEqual(['0 healthy', '1 unhealthy', '2 healthy']);
    await change('Resume');
    await universe.pass(MINUTE);
    expect(await states(universe)).toEqual(['0 healthy', '2 healthy', '3 healthy']);
  });

  test('is not running where the policy is not enabled', async () => {
    const universe = await fleet({ policy: { enabled: false } });
    expect(await serviceState(universe)).toEqual(service('NotRunning'));
  });
});

describe.each(BOTH)('a crash at each commit of a repair in a %s set', (_mode, modes) => {
  const fleet = (given: Given = {}): Promise<Universe> => fleetOf(modes, given);

  test.each(['before', 'after'] as const)('%s it is on disk loses nothing', async (moment) => {
    const story = async (crash: CrashPlan): Promise<void> => {
      const universe = await fleet({ crash });
      await run(universe, 1, 'ill');
      await universe.pass(15 * MINUTE);
      await universe.rest();
      await universe.pass(MINUTE);
      expect(await states(universe)).toEqual(['0 healthy', '2 healthy', '3 healthy']);
      await checkAtRest(universe);
      await universe.close();
      universes.pop();
    };
    await crashAtEachCommit(moment, story);
  });
});
