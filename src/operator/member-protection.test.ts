// Protection where only the set's entry of a machine shows it: asked once for each that a question is about, a few at a time, and never
// guessed.

import { describe, expect, test } from 'vitest';
import { instanceFacts, inventoryOf } from '../../test/testing/inventories.ts';
import type { Arm } from './arm.ts';
import { withAsked, withProtection } from './member-protection.ts';

const UNSEEN = { scaleIn: false, scaleSetActions: false, unseen: true } as const;
const inventory = inventoryOf(
  Array.from({ length: 30 }, (_, number) => instanceFacts(`web_${number}`, { protection: UNSEEN })),
  { mode: 'Flexible' },
);
const all = inventory.instances.map(({ id }) => id);

function armOf(status = 200) {
  const asked: string[] = [];
  let [now, most] = [0, 0];
  const arm: Arm = {
    send: async ({ path }) => {
      asked.push(path.split('/').at(-1) ?? '');
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      const properties = { protectionPolicy: { protectFromScaleIn: path.endsWith('web_3') } };
      return { status, headers: {}, body: { instanceId: path, properties } };
    },
    finish: async () => await Promise.reject(new Error('nothing was begun')),
  };
  return { arm, asked, most: () => most };
}

describe('protection of machines', () => {
  test('is asked for those that are named, and for no other', async () => {
    const { arm, asked } = armOf();
    const { instances, calls } = await withProtection(inventory, ['web_3', 'web_4', 'other'], arm);
    expect(asked).toEqual(['web_3', 'web_4']);
    expect(calls).toBe(inventory.calls + 2);
    expect(instances.filter(({ protection }) => protection.unseen !== true)).toMatchObject([
      { id: 'web_3', protection: { scaleIn: true, scaleSetActions: false } },
      { id: 'web_4', protection: { scaleIn: false, scaleSetActions: false } },
    ]);
  });

  test('is asked a few at a time, and not again', async () => {
    const { arm, asked, most } = armOf();
    const seen = await withProtection(inventory, all, arm);
    expect([asked.length, most()]).toEqual([30, 8]);
    expect(await withProtection(seen, all, arm)).toBe(seen);
    expect(asked).toHaveLength(30);
  });

  test('stays unseen where ARM does not show the entry', async () => {
    const { instances } = await withProtection(inventory, ['web_3'], armOf(400).arm);
    expect(instances).toEqual(inventory.instances);
  });

  test('is asked of all only where a field is read that needs it', async () => {
    const { arm, asked } = armOf();
    expect(await withAsked(inventory, new Set(['health', 'zone'] as const), arm)).toBe(inventory);
    await withAsked(inventory, new Set(['protected'] as const), arm);
    expect(asked).toHaveLength(30);
  });

  test('of a Uniform set is there already', async () => {
    const { arm, asked } = armOf();
    const uniform = inventoryOf(3);
    expect(await withProtection(uniform, ['0', '1'], arm)).toBe(uniform);
    expect(asked).toEqual([]);
  });
});
