// What is left of a command that is being ended. What never happens: it counts as gone while a process that was found of it
// is there, marked or just dying.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { ProcessTable } from './process-table.ts';
import { Remains } from './remains.ts';

const MARK = 'MUSTER_EXECUTION=one';
/** Beyond every number that Linux gives, so that nobody is hit. */
const BEYOND = 10_000_000;

interface Past {
  readonly start: string;
  /** From then on it is there, loses its mark, is gone: in steps of the test's own. */
  readonly times: readonly [from: number, dying: number, gone: number];
}

/** A process table in which processes come and go as it is written, whoever is killed. */
function tableOf(pasts: readonly Past[], now: () => number): ProcessTable {
  const rows = pasts.map((past, index) => ({ ...past, pid: BEYOND + index }));
  return {
    machine: 'test',
    seesMarks: true,
    parentOf: () => undefined,
    marked: (variable) =>
      rows
        .filter(({ times: [from, dying] }) => variable === MARK && from <= now() && now() < dying)
        .map(({ pid, start }) => ({ pid, start })),
    look({ pid, start }) {
      const row = rows.find((other) => other.pid === pid && other.start === start);
      if (row === undefined || now() >= row.times[2]) return 'gone';
      return now() < row.times[1] ? 'running' : 'ended';
    },
  };
}

const time = fc.nat({ max: 12 });
const past = fc.record({
  start: fc.constantFrom('1', '2'),
  times: fc
    .tuple(time, time, time)
    .map((times) => times.toSorted((a, b) => a - b) as [number, number, number]),
});

describe('what is left of a command', () => {
  test('never counts as gone while a process that was found is there', () => {
    fc.assert(
      fc.property(fc.array(past, { maxLength: 6 }), fc.uniqueArray(time), (pasts, looks) => {
        let now = 0;
        const remains = new Remains(
          tableOf(pasts, () => now),
          MARK,
        );
        const found = new Set<Past>();
        for (const look of looks.toSorted((a, b) => a - b)) {
          now = look;
          for (const one of pasts) if (one.times[0] <= now && now < one.times[1]) found.add(one);
          const there = [...found].filter(({ times }) => now < times[2]);
          expect(remains.kill()).toBe(there.length > 0);
        }
      }),
    );
  });

  test('is also what somebody else has named', () => {
    let now = 0;
    const table = tableOf([{ start: '1', times: [0, 0, 2] }], () => now);
    const remains = new Remains(table, MARK);
    expect(remains.kill()).toBe(false);
    remains.add([{ pid: BEYOND, start: '1' }]);
    expect(remains.kill()).toBe(true);
    now = 2;
    expect(remains.kill()).toBe(false);
  });
});
