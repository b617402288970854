// Secrets: whatever a document looks like, what stands at a secret place is not in what is left of it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject, type Json, type JsonObject } from '../../domain/json.ts';
import { withoutSecrets } from './secrets.ts';

const WORD = 'XYZZY-secret-word';
const NAMES = [
  'adminPassword',
  'ADMINPASSWORD',
  'customData',
  'userData',
  'privateKey',
  'protectedSettings',
  'protectedParameters',
  'runAsPassword',
];

/** Any JSON that does not hold the word, in which the member `place` may be put anywhere. */
const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;

/** The document with `member: value` put into one of its objects, or around it. */
function planted(document: Json, member: string, value: Json, steps: readonly number[]): JsonObject {
  const [step, ...rest] = steps;
  if (Array.isArray(document) && document.length > 0) {
    const at = (step ?? 0) % document.length;
    const items: Json[] = document.map((item: Json, index) =>
      index === at ? planted(item, member, value, rest) : item,
    );
    return { list: items };
  }
  if (isObject(document)) {
    const keys = Object.keys(document);
    const key = keys[(step ?? 0) % Math.max(1, keys.length)];
    if (step === undefined || key === undefined) return { ...document, [member]: value };
    return { ...document, [key]: planted(document[key] ?? null, member, value, rest) };
  }
  return { around: document, [member]: value };
}

describe('a secret', () => {
  test('planted anywhere, with anything beside and below it, is gone, and everything else is still there', () => {
    const steps = fc.array(fc.nat(5), { maxLength: 4 });
    const value = fc.constantFrom<Json>(WORD, [WORD], { deep: { deeper: WORD } }, [
      { name: 'p', value: WORD },
    ]);
    fc.assert(
      fc.property(json, fc.constantFrom(...NAMES), value, steps, (document, member, secret, path) => {
        const text = JSON.stringify(withoutSecrets(planted(document, member, secret, path)));
        expect(text).not.toContain(WORD);
        expect(text.toLowerCase()).not.toContain(`"${member.toLowerCase()}"`);
      }),
    );
  });

  test('is the content of a log-on that runs at set-up, and nothing else called content', () => {
    const document = {
      windowsConfiguration: {
        additionalUnattendContent: [{ passName: 'OobeSystem', settingName: 'AutoLogon', content: WORD }],
      },
      settings: { content: 'public' },
    };
    expect(withoutSecrets(document)).toEqual({
      windowsConfiguration: {
        additionalUnattendContent: [{ passName: 'OobeSystem', settingName: 'AutoLogon' }],
      },
      settings: { content: 'public' },
    });
  });

  test('is the signature in a blob URL', () => {
    const document = {
      source: { scriptUri: `https://x/s.sh?sv=1&sig=${WORD}` },
      outputBlobUri: `https://x/o?sig=${WORD}`,
    };
    expect(withoutSecrets(document)).toEqual({
      source: { scriptUri: 'https://x/s.sh' },
      outputBlobUri: 'https://x/o',
    });
  });
});

test('a document without secrets is answered as it is, not copied', () => {
  const document = { a: [{ b: 1 }], c: 'adminPassword' };
  expect(withoutSecrets(document)).toBe(document);
  const half = { kept: { deep: [1] }, adminPassword: 'x' };
  expect(withoutSecrets(half)['kept']).toBe(half.kept);
});
