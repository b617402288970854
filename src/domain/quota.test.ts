// What a set takes of its region's quotas, and Azure's refusal of more.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { instanceRow, modelRow, scaleSetRow, taskRow } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import {
  additional,
  checkQuota,
  type Cores,
  coresOf,
  DEFAULT_CORES,
  holdsHost,
  limitOf,
  type Quotas,
  roomFor,
  sumOf,
} from './quota.ts';

const cores = (given: Readonly<Record<string, number>>): Cores => new Map(Object.entries(given));
const told = (counted: Cores) => Object.fromEntries(counted);

/** Version 1 has one core, version 2 four of the same family, version 3 two of another. */
const MODELS = [
  modelRow({ version: 1, size: 'Standard_B1s' }),
  modelRow({ version: 2, size: 'Standard_B4ms' }),
  modelRow({ version: 3, size: 'Standard_D2s_v5' }),
];

describe('what a set takes', () => {
  test('is what its instances have and what is still to be made', () => {
    const set = scaleSetRow({ capacity: 5 });
    expect(told(coresOf(set, [instanceRow({ id: 0 }), instanceRow({ id: 1 })], MODELS))).toEqual({
      cores: 5,
      standardBSFamily: 5,
    });
  });

  test('does not include what is surplus or deallocated, but what is stopped, and what is still being deallocated', () => {
    const off = (power: 'stopped' | 'deallocated', seen: 'running' | 'stopped' | 'deallocated', id: number) =>
      instanceRow({ id, wanted: { exists: true, power, model: 1 }, observed: { ready: false, power: seen } });
    const rows = [
      instanceRow({ id: 0, surplus: true }),
      off('deallocated', 'deallocated', 1),
      off('deallocated', 'running', 2),
      off('stopped', 'stopped', 3),
    ];
    expect(rows.map(holdsHost)).toEqual([false, false, true, true]);
    expect(told(coresOf(scaleSetRow({ capacity: 3 }), rows, MODELS))).toMatchObject({ cores: 2 });
  });

  test('includes what is on its way out until it has gone, and what is to come in its place', () => {
    const leaving = instanceRow({
      id: 0,
      wanted: { exists: false, power: 'running', model: 1 },
      task: taskRow('delete'),
    });
    expect(told(coresOf(scaleSetRow({ capacity: 0 }), [leaving], MODELS))).toMatchObject({ cores: 1 });
    expect(told(coresOf(scaleSetRow({ capacity: 1 }), [leaving], MODELS))).toMatchObject({ cores: 2 });
    const deleting = scaleSetRow({ capacity: 1, deleting: true });
    expect(told(coresOf(deleting, [leaving], MODELS))).toMatchObject({ cores: 1 });
  });

  test('is the larger size of those that an instance has and is to have, and both of their families', () => {
    const set = (model: number) => scaleSetRow({ capacity: 1, model });
    const behind = [instanceRow({ id: 0, model: 1 })];
    expect(told(coresOf(set(2), behind, MODELS))).toEqual({ cores: 4, standardBSFamily: 4 });
    expect(told(coresOf(set(3), behind, MODELS))).toEqual({
      cores: 2,
      standardBSFamily: 1,
      standardDSv5Family: 2,
    });
  });

  test('is counted apart where it is Spot, and is nothing for a size that is not known', () => {
    const spot = modelRow({ profile: { priority: 'Spot' } });
    expect(told(coresOf(scaleSetRow({ capacity: 2 }), [], [spot]))).toEqual({ lowPriorityCores: 2 });
    const unknown = modelRow({ size: 'Standard_Foo' });
    expect(told(coresOf(scaleSetRow({ capacity: 2 }), [], [unknown]))).toEqual({});
  });
});

describe('a limit', () => {
  const quotas: Quotas = {
    cores: 100,
    families: { standardBSFamily: 10 },
    regions: { eastus: { cores: 50, families: { standardDSv5Family: 8 } } },
  };

  test.each([
    ['westus', 'cores', 100],
    ['westus', 'standardBSFamily', 10],
    ['westus', 'standardDSv5Family', 100],
    ['eastus', 'cores', 50],
    ['eastus', 'lowPriorityCores', 50],
    ['eastus', 'standardDSv5Family', 8],
    ['eastus', 'standardBSFamily', 10],
    ['eastus', 'standardFSv2Family', 50],
  ])('of %s for %s is %i', (location, counter, limit) => {
    expect(limitOf(quotas, location, counter)).toBe(limit);
  });

  test('is far away by default', () => {
    expect(limitOf({}, 'westus', 'standardBSFamily')).toBe(DEFAULT_CORES);
  });
});

test('there is room for as many as the scarcest counter allows, and never for less than none', () => {
  const each = cores({ cores: 2, standardBSFamily: 2 });
  const room = (quotas: Quotas, used: Cores) => roomFor(quotas, 'eastus', used, each);
  expect(room({ cores: 9 }, cores({ cores: 2 }))).toBe(3);
  expect(room({ cores: 9, families: { standardBSFamily: 5 } }, cores({ standardBSFamily: 2 }))).toBe(1);
  expect(room({ cores: 1 }, cores({ cores: 4 }))).toBe(0);
  expect(roomFor({ cores: 0 }, 'eastus', new Map(), new Map())).toBe(Infinity);
});

describe('a request that takes more', () => {
  const refused = (quotas: Quotas, used: Cores, more: Cores): Failure => {
    try {
      checkQuota(quotas, 'eastus', used, more);
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
    throw new Error('it was granted');
  };

  test('than its region has is refused in Azure’s words', () => {
    const { code, message } = refused(
      { cores: 10 },
      cores({ cores: 8, standardBSFamily: 8 }),
      cores({ standardBSFamily: 4, cores: 4 }),
    );
    expect(code).toBe('operationNotAllowed');
    expect(message).toContain(
      'Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 10, Current Usage: 8, Additional Required: 4, (Minimum) New Limit Required: 12.',
    );
  });

  test('than its family has, or than there is for Spot, is refused by that name', () => {
    const families = { standardBSFamily: 2 };
    const more = cores({ cores: 3, standardBSFamily: 3 });
    expect(refused({ families }, new Map(), more).message).toContain('approved standardBSFamily Cores quota');
    const spot = cores({ lowPriorityCores: 3 });
    expect(refused({ cores: 2 }, new Map(), spot).message).toContain('approved LowPriorityCores quota');
  });

  test('is granted up to the limit itself', () => {
    checkQuota({ cores: 10 }, 'eastus', cores({ cores: 8 }), cores({ cores: 2 }));
  });

  const counted = fc
    .dictionary(fc.constantFrom('cores', 'standardBSFamily', 'lowPriorityCores'), fc.nat(8))
    .map(cores);

  test('never brings a counter over its limit, and is refused only when it would', () => {
    fc.assert(
      fc.property(
        counted,
        counted,
        counted,
        fc.nat(20),
        fc.nat(20),
        (others, before, after, limit, family) => {
          const quotas: Quotas = { cores: limit, families: { standardBSFamily: family } };
          const more = additional(before, after);
          const used = sumOf([others, before]);
          const over = [...more].filter(
            ([counter, count]) => (used.get(counter) ?? 0) + count > limitOf(quotas, 'eastus', counter),
          );
          let granted = true;
          try {
            checkQuota(quotas, 'eastus', used, more);
          } catch {
            granted = false;
          }
          expect(granted).toBe(over.length === 0);
        },
      ),
    );
  });

  test('is what is taken in addition and nothing else: what takes less or the same takes nothing', () => {
    fc.assert(
      fc.property(counted, counted, (before, after) => {
        const more = additional(before, after);
        expect([...more.values()].every((count) => count > 0)).toBe(true);
        expect(additional(after, after).size).toBe(0);
        for (const [counter, count] of after) {
          expect(Math.max(0, count - (before.get(counter) ?? 0))).toBe(more.get(counter) ?? 0);
        }
      }),
    );
  });
});
