// Placement. What never happens: while instances are only added, one zone, or one fault or update domain of a zone, is
// two ahead of another; and a place that the set does not have.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { declaredRow, instanceRow } from '../../test/testing/rows.ts';
import type { Instance } from './instance.ts';
import { evenly, placer, UPDATE_DOMAINS } from './placement.ts';
import type { Declared } from './scale-set.ts';

function place(declared: Declared, count: number, present: readonly Instance[] = []): readonly Instance[] {
  const places = placer(declared, present);
  return Array.from({ length: count }, (_, index) => instanceRow({ id: 1000 + index, ...places.next() }));
}

/** The difference between the most and the least used of these classes. */
function spread(
  instances: readonly Instance[],
  classes: readonly string[],
  classOf: (i: Instance) => string,
): number {
  const counts = classes.map((name) => instances.filter((instance) => classOf(instance) === name).length);
  return Math.max(...counts) - Math.min(...counts);
}

function numbers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

describe('placement', () => {
  test('goes round the zones and the fault domains', () => {
    const zonal = place(declaredRow({ zones: ['1', '2', '3'] }), 4);
    expect(zonal.map(({ zone }) => zone)).toEqual(['1', '2', '3', '1']);
    const regional = place(declaredRow(), 6);
    expect(regional.map(({ faultDomain }) => faultDomain)).toEqual([0, 1, 2, 3, 4, 0]);
    expect(regional.every((instance) => !Object.hasOwn(instance, 'zone'))).toBe(true);
  });

  test('fills the zone and the fault domain that have fewest', () => {
    const present = [
      instanceRow({ id: 0, zone: '1', faultDomain: 0 }),
      instanceRow({ id: 1, zone: '1', faultDomain: 1 }),
      instanceRow({ id: 2, zone: '2', faultDomain: 1 }),
    ];
    const declared = declaredRow({ zones: ['1', '2'], properties: { platformFaultDomainCount: 2 } });
    const [next, then] = place(declared, 2, present);
    expect(next).toMatchObject({ zone: '2', faultDomain: 0 });
    expect(then?.zone).toBe('1');
  });

  test('passes over instances in a zone that the set no longer names, and in none', () => {
    const present = [instanceRow({ id: 0, zone: '3' }), instanceRow({ id: 1 })];
    const made = place(declaredRow({ zones: ['1', '2'] }), 2, present);
    expect(made.map(({ zone }) => zone)).toEqual(['1', '2']);
  });

  test('in a set of several placement groups knows one update domain', () => {
    const made = place(declaredRow({ properties: { singlePlacementGroup: false } }), 7);
    expect(new Set(made.map(({ updateDomain }) => updateDomain))).toEqual(new Set([0]));
  });

  test('spreads evenly over zones, and over fault and update domains inside a zone, however many come at a time', () => {
    const zones = fc.uniqueArray(fc.constantFrom('1', '2', '3'), { maxLength: 3 });
    const batches = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(zones, fc.integer({ min: 1, max: 5 }), batches, (named, faultDomains, sizes) => {
        const declared = declaredRow({
          zones: named,
          properties: { platformFaultDomainCount: faultDomains },
        });
        let members: readonly Instance[] = [];
        for (const size of sizes) members = [...members, ...place(declared, size, members)];
        if (named.length > 0) expect(spread(members, named, ({ zone }) => zone ?? '')).toBeLessThanOrEqual(1);
        for (const zone of named.length === 0 ? [undefined] : named) {
          const inside = members.filter((instance) => instance.zone === zone);
          const faults = spread(inside, numbers(faultDomains), (instance) => String(instance.faultDomain));
          expect(faults).toBeLessThanOrEqual(1);
          const updates = spread(inside, numbers(UPDATE_DOMAINS), (instance) =>
            String(instance.updateDomain),
          );
          expect(updates).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('never makes an uneven spread worse', () => {
    const place1 = fc.record({ zone: fc.constantFrom('1', '2', '3'), faultDomain: fc.nat(2) });
    fc.assert(
      fc.property(fc.array(place1, { maxLength: 20 }), fc.integer({ min: 1, max: 10 }), (places, count) => {
        const declared = declaredRow({ zones: ['1', '2', '3'], properties: { platformFaultDomainCount: 3 } });
        const present = places.map((taken, id) => instanceRow({ id, ...taken }));
        const after = [...present, ...place(declared, count, present)];
        const zoneOf = ({ zone }: Instance): string => zone ?? '';
        const before = spread(present, declared.zones, zoneOf);
        expect(spread(after, declared.zones, zoneOf)).toBeLessThanOrEqual(Math.max(1, before));
      }),
    );
  });
});

describe('those that take the places of others', () => {
  const zoned = (...zones: readonly string[]): readonly Instance[] =>
    zones.map((zone, id) => instanceRow({ id, zone }));

  test('come from the zones that have the fewest', () => {
    const taken = evenly(zoned('1', '1', '2'), zoned('1', '2', '3', '3'), 3);
    expect(taken.map(({ zone }) => zone)).toEqual(['3', '2', '3']);
  });

  test('are as many as were asked for, as far as there are any, and each once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('1', '2', '3')),
        fc.array(fc.constantFrom('1', '2', '3')),
        fc.nat(12),
        (staying, given, count) => {
          const candidates = zoned(...given);
          const taken = evenly(zoned(...staying), candidates, count);
          expect(new Set(taken).size).toBe(Math.min(count, candidates.length));
          expect(candidates).toEqual(expect.arrayContaining([...taken]));
        },
      ),
    );
  });
});
