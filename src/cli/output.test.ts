// How commands write.
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { duration, quoted, table } from './output.ts';

test('a table is as wide as its widest label and has no trailing blanks', () => {
  expect(
    table([
      ['a', 'one'],
      ['longer', ''],
    ]),
  ).toBe('a       one\nlonger\n');
  expect(table([])).toBe('');
});

test.each([
  [0, '0 s'],
  [999, '0 s'],
  [1000, '1 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [18_120_000, '5 h 2 min'],
  [86_400_000 * 12 + 3_600_000 * 3, '12 d 3 h'],
  [-5, '0 s'],
])('%d ms are %s', (milliseconds, text) => {
  expect(duration(milliseconds)).toBe(text);
});

describe('a quoted word', () => {
  test('is left as it is where it needs no quotes', () => {
    expect(quoted('/home/me/.muster/tls/ca.pem')).toBe('/home/me/.muster/tls/ca.pem');
    expect(quoted("/home/o'brien/my data")).toBe("'/home/o'\\''brien/my data'");
    expect(quoted('')).toBe("''");
  });

  test('is that word to a shell, whatever is in it', () => {
    const word = fc.oneof(
      fc.string({
        unit: fc.constantFrom("'", '"', '$', '`', '\\', ' ', '\n', '!', '*', '~', '(', ';', 'a', '-'),
      }),
      fc.string({ unit: 'grapheme' }),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 30 }), (words) => {
        fc.pre(words.every((text) => !text.includes('\0') && text.isWellFormed()));
        const script = `printf '%s\\0' ${words.map(quoted).join(' ')}`;
        expect(spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout).toBe(`${words.join('\0')}\0`);
      }),
      { numRuns: 40 },
    );
  });
});
