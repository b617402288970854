// JSON bodies: what is none, what is refused, and that no refusal repeats what was sent.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceIdsBody } from '../arm/schemas.ts';
import { Failure } from '../domain/failure.ts';
import { DEEPEST_BODY, parseJson, readBody } from './json-body.ts';
import type { Request } from './request.ts';

const request = (body: string | Uint8Array): Request => ({
  method: 'POST',
  path: '/',
  query: new URLSearchParams(),
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? Buffer.from(body) : body,
});

function refusal(body: string | Uint8Array): string {
  try {
    readBody(request(body), instanceIdsBody, 'required');
  } catch (error) {
    expect(error).toBeInstanceOf(Failure);
    expect((error as Failure).code).toBe('invalidRequestContent');
    return (error as Failure).message.replace(
      'The request content was invalid and could not be deserialized: ',
      '',
    );
  }
  throw new Error('it was taken');
}

describe('a body', () => {
  test.each(['', '   ', '\r\n', '\uFEFF'])('that is %j is none', (text) => {
    expect(parseJson(Buffer.from(text))).toBeUndefined();
    expect(readBody(request(text), instanceIdsBody, 'optional')).toEqual({});
    expect(refusal(text)).toBe('a body is required.');
  });

  test('with a byte order mark is read without it', () => {
    expect(parseJson(Buffer.from('\uFEFF{"a":1}'))).toEqual({ a: 1 });
  });

  test.each([
    ['{"a":', 'the body is not JSON.'],
    ['{"a":1,}', 'the body is not JSON at position 7.'],
    ['S3cret-word', 'the body is not JSON.'],
    ['{"adminPassword":"S3cret-word"', 'the body is not JSON at position 30.'],
    ['null', 'the body must be an object.'],
    ['7', 'the body must be an object.'],
    ['{"instanceIds":["0",{"S3cret-word":1}]}', "'instanceIds[1]' must be a string."],
  ])('%s is refused: %s', (text, message) => {
    expect(refusal(text)).toBe(message);
  });

  test('that is not UTF-8 is refused', () => {
    expect(refusal(Buffer.from([0x22, 0xff, 0x22]))).toBe('the body is not UTF-8.');
  });

  test('is refused when it is too deep to walk', () => {
    const nested = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
    expect(parseJson(Buffer.from(nested(DEEPEST_BODY)))).toBeDefined();
    expect(refusal(`{"instanceIds":${nested(DEEPEST_BODY)}}`)).toBe(
      `the body is nested more than ${DEEPEST_BODY} levels deep.`,
    );
    expect(refusal(nested(100_000))).toMatch(/levels deep|not JSON/);
  });

  test('cannot set a prototype, however the name is written', () => {
    for (const name of ['__proto__', String.raw`\u005f_proto__`, String.raw`__pr\u006fto__`]) {
      const parsed = parseJson(Buffer.from(`{"${name}":{"polluted":1},"a":{"${name}":2}}`)) as Record<
        string,
        unknown
      >;
      expect(Object.keys({ ...parsed })).toEqual(['a']);
      expect(parsed['polluted']).toBeUndefined();
    }
  });

  test('of any JSON comes back as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const sent = JSON.stringify(value);
        // A member of that name is left out on purpose.
        fc.pre(!sent.includes('__proto__'));
        expect(JSON.stringify(parseJson(Buffer.from(sent)))).toBe(sent);
      }),
    );
  });

  test('of any bytes is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        try {
          parseJson(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Failure);
        }
      }),
    );
  });
});
