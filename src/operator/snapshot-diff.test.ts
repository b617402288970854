// What a difference says of logs that the plane does not write (Azure's), of logs that say nothing, and what must hold for any two
// snapshots. The plane's own logs are told in test/sim/explanations.test.ts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventOf, fleet, memberFacts, inventoryOf, SET_ID, TAKEN } from '../../test/testing/inventories.ts';
import type { Event, InstanceFacts, SetFacts } from './inventory.ts';
import { type Snapshot, snapshotOf } from './snapshot.ts';
import { type SnapshotDiff, snapshotDiff } from './snapshot-diff.ts';

const LATER = '2026-11-24T07:00:00.000Z';
const BETWEEN = '2026-11-24T06:30:00.000Z';

function taken(instances: readonly InstanceFacts[], time = TAKEN, set: Partial<SetFacts> = {}): Snapshot {
  return snapshotOf(inventoryOf(instances, set, time));
}

const four = fleet(4);
const three = fleet(3);
const write = eventOf({ operation: 'Microsoft.Compute/virtualMachineScaleSets/write', time: BETWEEN });
const scale = (way: 'up' | 'down'): Event =>
  eventOf({
    operation: `Microsoft.Insights/AutoscaleSettings/Scale${way}/Action`,
    caller: 'Microsoft.Insights/autoscaleSettings',
    time: BETWEEN,
    resourceId: '/subscriptions/s/autoscale',
  });

function why(diff: SnapshotDiff): unknown {
  return [...diff.went, ...diff.came].map(({ id, why: { kind, sentence, named } }) => [
    id,
    kind,
    sentence,
    named,
  ]);
}

test('a protection that one of the two did not look at is no change', () => {
  const [one] = fleet(1);
  const protection = { scaleIn: true, scaleSetActions: false };
  const unseen = { scaleIn: false, scaleSetActions: false, unseen: true } as const;
  const changed = (before: InstanceFacts['protection'], after: InstanceFacts['protection']) => {
    const [a, b] = [before, after].map((own) => ({ ...(one as InstanceFacts), protection: own }));
    return snapshotDiff(taken([a as InstanceFacts]), taken([b as InstanceFacts], LATER), []).changed;
  };
  expect(changed(unseen, protection)).toEqual([]);
  expect(changed(protection, unseen)).toEqual([]);
  expect(changed(protection, { scaleIn: false, scaleSetActions: false })).toHaveLength(1);
});

describe('on Azure, whose log has no entry an instance', () => {
  test('a scale-in is explained by the change of capacity and who made it', () => {
    expect(why(snapshotDiff(taken(four), taken(three, LATER), [write]))).toEqual([
      ['3', 'scaleIn', 'no entry names it, but the capacity went from 4 to 3 and ada wrote the set', false],
    ]);
  });

  test('a scale-out too', () => {
    expect(why(snapshotDiff(taken(three), taken(four, LATER), [write]))).toEqual([
      ['3', 'scaleOut', 'no entry names it, but the capacity went from 3 to 4 and ada wrote the set', false],
    ]);
  });

  test('autoscale is told from a person', () => {
    expect(why(snapshotDiff(taken(four), taken(three, LATER), [scale('down')]))).toEqual([
      ['3', 'autoscale', 'no entry names it, but the capacity went from 4 to 3 by autoscale', false],
    ]);
    expect(why(snapshotDiff(taken(three), taken(four, LATER), [scale('up'), scale('down')]))).toMatchObject([
      ['3', 'autoscale', 'no entry names it, but the capacity went from 3 to 4 by autoscale', false],
    ]);
  });

  test('a delete by a person is in the request’s own body', () => {
    const deleted = eventOf({
      operation: 'Microsoft.Compute/virtualMachineScaleSets/delete/action',
      instances: ['3'],
      time: BETWEEN,
      caller: 'grace',
    });
    expect(why(snapshotDiff(taken(four), taken(three, LATER), [deleted, write]))).toEqual([
      ['3', 'deleted', 'deleted by grace', true],
    ]);
  });

  test('a machine of a Flexible set is made by a write of its own', () => {
    const made = eventOf({
      operation: 'Microsoft.Compute/virtualMachines/write',
      instances: ['web_1a2b3c4d'],
      time: BETWEEN,
      caller: '',
    });
    const flexible = [...three, memberFacts(3, { id: 'web_1a2b3c4d' })];
    expect(why(snapshotDiff(taken(three), taken(flexible, LATER), [made]))).toEqual([
      ['web_1a2b3c4d', 'scaleOut', 'made by somebody whom the log does not name', true],
    ]);
  });
});

describe('no entry explains', () => {
  const unexplained = [['3', 'unexplained', 'no entry explains it', false]];
  const same = { capacity: 4 };

  test('what the log says nothing about', () => {
    expect(why(snapshotDiff(taken(four, TAKEN, same), taken(three, LATER, same), []))).toEqual(unexplained);
    expect(why(snapshotDiff(taken(three, TAKEN, same), taken(four, LATER, same), [write]))).toEqual(
      unexplained,
    );
  });

  test.each<[string, Partial<Event>]>([
    ['another instance', { instances: ['2'] }],
    [
      'an extension of it',
      { operation: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/extensions/delete' },
    ],
    [
      'a run command of it',
      { operation: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands/delete' },
    ],
    ['a delete that failed', { status: 'Failed' }],
    ['a time long before', { time: '2026-11-24T04:00:00.000Z' }],
    ['a time after', { time: '2026-11-24T08:00:00.000Z' }],
  ])('an entry about %s', (_, changes) => {
    const event = eventOf({
      operation: 'Microsoft.Compute/virtualMachineScaleSets/delete/action',
      instances: ['3'],
      time: BETWEEN,
      ...changes,
    });
    expect(why(snapshotDiff(taken(four, TAKEN, same), taken(three, LATER, same), [event]))).toEqual(
      unexplained,
    );
  });

  test('a lowered capacity still does, where the log is empty', () => {
    expect(why(snapshotDiff(taken(four), taken(three, LATER), []))).toEqual([
      ['3', 'scaleIn', 'no entry names it, but the capacity went from 4 to 3', false],
    ]);
  });
});

describe('what changed', () => {
  test('is told field by field, as a person names the fields', () => {
    const after = memberFacts(0, {
      power: 'stopped',
      provisioning: 'Failed',
      failure: { code: 'VMStartTimedOut', message: 'x' },
      health: 'none',
      balance: 'out',
      latestModel: false,
      behind: [{ path: 'a.b', instance: '1', set: '2' }],
      size: 'Standard_D4s_v5',
      extensions: [{ name: 'app', type: 't', version: '2', state: 'ok', message: '' }],
      protection: { scaleIn: true, scaleSetActions: true },
      addresses: [],
      tags: { b: '2', a: '1' },
    });
    const diff = snapshotDiff(taken([memberFacts(0)]), taken([after], LATER, { tags: { x: 'y' } }), []);
    expect(
      diff.changed[0]?.changes.map(({ field, before, after: now }) => `${field}: ${before} > ${now}`),
    ).toEqual([
      'power: running > stopped',
      'provisioning: Succeeded > Failed (VMStartTimedOut)',
      'health: healthy > none',
      'balancer: in > out',
      'model: latest > behind in a.b',
      'size: Standard_D2s_v5 > Standard_D4s_v5',
      'extensions:  > app 2 ok',
      'protection: none > scale-in and scale set actions',
      'addresses: 10.0.0.4 > ',
      'tags:  > a=1, b=2',
    ]);
    expect(diff.setChanges).toEqual([{ field: 'tags', before: '', after: 'x=y' }]);
  });

  test('under the same id may be another machine', () => {
    const other = memberFacts(3, { body: { properties: { vmId: 'another' } } });
    const diff = snapshotDiff(taken(four), taken([...three, other], LATER), []);
    expect(diff).toMatchObject({ recreated: [{ id: '3', name: 'web_3' }], changed: [], unchanged: 3 });
    const younger = memberFacts(3, { body: {}, created: BETWEEN });
    expect(snapshotDiff(taken(four), taken([...three, younger], LATER), []).recreated).toHaveLength(1);
  });

  test('comes with the last verb between the snapshots, health left aside', () => {
    const stop = eventOf({
      operation: 'Microsoft.Compute/virtualMachineScaleSets/powerOff/action',
      instances: ['0'],
      time: BETWEEN,
    });
    const health = eventOf({
      operation: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/vmHealth/write',
      instances: ['0'],
      time: BETWEEN,
    });
    const diff = snapshotDiff(taken([memberFacts(0)]), taken([memberFacts(0, { power: 'stopped' })], LATER), [
      stop,
      health,
    ]);
    expect(diff.changed[0]?.last).toMatchObject({ verb: 'poweroff', caller: 'ada' });
  });
});

describe('for any two snapshots', () => {
  const instance = fc.record({
    number: fc.nat(15),
    power: fc.constantFrom('running', 'stopped'),
    vmId: fc.constantFrom('', 'a', 'b'),
  });
  const some = fc
    .uniqueArray(instance, { selector: ({ number }) => number })
    .map((rows) =>
      rows.map(({ number, power, vmId }) =>
        memberFacts(number, { power: power as 'running', body: { properties: { vmId } } }),
      ),
    );
  const verbs = fc.constantFrom(
    'Microsoft.Compute/virtualMachineScaleSets/delete/action',
    'Microsoft.Compute/virtualMachineScaleSets/write',
    'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write',
    'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/delete',
    'Microsoft.Insights/AutoscaleSettings/Scaledown/Action',
  );
  const event = fc.record({
    operation: verbs,
    instances: fc.array(fc.nat(15).map(String), { maxLength: 3 }),
    description: fc.constantFrom(
      '',
      'Created web_1: x.',
      'Deleted web_1: the capacity was lowered.',
      'Automatic repairs: Replace of web_1.',
    ),
    resourceId: fc.constantFrom(SET_ID, '/other'),
    status: fc.constantFrom('Accepted', 'Succeeded', 'Failed'),
  });
  const log = fc
    .array(event)
    .map((events) => events.map((changes) => eventOf({ ...changes, time: BETWEEN })));

  test('every instance of either is told exactly once', () => {
    fc.assert(
      fc.property(some, some, log, (before, after, events) => {
        const diff = snapshotDiff(taken(before), taken(after, LATER), events);
        const later = [...diff.came, ...diff.recreated, ...diff.changed].map(({ id }) => id);
        expect(new Set(later).size).toBe(later.length);
        expect(later.length + diff.unchanged).toBe(after.length);
        expect(before.length - diff.went.length).toBe(after.length - diff.came.length);
        const known = new Set([...before, ...after].map(({ id }) => id));
        expect(diff.passed.filter(({ id }) => known.has(id))).toEqual([]);
      }),
    );
  });

  test('an explanation that names an instance rests on an entry that does', () => {
    fc.assert(
      fc.property(some, some, log, (before, after, events) => {
        const diff = snapshotDiff(taken(before), taken(after, LATER), events);
        for (const { id, why: told } of [...diff.went, ...diff.came]) {
          if (told.named) expect(events.some(({ instances }) => instances.includes(id))).toBe(true);
          if (told.kind === 'unexplained') expect(told).not.toHaveProperty('caller');
        }
      }),
    );
  });

  test('one differs from itself in nothing', () => {
    fc.assert(
      fc.property(some, log, (instances, events) => {
        const { came, went, changed, recreated, setChanges, unchanged } = snapshotDiff(
          taken(instances),
          taken(instances, LATER),
          events,
        );
        expect([came, went, changed, recreated, setChanges]).toEqual([[], [], [], [], []]);
        expect(unchanged).toBe(instances.length);
      }),
    );
  });
});
