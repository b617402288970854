// The blast radius: what is refused, which flag allows it, and what no plan ever does.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyInventory, instanceFacts, inventoryOf } from '../../test/testing/inventories.ts';
import { decide, type Decided, type Flags, isStateful } from './guard.ts';
import type { ActionPlan } from './action-plan.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { planText } from './plan-text.ts';
import { usualRadius } from './radius.ts';
import { select } from './selection.ts';
import { isServing, parseShare, type Share } from './serving.ts';
import { type Verb, VERBS } from './verbs.ts';

const ALL_VERBS = Object.keys(VERBS) as Verb[];

function decided(inventory: Inventory, verb: Verb, ids: readonly string[], flags: Flags = {}): Decided {
  const { ids: selected } = select(inventory, { by: 'ids', ids });
  if (selected === undefined) throw new Error('not there');
  const both = { scaleIn: true, scaleSetActions: true };
  const neither = { scaleIn: false, scaleSetActions: false };
  const protection = verb === 'protect' ? both : verb === 'unprotect' ? neither : undefined;
  const work = { verb, verifySeconds: 60, ...(protection === undefined ? {} : { protection }) };
  return decide(inventory, selected, work, flags);
}

const codes = (result: Decided) => result.refusals?.map(({ code, flag }) => [code, flag]);
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => String(from + at));

describe('without any flag', () => {
  test('one instance is acted on at a time, the first as a canary', () => {
    const { plan } = decided(inventoryOf(20), 'restart', ['4', '2', '9']);
    expect(plan?.stages.map(({ name, steps }) => [name, steps.map(({ key }) => key)])).toEqual([
      ['canary', ['restart 4']],
      ['batch 2', ['restart 2']],
      ['batch 3', ['restart 9']],
    ]);
    expect(plan?.radius).toEqual({ limit: 1, usual: 1, peak: 1 });
    expect(plan?.serving).toEqual({ all: 20, before: 20, during: 19, after: 20, floor: 1 });
  });

  test('more than a twentieth is confirmed by the name of the set, less by a word', () => {
    expect(decided(inventoryOf(40), 'restart', ids(0, 2)).plan?.confirmation).toBe('question');
    expect(decided(inventoryOf(40), 'restart', ids(0, 3)).plan?.confirmation).toBe('name');
    expect(decided(inventoryOf(40), 'run', ids(0, 30)).plan?.confirmation).toBe('question');
  });

  test('what stays away counts for as long as it stays: three stopped of twenty are too many', () => {
    expect(codes(decided(inventoryOf(20), 'stop', ids(0, 3)))).toEqual([['overRadius', '--max 3']]);
    expect(decided(inventoryOf(60), 'stop', ids(0, 3)).plan?.radius.peak).toBe(3);
  });
});

describe('refused without the flag that names it', () => {
  test('is the whole set', () => {
    expect(codes(decided(inventoryOf(3), 'restart', ids(0, 3)))).toEqual([['wholeSet', '--whole-set']]);
    expect(decided(inventoryOf(3), 'restart', ids(0, 3), { wholeSet: true }).plan).toBeDefined();
    expect(codes(decided(inventoryOf(1), 'run', ['0']))).toEqual([['wholeSet', '--whole-set']]);
  });

  test('are instances that are protected or stateful, by name', () => {
    const inventory = inventoryOf([
      instanceFacts('0'),
      instanceFacts('1', { protection: { scaleIn: true, scaleSetActions: false } }),
      instanceFacts('2', { tags: { 'Muster:Stateful': 'yes' } }),
      instanceFacts('3'),
    ]);
    const { refusals } = decided(inventory, 'reimage', ['0', '1', '2']);
    expect(refusals?.map(({ code, instances, flag }) => [code, instances, flag])).toEqual([
      ['protected', ['1'], '--include-protected'],
      ['stateful', ['2'], '--include-stateful'],
    ]);
    const flags = { includeProtected: true, includeStateful: true };
    expect(decided(inventory, 'reimage', ['0', '1', '2'], flags).plan?.touched).toEqual(['0', '1', '2']);
  });

  test('is to leave fewer serving than the floor', () => {
    const inventory = inventoryOf(10);
    const floor: Share = { value: 95, unit: 'percent' };
    expect(codes(decided(inventory, 'restart', ['0'], { floor }))).toEqual([['belowFloor', '--below-floor']]);
    expect(decided(inventory, 'restart', ['0'], { floor, belowFloor: true }).plan).toBeDefined();
    const last = inventoryOf([instanceFacts('0'), instanceFacts('1', { power: 'stopped' })]);
    expect(codes(decided(last, 'restart', ['0']))).toEqual([['belowFloor', '--below-floor']]);
  });

  test('is no reason to leave alone what does not serve anyway', () => {
    const inventory = inventoryOf([
      instanceFacts('0', { health: 'unhealthy' }),
      instanceFacts('1', { health: 'unhealthy' }),
    ]);
    expect(decided(inventory, 'restart', ['0'], { floor: { value: 2, unit: 'count' } }).plan).toBeDefined();
  });

  test('are larger batches than the radius', () => {
    expect(codes(decided(inventoryOf(20), 'restart', ids(0, 5), { batch: 4 }))).toEqual([
      ['overRadius', '--max 4'],
    ]);
    const { plan } = decided(inventoryOf(20), 'restart', ids(0, 6), {
      batch: 4,
      max: { value: 20, unit: 'percent' },
    });
    expect(plan?.stages.map(({ steps }) => steps.length)).toEqual([1, 4, 1]);
  });
});

test('an update passes by who was attached with a model of its own, failed or not', () => {
  const own = { ownModel: true, provisioning: 'Failed' } as const;
  const instances = [instanceFacts('a', own), instanceFacts('b', { latestModel: false })];
  const body = { properties: { virtualMachineProfile: {} } };
  const { plan } = decided(inventoryOf(instances, { mode: 'Flexible', body }), 'update', ['a', 'b'], {
    wholeSet: true,
  });
  expect(plan?.touched).toEqual(['b']);
  expect(plan?.untouched).toEqual([
    { id: 'a', why: 'has a model of its own: no update of the set concerns it' },
  ]);
});

test('whose protection nobody has seen is said with the plan, and protecting is not taken for done', () => {
  const protection = { scaleIn: true, scaleSetActions: true, unseen: true } as const;
  const inventory = inventoryOf([instanceFacts('a'), instanceFacts('b', { protection })], {
    mode: 'Flexible',
  });
  const note = 'ARM does not say whether these are protected: b.';
  expect(decided(inventory, 'restart', ['b'], { includeProtected: true }).plan?.notes).toContain(note);
  expect(decided(inventory, 'restart', ['a']).plan?.notes).not.toContain(note);
  expect(decided(inventory, 'protect', ['b']).plan?.touched).toEqual(['b']);
});

test('an update of a Flexible set without a model is refused, and no flag allows it; every other verb is there in both modes', () => {
  const instances = [instanceFacts('web_1', { latestModel: false }), instanceFacts('web_2')];
  const bare = inventoryOf(instances, { mode: 'Flexible' });
  expect(codes(decided(bare, 'update', ['web_1']))).toEqual([['wrongMode', undefined]]);
  const body = { properties: { virtualMachineProfile: {} } };
  const made = inventoryOf(instances, { mode: 'Flexible', body });
  expect(decided(made, 'update', ['web_1']).plan).toBeDefined();
  for (const verb of ['restart', 'protect', 'reimage', 'run', 'delete'] as const)
    expect(decided(bare, verb, ['web_1']).plan).toBeDefined();
});

describe('what is so already', () => {
  test('is left out, and the plan says why', () => {
    const inventory = inventoryOf([
      instanceFacts('0'),
      instanceFacts('1', { power: 'stopped' }),
      instanceFacts('2'),
    ]);
    const { plan } = decided(inventory, 'start', ['0', '1']);
    expect(plan?.touched).toEqual(['1']);
    expect(plan?.untouched).toEqual([
      { id: '0', why: 'is running already' },
      { id: '2', why: 'is not selected' },
    ]);
  });

  test('may be all of it: then there is nothing to do and nothing to ask', () => {
    const { plan } = decided(inventoryOf(3), 'update', ids(0, 3));
    expect(plan).toMatchObject({ stages: [], touched: [], confirmation: 'none' });
    expect(planText(plan!)).toContain('there is nothing to do');
  });
});

test('the plan warns of instances that somebody else is at', () => {
  const inventory = inventoryOf([
    ...inventoryOf(20).instances,
    instanceFacts('20', { provisioning: 'Updating' }),
  ]);
  expect(decided(inventory, 'restart', ['20']).plan?.notes).toEqual([
    'Somebody is at work already on 20: ARM may refuse this, and then it stops.',
  ]);
  expect(decided(inventory, 'restart', ['3']).plan?.notes).toEqual([]);
});

test('releasing what is protected is what unprotect is for', () => {
  const inventory = inventoryOf([
    instanceFacts('0', {
      protection: { scaleIn: true, scaleSetActions: true },
      tags: { 'muster:stateful': '' },
    }),
    instanceFacts('1'),
  ]);
  expect(decided(inventory, 'unprotect', ['0']).plan?.touched).toEqual(['0']);
});

test('an instance’s own tag decides before the set’s whether it is stateful', () => {
  const set = { tags: { 'muster:stateful': 'true' } };
  expect(isStateful({ tags: {} }, set)).toBe(true);
  expect(isStateful({ tags: { 'muster:stateful': 'False' } }, set)).toBe(false);
});

test.each([
  ['12', { value: 12, unit: 'count' }],
  ['40%', { value: 40, unit: 'percent' }],
  ['101%', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['', undefined],
])('a share is a count or a percentage: %s', (text, share) => {
  expect(parseShare(text)).toEqual(share);
});

describe('the plan as text', () => {
  test('says what is done in which order, what is not and why, and what that leaves', () => {
    const { plan } = decided(inventoryOf(40), 'delete', ['3', '7'], {});
    expect(planText(plan!).split('\n')).toEqual([
      'delete 2 instances of 40 in rg/web (Uniform)',
      '',
      '  1. canary   3',
      '  2. batch 2  7',
      '',
      '  untouched  0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13 and 26 more: is not selected',
      '',
      '  serving    40 now, 38 at the fewest, 38 afterwards; the floor is 1',
      '  at once    2 unavailable by this at most, of 2 allowed',
      '  verified   within 60 s of each step, else it stops',
      '  note       What is deleted does not come back.',
      '  note       Azure lowers the capacity with each: 40 becomes 38.',
      '',
    ]);
  });
});

describe('whatever the inventory and the flags', () => {
  const share = fc.oneof(
    fc.record({ value: fc.nat(12), unit: fc.constant('count' as const) }),
    fc.record({ value: fc.nat(100), unit: fc.constant('percent' as const) }),
  );
  const anyFlags: fc.Arbitrary<Flags> = fc.record(
    {
      max: share,
      batch: fc.integer({ min: 1, max: 50 }),
      floor: share,
      wholeSet: fc.boolean(),
      includeProtected: fc.boolean(),
      includeStateful: fc.boolean(),
      belowFloor: fc.boolean(),
    },
    { requiredKeys: [] },
  );

  interface Drawn {
    readonly inventory: Inventory;
    readonly flags: Flags;
    readonly verb: Verb;
    readonly plan: ActionPlan;
    /** The ids of each stage. */
    readonly steps: readonly (readonly string[])[];
    readonly acted: readonly InstanceFacts[];
  }

  /** So many may be away, by the flags alone. */
  const limitOf = ({ max }: Flags, all: number): number => {
    if (max === undefined) return Math.max(1, Math.floor(all / 20));
    return Math.max(1, max.unit === 'count' ? max.value : Math.floor((all * max.value) / 100));
  };

  /** Away at once: a batch, or everything so far where it stays away. */
  const awayOf = ({ verb, steps }: Drawn): number => {
    const { outage } = VERBS[verb];
    if (outage === 'never') return 0;
    return outage === 'afterwards' ? steps.flat().length : Math.max(0, ...steps.map((step) => step.length));
  };

  /** The fewest that serve, counted by going through it. */
  const fewestOf = ({ verb, steps, acted, plan }: Drawn): number => {
    let left = plan.serving.before;
    let fewest = left;
    if (VERBS[verb].outage === 'never') return fewest;
    for (const step of steps) {
      const losing = acted.filter((instance) => step.includes(instance.id) && isServing(instance)).length;
      fewest = Math.min(fewest, left - losing);
      if (VERBS[verb].outage === 'afterwards') left -= losing;
    }
    return fewest;
  };

  const checkFlagged = ({ inventory, flags, verb, acted }: Drawn): void => {
    if (flags.wholeSet !== true) expect(acted.length).toBeLessThan(inventory.instances.length);
    if (verb === 'protect' || verb === 'unprotect') return;
    const isProtected = ({ protection }: InstanceFacts) => protection.scaleIn || protection.scaleSetActions;
    if (flags.includeProtected !== true) expect(acted.filter(isProtected)).toEqual([]);
    if (flags.includeStateful !== true)
      expect(acted.filter((instance) => isStateful(instance, inventory.set))).toEqual([]);
  };

  const checkRadius = (drawn: Drawn): void => {
    const { inventory, flags, verb, plan, steps, acted } = drawn;
    const all = inventory.instances.length;
    const away = awayOf(drawn);
    expect(away).toBeLessThanOrEqual(limitOf(flags, all));
    expect(plan.radius.peak).toBe(away);
    if (steps[0] !== undefined) expect(steps[0]).toHaveLength(1);
    if (VERBS[verb].outage !== 'never' && acted.length > usualRadius(all))
      expect(plan.confirmation).toBe('name');
    const fewest = fewestOf(drawn);
    expect(plan.serving.during).toBe(fewest);
    if (flags.belowFloor !== true && fewest < plan.serving.before)
      expect(fewest).toBeGreaterThanOrEqual(plan.serving.floor);
  };

  test('no plan exceeds the radius, touches an unnamed or a protected instance, or goes below the floor', () => {
    let plans = 0;
    fc.assert(
      fc.property(
        anyInventory,
        anyFlags,
        fc.constantFrom(...ALL_VERBS),
        fc.infiniteStream(fc.boolean()),
        fc.boolean(),
        (inventory, flags, verb, picks, few) => {
          const picked = inventory.instances.filter(() => picks.next().value === true).map(({ id }) => id);
          const wanted = few ? picked.slice(0, 2) : picked;
          fc.pre(wanted.length > 0);
          const { plan, refusals } = decided(inventory, verb, wanted, flags);
          if (plan === undefined) {
            expect(refusals?.length).toBeGreaterThan(0);
            return;
          }
          plans += 1;
          const steps = plan.stages.map((stage) => stage.steps.map(({ id }) => id));
          const named = steps.flat();
          const acted = inventory.instances.filter(({ id }) => named.includes(id));
          expect(named.toSorted()).toEqual([...plan.touched].toSorted());
          expect(new Set(named).size).toBe(named.length);
          for (const id of named) expect(wanted).toContain(id);
          // Those that are drawn have no model.
          if (verb === 'update') expect(inventory.set.mode).toBe('Uniform');
          const drawn = { inventory, flags, verb, plan, steps, acted };
          checkFlagged(drawn);
          checkRadius(drawn);
        },
      ),
      { numRuns: 1500 },
    );
    expect(plans).toBeGreaterThan(100);
  });
});
