// Tables that are read, and one sentence for each way to be none.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { heartbeatTable, readHeartbeatFile } from './heartbeat-file.ts';
import { EXIT, Problem } from './problem.ts';

const directory = mkdtempSync(join(tmpdir(), 'muster-heartbeats-'));
afterAll(() => rmSync(directory, { recursive: true }));

function sentence(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect(error).toMatchObject({ exitCode: EXIT.misused });
    return (error as Problem).message;
  }
  throw new Error('it was read');
}

describe('a table', () => {
  test.each([
    ['commas', 'host,load\na,1\nb,2\n'],
    ['semicolons, as some spreadsheets write', 'host;load\r\na;1\r\nb;2\r\n'],
    ['tabs', 'host\tload\na\t1\nb\t2'],
    ['a mark in front, blanks and empty lines', '\uFEFF host , load \n\na, 1\n b ,2\n\n'],
  ])('with %s', (_, text) => {
    expect(heartbeatTable(text, 'x.csv')).toEqual({
      columns: ['host', 'load'],
      rows: [
        ['a', '1'],
        ['b', '2'],
      ],
    });
  });

  test('may hold the delimiter, quotes and line ends within quotes', () => {
    expect(heartbeatTable('host,note\na,"x, ""y""\nz"\n', 'x.csv').rows).toEqual([['a', 'x, "y"\nz']]);
  });

  test('comes back from whatever its cells hold', () => {
    const cell = fc
      .string({ maxLength: 8 })
      .filter((text) => !text.includes('\0'))
      .map((text) => text.trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const text = [['a', 'b'], ...rows].map((row) => row.map(quoted).join(',')).join('\n');
        expect(heartbeatTable(text, 'x.csv').rows).toEqual(rows);
      }),
    );
  });
});

describe('in one sentence is refused', () => {
  test.each([
    ['', 'x.csv is empty.'],
    ['\n\n', 'x.csv is empty.'],
    ['a,b\n', 'x.csv has no rows below its header.'],
    ['a,,c\n1,2,3\n', 'x.csv has no name for its column 2; its first line must name the columns.'],
    ['a,b,a\n1,2,3\n', 'x.csv has two columns named a.'],
    ['a,b\n1,2\n1,2,3\n', 'x.csv has 3 cells in line 3, which is not what its header has.'],
    ['a,b\n1,"2\n', 'x.csv opens a quote in line 2 that nothing closes.'],
    [
      'a,b\n1,2"3\n',
      'x.csv has a quote in line 2 in the middle of a cell (column 1); quotes within quotes are doubled.',
    ],
    [
      'a,b\n1,"2"3\n',
      'x.csv has a quote in line 2 in the middle of a cell (column 1); quotes within quotes are doubled.',
    ],
    ['PK\u0000\u0001', 'x.csv is not a text file.'],
  ])('%j', (text, expected) => {
    expect(sentence(() => heartbeatTable(text, 'x.csv'))).toBe(expected);
  });

  test('any text that is no table', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', ' ', ';', '\0') }), (text) => {
        try {
          const { columns, rows } = heartbeatTable(text, 'x.csv');
          expect(rows.every((row) => row.length === columns.length)).toBe(true);
        } catch (error) {
          expect((error as Error).message).toMatch(/^x\.csv .*\.$/);
          expect(error).toBeInstanceOf(Problem);
        }
      }),
    );
  });

  test('a file that is not there, or a directory', () => {
    const missing = join(directory, 'missing.csv');
    expect(sentence(() => readHeartbeatFile(missing))).toBe(`${missing} does not exist.`);
    expect(sentence(() => readHeartbeatFile(directory))).toBe(`${directory} is a directory.`);
  });
});

test('a file is read as UTF-8, or as the UTF-16 that spreadsheets write', () => {
  const path = join(directory, 'ä.csv');
  const expected = { columns: ['host', 'näme'], rows: [['a', 'ü']] };
  writeFileSync(path, 'host,näme\na,ü\n');
  expect(readHeartbeatFile(path)).toEqual(expected);
  writeFileSync(path, Buffer.from('\uFEFFhost\tnäme\na\tü\n', 'utf16le'));
  expect(readHeartbeatFile(path)).toEqual(expected);
});
