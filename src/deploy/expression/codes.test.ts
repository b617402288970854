// UTF-8, base64, SHA-1 and the names made of it: written by hand, and held against what Node, the standards and Azure say.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { base64Of, bytesOfBase64 } from './base64.ts';
import { sha1 } from './sha1.ts';
import { guidOf, uniqueStringOf } from './unique-names.ts';
import { textOfUtf8, utf8Of } from './utf8.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => [...array]);
const text = fc.string({ unit: 'binary' });

describe('UTF-8', () => {
  test('of any text is what Node makes of it', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(utf8Of(value)).toEqual([...Buffer.from(value, 'utf8')]);
      }),
    );
  });

  test('of halves of surrogate pairs as well', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('\ud83d', '\ude80', 'a', '🚀')), (parts) => {
        const value = parts.join('');
        expect(utf8Of(value)).toEqual([...Buffer.from(value, 'utf8')]);
      }),
    );
  });

  test('read from any bytes is what the standard decoder makes of them', () => {
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const likely = fc.array(
      fc.oneof(
        fc.integer({ min: 0x70, max: 0xff }),
        fc.constantFrom(0xe0, 0xed, 0xf0, 0xf4, 0x9f, 0xa0, 0x8f, 0x90, 0xc1),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(bytes, likely), (value) => {
        expect(textOfUtf8(value)).toBe(decoder.decode(new Uint8Array(value)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('base64', () => {
  test('of any bytes is what Node makes of them, and is read back', () => {
    fc.assert(
      fc.property(bytes, (value) => {
        const code = base64Of(value);
        expect(code).toBe(Buffer.from(value).toString('base64'));
        expect(bytesOfBase64(code)).toEqual(value);
      }),
    );
  });

  test.each(['YWJj@', 'YWJ', 'YW=j', '=', 'YWJj====', 'YWJj-_=='])('%s is none', (code) => {
    expect(bytesOfBase64(code)).toBeUndefined();
  });

  test('may have white space in it', () => {
    expect(bytesOfBase64('YW\n Jj')).toEqual([97, 98, 99]);
  });
});

describe('SHA-1', () => {
  test('of any bytes, over the ends of blocks, is what Node makes of them', () => {
    const message = fc.oneof(
      bytes,
      fc.integer({ min: 50, max: 130 }).map((length) => Array.from({ length }, () => 7)),
    );
    fc.assert(
      fc.property(message, (value) => {
        expect(sha1(value)).toEqual([...createHash('sha1').update(Buffer.from(value)).digest()]);
      }),
    );
  });
});

describe('guid()', () => {
  test('is the one that Microsoft publishes', () => {
    expect(guidOf(['asdf'])).toBe('228d27cc-6fdb-5934-b7ac-1efccebade04');
  });

  test('is a UUID of version 5, over the arguments with hyphens between them', () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (parts) => {
        const guid = guidOf(parts);
        expect(guid).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
        expect(guidOf([parts.join('-')])).toBe(guid);
      }),
    );
  });
});

describe('uniqueString()', () => {
  const vm =
    '/subscriptions/31e9f9a0-9fd2-4294-a0a3-0101246d9700/resourceGroups/rg-modm201-20230913120256/providers/Microsoft.Compute/virtualMachines/bobjacmodm201';

  // The first is in the tests of Bicep, the second in one of a project of Microsoft's, each against Azure's own code; the
  // others were published by a project that compared its values with those of Bicep.
  test.each([
    ['iizpqit7ih3cc', ['asd', 'asdf', 'asdf']],
    ['yvjxno3je5on2', [vm]],
    ['rbgf3xv4ufgzg', ['test']],
    ['a7wkljktk6wne', ['hello', 'world']],
    ['cgtzqvhu4i23s', ['abc']],
    ['bmg7c6xu4tw46', ['/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/my-rg']],
    ['xzi4ioaxtmth4', ['foo', 'bar', 'baz']],
  ])('%s', (expected, parts) => {
    expect(uniqueStringOf(parts)).toBe(expected);
  });

  test('is thirteen letters and digits, of any texts', () => {
    fc.assert(
      fc.property(fc.array(text), (parts) => {
        expect(uniqueStringOf(parts)).toMatch(/^[a-z2-7]{13}$/);
      }),
    );
  });

  test('differs where the texts differ', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 20 }), (texts) => {
        expect(new Set(texts.map((value) => uniqueStringOf([value]))).size).toBe(texts.length);
      }),
    );
  });
});
