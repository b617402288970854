// Address prefixes: what is one, how they are written, and that two of them either nest or do not touch.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contains,
  formatAddress,
  formatPrefix,
  isInside,
  overlaps,
  parseAddress,
  parsePrefix,
} from './address-prefix.ts';

describe('a prefix', () => {
  test.each([
    ['10.0.0.0/8', 4, 8, true],
    ['10.0.0.1/24', 4, 24, false],
    ['0.0.0.0/0', 4, 0, true],
    ['192.0.2.7/32', 4, 32, true],
    ['fd00:db8::/48', 6, 48, true],
    ['fd00:db8::1/48', 6, 48, false],
    ['::/0', 6, 0, true],
  ])('%s is read', (text, family, length, aligned) => {
    expect(parsePrefix(text)).toMatchObject({ prefix: { family, length }, aligned });
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.256/8',
    '010.0.0.0/8',
    '10.0.0.0/8/8',
    '10.0.0.0/-1',
    'fd00::db8::/48',
    'fd00:db8/48',
    'fd00::/129',
    '1:2:3:4:5:6:7:8:9/64',
    '1:2:3:4:5:6:7::8:9/64',
    'default/24',
  ])('%j is none', (text) => {
    expect(parsePrefix(text)).toBeUndefined();
  });

  test.each([
    ['10.1.2.3/16', '10.1.0.0/16'],
    ['fd00:db8:0:1::7/64', 'fd00:db8:0:1::/64'],
    ['1:0:0:2:0:0:0:3/128', '1:0:0:2::3/128'],
    ['1:2:3:4:5:6:0:8/128', '1:2:3:4:5:6:0:8/128'],
    ['::/128', '::/128'],
    ['::1/128', '::1/128'],
  ])('of %s is written %s', (text, written) => {
    const parsed = parsePrefix(text);
    expect(parsed && formatPrefix(parsed.prefix)).toBe(written);
  });
});

const family = fc.constantFrom<4 | 6>(4, 6);
const address = family.chain((version) =>
  fc.record({
    family: fc.constant(version),
    value: fc.bigInt(0n, version === 4 ? 2n ** 32n - 1n : 2n ** 128n - 1n),
  }),
);
const prefix = address.chain(({ family: version, value }) =>
  fc.integer({ min: 0, max: version === 4 ? 32 : 128 }).map((length) => {
    const parsed = parsePrefix(`${formatAddress(version, value)}/${length}`);
    if (parsed === undefined) throw new Error('it was written wrong');
    return parsed.prefix;
  }),
);

describe('addresses and prefixes', () => {
  test('are read as they are written', () => {
    fc.assert(
      fc.property(address, (one) => {
        expect(parseAddress(formatAddress(one.family, one.value))).toEqual(one);
      }),
    );
  });

  test('either nest or do not touch', () => {
    fc.assert(
      fc.property(prefix, prefix, (a, b) => {
        expect(overlaps(a, b)).toBe(contains(a, b) || contains(b, a));
      }),
    );
  });

  test('hold what lies between their ends, and nothing else', () => {
    fc.assert(
      fc.property(prefix, address, (outer, inner) => {
        const between =
          outer.family === inner.family && outer.first <= inner.value && inner.value <= outer.last;
        expect(isInside(outer, inner)).toBe(between);
        expect(isInside(outer, { family: outer.family, value: outer.first })).toBe(true);
        expect(isInside(outer, { family: outer.family, value: outer.last + 1n })).toBe(false);
      }),
    );
  });
});
