// Quotas at the requests: whatever is asked, in whatever company, no more is granted than there is; and what takes no more
// than before is never refused for them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { Failure } from '../domain/failure.ts';
import type { Quotas } from '../domain/quota.ts';
import type { Instance } from '../domain/instance.ts';
import {
  ORIGIN,
  refusedWhole,
  store,
  storeSet,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { groupRow, instanceRow, scaleSetBody, scaleSetRow } from '../../test/testing/rows.ts';
import { actOnInstances } from './act-on-instances.ts';
import { coresIn } from './ports/region-use.ts';
import { patchScaleSet, putScaleSet } from './write-scale-set.ts';

const SET = { group: 'rg', name: 'web' };

async function planeWith(quotas: Quotas): Promise<TestPlane> {
  const plane = { ...testPlane(), quotas };
  await store(plane, 'group', groupRow());
  return plane;
}

const used = async (plane: TestPlane, location = 'westus'): Promise<number> =>
  (await coresIn(plane.store, location)).get('cores') ?? 0;

const body = (capacity: number, name = 'Standard_B1s') => scaleSetBody({ sku: { name, capacity } });

const deallocated = (id: number): Instance =>
  instanceRow({
    id,
    wanted: { exists: true, power: 'deallocated', model: 1 },
    observed: { ready: false, power: 'deallocated' },
  });

describe('beyond the quota', () => {
  test('a set is not made, nor grown, nor given a larger size; nothing changes', async () => {
    const plane = await planeWith({ cores: 4 });
    const large = await refusedWhole(plane, () => putScaleSet(plane, ORIGIN, { ...SET, body: body(5) }));
    expect(large.message).toContain('Current Limit: 4, Current Usage: 0, Additional Required: 5, (Minimum)');
    await putScaleSet(plane, ORIGIN, { ...SET, body: body(3) });
    const grown = () => patchScaleSet(plane, ORIGIN, { ...SET, body: { sku: { capacity: 5 } } });
    expect((await refusedWhole(plane, grown)).message).toContain('Current Usage: 3, Additional Required: 2');
    const sized = () => patchScaleSet(plane, ORIGIN, { ...SET, body: { sku: { name: 'Standard_B2s' } } });
    expect((await refusedWhole(plane, sized)).message).toContain('Current Usage: 3, Additional Required: 3');
    await patchScaleSet(plane, ORIGIN, { ...SET, body: { sku: { capacity: 4 } } });
    expect(await used(plane)).toBe(4);
    const other = { group: 'rg', name: 'other', body: body(1) };
    await refusedWhole(plane, () => putScaleSet(plane, ORIGIN, other));
    // Another region has quotas of its own.
    await putScaleSet(plane, ORIGIN, { ...other, body: { ...body(4), location: 'eastus' } });
  });

  test('a deallocated instance is not started', async () => {
    const plane = await planeWith({ cores: 2 });
    await storeSet(plane, [deallocated(0), deallocated(1)]);
    expect(await used(plane)).toBe(0);
    await putScaleSet(plane, ORIGIN, {
      group: 'rg',
      name: 'other',
      body: body(1),
    });
    const start = (...instanceIds: string[]) =>
      actOnInstances(plane, ORIGIN, { ...SET, verb: 'start', target: { kind: 'named', instanceIds } });
    expect((await refusedWhole(plane, () => start('0', '1'))).code).toBe('operationNotAllowed');
    await start('1');
    expect(await used(plane)).toBe(2);
    await refusedWhole(plane, () => start('0'));
  });

  test('of two that ask at the same time for what is left, one has it', async () => {
    const plane = await planeWith({ cores: 4 });
    const names = ['a', 'b'];
    for (const name of names) await putScaleSet(plane, ORIGIN, { group: 'rg', name, body: body(1) });
    const both = await Promise.allSettled(
      names.map((name) =>
        patchScaleSet(plane, ORIGIN, { group: 'rg', name, body: { sku: { capacity: 3 } } }),
      ),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await used(plane)).toBe(4);
  });

  test('what takes no more is still done, although the limit was lowered meanwhile', async () => {
    const plane = await planeWith({ cores: 1 });
    await storeSet(plane, [instanceRow({ id: 0 }), instanceRow({ id: 1 })], scaleSetRow({ capacity: 2 }));
    await patchScaleSet(plane, ORIGIN, { ...SET, body: { tags: { a: 'b' }, sku: { capacity: 2 } } });
    await actOnInstances(plane, ORIGIN, { ...SET, verb: 'restart', target: { kind: 'all' } });
    await patchScaleSet(plane, ORIGIN, { ...SET, body: { sku: { capacity: 1 } } });
  });
});

/** One request of a burst: it may be refused, and then it was for the quota. */
type Deed = (plane: TestPlane) => Promise<unknown>;

const NAMES = ['a', 'b'];
const SIZES = ['Standard_B1s', 'Standard_B2s', 'Standard_D4s_v5'];

const deed: fc.Arbitrary<Deed> = fc.oneof(
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...SIZES), fc.nat(8))
    .map(([name, size, capacity]): Deed => (plane) => {
      return putScaleSet(plane, ORIGIN, { group: 'rg', name, body: body(capacity, size) });
    }),
  fc
    .tuple(fc.constantFrom('start', 'deallocate', 'delete', 'update', 'restart'), fc.subarray([0, 1, 2, 3]))
    .map(([verb, ids]): Deed => (plane) => {
      const target = { kind: 'named', instanceIds: ids.map(String) } as const;
      return actOnInstances(plane, ORIGIN, { ...SET, verb, target });
    }),
  fc.nat(8).map(
    (capacity): Deed =>
      (plane) =>
        patchScaleSet(plane, ORIGIN, { ...SET, body: { sku: { capacity } } }),
  ),
);

test('whatever is asked at the same time, never more cores are granted than the limit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(deed, { minLength: 1, maxLength: 5 }), { maxLength: 5 }),
      fc.integer({ min: 2, max: 20 }),
      async (bursts, limit) => {
        const plane = await planeWith({ cores: limit, families: { standardBSFamily: limit - 1 } });
        try {
          const rows = [instanceRow({ id: 0 }), deallocated(1), deallocated(2), deallocated(3)];
          await storeSet(plane, rows);
          // Sets that are there already: requests about them have no row in common but the region's.
          for (const name of NAMES) await putScaleSet(plane, ORIGIN, { group: 'rg', name, body: body(0) });
          for (const burst of bursts) {
            const done = await Promise.allSettled(burst.map((ask) => ask(plane)));
            const broken = done.filter(
              (one) => one.status === 'rejected' && !(one.reason instanceof Failure),
            );
            expect(broken).toEqual([]);
            const cores = await coresIn(plane.store, 'westus');
            expect(cores.get('cores') ?? 0).toBeLessThanOrEqual(limit);
            expect(cores.get('standardBSFamily') ?? 0).toBeLessThanOrEqual(limit - 1);
          }
        } finally {
          await plane.store.close();
        }
      },
    ),
    { numRuns: 60 },
  );
});
