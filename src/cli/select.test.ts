// Expressions and orders as the command line has them: what is not understood is a wrong command line.
import { expect, test } from 'vitest';
import { factsOf, inventoryOf } from '../../test/testing/operator-rows.ts';
import { EXIT, Problem } from './problem.ts';
import { readSort, readWhere, rowsOf } from './select.ts';

test.each([
  [
    () => readWhere('zon=1'),
    "--where: There is no field 'zon'. The fields are listed by: muster list --help",
  ],
  [() => readWhere('power=up'), /^--where: power=up: power is one of starting, running, /],
  [() => readSort('-agee'), "--sort: There is no field 'agee'. The fields are listed by: muster list --help"],
])('%s is refused', (read, sentence) => {
  expect(read).toThrow(Problem);
  expect(read).toThrow(sentence);
  expect(read).toThrow(expect.objectContaining({ exitCode: EXIT.misused }));
});

test('an inventory is a row an instance, as old as when it was taken', () => {
  const last = { verb: 'restart', status: 'Succeeded', time: '2026-11-24T07:00:00.000Z', caller: 'ada' };
  const rows = rowsOf(inventoryOf([factsOf(1), factsOf(2)]), new Map([['2', last]]));
  expect(rows.map(({ facts, last: done, now }) => [facts.id, done, now])).toEqual([
    ['1', undefined, Date.parse('2026-11-24T08:00:00Z')],
    ['2', last, Date.parse('2026-11-24T08:00:00Z')],
  ]);
});
