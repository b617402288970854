// Scale-in. What never happens: a protected instance goes, more go than were asked for, zones get more uneven than they
// must. The worked tables are those of Azure's page on scale-in policies.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declaredRow, instanceRow } from '../../test/testing/rows.ts';
import type { Instance } from './instance.ts';
import type { JsonObject } from './json.ts';
import {
  chooseForScaleIn,
  forceDeletion,
  prioritizesUnhealthy,
  protectedFromScaleIn,
  scaleInRule,
  type ScaleInRule,
} from './scale-in.ts';

const RULES: readonly ScaleInRule[] = ['Default', 'NewestVM', 'OldestVM'];
const fromScaleIn = { protectFromScaleIn: true, protectFromScaleSetActions: false };
const fromActions = { protectFromScaleIn: false, protectFromScaleSetActions: true };

function chosen(instances: readonly Instance[], count: number, rule: ScaleInRule): readonly number[] {
  return chooseForScaleIn(instances, count, rule).map((instance) => instance.id);
}

/** As in Azure's tables: ids by zone; a higher id was made later. */
function zonal(zones: Readonly<Record<string, readonly number[]>>): readonly Instance[] {
  return Object.entries(zones).flatMap(([zone, ids]) =>
    ids.map((id) => instanceRow({ id, zone, created: 1000 + id })),
  );
}

const TABLE = { 1: [3, 4, 5, 10], 2: [2, 6, 9, 11], 3: [1, 7, 8] };

interface Table {
  readonly rule: ScaleInRule;
  readonly rows: readonly {
    readonly zones: Readonly<Record<string, readonly number[]>>;
    readonly goes: number;
  }[];
}

/** "Usage examples" of the page: what there is in zones 1, 2 and 3, and who goes. */
const TABLES: readonly Table[] = [
  {
    rule: 'OldestVM',
    rows: [
      { zones: TABLE, goes: 2 },
      { zones: { 1: [3, 4, 5, 10], 2: [6, 9, 11], 3: [1, 7, 8] }, goes: 3 },
      { zones: { 1: [4, 5, 10], 2: [6, 9, 11], 3: [1, 7, 8] }, goes: 1 },
      { zones: { 1: [4, 5, 10], 2: [6, 9, 11], 3: [7, 8] }, goes: 4 },
      // The page's last column says "Delete VM6 in Zone 1"; its own columns, and the sentence before, have VM6 in zone 2.
      { zones: { 1: [5, 10], 2: [6, 9, 11], 3: [7, 8] }, goes: 6 },
      { zones: { 1: [5, 10], 2: [9, 11], 3: [7, 8] }, goes: 5 },
    ],
  },
  {
    rule: 'NewestVM',
    rows: [
      { zones: TABLE, goes: 11 },
      { zones: { 1: [3, 4, 5, 10], 2: [2, 6, 9], 3: [1, 7, 8] }, goes: 10 },
      { zones: { 1: [3, 4, 5], 2: [2, 6, 9], 3: [1, 7, 8] }, goes: 9 },
      { zones: { 1: [3, 4, 5], 2: [2, 6], 3: [1, 7, 8] }, goes: 8 },
      { zones: { 1: [3, 4, 5], 2: [2, 6], 3: [1, 7] }, goes: 5 },
      { zones: { 1: [3, 4], 2: [2, 6], 3: [1, 7] }, goes: 7 },
    ],
  },
];

describe('the rule', () => {
  test.each([
    [['OldestVM'], 'OldestVM'],
    [['NewestVM'], 'NewestVM'],
    [['Default'], 'Default'],
    [[], 'Default'],
    ['OldestVM', 'Default'],
  ])('of the rules %j is %s', (rules, rule) => {
    expect(scaleInRule(declaredRow({ properties: { scaleInPolicy: { rules } } }))).toBe(rule);
  });

  test('is Default where no policy was declared', () => {
    expect(scaleInRule(declaredRow())).toBe('Default');
    expect(forceDeletion(declaredRow())).toBe(false);
    expect(forceDeletion(declaredRow({ properties: { scaleInPolicy: { forceDeletion: true } } }))).toBe(true);
  });
});

describe('Azure’s worked tables', () => {
  test.each(TABLES.map((table) => [table.rule, table] as const))('%s, row by row', (rule, { rows }) => {
    for (const [index, { zones, goes }] of rows.entries()) {
      const fleet = zonal(zones);
      expect(chosen(fleet, 1, rule)).toEqual([goes]);
      // What is left is the row that follows.
      const left = fleet.filter(({ id }) => id !== goes);
      const next = rows[index + 1];
      if (next !== undefined) expect(new Set(left)).toEqual(new Set(zonal(next.zones)));
    }
    expect(chosen(zonal(TABLE), rows.length, rule), 'the whole table in one scale-in').toEqual(
      rows.map(({ goes }) => goes),
    );
  });

  test('Default has no table: by the page’s order of rules, of the same fleet the highest id of the fullest zone goes', () => {
    expect(chosen(zonal(TABLE), 6, 'Default')).toEqual([11, 10, 9, 8, 5, 7]);
    // Fault domains come before ids: 6 and 2 share one, in a zone with as many as the fullest.
    const crowded = zonal(TABLE).map((row) => ({
      ...row,
      faultDomain: [2, 6].includes(row.id) ? 0 : row.id,
    }));
    expect(chosen(crowded, 2, 'Default')).toEqual([6, 10]);
  });

  test('without zones the oldest or the newest of the set goes', () => {
    const fleet = [4, 2, 9].map((id) => instanceRow({ id, created: 1000 + id }));
    expect(chosen(fleet, 2, 'OldestVM')).toEqual([2, 4]);
    expect(chosen(fleet, 2, 'NewestVM')).toEqual([9, 4]);
    // All in one fault domain: the highest id.
    expect(chosen(fleet, 2, 'Default')).toEqual([9, 4]);
    const spread = fleet.map((row) => ({ ...row, faultDomain: row.id === 9 ? 1 : 0 }));
    expect(chosen(spread, 2, 'Default')).toEqual([4, 9]);
  });

  test.each(RULES)('without zones the fleet of the tables goes by its ids alone (%s)', (rule) => {
    const fleet = Object.values(TABLE)
      .flat()
      .map((id) => instanceRow({ id, created: 1000 + id }));
    const oldest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
    expect(chosen(fleet, 11, rule)).toEqual(rule === 'OldestVM' ? oldest : oldest.toReversed());
  });

  test('a protected instance is passed over, though it is the oldest', () => {
    const fleet = [
      instanceRow({ id: 0, created: 0, protection: fromScaleIn }),
      instanceRow({ id: 1, created: 1 }),
    ];
    expect(chosen(fleet, 1, 'OldestVM')).toEqual([1]);
  });
});

describe('the age of an instance', () => {
  test('is when it was made, not its id', () => {
    const fleet = [instanceRow({ id: 1, created: 30 }), instanceRow({ id: 2, created: 10 })];
    expect(chosen(fleet, 1, 'OldestVM')).toEqual([2]);
    expect(chosen(fleet, 1, 'NewestVM')).toEqual([1]);
  });

  test('of those made together is told by their ids', () => {
    const fleet = [5, 3, 4].map((id) => instanceRow({ id }));
    expect(chosen(fleet, 3, 'OldestVM')).toEqual([3, 4, 5]);
    expect(chosen(fleet, 3, 'NewestVM')).toEqual([5, 4, 3]);
  });
});

describe('the Default policy', () => {
  test('balances zones, then fault domains, then takes the highest id', () => {
    const at = (id: number, zone: string, faultDomain: number): Instance =>
      instanceRow({ id, zone, faultDomain });
    // Zone 1 is the fullest, and fault domain 0 of zone 1.
    const fleet = [at(0, '1', 0), at(1, '1', 0), at(2, '1', 1), at(3, '2', 0), at(9, '2', 1)];
    expect(chosen(fleet, 1, 'Default')).toEqual([1]);
    // Then both zones are even, and so are their fault domains: the highest id of all.
    expect(chosen(fleet, 2, 'Default')).toEqual([1, 9]);
  });

  test('counts fault domains zone by zone', () => {
    const at = (id: number, zone: string, faultDomain: number): Instance =>
      instanceRow({ id, zone, faultDomain });
    // Two zones of three. Fault domain 0 of zone 1 has two; over both zones the two domains would look even.
    const fleet = [at(0, '1', 0), at(1, '1', 0), at(2, '1', 1), at(3, '2', 1), at(4, '2', 2), at(5, '2', 3)];
    expect(chosen(fleet, 1, 'Default')).toEqual([1]);
  });

  test('weighs a zone with its protected members, and takes a free one', () => {
    const fleet = [
      instanceRow({ id: 0, zone: '1', protection: fromScaleIn }),
      instanceRow({ id: 1, zone: '1', protection: fromScaleIn }),
      instanceRow({ id: 2, zone: '1' }),
      instanceRow({ id: 8, zone: '2' }),
      instanceRow({ id: 9, zone: '2' }),
    ];
    expect(chosen(fleet, 1, 'Default')).toEqual([2]);
    // Nothing in zone 1 is free any more: the next fullest gives one up.
    expect(chosen(fleet, 2, 'Default')).toEqual([2, 9]);
  });
});

const protection = fc.option(
  fc.record({ protectFromScaleIn: fc.boolean(), protectFromScaleSetActions: fc.boolean() }),
  {
    nil: undefined,
  },
);
const member = fc.record({
  zone: fc.constantFrom('1', '2', '3'),
  faultDomain: fc.nat(2),
  created: fc.nat(5),
  surplus: fc.boolean(),
  protection,
});
const fleets = fc
  .array(member, { maxLength: 14 })
  .map((members) => members.map((given, id): Instance => instanceRow({ id, ...given })));

describe('whatever the fleet', () => {
  function zoneSpread(instances: readonly Instance[]): number {
    const counts = ['1', '2', '3'].map(
      (zone) => instances.filter((instance) => instance.zone === zone).length,
    );
    return Math.max(...counts) - Math.min(...counts);
  }

  test('none goes that is protected or no member, none twice, and as many as asked while any is free', () => {
    fc.assert(
      fc.property(fleets, fc.nat(16), fc.constantFrom(...RULES), (fleet, count, rule) => {
        const gone = chooseForScaleIn(fleet, count, rule);
        const free = fleet.filter((instance) => !instance.surplus && !protectedFromScaleIn(instance));
        expect(gone.every((instance) => free.includes(instance))).toBe(true);
        expect(new Set(gone).size).toBe(gone.length);
        expect(gone).toHaveLength(Math.min(count, free.length));
      }),
    );
  });

  test('zones never get more uneven, unless only a smaller zone has any that is free', () => {
    fc.assert(
      fc.property(fleets, fc.constantFrom(...RULES), (fleet, rule) => {
        const members = fleet.filter((instance) => !instance.surplus);
        const [gone] = chooseForScaleIn(fleet, 1, rule);
        if (gone === undefined) return;
        const sizeOf = (zone: string | undefined): number =>
          members.filter((instance) => instance.zone === zone).length;
        const fuller = members.filter((instance) => sizeOf(instance.zone) > sizeOf(gone.zone));
        expect(fuller.every(protectedFromScaleIn)).toBe(true);
        if (fuller.length === 0) {
          const after = members.filter((instance) => instance !== gone);
          expect(zoneSpread(after)).toBeLessThanOrEqual(Math.max(1, zoneSpread(members)));
        }
      }),
    );
  });

  test('those that go for a larger number begin with those that go for a smaller one', () => {
    fc.assert(
      fc.property(fleets, fc.nat(8), fc.constantFrom(...RULES), (fleet, count, rule) => {
        expect(chosen(fleet, count + 1, rule).slice(0, count)).toEqual(chosen(fleet, count, rule));
      }),
    );
  });

  test('protection from scale set actions protects from scale-in too', () => {
    expect(protectedFromScaleIn(instanceRow({ protection: fromActions }))).toBe(true);
    expect(protectedFromScaleIn(instanceRow({ protection: fromScaleIn }))).toBe(true);
    expect(protectedFromScaleIn(instanceRow())).toBe(false);
    const off = { protectFromScaleIn: false, protectFromScaleSetActions: false };
    expect(protectedFromScaleIn(instanceRow({ protection: off }))).toBe(false);
  });
});

describe('prioritizeUnhealthyVMs', () => {
  const unhealthy = { health: { state: 'unhealthy', since: 0 } } as const;
  const first = (fleet: readonly Instance[], rule: ScaleInRule = 'Default'): number | undefined =>
    chooseForScaleIn(fleet, 1, rule, true)[0]?.id;

  test('is off unless the policy says so', () => {
    const of = (scaleInPolicy: JsonObject): boolean =>
      prioritizesUnhealthy(declaredRow({ properties: { scaleInPolicy } }));
    expect([of({}), of({ prioritizeUnhealthyVMs: true }), of({ prioritizeUnhealthyVMs: false })]).toEqual([
      false,
      true,
      false,
    ]);
    expect(chosen([instanceRow({ id: 1, ...unhealthy }), instanceRow({ id: 2 })], 1, 'Default')).toEqual([2]);
  });

  test.each<readonly [string, Partial<Instance>]>([
    ['is unhealthy', unhealthy],
    ['is of unknown health', { health: { state: 'unknown', since: 0 } }],
    ['failed', { failure: { code: 'VMStartTimedOut', message: 'late' } }],
    ['is not to run', { wanted: { exists: true, power: 'deallocated', model: 1 } }],
  ])('takes who %s first, by every rule', (_, given) => {
    const fleet = [instanceRow({ id: 1, created: 1 }), instanceRow({ id: 2, created: 2, ...given })];
    const other = [instanceRow({ id: 1, created: 1, ...given }), instanceRow({ id: 2, created: 2 })];
    for (const rule of RULES) expect([first(fleet, rule), first(other, rule)]).toEqual([2, 1]);
  });

  test('never takes who is protected, nor from a zone that is not the fullest', () => {
    const guarded = instanceRow({ id: 1, ...unhealthy, protection: fromScaleIn });
    expect(first([guarded, instanceRow({ id: 2 })])).toBe(2);
    const zones = [
      instanceRow({ id: 1, zone: '1', ...unhealthy }),
      instanceRow({ id: 2, zone: '2' }),
      instanceRow({ id: 3, zone: '2' }),
    ];
    expect(first(zones)).toBe(3);
  });

  test('takes no healthy one of a zone while that has another, and leaves zones as even as without it', () => {
    fc.assert(
      fc.property(
        fleets,
        fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
        fc.constantFrom(...RULES),
        (fleet, ill, rule) => {
          const mixed = fleet.map((row, index) => (ill[index] === true ? { ...row, ...unhealthy } : row));
          const members = mixed.filter((row) => !row.surplus);
          const [gone] = chooseForScaleIn(mixed, 1, rule, true);
          const [usual] = chooseForScaleIn(mixed, 1, rule);
          expect(gone === undefined).toBe(usual === undefined);
          if (gone === undefined) return;
          const count = (zone: string | undefined): number =>
            members.filter((row) => row.zone === zone).length;
          expect(count(gone.zone)).toBe(count(usual?.zone));
          if (gone.health !== undefined) return;
          const others = members.filter((row) => row.zone === gone.zone && row.health !== undefined);
          expect(others.every(protectedFromScaleIn)).toBe(true);
        },
      ),
    );
  });
});
