// A scale set behind a balancer in simulated time, with the balancer's probe as its health: who falls ill leaves the rotation,
// is repaired, and serves again; whatever is done to an instance is done after its connections had their time.

import { afterEach, describe, expect, test } from 'vitest';

import { PLANE } from '../../src/domain/activity.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { ProbeRequest } from '../../src/domain/probe.ts';
import { DRAIN_LIMIT } from '../../src/domain/rotation.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { seededIds } from '../testing/seeded.ts';
import { balancerPath, groupPath, setPath } from './deeds.ts';
import { checkAtRest, wholeLog } from './invariants.ts';
import { BOTH, FLEXIBLE, type Modes, UNIFORM } from './modes.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const BALANCER = balancerPath('red');
const universes: Universe[] = [];
const asked: ProbeRequest[] = [];
/** So many more probes of a guest get no answer. */
const late = new Map<string, number>();

afterEach(async () => {
  asked.length = 0;
  late.clear();
  for (const universe of universes.splice(0)) await universe.close();
});

function balancer(probe: JsonObject = {}): JsonObject {
  const id = (kind: string, name: string): JsonObject => ({ id: `${BALANCER}/${kind}/${name}` });
  const health = { protocol: 'Http', port: 8080, requestPath: '/health', intervalInSeconds: 5, ...probe };
  return {
    location: 'westeurope',
    properties: {
      frontendIPConfigurations: [{ name: 'front' }],
      backendAddressPools: [{ name: 'pool' }],
      probes: [{ name: 'health', properties: health }],
      loadBalancingRules: [
        {
          name: 'http',
          properties: {
            protocol: 'Tcp',
            frontendPort: 80,
            backendPort: 8080,
            frontendIPConfiguration: id('frontendIPConfigurations', 'front'),
            backendAddressPool: id('backendAddressPools', 'pool'),
            probe: id('probes', 'health'),
          },
        },
      ],
    },
  };
}

function scaleSet(policy: JsonObject, spot: JsonObject = {}): JsonObject {
  const pools = [{ id: `${BALANCER}/backendAddressPools/pool` }];
  const ip = { name: 'ip', properties: { loadBalancerBackendAddressPools: pools } };
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', capacity: 3 },
    properties: {
      overprovision: false,
      automaticRepairsPolicy: policy,
      virtualMachineProfile: {
        ...spot,
        networkProfile: {
          healthProbe: { id: `${BALANCER}/probes/health` },
          networkInterfaceConfigurations: [
            { name: 'nic', properties: { primary: true, ipConfigurations: [ip] } },
          ],
        },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
        },
      },
    },
  };
}

/** A set that has come up behind its balancer, and is healthy. */
async function fleetOf(
  modes: Modes,
  policy: JsonObject = { enabled: false },
  spot: JsonObject = {},
): Promise<Universe> {
  const universe = new Universe({
    modes,
    guests: (clock) => {
      const guests = openSimulatedGuests({ clock, seed: 'balanced', script: {} });
      const ask = guests.probe?.bind(guests);
      guests.probe = (handle, request) => {
        asked.push(request);
        const bad = late.get(handle) ?? 0;
        late.set(handle, bad - 1);
        if (bad > 0) return Promise.resolve({ outcome: 'failed' });
        return ask?.(handle, request) ?? Promise.resolve({ outcome: 'failed' });
      };
      return guests;
    },
    ids: seededIds('balanced'),
    random: seededRandom('balanced'),
    crash: () => undefined,
  });
  universes.push(universe);
  await send(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
  await send(universe, 'PUT', BALANCER, balancer());
  await send(universe, 'PUT', SET, scaleSet(policy, spot));
  await universe.rest();
  await universe.pass(30 * SECOND);
  return universe;
}

async function send(universe: Universe, method: string, path: string, body?: unknown): Promise<JsonObject> {
  const answer = await universe.ask(method, path, body);
  const said = String(answer?.body);
  must(answer !== undefined && answer.status < 300, `${method} ${path}: ${said}`);
  await universe.settle();
  return said.startsWith('{') ? (JSON.parse(said) as JsonObject) : {};
}

async function states(universe: Universe): Promise<readonly string[]> {
  const [set] = await universe.store.scaleSets();
  const rows = await universe.store.instances(set?.uid ?? '');
  return rows.map(({ id, health }) => `${id} ${health?.state}`);
}

async function serving(universe: Universe): Promise<readonly string[]> {
  const [set] = await universe.store.scaleSets();
  const rows = await universe.store.instances(set?.uid ?? '');
  const found = new Set(universe.balancer.serving());
  return rows.filter(({ id }) => found.has(guestHandle(set?.uid ?? '', id))).map(({ id }) => String(id));
}

async function fall(universe: Universe, id: number, how: 'ill' | 'well'): Promise<void> {
  const content = { commandId: 'RunShellScript', script: [how] };
  await send(universe, 'POST', `${SET}/virtualMachines/${id}/runCommand`, content);
  await universe.rest();
  await universe.pass(12 * SECOND);
}

describe('a balancer’s probe as health, which Uniform sets alone may have,', () => {
  test('is shown in the instance view, and decides who serves', async () => {
    const universe = await fleetOf(UNIFORM);
    expect(await states(universe)).toEqual(['0 healthy', '1 healthy', '2 healthy']);
    expect(await serving(universe)).toEqual(['0', '1', '2']);
    expect(asked[0]).toEqual({ protocol: 'http', port: 8080, path: '/health' });
    await fall(universe, 1, 'ill');
    expect(await serving(universe)).toEqual(['0', '2']);
    expect(await send(universe, 'GET', `${SET}/virtualMachines/1/instanceView`)).toMatchObject({
      vmHealth: { status: { code: 'HealthState/unhealthy' } },
    });
    await fall(universe, 1, 'well');
    expect(await serving(universe)).toEqual(['0', '1', '2']);
    await checkAtRest(universe);
  });

  test('is asked as the balancer declares it from then on, when that is declared otherwise', async () => {
    const universe = await fleetOf(UNIFORM);
    asked.length = 0;
    await send(universe, 'PUT', BALANCER, balancer({ requestPath: '/ready' }));
    await universe.pass(SECOND);
    expect(asked).toHaveLength(3);
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set(['/ready']));
    // What changes nothing about it asks nobody.
    asked.length = 0;
    await send(universe, 'PATCH', BALANCER, { tags: { a: 'b' } });
    await send(universe, 'PATCH', SET, { tags: { a: 'b' } });
    await universe.pass(SECOND);
    expect(asked).toEqual([]);
  });

  test('goes with the model that does not name it any more', async () => {
    const universe = await fleetOf(UNIFORM);
    await fall(universe, 1, 'ill');
    const networkProfile = (
      scaleSet({})['properties'] as { virtualMachineProfile: { networkProfile: JsonObject } }
    ).virtualMachineProfile.networkProfile;
    const { healthProbe: _gone, ...rest } = networkProfile;
    await send(universe, 'PATCH', SET, {
      properties: { virtualMachineProfile: { networkProfile: { ...rest, healthProbe: null } } },
    });
    await send(universe, 'POST', `${SET}/manualupgrade`, { instanceIds: ['*'] });
    await universe.rest();
    expect(await states(universe)).toEqual(['0 undefined', '1 undefined', '2 undefined']);
    expect(await serving(universe)).toEqual(['0', '1', '2']);
  });
});

describe('a guest that is up before its application is', () => {
  /** The first answers of each boot, of which so many are bad. */
  async function slow(bad: number): Promise<Universe> {
    const universe = await fleetOf(UNIFORM);
    late.clear();
    for (const handle of universe.balancer.serving()) late.set(handle, bad);
    asked.length = 0;
    await send(universe, 'POST', `${SET}/virtualMachines/1/restart`);
    await universe.rest();
    return universe;
  }

  test('serves soon after that answers, and is never called unhealthy', async () => {
    const universe = await slow(3);
    expect(await serving(universe)).toEqual(['0', '2']);
    await universe.pass(3 * SECOND);
    expect(await states(universe)).toEqual(['0 healthy', '1 healthy', '2 healthy']);
    expect(await serving(universe)).toEqual(['0', '1', '2']);
    expect(asked).toHaveLength(4);
    const log = await wholeLog(universe);
    expect(log.filter(({ operationName }) => operationName.endsWith('vmHealth/write'))).toEqual([]);
  });

  test('is unhealthy only after as many bad answers, an interval apart, as the probe asks for', async () => {
    const universe = await slow(1000);
    await universe.pass(4 * SECOND);
    expect((await states(universe))[1]).toBe('1 undefined');
    await universe.pass(2 * SECOND);
    expect((await states(universe))[1]).toBe('1 unhealthy');
    // From then on it is asked at its interval.
    asked.length = 0;
    await universe.pass(20 * SECOND);
    expect(asked.length).toBe(4);
  });
});

/** Of a Flexible set the extension tells. */
describe.each(BOTH)('health that is lost behind a balancer, of a %s set,', (_mode, modes) => {
  const fleet = (policy: JsonObject): Promise<Universe> => fleetOf(modes, policy);

  test.each(['Restart', 'Reimage'])(
    'begins a repair by %s, after which the instance serves again',
    async (repairAction) => {
      const universe = await fleet({ enabled: true, repairAction });
      await fall(universe, 1, 'ill');
      expect(await serving(universe)).toEqual(['0', '2']);
      await universe.pass(15 * MINUTE);
      expect(await states(universe)).toEqual(['0 healthy', '1 healthy', '2 healthy']);
      expect(await serving(universe)).toEqual(['0', '1', '2']);
      await checkAtRest(universe);
    },
  );

  test('begins a repair by Replace, after which another serves in its stead', async () => {
    const universe = await fleet({ enabled: true });
    await fall(universe, 1, 'ill');
    await universe.pass(15 * MINUTE);
    expect(await serving(universe)).toEqual(['0', '2', '3']);
    const deeds = (await wholeLog(universe)).filter(
      ({ caller, operationName }) => caller === PLANE && operationName.endsWith('delete/action'),
    );
    expect(deeds.length).toBeGreaterThan(0);
    await checkAtRest(universe);
  });
});

const ENDING: readonly (readonly [method: string, path: string])[] = [
  ['POST', 'restart'],
  ['POST', 'reimage'],
  ['POST', 'reimageall'],
  ['POST', 'redeploy'],
  ['POST', 'performMaintenance'],
  ['POST', 'poweroff'],
  ['POST', 'deallocate'],
  ['DELETE', ''],
];

const ENDING_BOTH = BOTH.flatMap(([mode, modes]) =>
  ENDING.map(([method, verb]) => ({ mode, modes, method, verb })),
);

describe.each(ENDING_BOTH)('$method $verb in a $mode set', ({ modes, method, verb }) => {
  test('takes the instance out of rotation at once, and reaches its guest when its connections have ended', async () => {
    const universe = await fleetOf(modes);
    const [set] = await universe.store.scaleSets();
    const handle = guestHandle(set?.uid ?? '', 1);
    universe.balancer.connect(handle, 10 * SECOND);
    const before = await universe.guests.get(handle);
    await send(universe, method, `${SET}/virtualMachines/1${verb === '' ? '' : `/${verb}`}`);
    expect(await serving(universe)).toEqual(['0', '2']);
    await universe.pass(9 * SECOND);
    expect(await universe.guests.get(handle)).toEqual(before);
    await universe.pass(2 * SECOND);
    expect(await universe.guests.get(handle)).not.toEqual(before);
    await universe.rest();
    await universe.pass(MINUTE);
    const again = verb.startsWith('re') || verb === 'performMaintenance';
    expect(await serving(universe)).toEqual(again ? ['0', '1', '2'] : ['0', '2']);
    await checkAtRest(universe);
  });

  test('waits no longer than the drain limit for connections that do not end', async () => {
    const universe = await fleetOf(modes);
    const [set] = await universe.store.scaleSets();
    const handle = guestHandle(set?.uid ?? '', 1);
    universe.balancer.connect(handle, 60 * MINUTE);
    const before = await universe.guests.get(handle);
    await send(universe, method, `${SET}/virtualMachines/1${verb === '' ? '' : `/${verb}`}`);
    await universe.pass(DRAIN_LIMIT - SECOND);
    expect(await universe.guests.get(handle)).toEqual(before);
    await universe.pass(2 * SECOND);
    expect(await universe.guests.get(handle)).not.toEqual(before);
    await universe.rest();
    await checkAtRest(universe);
  });
});

test.each([
  ['Uniform', 'POST', 'poweroff?skipShutdown=true', UNIFORM],
  ['Flexible', 'POST', 'poweroff?skipShutdown=true', FLEXIBLE],
  ['Uniform', 'DELETE', '?forceDeletion=true', UNIFORM],
  ['Flexible', 'DELETE', '?forceDeletion=true', FLEXIBLE],
])(
  'what asks for no grace waits for no connection, of a %s set: %s %s',
  async (_mode, method, verb, modes) => {
    const universe = await fleetOf(modes);
    const [set] = await universe.store.scaleSets();
    const handle = guestHandle(set?.uid ?? '', 1);
    universe.balancer.connect(handle, 60 * MINUTE);
    await send(universe, method, `${SET}/virtualMachines/1${verb.startsWith('?') ? '' : '/'}${verb}`);
    await universe.pass(SECOND);
    expect((await universe.guests.get(handle))?.power).not.toBe('running');
    await universe.rest();
  },
);

test.each(BOTH)('a scale-in of a %s set drains whom it takes', async (_mode, modes) => {
  const universe = await fleetOf(modes);
  const [set] = await universe.store.scaleSets();
  const handle = guestHandle(set?.uid ?? '', 2);
  universe.balancer.connect(handle, 10 * SECOND);
  await send(universe, 'PATCH', SET, { sku: { capacity: 2 } });
  await universe.pass(9 * SECOND);
  expect(await universe.guests.get(handle)).toMatchObject({ power: 'running' });
  expect(await serving(universe)).toEqual(['0', '1']);
  await universe.rest();
  expect(await universe.guests.get(handle)).toBeUndefined();
  await checkAtRest(universe);
});

test.each([
  ['Deallocate', 'Uniform', UNIFORM],
  ['Delete', 'Uniform', UNIFORM],
  ['Deallocate', 'Flexible', FLEXIBLE],
  ['Delete', 'Flexible', FLEXIBLE],
])('an eviction by %s drains in a %s set, too', async (evictionPolicy, _mode, modes) => {
  const universe = await fleetOf(modes, { enabled: false }, { priority: 'Spot', evictionPolicy });
  const [set] = await universe.store.scaleSets();
  const handle = guestHandle(set?.uid ?? '', 2);
  universe.balancer.connect(handle, 10 * SECOND);
  await send(universe, 'POST', `${SET}/virtualMachines/2/simulateEviction`);
  await universe.pass(9 * SECOND);
  expect(await universe.guests.get(handle)).toMatchObject({ power: 'running' });
  expect(await serving(universe)).toEqual(['0', '1']);
  await universe.rest();
  expect((await universe.guests.get(handle))?.power).not.toBe('running');
  await checkAtRest(universe);
});

test.each(BOTH)('what leaves the guest of a %s set running drains nothing', async (_mode, modes) => {
  const universe = await fleetOf(modes);
  const [set] = await universe.store.scaleSets();
  const handle = guestHandle(set?.uid ?? '', 1);
  universe.balancer.connect(handle, 60 * MINUTE);
  await send(universe, 'PATCH', SET, {
    properties: { virtualMachineProfile: { userData: Buffer.from('new').toString('base64') } },
  });
  await send(universe, 'POST', `${SET}/manualupgrade`, { instanceIds: ['1'] });
  expect(await serving(universe)).toEqual(['0', '1', '2']);
  await universe.rest();
  await checkAtRest(universe);
});
