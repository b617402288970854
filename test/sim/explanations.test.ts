// Explanations from a whole plane's own log: each instance that came or went between two snapshots is told as what really
// happened to it, with the person who asked and the correlation id of the request.

import { afterEach, describe, expect, test } from 'vitest';

import { type Instance, isMember } from '../../src/domain/instance.ts';
import type { Json, JsonObject } from '../../src/domain/json.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import type { SimulationScript } from '../../src/guest/simulated/script.ts';
import { eventsFrom } from '../../src/operator/event.ts';
import type { Event } from '../../src/operator/inventory.ts';
import { type Snapshot, snapshotOf } from '../../src/operator/snapshot.ts';
import { type SnapshotDiff, snapshotDiff } from '../../src/operator/snapshot-diff.ts';
import { seededRandom } from '../../src/system/random.ts';
import { memberFacts, inventoryOf } from '../testing/inventories.ts';
import { healthExtension } from '../testing/health.ts';
import { seededIds } from '../testing/seeded.ts';
import { groupPath, setPath } from './deeds.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const REQUEST = 'aaaaaaaa-0000-4000-8000-000000000001';
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

function model(capacity: number, more: JsonObject = {}): JsonObject {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', capacity },
    properties: {
      overprovision: false,
      ...more,
      virtualMachineProfile: {
        extensionProfile: { extensions: [healthExtension()] },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
        },
        ...(more.virtualMachineProfile as JsonObject | undefined),
      },
    },
  };
}

async function started(content: JsonObject, script: Partial<SimulationScript> = {}): Promise<Universe> {
  const universe = new Universe({
    guests: (clock) => openSimulatedGuests({ clock, seed: 'explanations', script }),
    ids: seededIds('explanations'),
    random: seededRandom('explanations'),
    crash: () => undefined,
  });
  universes.push(universe);
  await ask(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
  await ask(universe, 'PUT', SET, content);
  await universe.rest();
  await universe.pass(20 * SECOND);
  return universe;
}

async function ask(universe: Universe, method: string, path: string, content?: unknown): Promise<void> {
  const answer = await universe.ask(method, path, content, REQUEST);
  must(answer !== undefined && answer.status < 300, `${method} ${path}: ${String(answer?.body)}`);
  await universe.settle();
}

/** What the operator would see of the rows; the rest of the facts is beside the point here. */
async function snapshot(universe: Universe): Promise<Snapshot> {
  const [set] = await universe.store.scaleSets();
  const rows = (await universe.store.instances(set?.uid ?? '')).filter(isMember);
  const taken = new Date(universe.clock.now()).toISOString();
  const capacity = set?.declared.sku.capacity ?? 0;
  return snapshotOf(inventoryOf(rows.map(factsOf), { resourceId: SET, capacity }, taken));
}

function factsOf(row: Instance): ReturnType<typeof memberFacts> {
  return memberFacts(row.id, {
    created: new Date(row.created).toISOString(),
    power: row.observed.power ?? 'unknown',
    health: row.health?.state ?? 'unknown',
    body: { properties: { vmId: row.vmId } },
  });
}

/** Over the wire, as the operator reads it. */
async function events(universe: Universe): Promise<readonly Event[]> {
  const from = new Date(universe.clock.now() - 24 * 60 * MINUTE).toISOString();
  const filter = encodeURIComponent(`eventTimestamp ge '${from}' and resourceGroupName eq 'red'`);
  const log = `/subscriptions/${SET.split('/')[2]}/providers/Microsoft.Insights/eventtypes/management/values`;
  const answer = await universe.ask('GET', `${log}?api-version=2015-04-01&$filter=${filter}`);
  must(answer?.status === 200, `the log: ${String(answer?.body)}`);
  const text = typeof answer?.body === 'string' ? answer.body : new TextDecoder().decode(answer?.body);
  return eventsFrom((JSON.parse(text) as { value: Json[] }).value);
}

async function between(universe: Universe, deed: () => Promise<void>): Promise<SnapshotDiff> {
  const before = await snapshot(universe);
  await universe.pass(2 * MINUTE);
  await deed();
  await universe.rest();
  await universe.pass(20 * SECOND);
  return snapshotDiff(before, await snapshot(universe), await events(universe));
}

const told = (moved: SnapshotDiff['went']): unknown =>
  moved.map(({ id, why }) => [id, why.kind, why.sentence, why.correlationId === REQUEST]);

describe('the plane’s log explains', () => {
  test('a scale-in and a scale-out by who wrote the set', async () => {
    const universe = await started(model(4));
    const less = await between(universe, () => ask(universe, 'PATCH', SET, { sku: { capacity: 2 } }));
    expect(told(less.went)).toEqual([
      ['2', 'scaleIn', 'scale-in: simulation wrote the set', true],
      ['3', 'scaleIn', 'scale-in: simulation wrote the set', true],
    ]);
    expect(less).toMatchObject({ came: [], recreated: [], passed: [], unchanged: 2 });
    expect(less.setChanges).toEqual([{ field: 'capacity', before: '4', after: '2' }]);
    const more = await between(universe, () => ask(universe, 'PATCH', SET, { sku: { capacity: 3 } }));
    expect(told(more.came)).toEqual([['4', 'scaleOut', 'scale-out: simulation wrote the set', true]]);
  });

  test('a delete by a person', async () => {
    const universe = await started(model(3));
    const diff = await between(universe, () =>
      ask(universe, 'POST', `${SET}/delete`, { instanceIds: ['1'] }),
    );
    expect(told(diff.went)).toEqual([['1', 'deleted', 'deleted by simulation', true]]);
  });

  test('an eviction', async () => {
    const spot = { virtualMachineProfile: { priority: 'Spot', evictionPolicy: 'Delete' } };
    const universe = await started(model(3, spot));
    const diff = await between(universe, () =>
      ask(universe, 'POST', `${SET}/virtualMachines/1/simulateEviction`),
    );
    expect(told(diff.went)).toEqual([['1', 'eviction', 'evicted (simulation)', true]]);
  });

  test('a repair, and what was made in its place', async () => {
    const policy = {
      automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT10M', repairAction: 'Replace' },
    };
    const universe = await started(model(3, policy));
    const diff = await between(universe, async () => {
      await ask(universe, 'POST', `${SET}/virtualMachines/1/runCommand`, {
        commandId: 'RunShellScript',
        script: ['ill'],
      });
      await universe.pass(15 * MINUTE);
    });
    expect(diff.went.map(({ id, why }) => [id, why.kind])).toEqual([['1', 'repair']]);
    expect(diff.went[0]?.why.sentence).toMatch(
      /^Automatic repairs: Replace of web_1: web_1 is unhealthy since/,
    );
    expect(diff.went[0]?.why.caller).toBe('muster');
    expect(told(diff.came)).toEqual([
      ['3', 'replacement', 'made in the place of 1: an automatic repair replaced it', false],
    ]);
  });

  test('surplus that came and went between', async () => {
    const universe = await started(model(4, { overprovision: true }));
    const diff = await between(universe, () => ask(universe, 'PATCH', SET, { sku: { capacity: 12 } }));
    expect(diff.came.length).toBe(8);
    expect(new Set(diff.came.map(({ why }) => why.kind))).toEqual(new Set(['scaleOut']));
    expect(diff.passed.length).toBeGreaterThan(0);
    expect(new Set(diff.passed.map(({ why }) => why.kind))).toEqual(new Set(['surplus']));
  });

  test('a create that failed while a surplus instance took its place', async () => {
    const universe = await started(model(4, { overprovision: true }), { neverReady: 0.15 });
    const diff = await between(universe, () => ask(universe, 'PATCH', SET, { sku: { capacity: 30 } }));
    const failed = [...diff.went, ...diff.passed].filter(({ why }) => why.kind === 'failedCreate');
    expect(failed.length).toBeGreaterThan(0);
    expect(new Set(failed.map(({ why }) => why.sentence))).toEqual(
      new Set(['did not come up, and another took its place']),
    );
    expect(diff.passed.filter(({ why }) => why.kind === 'unexplained')).toEqual([]);
  });

  test('which verb an instance that changed went through, and who asked for it', async () => {
    const universe = await started(model(3));
    const diff = await between(universe, () =>
      ask(universe, 'POST', `${SET}/poweroff`, { instanceIds: ['1'] }),
    );
    expect(diff.changed).toMatchObject([
      { id: '1', last: { verb: 'poweroff', caller: 'simulation', correlationId: REQUEST } },
    ]);
    expect(diff.changed[0]?.changes).toContainEqual({ field: 'power', before: 'running', after: 'stopped' });
  });
});
