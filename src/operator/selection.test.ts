// What may be selected, what is refused, and that nothing else passes for a selection.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyInventory, instanceFacts, inventoryOf } from '../../test/testing/inventories.ts';
import { editDistance } from './edit-distance.ts';
import type { Inventory } from './inventory.ts';
import { type InstanceIds, partOf, requireSelection, select } from './selection.ts';

const byIds = (inventory: Inventory, ...ids: string[]) => select(inventory, { by: 'ids', ids });
const messages = (inventory: Inventory, ...ids: string[]) =>
  byIds(inventory, ...ids).refusals?.map(({ message }) => message);

describe('explicit ids', () => {
  test('are taken in the order in which they were named, each once', () => {
    expect(byIds(inventoryOf(5), '3', '1', '3').ids).toEqual(['3', '1']);
  });

  test.each([['9999'], ['03'], ['3 '], ['*'], [''], ['3,4'], ['web_3'], ['٣'], ['3/..'], ['%33']])(
    'compare whole: %j is not 3, and refuses everything',
    (id) => {
      const selected = byIds(inventoryOf(10), '1', id);
      expect(selected.ids).toBeUndefined();
      expect(selected.refusals).toMatchObject([{ code: 'unknownInstance', instances: [id] }]);
    },
  );

  test('that do not exist are answered with the nearest that do', () => {
    const inventory = inventoryOf([instanceFacts('17'), instanceFacts('71'), instanceFacts('3')]);
    expect(messages(inventory, '117')).toEqual([
      "There is no instance '117' in this set. The nearest id is 17.",
    ]);
    expect(messages(inventory, 'WEB_3')?.[0]).toContain('The nearest id is 3.');
    expect(messages(inventory, 'elephant')?.[0]).not.toContain('nearest');
  });

  test('of a Flexible set are names: a number is answered with that', () => {
    const flexible = inventoryOf([instanceFacts('web_1a2b3c4d')], { mode: 'Flexible' });
    expect(messages(flexible, '3')).toEqual([
      "There is no instance '3' in this set. In a Flexible set ids are names of machines.",
    ]);
    expect(messages(inventoryOf(2), '3')?.[0]).not.toContain('Flexible');
  });

  test('are not taken from an inventory that calls an instance by a pattern', () => {
    expect(byIds(inventoryOf([instanceFacts('*'), instanceFacts('1')]), '*').refusals).toHaveLength(1);
  });

  test('that are none select nothing', () => {
    expect(byIds(inventoryOf(3)).refusals).toMatchObject([{ code: 'nothingSelected' }]);
  });
});

describe('a condition', () => {
  test('is resolved to the ids that meet it, in the inventory’s order', () => {
    const inventory = inventoryOf([
      instanceFacts('4'),
      instanceFacts('2', { zone: '2' }),
      instanceFacts('9', { zone: '2' }),
    ]);
    expect(select(inventory, { by: 'where', text: 'zone=2', where: ({ zone }) => zone === '2' }).ids).toEqual(
      ['2', '9'],
    );
  });

  test('that nobody meets is refused in its own words', () => {
    const selected = select(inventoryOf(3), { by: 'where', text: 'zone=2', where: () => false });
    expect(selected.refusals).toEqual([
      { code: 'nothingSelected', message: 'No instance is: zone=2.', instances: [] },
    ]);
  });
});

describe('a selection', () => {
  test('is made here and nowhere else', () => {
    expect(() => requireSelection(['1'] as unknown as InstanceIds)).toThrow('not selected');
    const { ids } = byIds(inventoryOf(3), '1', '2');
    expect(() => partOf(ids!, ['0'])).toThrow('not selected');
    expect(() => partOf(ids!, [])).toThrow('selection of nothing');
    expect(partOf(ids!, ['2'])).toEqual(['2']);
    expect(() => (ids as unknown as string[]).push('*')).toThrow(TypeError);
  });

  test('never has what the inventory has not, whatever is asked', () => {
    const ids = fc.array(fc.oneof(fc.string(), fc.integer({ min: 0, max: 60 }).map(String)));
    fc.assert(
      fc.property(anyInventory, ids, (inventory, asked) => {
        const selected = byIds(inventory, ...asked);
        const known = new Set(inventory.instances.map(({ id }) => id));
        const unknown = asked.some((id) => !known.has(id));
        expect(selected.ids === undefined).toBe(unknown || asked.length === 0);
        for (const id of selected.ids ?? []) expect(known.has(id) && asked.includes(id)).toBe(true);
      }),
    );
  });
});

test('the distance between two words is how many letters differ', () => {
  expect([editDistance('', 'ab'), editDistance('kitten', 'sitting'), editDistance('17', '17')]).toEqual([
    2, 3, 0,
  ]);
});
