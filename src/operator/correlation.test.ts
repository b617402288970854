// What is found in common, what is not, and how often chance is taken for it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fleet } from '../../test/testing/inventories.ts';
import { seededRandom } from '../system/random.ts';
import { type CommonFactor, type Correlation, correlate, countable, LEVEL, MINIMUM } from './correlation.ts';
import { eventFacts } from './event-facts.ts';
import { type Candidate, candidates } from './factor.ts';
import type { InstanceFacts } from './inventory.ts';

function found(correlation: Correlation): readonly CommonFactor[] {
  return correlation.kind === 'tooFew' ? [] : correlation.found;
}

/** What those that `fails` picks have in common, of all there is to ask. */
function among(
  instances: readonly InstanceFacts[],
  fails: (instance: InstanceFacts, index: number) => boolean,
): Correlation {
  const all = instances.map((_, index) => index);
  const failing = all.filter((index) => fails(instances[index]!, index));
  const healthy = all.filter((index) => !failing.includes(index));
  return correlate(candidates(instances, eventFacts([])), failing, healthy);
}

const names = (correlation: Correlation): readonly string[] =>
  found(correlation).flatMap((one) => one.names.map(({ factor, value }) => `${factor} ${value}`));

describe('a factor that is planted', () => {
  test('is found with its counts, its strength and its chance', () => {
    const [first] = found(among(fleet(30), ({ zone }) => zone === '2'));
    expect(first?.names).toEqual([{ factor: 'zone', value: '2' }]);
    expect(first?.counts).toEqual({ failingWith: 10, failingWithout: 0, healthyWith: 0, healthyWithout: 20 });
    expect(first?.lift).toBeCloseTo(3);
    // 10! 20! / 30!
    expect(first?.p).toBeCloseTo(1 / 30_045_015, 12);
    expect(first?.risk.low).toBeGreaterThan(1);
  });

  test('in a large fleet is the first one found, though it explains only most of what fails', () => {
    const zones = fc.constantFrom('1', '2', '3');
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 900 }), fc.nat(), zones, (size, seed, zone) => {
        const random = seededRandom(`planted ${seed}`);
        const fleetOf = fleet(size, () => ({ zone: String(1 + Math.floor(random() * 3)) }));
        const fails = fleetOf.map((one) => random() < (one.zone === zone ? 0.5 : 0.05));
        const result = among(fleetOf, (_, index) => fails[index]!);
        expect(found(result)[0]?.names).toEqual([{ factor: 'zone', value: zone }]);
      }),
      { numRuns: 30 },
    );
  });

  test('that the same instances have under two names is one factor', () => {
    const instances = fleet(30, (n) => (n % 3 === 1 ? { size: 'Standard_D4s_v5' } : {}));
    const [first, ...others] = found(among(instances, ({ zone }) => zone === '2'));
    expect(first?.names.map(({ factor }) => factor)).toEqual(['zone', 'size']);
    expect(others).toEqual([]);
  });

  test('is told by the side that fails more, also where most instances are on it', () => {
    const instances = fleet(40, (n) => (n < 30 ? { latestModel: false } : {}));
    const result = among(instances, (_, index) => index < 25);
    expect(names(result)).toContain('model an older one');
    expect(names(result)).not.toContain('model the latest');
  });

  test('of age is cut once, where it tells most', () => {
    const result = among(fleet(100), (_, index) => index >= 70);
    const cuts = names(result).filter((name) => name.startsWith('created '));
    expect(cuts).toEqual(['created at 2026-11-24T05:10:00.000Z or later']);
  });
});

describe('labels dealt at random', () => {
  test('have something in common no more often than the level says', () => {
    const runs = 400;
    const lucky = Array.from({ length: runs }, (_, run) => {
      const random = seededRandom(`random ${run}`);
      const failing = fleet(60).map(() => random() < 0.3);
      return found(among(fleet(60), (_one, index) => failing[index]!)).length > 0;
    }).filter(Boolean).length;
    // Bonferroni keeps it at the level or below; three standard deviations above that would be 0.083.
    expect(lucky / runs).toBeLessThanOrEqual(LEVEL + 3 * Math.sqrt((LEVEL * (1 - LEVEL)) / runs));
  });

  test('of a fleet in which hundreds of things can be asked, too', () => {
    const runs = 200;
    const instances = fleet(200, (n) => ({
      image: `image ${n % 37}`,
      size: `size ${n % 23}`,
      extensions: [{ name: `agent ${n % 19}`, type: '', version: '1', state: 'ok', message: '' }],
    }));
    const lucky = Array.from({ length: runs }, (_, run) => {
      const random = seededRandom(`many ${run}`);
      const failing = instances.map(() => random() < 0.1);
      return found(among(instances, (_one, index) => failing[index]!)).length > 0;
    }).filter(Boolean).length;
    expect(lucky / runs).toBeLessThanOrEqual(LEVEL + 3 * Math.sqrt((LEVEL * (1 - LEVEL)) / runs));
  });
});

describe('nothing is said', () => {
  test('of fewer than the minimum, whatever they have in common', () => {
    const cases = fc.tuple(fc.nat(30), fc.nat(30)).filter(([a, b]) => Math.min(a, b) < MINIMUM);
    fc.assert(
      fc.property(cases, ([failing, healthy]) => {
        const result = among(
          fleet(failing + healthy, (n) => ({ zone: n < failing ? '2' : '1' })),
          (_, index) => index < failing,
        );
        expect(result).toEqual({ kind: 'tooFew', failing, healthy });
      }),
    );
  });

  test('of what every instance has', () => {
    const result = among(
      fleet(20, () => ({ zone: '1', created: '2026-11-24T04:00:00Z', faultDomain: '0', updateDomain: '0' })),
      (_, index) => index < 5,
    );
    expect(result).toMatchObject({ kind: 'none', compared: 0, found: [] });
  });

  test('that chance explains, but the nearest is named', () => {
    const result = among(fleet(10), (_, index) => index === 1 || index === 4 || index === 6);
    expect(result).toMatchObject({ kind: 'none', found: [] });
    expect(result.kind === 'none' ? result.nearest?.adjusted : 0).toBeGreaterThan(LEVEL);
  });

  test('of who is neither failing nor healthy', () => {
    const [zone] = candidates(fleet(9), eventFacts([]));
    const result = correlate([zone!], [0, 3, 6], [1, 4, 7]);
    expect(found(result)).toEqual([]);
    expect(result).toMatchObject({ failing: 3, healthy: 3 });
  });
});

describe('every factor found', () => {
  const labelled = fc
    .array(
      fc.record({
        fails: fc.boolean(),
        zone: fc.constantFrom('', '1', '2'),
        image: fc.constantFrom('a', 'b', 'c'),
      }),
      {
        minLength: 6,
        maxLength: 60,
      },
    )
    .map((rows) => ({
      rows,
      instances: fleet(rows.length, (n) => ({ zone: rows[n]!.zone, image: rows[n]!.image })),
    }));

  test('counts instances that there are, fails more often, and is unlikely to be chance', () => {
    fc.assert(
      fc.property(labelled, ({ rows, instances }) => {
        const result = among(instances, (_, index) => rows[index]!.fails);
        for (const { counts, p, adjusted, lift, names: all } of found(result)) {
          const { failingWith, failingWithout, healthyWith, healthyWithout } = counts;
          expect(failingWith + failingWithout).toBeLessThanOrEqual(rows.filter((row) => row.fails).length);
          expect(failingWith + failingWithout + healthyWith + healthyWithout).toBeLessThanOrEqual(
            rows.length,
          );
          expect(lift).toBeGreaterThan(1);
          expect(p).toBeLessThanOrEqual(adjusted);
          expect(adjusted).toBeLessThanOrEqual(LEVEL);
          expect(all.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('does not depend on the order of the instances', () => {
    fc.assert(
      fc.property(labelled, ({ rows, instances }) => {
        const forward = among(instances, (_, index) => rows[index]!.fails);
        const turned = among(instances.toReversed(), (_, index) => rows[rows.length - 1 - index]!.fails);
        const told = (one: Correlation): unknown =>
          found(one).map(({ names: all, counts }) => ({
            names: all.map(({ value }) => value).toSorted(),
            counts,
          }));
        expect(new Set(told(turned) as unknown[])).toEqual(new Set(told(forward) as unknown[]));
      }),
    );
  });
});

describe('how many tests are corrected for', () => {
  test('leaves out those that could not have shown anything', () => {
    expect(countable([0.001, 0.002, 0.9, 0.9, 0.9])).toBe(2);
    expect(countable([0.9, 0.9])).toBe(1);
    expect(countable([])).toBe(1);
    expect(countable(Array.from({ length: 50 }, () => 1e-9))).toBe(50);
  });

  test('is never more than there are, and enough for those that could', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-12, max: 1, noNaN: true })), (least) => {
        const k = countable(least);
        expect(k).toBeLessThanOrEqual(Math.max(1, least.length));
        expect(least.filter((p) => p <= LEVEL / k).length).toBeLessThanOrEqual(k);
      }),
    );
  });
});

test('a candidate’s own instances are what is compared, where not all have an answer', () => {
  const candidate: Candidate = {
    factor: 'zone',
    value: '2',
    having: [0, 1, 2, 3],
    known: [0, 1, 2, 3, 6, 7, 8, 9],
  };
  const [first] = found(correlate([candidate], [0, 1, 2, 3, 4], [5, 6, 7, 8, 9]));
  expect(first?.counts).toEqual({ failingWith: 4, failingWithout: 0, healthyWith: 0, healthyWithout: 4 });
});
