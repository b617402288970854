// What becomes of an instance's size when it is brought to another version of the model.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { instanceRow, modelRow } from '../../test/testing/rows.ts';
import { sizeOf } from './model.ts';
import { effectOn, resized, sizeUnder } from './resize.ts';
import type { ModelVersion } from './scale-set.ts';

const mix = (version: number, ...names: readonly string[]): ModelVersion =>
  modelRow({
    version,
    size: 'Mix',
    tier: '',
    mix: { vmSizes: names.map((name) => ({ name })), allocationStrategy: 'LowestPrice' },
  });
const plain = (version: number, size: string): ModelVersion => modelRow({ version, size });

const SMALL = 'Standard_B1s';
const LARGE = 'Standard_B2s';
const OTHER = 'Standard_D2s_v5';

describe('an instance that is brought to another version', () => {
  test('keeps a size that the mix still has, and nothing happens to it', () => {
    const instance = instanceRow({ size: LARGE });
    const [from, to] = [mix(1, SMALL, LARGE), mix(2, LARGE, OTHER)];
    expect(effectOn(instance, from, to)).toBe('none');
    expect(resized(instance, from, to, OTHER).size).toBe(LARGE);
  });

  test('gets what was drawn where the mix has it no more, which is a restart', () => {
    const instance = instanceRow({ size: SMALL });
    const [from, to] = [mix(1, SMALL, LARGE), mix(2, LARGE, OTHER)];
    expect(sizeUnder(instance, from, to)).toBeUndefined();
    expect(effectOn(instance, from, to)).toBe('restart');
    expect(resized(instance, from, to, OTHER).size).toBe(OTHER);
  });

  test('keeps its size where no other has room', () => {
    const [from, to] = [mix(1, SMALL), mix(2, LARGE)];
    expect(resized(instanceRow({ size: SMALL }), from, to, undefined).size).toBe(SMALL);
  });

  test('takes its size along from a set of one size, and leaves it there on the way back', () => {
    const before = instanceRow();
    const [one, several] = [plain(1, LARGE), mix(2, LARGE, OTHER)];
    expect(effectOn(before, one, several)).toBe('none');
    const mixed = resized(before, one, several, undefined);
    expect(mixed.size).toBe(LARGE);
    expect(effectOn(mixed, several, plain(3, LARGE))).toBe('none');
    expect(effectOn(mixed, several, plain(3, SMALL))).toBe('restart');
    expect(resized(mixed, several, plain(3, SMALL), undefined)).not.toHaveProperty('size');
  });

  test('keeps a size of its own between sets of one size', () => {
    const own = instanceRow({ size: OTHER });
    expect(resized(own, plain(1, SMALL), plain(2, LARGE), undefined)).toBe(own);
    expect(effectOn(own, plain(1, SMALL), plain(2, SMALL))).toBe('none');
  });

  test('is laid anew by another image, whatever its size', () => {
    const image = {
      storageProfile: { imageReference: { publisher: 'a', offer: 'b', sku: 'c', version: '1' } },
    };
    const to = { ...mix(2, LARGE), profile: image };
    expect(effectOn(instanceRow({ size: SMALL }), mix(1, SMALL), to)).toBe('reimage');
  });
});

test('afterwards its size is one of the version, or the one that it had', () => {
  const size = fc.constantFrom(SMALL, LARGE, OTHER);
  const model = (version: number) =>
    fc.oneof(
      size.map((name) => plain(version, name)),
      fc.uniqueArray(size, { minLength: 1 }).map((names) => mix(version, ...names)),
    );
  fc.assert(
    fc.property(model(1), model(2), size, fc.boolean(), (from, to, own, room) => {
      const before = from.mix === undefined ? instanceRow() : instanceRow({ size: own });
      const drawn = room ? to.mix?.vmSizes[0]?.name : undefined;
      const after = sizeOf(resized(before, from, to, drawn), to);
      const had = sizeOf(before, from);
      const names = to.mix?.vmSizes.map(({ name }) => name) ?? [to.size];
      if (names.includes(had)) expect(after).toBe(had);
      else expect(room || to.mix === undefined ? names : [had]).toContain(after);
      if (after !== had) expect(effectOn(before, from, to)).toBe('restart');
    }),
  );
});
