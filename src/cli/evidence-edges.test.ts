// The edges of a record, whatever a kill or a hand has left of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isInOrder, readEdges } from './evidence-edges.ts';
import { openEvidenceStore } from './evidence-store.ts';

let directory = '';
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'muster-edges-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const intent = { verb: 'stop', expect: '', who: 'ada', where: 'toy', set: '/s', tool: 'test' } as const;
const done = { kind: 'done', outcome: 'succeeded', summary: 'It is done.' } as const;

/** @param size of what is between the edges, in characters, some of which take three bytes */
function written(size: number, isDone = true): string {
  const store = openEvidenceStore(directory, () => 0);
  const record = store.create('r');
  record.append({ kind: 'intent', record: 'r', ...intent });
  for (let left = size; left > 0; left -= 50_000)
    record.append({ kind: 'interrupted', why: '☃'.repeat(Math.min(left, 50_000)) });
  if (isDone) record.append(done);
  record.close();
  return store.pathOf('r');
}

test.each([0, 1, 70_000, 400_000])('with %d characters between them they are whole lines', (size) => {
  const path = written(size);
  const lines = readFileSync(path, 'utf8').split('\n');
  const edges = readEdges(path);
  expect([edges.first, edges.second, edges.last]).toEqual([lines[0], lines[1], lines.at(-2)]);
  expect(isInOrder(edges)).toBe(true);
});

test('what was only begun has no second and no last', () => {
  const path = written(0, false);
  const { first, second, last } = readEdges(path);
  expect([first === '', second, last]).toEqual([false, '', '']);
  writeFileSync(path, '');
  expect(readEdges(path).first).toBe('');
});

test('its end is not in order when it is cut off or torn, or is not what was written last', () => {
  const path = written(1);
  const text = readFileSync(path, 'utf8');
  const [first = '', second = '', last = ''] = text.split('\n');
  writeFileSync(path, `${first}\n${second}\n`);
  expect(isInOrder(readEdges(path))).toBe(false);
  writeFileSync(path, text.slice(0, -1));
  expect(isInOrder(readEdges(path))).toBe(false);
  writeFileSync(path, `${first}\n${second}\n${last.replace('"n":3', '"n":2')}\n`);
  expect(isInOrder(readEdges(path))).toBe(false);
  writeFileSync(path, text);
  expect(isInOrder(readEdges(path))).toBe(true);
});
