// JSON with comments becomes JSON, and JSON stays what it is.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainJson } from './json-comments.ts';

test('comments go, at the end of a line and between lines', () => {
  const text = '// first\n{"a": /* one */ 1, // more\n"b": [2/**/,3] /* open */}\n// last';
  expect(JSON.parse(plainJson(text))).toEqual({ a: 1, b: [2, 3] });
});

test('what looks like one inside a text stays', () => {
  const text = String.raw`{"url": "https://x/*y*/", "quote": "\"// no\\"} // yes`;
  expect(JSON.parse(plainJson(text))).toEqual({ url: 'https://x/*y*/', quote: '"// no\\' });
});

test('a text over several lines is one with line ends', () => {
  expect(JSON.parse(plainJson('{"a": "one\r\n  two\nthree"}'))).toEqual({ a: 'one\n  two\nthree' });
});

test('a name without quotes is a name, as az writes it before a template', () => {
  const text = '{"properties": {"mode": "Incremental", template:{"a": "b: c", d : true}}}';
  const template = { a: 'b: c', d: true };
  expect(JSON.parse(plainJson(text))).toEqual({ properties: { mode: 'Incremental', template } });
});

test('what never ends is still wrong', () => {
  expect(() => JSON.parse(plainJson('{"a": "one')) as unknown).toThrow('JSON');
  expect(plainJson('1 /* open').trim()).toBe('1');
});

test('whatever is JSON already means the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 2), (value, space) => {
      const text = JSON.stringify(value, undefined, space);
      expect(JSON.parse(plainJson(text))).toEqual(JSON.parse(text));
    }),
  );
});
