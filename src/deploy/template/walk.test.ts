// Walking a value: what is kept as it is, how property loops are expanded, what is refused.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../domain/json.ts';
import { refusal, worth } from '../../../test/testing/templates.ts';
import { Budget } from './reader.ts';
import { type Reader, walk } from './walk.ts';

const HERE = { path: 'here', loops: [] };

/** Texts as they are, with the paths and turns at which they were read. */
function recording(): { reader: Reader; read: string[] } {
  const read: string[] = [];
  const reader: Reader = {
    text: (text, { path, loops }) => {
      read.push(`${path} ${loops.map(({ name, index }) => `${name}${index}`).join('.')}`.trim());
      return text;
    },
    count: (count) => Number(count),
    budget: new Budget(),
  };
  return { reader, read };
}

test('whatever has no loop comes out as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      fc.pre(!JSON.stringify(value).toLowerCase().includes('"copy"'));
      expect(JSON.stringify(walk(value as Json, HERE, recording().reader))).toBe(JSON.stringify(value));
    }),
  );
});

test('null, loose types and the order of keys survive', () => {
  const body = {
    z: null,
    upgradePolicy: { mode: 'manual' },
    primary: 'true',
    frontendPortRangeStart: '50000',
    a: [null, false, 0, ''],
    __proto__x: 1,
  };
  expect(JSON.stringify(walk(body, HERE, recording().reader))).toBe(JSON.stringify(body));
});

test('a member named __proto__ is a member', () => {
  const body = JSON.parse('{"__proto__": {"x": "y"}}') as Json;
  expect(JSON.stringify(walk(body, HERE, recording().reader))).toBe('{"__proto__":{"x":"y"}}');
});

test('every text is read with its path', () => {
  const { reader, read } = recording();
  walk({ a: ['x', { b: 'y' }] }, HERE, reader);
  expect(read).toEqual(['here.a[0]', 'here.a[1].b']);
});

test('a property loop becomes a list under its name, among its neighbours', () => {
  const { reader, read } = recording();
  const value = { before: 1, copy: [{ name: 'disks', count: 2, input: { lun: 'x' } }], after: 2 };
  expect(walk(value, HERE, reader)).toEqual({ before: 1, disks: [{ lun: 'x' }, { lun: 'x' }], after: 2 });
  expect(read).toEqual(['here.copy[0].input.lun disks0', 'here.copy[0].input.lun disks1']);
});

test('loops may stand within loops, and know both turns', () => {
  const { reader, read } = recording();
  const inner = { copy: [{ name: 'in', count: 2, input: 'x' }] };
  const value = { copy: [{ name: 'out', count: 1, input: inner }] };
  expect(walk(value, HERE, reader)).toEqual({ out: [{ in: ['x', 'x'] }] });
  expect(read.map((line) => line.split(' ')[1])).toEqual(['out0.in0', 'out0.in1']);
});

test('a loop of no turns is an empty list', () => {
  expect(worth({ copy: [{ name: 'a', count: 0, input: '[nosuch()]' }] })).toEqual({ a: [] });
});

test.each([
  { copy: 'deep' },
  { copy: [] },
  { copy: { name: 'a', count: 1 } },
  { copy: [{ name: 'a', count: 1 }] },
  { copy: [{ name: 'a', count: 1, input: 'x' }, 'y'] },
])('what only looks like a loop, %j, is data', (value) => {
  expect(worth(value)).toEqual(value);
});

test('a name of a member may be an expression that gives a text', () => {
  expect(worth({ "[concat('a', 'b')]": 1 })).toEqual({ ab: 1 });
  expect(refusal(() => worth({ '[add(1, 2)]': 1 })).message).toContain(
    'for the name of a property must be a string',
  );
});

test('loops within loops end where the values of a plan end', () => {
  const loop = (name: string, input: Json): Json => ({ copy: [{ name, count: 800, input }] });
  const value = loop('a', loop('b', loop('c', 'x')));
  expect(refusal(() => worth(value)).message).toContain('more than 2000000 values');
});

test('the expressions of a plan share one bound, so that many heavy ones end too', () => {
  const loop = { name: 'a', count: 800, input: '[length(string(range(0, 10000)))]' };
  expect(refusal(() => worth({ copy: [loop] })).message).toContain('takes too much work to evaluate');
  expect(worth({ copy: [{ ...loop, count: 20 }] })).toEqual({ a: Array.from({ length: 20 }, () => 48_891) });
});
