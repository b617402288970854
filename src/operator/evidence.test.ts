// The chain: it reads back as it was written, and no byte of it can be changed unnoticed.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyEntry } from '../../test/testing/entries.ts';
import type { Json } from '../domain/json.ts';
import { canonical } from './canonical.ts';
import { checkChain, GENESIS, lineOf, type Sealed, seal } from './evidence.ts';
import type { Entry } from './record-entry.ts';
import { REDACTED, redacted } from './redaction.ts';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const AT = '2026-11-24T06:00:00.000Z';

function chainOf(entries: readonly Entry[]): { readonly sealed: readonly Sealed[]; readonly text: string } {
  const sealed: Sealed[] = [];
  for (const entry of entries) sealed.push(seal(entry, sealed.at(-1), AT, hash));
  return { sealed, text: sealed.map(lineOf).join('') };
}

const whole = ({ torn, damage }: ReturnType<typeof checkChain>): boolean =>
  torn === 0 && damage === undefined;

describe('canonical JSON', () => {
  test('does not depend on the order of members, and leaves out what is undefined', () => {
    expect(canonical({ b: [1, { d: null, c: 'x' }], a: undefined, A: 1.5e300 })).toBe(
      '{"A":1.5e+300,"b":[1,{"c":"x","d":null}]}',
    );
  });

  test('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonical(value);
        expect(canonical(JSON.parse(text) as Json)).toBe(text);
      }),
    );
  });
});

describe('a chain', () => {
  const anyChain = fc.array(anyEntry, { minLength: 1, maxLength: 5 });

  test('begins at zeros, and each entry names the one before it', () => {
    const { sealed } = chainOf([
      { kind: 'interrupted', why: 'a' },
      { kind: 'interrupted', why: 'b' },
    ]);
    expect(sealed.map(({ n, prev }) => [n, prev])).toEqual([
      [1, GENESIS],
      [2, sealed[0]?.hash],
    ]);
  });

  test('reads back as it was sealed', () => {
    fc.assert(
      fc.property(anyChain, (entries) => {
        const { sealed, text } = chainOf(entries);
        const checked = checkChain(text, hash);
        expect(whole(checked)).toBe(true);
        expect(checked.entries.map(lineOf)).toEqual(sealed.map(lineOf));
      }),
    );
  });

  test('is broken by any byte that is another', () => {
    fc.assert(
      fc.property(anyChain, fc.nat(), fc.integer({ min: 1, max: 255 }), (entries, where, difference) => {
        const bytes = Buffer.from(chainOf(entries).text, 'utf8');
        const at = where % bytes.length;
        bytes[at] = bytes.readUInt8(at) ^ difference;
        expect(whole(checkChain(bytes.toString('utf8'), hash))).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test('is broken by a line that is missing, twice, moved or added', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 3, maxLength: 6 }), fc.nat(), (entries, which) => {
        const lines = chainOf(entries).sealed.map(lineOf);
        const at = which % (lines.length - 1);
        const without = lines.toSpliced(at, 1);
        const twice = lines.toSpliced(at, 0, lines[at] ?? '');
        const swapped = lines.toSpliced(at, 2, lines[at + 1] ?? '', lines[at] ?? '');
        for (const other of [without, twice, swapped])
          expect(whole(checkChain(other.join(''), hash))).toBe(false);
      }),
    );
  });

  test('that was cut off says so, and keeps what is whole', () => {
    fc.assert(
      fc.property(anyChain, fc.nat(), (entries, where) => {
        const { text } = chainOf(entries);
        const bytes = Buffer.from(text, 'utf8');
        const cut = bytes.subarray(0, where % bytes.length).toString('utf8');
        const { entries: kept, torn, damage } = checkChain(cut, hash);
        expect(damage).toBeUndefined();
        expect(kept).toHaveLength(cut.split('\n').length - 1);
        expect(torn > 0).toBe(cut !== '' && !cut.endsWith('\n'));
      }),
    );
  });
});

test('a body is written down without its secrets, at any depth', () => {
  const body = {
    tags: { a: 'b' },
    properties: {
      osProfile: { adminPassword: 'hunter2', customData: 'hunter2', linuxConfiguration: { x: 1 } },
      extensions: [{ name: 'e', protectedSettings: { key: 'hunter2' } }],
      protectedParameters: [{ value: 'hunter2' }],
      runAsPassword: 'hunter2',
      userData: 'hunter2',
      source: { script: 'echo' },
    },
  };
  expect(canonical(redacted(body))).not.toContain('hunter2');
  expect(redacted(body)).toMatchObject({
    tags: { a: 'b' },
    properties: {
      osProfile: { adminPassword: REDACTED, linuxConfiguration: { x: 1 } },
      extensions: [{ name: 'e' }],
      source: { script: 'echo' },
    },
  });
});
