// Actions carried out on a toy fleet: the order of things, where they stop, and that a crash at any step changes nothing
// about the end.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceFacts, inventoryOf } from '../../test/testing/inventories.ts';
import { Crash, hash, type MemoryRecord, memoryRecord, toyHelm } from '../../test/testing/memory-record.ts';
import { type Cure, type ToyFleet, toyFleet } from '../../test/testing/toy-fleet.ts';
import type { ActionPlan } from './action-plan.ts';
import { type Ended, execute } from './execute.ts';
import { decide } from './guard.ts';
import type { Helm } from './helm.ts';
import type { Inventory } from './inventory.ts';
import type { Entry } from './record-entry.ts';
import { recordOf } from './record.ts';
import { decideRepair, type Rung } from './repair-plan.ts';
import { select } from './selection.ts';
import { sightingOf } from './sighting.ts';
import { intentHeader } from './tracked-request.ts';
import type { Verb } from './verbs.ts';

const ALL = {
  wholeSet: true,
  belowFloor: true,
  includeProtected: true,
  max: { value: 100, unit: 'count' as const },
};

function chosen(inventory: Inventory, ids: readonly string[]) {
  const { ids: selected } = select(inventory, { by: 'ids', ids });
  if (selected === undefined) throw new Error('not there');
  return selected;
}

function actionPlan(inventory: Inventory, verb: Verb, ids: readonly string[], batch = 1): ActionPlan {
  const both = { scaleIn: true, scaleSetActions: true };
  const work = { verb, verifySeconds: 60, protection: both, run: { script: 'hostname', timeoutSeconds: 10 } };
  const { plan } = decide(inventory, chosen(inventory, ids), work, { ...ALL, batch });
  if (plan === undefined) throw new Error('refused');
  return plan;
}

function repairPlan(inventory: Inventory, id: string, until: Rung = 'replace'): ActionPlan {
  const { plan } = decideRepair(inventory, chosen(inventory, [id]), { until, verifySeconds: 60 }, {});
  if (plan === undefined) throw new Error('refused');
  return plan;
}

const opening = (inventory: Inventory, plan: ActionPlan): readonly Entry[] => [
  {
    kind: 'intent',
    record: 'r-1',
    verb: plan.verb,
    expect: 'all well',
    who: 'ada',
    where: 'test',
    set: inventory.set.resourceId,
    tool: 'test',
  },
  { kind: 'plan', plan, flags: {} },
  { kind: 'sighting', when: 'before', sighting: sightingOf(inventory, hash) },
];

function begun(fleet: ToyFleet, plan: ActionPlan): MemoryRecord {
  const record = memoryRecord(fleet.now);
  for (const entry of opening(fleet.inventory(), plan)) record.append(entry);
  return record;
}

async function carriedOut(fleet: ToyFleet, plan: ActionPlan, changes: Partial<Helm> = {}) {
  const record = begun(fleet, plan);
  const ended = await execute(recordOf(record.entries), toyHelm(fleet, record, changes));
  return { ended, record, done: recordOf(record.entries).done };
}

describe('an action', () => {
  test('is done on the canary, verified, and then on the rest in batches', async () => {
    const fleet = toyFleet(inventoryOf(6));
    const { ended, record, done } = await carriedOut(
      fleet,
      actionPlan(fleet.inventory(), 'restart', ['4', '1', '2', '3'], 2),
    );
    expect(ended).toBe('succeeded');
    expect(done?.summary).toBe('4 instances: restart is done and verified.');
    const told = record.entries.flatMap((entry) => {
      if (entry.kind === 'sending') return [entry.step];
      return entry.kind === 'verified' ? [`${entry.stage} ${entry.ok ? 'ok' : 'bad'}`] : [];
    });
    expect(told).toEqual([
      'restart 4',
      'canary ok',
      'restart 1',
      'restart 2',
      'batch 2 ok',
      'restart 3',
      'batch 3 ok',
    ]);
    expect(record.entries.map(({ kind }) => kind).slice(-2)).toEqual(['sighting', 'done']);
  });

  test('stops at the first that is not verified, and says what is not done', async () => {
    const fleet = toyFleet(inventoryOf(5), { cures: { '1': 'never' } });
    const { ended, done } = await carriedOut(
      fleet,
      actionPlan(fleet.inventory(), 'restart', ['0', '1', '2', '3']),
    );
    expect(ended).toBe('failed');
    expect(done?.summary).toBe(
      'Stopped at batch 2: 1 is not healthy (unhealthy). 2 more steps are not taken.',
    );
    expect(fleet.accepted).toEqual(['restart 0', 'restart 1']);
  });

  test('stops when a neighbour falls ill', async () => {
    const fleet = toyFleet(inventoryOf(5), { infects: { '0': '4' } });
    const { done } = await carriedOut(fleet, actionPlan(fleet.inventory(), 'restart', ['0', '1']));
    expect(done?.summary).toBe(
      'Stopped at canary: 4 served before and does not now. 1 more step is not taken.',
    );
  });

  test('stops when ARM refuses, with its own words', async () => {
    const fleet = toyFleet(inventoryOf(3));
    fleet.refuse = { status: 409, code: 'Conflict', message: 'Somebody else is at it.' };
    const { done } = await carriedOut(fleet, actionPlan(fleet.inventory(), 'restart', ['0', '1']));
    expect(done?.summary).toBe(
      'Stopped at canary: restart 0: Conflict: Somebody else is at it. 1 more step is not taken.',
    );
    expect(fleet.accepted).toEqual([]);
  });

  test('does not act in the place of an instance that has gone meanwhile', async () => {
    const fleet = toyFleet(inventoryOf(3));
    const plan = actionPlan(inventoryOf(4), 'restart', ['3', '1']);
    const { done } = await carriedOut(fleet, plan);
    expect(done?.summary).toContain('The instance 3 is not there any more');
    expect(fleet.accepted).toEqual([]);
  });

  test('stops before an instance that somebody protects meanwhile, and not for one that was', async () => {
    const guarded = (inventory: Inventory, id: string): Inventory => ({
      ...inventory,
      instances: inventory.instances.map((one) =>
        one.id === id ? { ...one, protection: { scaleIn: false, scaleSetActions: true } } : one,
      ),
    });
    const fleet = toyFleet(guarded(inventoryOf(4), '1'));
    const { done } = await carriedOut(fleet, actionPlan(fleet.inventory(), 'restart', ['0', '1', '2']), {
      readInventory: async () => {
        const seen = fleet.inventory();
        return fleet.accepted.includes('restart 1') ? guarded(seen, '2') : seen;
      },
    });
    expect(done).toMatchObject({
      outcome: 'failed',
      summary: 'Stopped at batch 2: 2 has been protected meanwhile. 1 more step is not taken.',
    });
    expect(fleet.accepted).toEqual(['restart 0', 'restart 1']);
  });

  describe('looks at each instance again immediately before its request, and sends none', () => {
    const PROTECTED = { protection: { scaleIn: true, scaleSetActions: false } };
    const TAGGED = { tags: { 'Muster:Stateful': 'yes' } };
    /** Does it after the last look at the whole set and before anything is sent to the second. */
    const meanwhile = async (verb: Verb, change: (fleet: ToyFleet) => void) => {
      const fleet = toyFleet(inventoryOf(5));
      const plan = actionPlan(fleet.inventory(), verb, ['0', '1', '2']);
      const carried = await carriedOut(fleet, plan, {
        progress: (line) => {
          if (/ \w+ 1$/.test(line)) change(fleet);
        },
      });
      return { ...carried, accepted: fleet.accepted, asked: fleet.asked };
    };

    test.each<[string, Verb, (fleet: ToyFleet) => void, string]>([
      [
        'protected',
        'restart',
        (fleet) => fleet.change('1', PROTECTED),
        'ProtectedMeanwhile: 1 has been protected meanwhile',
      ],
      [
        'tagged',
        'delete',
        (fleet) => fleet.change('1', TAGGED),
        'StatefulMeanwhile: 1 has been tagged muster:stateful meanwhile',
      ],
      [
        'tagged by its set',
        'stop',
        (fleet) => fleet.tagSet({ 'muster:stateful': '' }),
        'StatefulMeanwhile: 1 has been tagged',
      ],
    ])('where it is %s meanwhile (%s)', async (_, verb, change, reason) => {
      const { done, accepted, ended } = await meanwhile(verb, change);
      expect([ended, accepted.length]).toEqual(['failed', 1]);
      expect(done?.summary).toContain(`Stopped at batch 2: ${verb} 1: ${reason}`);
      expect(done?.summary).toContain('1 more step is not taken.');
    });

    test('and one read for each is what it costs', async () => {
      const { asked } = await meanwhile('restart', () => {});
      expect(asked.filter((line) => /^GET .*\/virtualMachines\/\d+$/.test(line))).toHaveLength(3);
      expect(asked.filter((line) => /^GET .*\/virtualMachineScaleSets\/web$/.test(line))).toHaveLength(3);
    });

    test('nor the next rung of a repair', async () => {
      const sick = inventoryOf(4).instances.map((one) =>
        one.id === '1' ? { ...one, health: 'unhealthy' as const } : one,
      );
      const fleet = toyFleet(inventoryOf(sick), { cures: { '1': 'never' } });
      const { ended, done } = await carriedOut(fleet, repairPlan(fleet.inventory(), '1'), {
        progress: (line) => {
          if (line.endsWith(' reimage 1')) fleet.change('1', TAGGED);
        },
      });
      expect([ended, fleet.accepted]).toEqual(['failed', ['run 1', 'restart 1']]);
      expect(done?.summary).toBe(
        'Stopped at reimage: reimage 1: StatefulMeanwhile: 1 has been tagged muster:stateful meanwhile.',
      );
    });

    test('but acts on what was protected when it was allowed with the flag', async () => {
      const { instances } = inventoryOf(3);
      const fleet = toyFleet(
        inventoryOf(instances.map((one) => (one.id === '1' ? { ...one, ...PROTECTED } : one))),
      );
      const { ended } = await carriedOut(fleet, actionPlan(fleet.inventory(), 'restart', ['1']));
      expect([ended, fleet.accepted]).toEqual(['succeeded', ['restart 1']]);
    });
  });

  test('does not act on an instance that has the id of one that was meant, in a set made anew', async () => {
    const made = (when: string): Inventory => {
      const inventory = inventoryOf(3);
      const body = (id: string) => ({ properties: { vmId: `${when}-${id}` } });
      return { ...inventory, instances: inventory.instances.map((one) => ({ ...one, body: body(one.id) })) };
    };
    const resumed = async (fleet: ToyFleet) => {
      const record = memoryRecord(fleet.now);
      const plan = actionPlan(made('then'), 'reimage', ['1', '2']);
      for (const entry of opening(made('then'), plan)) record.append(entry);
      return execute(recordOf(record.entries), toyHelm(fleet, record));
    };
    const other = toyFleet(made('now'));
    expect(await resumed(other)).toBe('failed');
    expect(other.accepted).toEqual([]);
    const same = toyFleet(made('then'));
    expect(await resumed(same)).toBe('succeeded');
    expect(same.accepted).toEqual(['reimage 1', 'reimage 2']);
  });

  test('protects as az does: reads the instance and writes it back', async () => {
    const fleet = toyFleet(inventoryOf(3));
    const { ended } = await carriedOut(fleet, actionPlan(fleet.inventory(), 'protect', ['1']));
    expect(ended).toBe('succeeded');
    expect(fleet.inventory().instances[1]?.protection).toEqual({ scaleIn: true, scaleSetActions: true });
  });

  test('sends its intent and its correlation id with each request', async () => {
    const fleet = toyFleet(inventoryOf(3));
    const sent: Record<string, string>[] = [];
    const arm: Helm['arm'] = {
      finish: async (answer) => fleet.arm.finish(answer),
      send: async (request) => {
        if (request.method !== 'GET') sent.push({ ...request.headers });
        return fleet.arm.send(request);
      },
    };
    const { record } = await carriedOut(fleet, actionPlan(fleet.inventory(), 'restart', ['1']), { arm });
    const sending = record.entries.find((entry) => entry.kind === 'sending');
    expect(sent).toEqual([
      { 'x-ms-correlation-request-id': sending?.correlationId, 'x-muster-intent': 'r-1%3A%20all%20well' },
    ]);
  });
});

test('an intent is cut to what a header takes, and is always text', () => {
  expect(decodeURIComponent(intentHeader('r', '🙂'.repeat(500)))).toHaveLength(256);
  expect(intentHeader('r', '\ud800\r\nx')).toBe('r%3A%20%EF%BF%BD%0D%0Ax');
});

describe('a command', () => {
  test('leaves what each instance printed, and how it ended', async () => {
    const fleet = toyFleet(inventoryOf(4));
    const { ended, record } = await carriedOut(
      fleet,
      actionPlan(fleet.inventory(), 'run', ['2', '0', '1'], 5),
    );
    expect(ended).toBe('succeeded');
    const outputs = record.entries.flatMap((entry) =>
      entry.kind === 'output' ? [[entry.instance, entry.stdout, entry.exitCode]] : [],
    );
    expect(outputs).toEqual([
      ['2', 'out of 2\n', 0],
      ['0', 'out of 0\n', 0],
      ['1', 'out of 1\n', 0],
    ]);
    expect(fleet.asked.filter((line) => line.startsWith('DELETE'))).toHaveLength(3);
  });

  test('that fails on the canary is not run on the others', async () => {
    const fleet = toyFleet(inventoryOf(4));
    fleet.exits.set('2', 3);
    const { ended, done } = await carriedOut(fleet, actionPlan(fleet.inventory(), 'run', ['2', '0']));
    expect([ended, done?.summary]).toEqual([
      'failed',
      'Stopped at canary: 2 ended with 3. 1 more step is not taken.',
    ]);
    expect(fleet.accepted).toEqual(['run 2']);
  });
});

describe('a repair', () => {
  const ill = (count = 4): Inventory => {
    const { instances, ...rest } = inventoryOf(count);
    return {
      ...rest,
      instances: instances.map((one) => (one.id === '1' ? instanceFacts('1', { health: 'unhealthy' }) : one)),
    };
  };

  test.each<[Cure, Rung, readonly string[], Ended, string]>([
    ['restart', 'replace', ['run 1', 'restart 1'], 'succeeded', 'Healed by restart.'],
    ['reimage', 'replace', ['run 1', 'restart 1', 'reimage 1'], 'succeeded', 'Healed by reimage.'],
    [
      'never',
      'replace',
      ['run 1', 'restart 1', 'reimage 1', 'delete 1', 'capacity'],
      'succeeded',
      'Healed by replace: capacity.',
    ],
    [
      'never',
      'reimage',
      ['run 1', 'restart 1', 'reimage 1'],
      'failed',
      'Not healed: 1 is not healthy (unhealthy).',
    ],
    ['reimage', 'restart', ['run 1', 'restart 1'], 'failed', 'Not healed: 1 is not healthy (unhealthy).'],
    ['never', 'diagnose', ['run 1'], 'succeeded', 'The diagnostics are collected, and nothing was changed.'],
  ])('of what is cured by %s goes up to there, until %s', async (cure, until, accepted, ended, summary) => {
    const fleet = toyFleet(ill(), { cures: { '1': cure } });
    const carried = await carriedOut(fleet, repairPlan(fleet.inventory(), '1', until));
    expect(fleet.accepted).toEqual(accepted);
    expect([carried.ended, carried.done?.summary]).toEqual([ended, summary]);
  });

  test('goes on where diagnostics cannot be had, and says so where they are all that was wanted', async () => {
    const noCommands = (fleet: ToyFleet): Helm['arm'] => ({
      finish: async (answer) => fleet.arm.finish(answer),
      send: async (request) =>
        request.path.includes('/runCommands/')
          ? { status: 409, headers: {}, body: { error: { code: 'Conflict', message: 'No agent.' } } }
          : fleet.arm.send(request),
    });
    const fleet = toyFleet(ill());
    const carried = await carriedOut(fleet, repairPlan(fleet.inventory(), '1'), { arm: noCommands(fleet) });
    expect([carried.ended, fleet.accepted]).toEqual(['succeeded', ['restart 1']]);
    const other = toyFleet(ill());
    const plan = repairPlan(other.inventory(), '1', 'diagnose');
    const { ended, done } = await carriedOut(other, plan, { arm: noCommands(other) });
    expect([ended, done?.summary]).toEqual([
      'failed',
      'Nothing was changed, and there are no diagnostics: diagnose 1: Conflict: No agent.',
    ]);
  });

  test('by replacement takes out that one instance and leaves the set as large as it was', async () => {
    const fleet = toyFleet(ill(), { cures: { '1': 'never' } });
    await carriedOut(fleet, repairPlan(fleet.inventory(), '1'));
    const { set, instances } = fleet.inventory();
    expect(set.capacity).toBe(4);
    expect(instances.map(({ id }) => id)).toEqual(['0', '2', '3', '100']);
  });

  test('does not touch a capacity that somebody has raised meanwhile', async () => {
    const fleet = toyFleet(ill(), { cures: { '1': 'never' } });
    const plan = repairPlan(fleet.inventory(), '1');
    const raise: Helm['arm'] = {
      finish: async (answer) => fleet.arm.finish(answer),
      send: async (request) => {
        const answer = await fleet.arm.send(request);
        if (request.method === 'DELETE' && request.path.endsWith('/virtualMachines/1')) fleet.setCapacity(9);
        return answer;
      },
    };
    const { record } = await carriedOut(fleet, plan, { arm: raise });
    expect(fleet.accepted).not.toContain('capacity');
    expect(record.entries).toContainEqual(expect.objectContaining({ kind: 'skipped', step: 'capacity 1' }));
  });

  test('of an instance of a set without a profile ends before a replacement', () => {
    const sick = [instanceFacts('web_1', { health: 'unhealthy' }), instanceFacts('web_2')];
    const bare = repairPlan(inventoryOf(sick, { mode: 'Flexible' }), 'web_1');
    expect(bare.stages.map(({ name }) => name)).toEqual(['diagnose', 'restart', 'reimage']);
    expect(bare.notes.at(-1)).toContain('nothing is replaced');
    const made = repairPlan(inventoryOf(sick, { mode: 'Flexible', body: { sku: { capacity: 2 } } }), 'web_1');
    expect(made.stages).toHaveLength(5);
  });

  test('of one that is well is nothing', () => {
    expect(repairPlan(inventoryOf(3), '1')).toMatchObject({ stages: [], touched: [], confirmation: 'none' });
  });

  test('says in the plan what a replacement does to the capacity', () => {
    expect(repairPlan(ill(), '1').notes.at(-1)).toContain(
      'lowers the capacity to 3, and to put the capacity back to 4',
    );
  });

  test('is refused like any action: a protected instance needs the flag', () => {
    const inventory = inventoryOf([
      instanceFacts('0'),
      instanceFacts('1', { health: 'unhealthy', protection: { scaleIn: true, scaleSetActions: false } }),
    ]);
    const { refusals } = decideRepair(
      inventory,
      chosen(inventory, ['1']),
      { until: 'restart', verifySeconds: 1 },
      {},
    );
    expect(refusals?.map(({ flag }) => flag)).toEqual(['--include-protected']);
  });
});

describe('an interruption', () => {
  test('leaves a record that says so, and the action goes on from it without repeating anything', async () => {
    const fleet = toyFleet(inventoryOf(5));
    const plan = actionPlan(fleet.inventory(), 'restart', ['0', '1', '2']);
    const record = begun(fleet, plan);
    const interrupted = () => record.entries.some(({ kind }) => kind === 'verified');
    expect(await execute(recordOf(record.entries), toyHelm(fleet, record, { interrupted }))).toBe(
      'interrupted',
    );
    expect(record.entries.at(-1)?.kind).toBe('interrupted');
    expect(fleet.accepted).toEqual(['restart 0']);
    expect(await execute(recordOf(record.entries), toyHelm(fleet, record))).toBe('succeeded');
    expect(fleet.accepted).toEqual(['restart 0', 'restart 1', 'restart 2']);
  });

  test('while an operation is followed ends the waiting at once', async () => {
    const fleet = toyFleet(inventoryOf(5));
    const record = begun(fleet, actionPlan(fleet.inventory(), 'restart', ['0']));
    let stopped = false;
    const helm = toyHelm(fleet, record, {
      arm: { ...fleet.arm, finish: async () => new Promise(() => {}) },
      interrupted: () => stopped,
      interruption: Promise.resolve().then(() => {
        stopped = true;
        return undefined;
      }),
    });
    expect(await execute(recordOf(record.entries), helm)).toBe('interrupted');
  });
});

describe('a request whose answer was not heard', () => {
  const lost = (fleet: ToyFleet): Helm['arm'] => ({
    finish: async (answer) => fleet.arm.finish(answer),
    send: async (request) => {
      const answer = await fleet.arm.send(request);
      if (request.method === 'POST') throw new Crash('the connection is gone');
      return answer;
    },
  });

  test('is found in the activity log and not sent again', async () => {
    const fleet = toyFleet(inventoryOf(3));
    const record = begun(fleet, actionPlan(fleet.inventory(), 'restart', ['1']));
    await expect(
      execute(recordOf(record.entries), toyHelm(fleet, record, { arm: lost(fleet) })),
    ).rejects.toThrow('gone');
    expect(await execute(recordOf(record.entries), toyHelm(fleet, record))).toBe('succeeded');
    expect(fleet.accepted).toEqual(['restart 1']);
  });

  test('that was never sent is sent once the activity log must have had it, and no sooner', async () => {
    const fleet = toyFleet(inventoryOf(3));
    const record = begun(fleet, actionPlan(fleet.inventory(), 'restart', ['1']));
    const dead: Helm['arm'] = {
      ...fleet.arm,
      send: async (request) =>
        request.method === 'GET' ? fleet.arm.send(request) : Promise.reject(new Crash('no connection')),
    };
    await expect(execute(recordOf(record.entries), toyHelm(fleet, record, { arm: dead }))).rejects.toThrow(
      'no connection',
    );
    const sentAt = fleet.now();
    const minutes = 20 * 60_000;
    expect(await execute(recordOf(record.entries), toyHelm(fleet, record, { logDelay: minutes }))).toBe(
      'succeeded',
    );
    const again = record.entries.filter(({ kind }) => kind === 'sending')[1];
    expect(Date.parse(again?.at ?? '') - sentAt).toBeGreaterThanOrEqual(minutes);
    expect(fleet.accepted).toEqual(['restart 1']);
  });
});

describe('a crash at any step', () => {
  const verbs = ['restart', 'stop', 'delete', 'update', 'protect', 'run', 'reimage'] as const;
  const anyStory = fc.record({
    verb: fc.constantFrom(...verbs, 'repair' as const),
    count: fc.integer({ min: 1, max: 4 }),
    batch: fc.integer({ min: 1, max: 3 }),
    cure: fc.constantFrom<Cure>('restart', 'reimage', 'never'),
    sick: fc.constantFrom('0', '1', '2', '5'),
  });
  type Story = typeof anyStory extends fc.Arbitrary<infer T> ? T : never;

  const fleetOf = ({ cure, sick, verb }: Story): ToyFleet => {
    const start = inventoryOf(6);
    const instances = start.instances.map((one) => ({
      ...one,
      latestModel: verb !== 'update',
      ...(verb === 'repair' && one.id === sick ? { health: 'unhealthy' as const } : {}),
    }));
    return toyFleet({ ...start, instances }, { cures: { [sick]: cure } });
  };
  const planOf = (fleet: ToyFleet, { verb, count, batch, sick }: Story): ActionPlan =>
    verb === 'repair'
      ? repairPlan(fleet.inventory(), sick)
      : actionPlan(fleet.inventory(), verb, ['0', '1', '2', '3'].slice(0, count), batch);
  const endOf = (fleet: ToyFleet, record: MemoryRecord) => {
    const { done } = recordOf(record.entries);
    const { set, instances } = fleet.inventory();
    return { done, capacity: set.capacity, instances, accepted: fleet.accepted.toSorted() };
  };

  test('leads to the same end by going on, and nothing is asked for twice', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyStory,
        fc.array(fc.record({ after: fc.integer({ min: 1, max: 12 }), kept: fc.boolean() }), { maxLength: 4 }),
        async (story, crashes) => {
          const calm = fleetOf(story);
          const { record: straight } = await carriedOut(calm, planOf(calm, story));
          const fleet = fleetOf(story);
          const record = begun(fleet, planOf(fleet, story));
          for (const crash of crashes) {
            record.die = { ...crash };
            try {
              await execute(recordOf(record.entries), toyHelm(fleet, record));
            } catch (error) {
              if (!(error instanceof Crash)) throw error;
            }
          }
          record.die = undefined;
          await execute(recordOf(record.entries), toyHelm(fleet, record));
          expect(endOf(fleet, record)).toEqual(endOf(calm, straight));
          expect(new Set(fleet.accepted).size).toBe(fleet.accepted.length);
          const named = fleet.asked.flatMap((line) => /\/virtualMachines\/([^/?]+)/.exec(line)?.[1] ?? []);
          const touched = recordOf(record.entries).plan?.touched ?? [];
          expect(named.filter((id) => !touched.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  test.each([
    ['restart', 3],
    ['repair', 1],
    ['delete', 2],
    ['run', 3],
  ] as const)('whichever it is: %s of %i', async (verb, count) => {
    const story: Story = { verb, count, batch: 2, cure: 'never', sick: verb === 'repair' ? '1' : '5' };
    const calm = fleetOf(story);
    const { record: straight } = await carriedOut(calm, planOf(calm, story));
    const all = straight.entries.length - 3;
    for (let after = 1; after <= all; after += 1) {
      for (const kept of [true, false]) {
        const fleet = fleetOf(story);
        const record = begun(fleet, planOf(fleet, story));
        record.die = { after, kept };
        await expect(execute(recordOf(record.entries), toyHelm(fleet, record))).rejects.toThrow(Crash);
        record.die = undefined;
        await execute(recordOf(record.entries), toyHelm(fleet, record));
        expect(endOf(fleet, record)).toEqual(endOf(calm, straight));
      }
    }
  });
});
