// Turns: one after the other at a row, side by side at different rows, and nothing left behind.
import { describe, expect, test } from 'vitest';
import { inTurn, lineCount } from './turns.ts';

describe('a line at a row', () => {
  test('lets one work at a time, in the order in which they came', async () => {
    const owner = {};
    const seen: string[] = [];
    const work = (name: string) => async () => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      return name;
    };
    const all = ['a', 'b', 'c'].map((name) => inTurn(owner, 'group rg', work(name)));
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
    expect(lineCount(owner)).toBe(0);
  });

  test('goes on when the work of one fails', async () => {
    const owner = {};
    const failing = inTurn(owner, 'group rg', async () => {
      throw new Error('no');
    });
    const next = inTurn(owner, 'group rg', async () => 'next');
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
    expect(lineCount(owner)).toBe(0);
  });

  test('holds nobody up at another row, nor of another owner', async () => {
    const owner = {};
    const { promise, resolve } = Promise.withResolvers<void>();
    const held = inTurn(owner, 'group rg', () => promise);
    expect(await inTurn(owner, 'group other', async () => 1)).toBe(1);
    expect(await inTurn({}, 'group rg', async () => 2)).toBe(2);
    expect(lineCount(owner)).toBe(1);
    resolve();
    await held;
    expect(lineCount(owner)).toBe(0);
  });
});
