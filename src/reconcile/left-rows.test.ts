// Rows that machines leave behind. What never happens: a guest that goes to another row is taken leave of, or one that is gone is not.
import { describe, expect, test } from 'vitest';
import { instanceRow, SET_UID, vmIdOf } from '../../test/testing/rows.ts';
import { put, remove } from '../app/ports/store.ts';
import { handleOf } from '../domain/guest.ts';
import { isLeftRow, movedGuests } from './left-rows.ts';

describe('the row of a machine', () => {
  const machine = { group: 'rg', name: 'm1' };
  const before = instanceRow({ machine });
  const after = instanceRow({ machine, set: vmIdOf(9), id: 4, guest: handleOf(before) });

  test('is left where its guest is another row in the same commit', () => {
    const away = remove('instance', before);
    const moved = movedGuests([away, put('instance', after)]);
    expect([...moved]).toEqual([`${SET_UID}_0`]);
    expect(isLeftRow(away, moved)).toBe(true);
    expect(isLeftRow(put('instance', after), moved)).toBe(false);
  });

  test('is left again when the machine moves on', () => {
    const again = { ...after, set: vmIdOf(10), id: 0 };
    const away = remove('instance', after);
    expect(isLeftRow(away, movedGuests([away, put('instance', again)]))).toBe(true);
  });

  test('goes with its guest where nobody has that from then on', () => {
    const away = remove('instance', after);
    const other = instanceRow({ id: 1 });
    expect(isLeftRow(away, movedGuests([away, put('instance', other)]))).toBe(false);
    expect(isLeftRow(away, movedGuests([away]))).toBe(false);
  });
});
