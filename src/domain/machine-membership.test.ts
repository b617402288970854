// Who may join and leave a Flexible set. What never happens: a machine is put where its set is not, or a set counts wrong.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { setIdOf } from '../../test/testing/machines.ts';
import { SUBSCRIPTION } from '../../test/testing/plane.ts';
import { instanceRow, scaleSetRow } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import {
  checkAttach,
  checkDetach,
  checkJoin,
  grown,
  type Joining,
  placeAlone,
  placeOf,
  setNameIn,
  shrunk,
} from './machine-membership.ts';
import type { ScaleSet } from './scale-set.ts';

const M: Joining = { name: 'm', location: 'westus' };

function flexible(count: number, zones: readonly string[] = [], capacity = 0): ScaleSet {
  const properties = {
    orchestrationMode: 'Flexible',
    platformFaultDomainCount: count,
    singlePlacementGroup: false,
  };
  return scaleSetRow({ name: 'flex', capacity, zones, properties });
}

function words(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
  return '';
}

const join = (set: ScaleSet, joining: Joining = M): string =>
  words(() => checkJoin(SUBSCRIPTION, set, joining));

describe('a machine may join', () => {
  test('a Flexible set of its location and zones, and no other', () => {
    expect(join(flexible(1))).toBe('');
    expect(join(flexible(1, ['1', '2']), { ...M, zone: '2' })).toBe('');
    expect(join(scaleSetRow())).toMatch(/does not have orchestration mode set to 'Flexible'$/);
    expect(join(flexible(1), { ...M, location: 'eastus' })).toMatch(/in location 'eastus' cannot reference/);
    expect(join(flexible(1, ['1']), { ...M, zone: '2' })).toMatch(/is in zone 2 .* has the zones 1\.$/);
    expect(join(flexible(1, ['1']))).toMatch(/'m' is regional .* has the zones 1\.$/);
    expect(join(flexible(1), { ...M, zone: '1' })).toMatch(/is in zone 1 .* is regional\.$/);
  });

  test('a set of 999 members, and not one of 1000', () => {
    expect(join(flexible(1, [], 999))).toBe('');
    expect(join(flexible(1, [], 1000))).toMatch(/it has 1000 instances already/);
  });

  test('or leave when it is there only where there is one fault domain', () => {
    expect(words(() => checkAttach(flexible(1)))).toBe('');
    expect(words(() => checkDetach(flexible(1)))).toBe('');
    expect(words(() => checkAttach(flexible(2)))).toMatch(/has more than 1 fault domains\. For more/);
    expect(words(() => checkDetach(flexible(3)))).toMatch(
      /does not support detaching .* more than 1 fault domains/,
    );
  });
});

describe('a member is placed', () => {
  test('where it asks to be, as far as there is such a fault domain', () => {
    const place = (set: ScaleSet, faultDomain: number): string =>
      words(() => placeOf(set, [], { ...M, faultDomain }));
    expect(placeOf(flexible(3), [], { ...M, faultDomain: 2 })).toEqual({ faultDomain: 2, updateDomain: 0 });
    expect(place(flexible(3), 3)).toMatch(/3 does not fall in the range 0 to 2/);
    expect(place(flexible(3), 0.5)).toMatch(/0.5 does not fall/);
    expect(place(flexible(1), 0)).toMatch(/'platformFaultDomainCount' = 1\.$/);
    expect(words(() => placeAlone({ ...M, faultDomain: 0 }))).toMatch(
      /does not reference a Virtual Machine Scale Set/,
    );
  });

  test('in its zone, and where its set has the fewest', () => {
    const set = flexible(3);
    const members = [0, 1].map((id) => instanceRow({ id, faultDomain: id }));
    expect(placeOf(set, members, M)).toEqual({ faultDomain: 2, updateDomain: 0 });
    const zonal = flexible(1, ['1', '2']);
    expect(placeOf(zonal, [instanceRow({ zone: '2' })], { ...M, zone: '2' })).toMatchObject({ zone: '2' });
    expect(placeAlone({ ...M, zone: '3' })).toEqual({ zone: '3', faultDomain: 0, updateDomain: 0 });
  });
});

test('whatever joins and leaves, capacity and numbers follow, and no number is used twice', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (steps) => {
      let set: ScaleSet = flexible(1);
      let members = 0;
      const used = new Set<number>();
      for (const joins of steps) {
        if (joins) {
          const next = grown(set);
          expect(used.has(next.lastOwnModel)).toBe(false);
          used.add(next.lastOwnModel);
          expect(next.nextInstanceId).toBe(set.nextInstanceId + 1);
          set = next;
          members += 1;
        } else if (members > 0) {
          set = shrunk(set);
          members -= 1;
        }
        expect(set.declared.sku.capacity).toBe(members);
      }
    }),
  );
});

test('an id names a set of the same group and subscription, in any case, or none', () => {
  expect(setNameIn(SUBSCRIPTION, 'rg', setIdOf('flex').toUpperCase())).toBe('FLEX');
  expect(setNameIn(SUBSCRIPTION, 'rg', setIdOf('flex', 'other'))).toBeUndefined();
  expect(setNameIn(SUBSCRIPTION, 'rg', setIdOf('flex', 'rg', 'other'))).toBeUndefined();
  for (const wrong of ['', 'null', setIdOf(''), `${setIdOf('flex')}/virtualMachines/m`]) {
    expect(setNameIn(SUBSCRIPTION, 'rg', wrong)).toBeUndefined();
  }
});
