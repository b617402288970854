// The list of a set's instances in memory, against a plain map.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { instanceRow } from '../../test/testing/store-rows.ts';
import { InstanceList } from './instance-list.ts';

describe('an instance list', () => {
  test('is the same list until it changes, and the one handed out before stays as it was', () => {
    const list = new InstanceList();
    expect(list.all()).toBe(list.all());
    list.put(instanceRow(1));
    const before = list.all();
    expect(list.all()).toBe(before);
    list.put(instanceRow(1, { etag: 2 }));
    list.put(instanceRow(0));
    expect(list.all()).not.toBe(before);
    expect(before).toEqual([instanceRow(1)]);
    const after = list.all();
    list.remove(0);
    expect(list.all()).toHaveLength(1);
    expect(after).toHaveLength(2);
  });

  test('whatever comes and goes, holds the latest rows, ordered by id', () => {
    const step = fc.record({ id: fc.nat(8), etag: fc.nat(), removed: fc.boolean(), read: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const list = new InstanceList();
        const plain = new Map<number, number>();
        for (const { id, etag, removed, read } of steps) {
          if (removed) list.remove(id);
          else list.put(instanceRow(id, { etag }));
          if (removed) plain.delete(id);
          else plain.set(id, etag);
          if (read) list.all();
        }
        const expected = [...plain].toSorted(([a], [b]) => a - b);
        expect(list.all().map((row) => [row.id, row.etag])).toEqual(expected);
        expect(list.size).toBe(plain.size);
        for (const [id, etag] of expected) expect(list.get(id)?.etag).toBe(etag);
      }),
    );
  });
});
