// What stays out of service after an action, what ends it, and that no sequence of actions exceeds the radius together.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fleet as members, inventoryOf } from '../../test/testing/inventories.ts';
import { Crash, hash, type MemoryRecord, memoryRecord, toyHelm } from '../../test/testing/memory-record.ts';
import { type Cure, type ToyFleet, toyFleet } from '../../test/testing/toy-fleet.ts';
import { textAt } from '../domain/json.ts';
import type { Arm } from './arm.ts';
import { execute } from './execute.ts';
import { decide, type Decided, type Flags } from './guard.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { LAPSE, type Outage, outagesOf, outageWords, type PastAction } from './outage.ts';
import { gistOf, reached } from './outage-reach.ts';
import { planText } from './plan-text.ts';
import { recheck } from './recheck.ts';
import { recordOf } from './record.ts';
import { decideRepair } from './repair-plan.ts';
import { select } from './selection.ts';
import { isServing } from './serving.ts';
import { sightingOf, vmIdOf } from './sighting.ts';
import type { Verb } from './verbs.ts';

interface Done {
  readonly id: string;
  readonly record: MemoryRecord;
}

/** A fleet, and the records of what was done to it. */
class Story {
  readonly fleet: ToyFleet;
  readonly records: Done[] = [];
  /** Records that were not read to tell what is out. */
  spared = 0;

  constructor(count: number, cures: Readonly<Record<string, Cure>> = {}) {
    this.fleet = toyFleet(inventoryOf(members(count)), { cures });
  }

  get past(): readonly PastAction[] {
    return this.records.map(({ id, record }) => ({ id, record: recordOf(record.entries), damaged: false }));
  }

  /** Whatever else is tested here: the records that are read in truth tell as much as all. */
  standing(inventory: Inventory = this.fleet.inventory()): readonly Outage[] {
    const all = outagesOf(this.past, inventory);
    const ids = reached(this.past.map(gistOf), inventory);
    const some = outagesOf(
      this.past.filter(({ id }) => ids.has(id)),
      inventory,
    );
    if (!isDeepStrictEqual(some, all)) throw new Error(`read ${[...ids].join()}: ${words(some).join()}`);
    this.spared += this.past.length - ids.size;
    return all;
  }

  decided(verb: Verb | 'repair', ids: readonly string[], flags: Flags = {}): Decided {
    const inventory = this.fleet.inventory();
    const { ids: chosen } = select(inventory, { by: 'ids', ids });
    if (chosen === undefined) throw new Error('not there');
    if (verb === 'repair') {
      const work = { until: 'replace' as const, verifySeconds: 30 };
      return decideRepair(inventory, chosen, work, flags, this.standing(inventory));
    }
    return decide(inventory, chosen, { verb, verifySeconds: 30 }, flags, this.standing(inventory));
  }

  /** Decides and carries out; it may die after so many entries. Undefined where it is refused. */
  async act(
    verb: Verb | 'repair',
    ids: readonly string[],
    { flags = {}, dies }: { readonly flags?: Flags; readonly dies?: number } = {},
  ): Promise<Done | undefined> {
    const { plan } = this.decided(verb, ids, flags);
    if (plan === undefined) return undefined;
    const inventory = this.fleet.inventory();
    const done = { id: `r-${this.records.length + 1}`, record: memoryRecord(this.fleet.now) };
    this.records.push(done);
    const intent = {
      verb,
      expect: '',
      who: 'ada',
      where: 'toy',
      set: inventory.set.resourceId,
      tool: 'test',
    };
    done.record.append({ kind: 'intent', record: done.id, ...intent });
    done.record.append({ kind: 'plan', plan, flags });
    done.record.append({ kind: 'sighting', when: 'before', sighting: sightingOf(inventory, hash) });
    done.record.die = dies === undefined ? undefined : { after: dies, kept: dies % 2 === 0 };
    await this.goOn(done);
    return done;
  }

  async goOn({ record }: Done): Promise<void> {
    try {
      await execute(recordOf(record.entries), toyHelm(this.fleet, record));
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    }
    record.die = undefined;
  }
}

const words = (outages: readonly Outage[]) =>
  outages.map(({ id, deed, record }) => `${id} ${deed} ${record}`);
const overRadius = ({ refusals }: Decided) => refusals?.find(({ code }) => code === 'overRadius');
/** As a person or the platform would. */
const others = (fleet: ToyFleet, id: string) => fleet.change(id, { power: 'running', health: 'healthy' });

describe('what an action leaves out of service', () => {
  test('holds the radius of the next one, which says by which record, how to free it, and the flag', async () => {
    const story = new Story(20);
    await story.act('stop', ['3']);
    expect(words(story.standing())).toEqual(['3 stop r-1']);
    const refused = story.decided('stop', ['5']);
    expect(refused.refusals).toEqual([
      {
        code: 'overRadius',
        instances: ['5'],
        flag: '--max 2',
        message:
          '1 is out already by earlier actions: 3 (stop, record r-1). With this 2 would be at once, and 1 may be. ' +
          'To free: muster start 3.',
      },
    ]);
    expect(overRadius(story.decided('restart', ['5']))?.flag).toBe('--max 2');
    const { plan } = story.decided('stop', ['5'], { max: { value: 2, unit: 'count' } });
    expect(plan?.confirmation).toBe('name');
    expect(planText(plan!)).toContain(
      'already    out by earlier actions: 3 (stop, record r-1); 2 at once with these, of 2',
    );
  });

  test('is free again when it has been started, by this tool or by somebody else', async () => {
    const story = new Story(20);
    await story.act('stop', ['3']);
    await story.act('start', ['3']);
    expect(story.standing()).toEqual([]);
    await story.act('deallocate', ['4']);
    await story.fleet.pause(1000);
    others(story.fleet, '4');
    expect(story.standing()).toEqual([]);
    expect(story.decided('stop', ['5']).plan).toBeDefined();
  });

  test('does not count again when it falls ill later by itself', async () => {
    const story = new Story(20);
    await story.act('restart', ['3']);
    story.fleet.change('3', { health: 'unhealthy' });
    expect(story.standing()).toEqual([]);
    await story.act('stop', ['4']);
    await story.act('start', ['4']);
    story.fleet.change('4', { health: 'unhealthy' });
    expect(story.standing()).toEqual([]);
  });

  test('is also what a restart did not bring back, and not what did not serve before it', async () => {
    const story = new Story(20, { '3': 'never', '4': 'never' });
    story.fleet.change('4', { health: 'unhealthy' });
    await story.act('restart', ['4']);
    expect(story.standing()).toEqual([]);
    await story.act('restart', ['3']);
    expect(story.standing()).toEqual([
      { id: '3', record: 'r-2', deed: 'restart', remedy: 'muster repair 3' },
    ]);
    // What is out may be seen to, and so may what does not serve anyway.
    expect(story.decided('restart', ['3']).plan).toBeDefined();
    expect(story.decided('repair', ['3']).plan).toBeDefined();
    expect(story.decided('repair', ['4']).plan).toBeDefined();
    expect(overRadius(story.decided('restart', ['5']))?.message).toContain('To free: muster repair 3.');
  });

  test('is not what ARM refused, nor what was skipped', async () => {
    const story = new Story(20);
    story.fleet.refuse = { status: 409, code: 'Conflict', message: 'Busy.' };
    await story.act('stop', ['3']);
    story.fleet.change('3', { health: 'unhealthy' });
    expect(story.standing()).toEqual([]);
  });

  test('is what was deleted, until its place is filled by one that serves', async () => {
    const story = new Story(20);
    await story.act('delete', ['3']);
    expect(story.standing()).toMatchObject([
      { id: '3', remedy: 'set the capacity to 20 again, as with az vmss scale' },
    ]);
    expect(overRadius(story.decided('restart', ['5']))).toBeDefined();
    await grown(story.fleet, 20);
    expect(words(story.standing())).toEqual(['3 delete r-1']);
    await story.fleet.pause(60_000);
    expect(story.standing()).toEqual([]);
  });

  test('belongs to the set that the radius is a part of, also when it is deleted', async () => {
    const story = new Story(40);
    await story.act('delete', ['3']);
    expect(story.decided('restart', ['5']).plan?.radius).toMatchObject({ limit: 2, together: 2 });
    await story.act('stop', ['6']);
    expect(overRadius(story.decided('restart', ['5']))?.message).toBe(
      '2 are out already by earlier actions: 6 (stop, record r-2); 3 (delete, record r-1). With this 3 would be at ' +
        'once, and 2 may be. To free: muster start 6; set the capacity to 40 again, as with az vmss scale, or wait: what was ' +
        'deleted counts for an hour, the last of it until 2026-11-24T07:00:05Z.',
    );
    await story.act('start', ['6']);
    await story.act('delete', ['4']);
    // One capacity fills both places.
    expect(overRadius(story.decided('restart', ['5']))?.message).toContain(
      'To free: set the capacity to 40 again, as with az vmss scale, or wait',
    );
  });

  test('counts for an hour when it is deleted: after that the smaller set is the set', async () => {
    const story = new Story(40);
    await story.act('delete', ['3']);
    const [{ lapses = 0 } = {}] = story.standing();
    await story.fleet.pause(lapses - story.fleet.now());
    expect(words(story.standing())).toEqual(['3 delete r-1']);
    await story.fleet.pause(1);
    expect(story.standing()).toEqual([]);
    expect(story.decided('restart', ['5']).plan?.radius).toEqual({ limit: 1, usual: 1, peak: 1 });
  });

  test('is told by the records that can still matter, and of a month of others only their edges are read', async () => {
    const story = new Story(40);
    // Interrupted, and never gone on with.
    await story.act('restart', ['2'], { dies: 4 });
    await story.fleet.pause(24 * LAPSE);
    await story.act('stop', ['3']);
    for (let day = 0; day < 30; day += 1) {
      await story.act('restart', [`${day + 4}`]);
      await story.fleet.pause(24 * LAPSE);
    }
    const now = story.fleet.inventory();
    expect(words(story.standing())).toEqual(['3 stop r-2']);
    expect([...reached(story.past.map(gistOf), now)].toSorted()).toEqual(['r-2', 'r-32']);
    await story.act('start', ['3']);
    await story.fleet.pause(LAPSE);
    expect([...reached(story.past.map(gistOf), story.fleet.inventory())]).toEqual([]);
  });

  test('is told right by some records also when what is out is deleted later, and when one of two is back', async () => {
    const story = new Story(40);
    await story.act('stop', ['3', '4']);
    await story.fleet.pause(LAPSE);
    await story.act('restart', ['9'], { flags: { max: { value: 3, unit: 'count' } } });
    others(story.fleet, '4');
    await story.act('restart', ['10']);
    await story.fleet.pause(LAPSE);
    story.fleet.change('4', { health: 'unhealthy' });
    await story.act('restart', ['11']);
    expect(words(story.standing())).toEqual(['3 stop r-1']);
    others(story.fleet, '4');
    await story.act('delete', ['3']);
    expect(words(story.standing())).toEqual(['3 stop r-1']);
  });

  test('is not back before a later action on it is settled, also where an earlier one took it out', async () => {
    const story = new Story(20, { '5': 'never' });
    await story.act('restart', ['5']);
    await story.fleet.pause(LAPSE);
    await story.act('stop', ['5']);
    others(story.fleet, '5');
    expect(words(story.standing())).toEqual(['5 restart r-1']);
    await story.fleet.pause(LAPSE);
    expect(story.standing()).toEqual([]);
  });

  test('does not keep a set from being scaled in day by day, by no more than its radius an hour', async () => {
    const story = new Story(40);
    for (let day = 0; day < 30; day += 1) {
      const [{ id }, { id: second }] = story.fleet.inventory().instances as [InstanceFacts, InstanceFacts];
      expect(await story.act('delete', [id])).toBeDefined();
      if (day > 0) expect(overRadius(story.decided('delete', [second]))).toBeDefined();
      await story.fleet.pause(24 * LAPSE);
    }
    expect(story.fleet.inventory().instances).toHaveLength(10);
  });

  test('is filled by one that comes after it was deleted, and not by one that was there before', async () => {
    const story = new Story(20, { '3': 'never' });
    await story.act('restart', ['3']);
    await grown(story.fleet, 21);
    await story.fleet.pause(60_000);
    await story.act('delete', ['3']);
    expect(words(story.standing())).toEqual(['3 restart r-1']);
    await grown(story.fleet, 21);
    expect(words(story.standing())).toEqual(['3 restart r-1']);
    await story.fleet.pause(60_000);
    expect(story.standing()).toEqual([]);
  });

  test('is not what somebody else removed, nor anything of a set that was made anew', async () => {
    const story = new Story(20);
    await story.act('stop', ['3']);
    const now = story.fleet.inventory();
    const without = { ...now, instances: now.instances.filter(({ id }) => id !== '3') };
    expect(story.standing(without)).toEqual([]);
    const anew = (one: InstanceFacts): InstanceFacts => ({
      ...one,
      body: { properties: { vmId: `new-${one.id}` } },
    });
    expect(story.standing({ ...now, instances: now.instances.map(anew) })).toEqual([]);
    const other = new Story(20);
    await other.act('delete', ['3']);
    const small = { ...now, instances: now.instances.slice(0, 5).map(anew) };
    expect(other.standing(small)).toEqual([]);
  });
});

describe('in doubt it counts', () => {
  test('what was sent and whose end is not known, until it is gone on with or has been seen serving much later', async () => {
    const story = new Story(20);
    const done = await story.act('stop', ['3'], { dies: 2 });
    expect(done!.record.entries.at(-1)?.kind).toBe('answered');
    others(story.fleet, '3');
    expect(story.standing()).toMatchObject([{ id: '3', remedy: 'muster resume r-1' }]);
    await story.fleet.pause(16 * 60_000);
    others(story.fleet, '3');
    expect(story.standing()).toEqual([]);
  });

  test('a look from before the end of what was done says nothing about it', async () => {
    const story = new Story(20);
    const before = story.fleet.inventory();
    await story.act('stop', ['3']);
    expect(words(story.standing(before))).toEqual(['3 stop r-1']);
  });

  test('of a damaged record all that it planned', async () => {
    const story = new Story(40);
    await story.act('stop', ['3', '4'], { dies: 1 });
    const [first] = story.past;
    story.fleet.change('4', { power: 'stopped' });
    const outages = outagesOf([{ ...first!, damaged: true }], story.fleet.inventory());
    expect(outages.map(({ id }) => id)).toEqual(['3', '4']);
    expect(outageWords(outages)).toBe('3, 4 (stop, record r-1)');
  });
});

test('an action that goes on counts what it left out itself, and what others did meanwhile', async () => {
  const story = new Story(40);
  const done = await story.act('stop', ['3', '4'], { dies: 5 });
  const record = recordOf(done!.record.entries);
  const codes = () => recheck(record, story.fleet.inventory(), {}, story.standing()).map(({ code }) => code);
  expect(codes()).toEqual([]);
  await story.act('stop', ['9']);
  expect(codes()).toEqual(['overRadius']);
});

/** Somebody raises the capacity. */
async function grown(fleet: ToyFleet, capacity: number): Promise<void> {
  const path = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web';
  const { body } = await fleet.arm.send({ method: 'GET', path, apiVersion: 'x' });
  const headers = { 'if-match': textAt(body, 'etag') ?? '' };
  await fleet.arm.send({ method: 'PATCH', path, apiVersion: 'x', headers, body: { sku: { capacity } } });
}

describe('whatever was done before', () => {
  const verbs = [
    'restart',
    'stop',
    'deallocate',
    'reimage',
    'delete',
    'start',
    'redeploy',
    'repair',
  ] as const;
  const anyDeed = fc.record({
    verb: fc.constantFrom(...verbs),
    ids: fc.uniqueArray(fc.nat(24), { minLength: 1, maxLength: 3 }),
    batch: fc.integer({ min: 1, max: 3 }),
    dies: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
    resumes: fc.boolean(),
    between: fc.constantFrom('nothing', 'started', 'grown', 'time', 'hours', 'illness'),
    who: fc.nat(24),
  });
  const anyCures = fc.dictionary(fc.nat(24).map(String), fc.constantFrom<Cure>('never', 'reimage'), {
    maxKeys: 8,
  });

  test('no more is out by this tool at once than the radius, unless it was so before the action', async () => {
    let sent = 0;
    let kept = 0;
    let spared = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: 45 }),
        anyCures,
        fc.array(anyDeed, { minLength: 2, maxLength: 6 }),
        async (count, cures, deeds) => {
          const story = new Story(count, cures);
          const { fleet } = story;
          const truth = new Truth(fleet);
          for (const { verb, ids, batch, dies, resumes, between, who } of deeds) {
            const there = fleet.inventory().instances;
            const wanted = [...new Set(ids.map((id) => there[id % there.length]?.id ?? ''))];
            const named = verb === 'repair' ? wanted.slice(0, 1) : wanted;
            const limit = Math.max(1, Math.floor((there.length + truth.missing()) / 20));
            truth.allow(limit);
            const done = await story.act(verb, named, {
              flags: { batch },
              ...(dies === undefined ? {} : { dies }),
            });
            if (done === undefined) kept += 1;
            else sent += 1;
            if (done !== undefined && resumes) {
              const record = recordOf(done.record.entries);
              if (recheck(record, fleet.inventory(), {}, story.standing()).length === 0)
                await story.goOn(done);
            }
            truth.look();
            const other = there[who % there.length]?.id ?? '';
            if (between === 'started') others(fleet, other);
            if (between === 'grown') await grown(fleet, count);
            if (between === 'time') await fleet.pause(20 * 60_000);
            if (between === 'hours') await fleet.pause(LAPSE + 20 * 60_000);
            if (between === 'illness') fleet.change(other, { health: 'unhealthy' });
          }
          expect(truth.exceeded).toEqual([]);
          spared += story.spared;
        },
      ),
      { numRuns: 250 },
    );
    expect([sent > 100, kept > 100, spared > 100]).toEqual([true, true, true]);
  });

  /** What is really out by what the fleet accepted, counted by watching it. */
  class Truth {
    readonly exceeded: string[] = [];
    readonly #fleet: ToyFleet;
    readonly #out = new Map<string, { deleted: boolean; at: number }>();
    #known = new Set<string>();
    #limit = 1;

    constructor(fleet: ToyFleet) {
      this.#fleet = fleet;
      this.#known = new Set(fleet.inventory().instances.map(keyOf));
      const arm = fleet.arm as { send: Arm['send'] };
      const send: Arm['send'] = arm.send.bind(arm);
      arm.send = async (request) => {
        const before = this.look();
        const accepted = fleet.accepted.length;
        const answer = await send(request);
        if (fleet.accepted.length > accepted) this.#count(fleet.accepted.at(-1) ?? '', before);
        return answer;
      };
    }

    /** What was out before may stay out; no action may add to it beyond the limit. */
    allow(limit: number): void {
      this.look();
      this.#limit = Math.max(limit, this.#size());
    }

    look(): readonly InstanceFacts[] {
      const { instances } = this.#fleet.inventory();
      for (const [key, { deleted, at }] of this.#out) {
        // Scaled in: the capacity went down with it an hour ago.
        if (deleted && this.#fleet.now() > at + LAPSE) this.#out.delete(key);
      }
      for (const one of instances) {
        // One whose delete was accepted may be seen serving for a while yet.
        if (isServing(one) && this.#out.get(keyOf(one))?.deleted !== true) this.#out.delete(keyOf(one));
        if (this.#known.has(keyOf(one)) || !isServing(one)) continue;
        // A newcomer that serves is in the place of one that was deleted.
        this.#known.add(keyOf(one));
        const [deleted] = [...this.#out].find(([, { deleted: is }]) => is) ?? [];
        if (deleted !== undefined) this.#out.delete(deleted);
      }
      return instances;
    }

    #count(deed: string, before: readonly InstanceFacts[]): void {
      const [verb = '', id = ''] = deed.split(' ');
      const one = before.find((instance) => instance.id === id);
      if (one === undefined || ['run', 'start', 'protect', 'capacity'].includes(verb)) return;
      const held = this.#out.get(keyOf(one));
      if (held === undefined && !isServing(one)) return;
      const deleted = verb === 'delete' || held?.deleted === true;
      this.#out.set(keyOf(one), { deleted, at: this.#fleet.now() });
      if (this.#size() > this.#limit) this.exceeded.push(`${deed}: ${[...this.#out.keys()].join(', ')}`);
    }

    /** Deleted, and nothing has come in their place. */
    missing(): number {
      this.look();
      return [...this.#out.values()].filter(({ deleted }) => deleted).length;
    }

    #size(): number {
      return this.#out.size;
    }
  }

  function keyOf(one: InstanceFacts): string {
    return `${one.id} ${vmIdOf(one).vmId ?? ''}`;
  }
});
