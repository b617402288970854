// Values in every form that programs read, and tables that nothing in them can break.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { formatted, queried, readFormat } from './format.ts';
import { grid, oneLine, printable } from './grid.ts';
import { paintFor } from './paint.ts';
import { recordingTerminal } from '../../../test/testing/served-identity.ts';
import { shortly } from './instances.ts';

const ROWS = [
  { id: '1', zone: '2', tags: { a: 'b' } },
  { id: '10', zone: '', tags: {} },
];

describe('a value', () => {
  test.each([
    ['json', '[\n  {\n    "id": "1",'],
    ['yaml', '- id: "1"\n  zone: "2"\n  tags:\n    a: b\n'],
    ['tsv', '1\t2\t{"a":"b"}\n10\t\t{}\n'],
    ['csv', 'id,zone,tags\r\n1,2,"{""a"":""b""}"\r\n10,,{}\r\n'],
    ['table', 'id  zone  tags\n1   2     {"a":"b"}\n10  -     {}\n'],
  ] as const)('as %s', async (format, text) => {
    expect((await formatted(ROWS, format)).startsWith(text)).toBe(true);
  });

  test('that is no list of objects has a form too', async () => {
    expect(await formatted(['a', 1, null], 'tsv')).toBe('a\n1\n\n');
    expect(
      await formatted(
        [
          ['a', 1],
          ['b', 2],
        ],
        'tsv',
      ),
    ).toBe('a\t1\nb\t2\n');
    expect(await formatted(['a', 'b'], 'table')).toBe('a\nb\n');
    expect([
      await formatted(undefined, 'json'),
      await formatted(null, 'tsv'),
      await formatted('x', 'csv'),
    ]).toEqual(['null\n', '', 'x\r\n']);
  });

  test('stays one cell whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.string(), fc.string()), { minLength: 1 }), async (rows) => {
        const tsv = await formatted(rows, 'tsv');
        expect(tsv.split('\n')).toHaveLength(rows.length + 1);
        expect(
          tsv
            .split('\n')
            .slice(0, -1)
            .every((line) => line.split('\t').length === 2),
        ).toBe(true);
        expect(parse(await formatted(rows, 'yaml'))).toEqual(rows);
      }),
    );
  });
});

describe('--query', () => {
  test('is JMESPath', async () => {
    expect(await queried(ROWS, "[?zone=='2'].id | [0]")).toBe('1');
    expect(await queried(ROWS, '[].{i:id,z:zone}')).toEqual([
      { i: '1', z: '2' },
      { i: '10', z: '' },
    ]);
    expect(await queried(ROWS, 'nothing')).toBeNull();
  });

  test.each(['[', 'foo(', 'nope(@)'])('that is none is exit code 2: %s', async (expression) => {
    await expect(queried(ROWS, expression)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^--query: /) as string,
    });
  });
});

test('an unknown form is one sentence', () => {
  expect(() => readFormat('xml')).toThrow("--output is one of table, wide, json, yaml, tsv, csv, not 'xml'.");
});

describe('a grid', () => {
  test('is aligned, without blanks at the ends of lines', () => {
    const columns = [
      { title: 'A', cell: (row: readonly string[]) => ({ text: row[0] ?? '' }) },
      {
        title: 'NUMBER',
        cell: (row: readonly string[]) => ({ text: row[1] ?? '' }),
        align: 'right' as const,
      },
      { title: 'C', cell: (row: readonly string[]) => ({ text: row[2] ?? '' }) },
    ];
    expect(
      grid(columns, [
        ['long one', '7', ''],
        ['x', '12', 'y'],
      ]),
    ).toBe(['A         NUMBER  C', 'long one       7  -', 'x             12  y', ''].join('\n'));
  });

  test('has one line for each row whatever is in it, and nothing that could play with a terminal', () => {
    const column = { title: 'T', cell: (text: string) => ({ text }) };
    const letters = fc.array(fc.nat(0x17f), { maxLength: 8 });
    const nasty = fc.oneof(
      letters.map((codes) => String.fromCharCode(...codes)),
      fc.constantFrom('\u001B[2J', 'a\r\nb', '\u009B31m'),
    );
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 4 }), (rows) => {
        const text = grid([column], rows);
        expect(text.split('\n')).toHaveLength(rows.length + 2);
        // eslint-disable-next-line no-control-regex -- they are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
      }),
    );
    expect(oneLine(' a\tb\n')).toBe('a b');
    expect(printable('a\u001B[31m\nb\tc')).toBe('a[31m\nb    c');
  });
});

describe('colours', () => {
  const terminal = { ...recordingTerminal(), columns: () => 80 };

  test('are for terminals that want them', () => {
    expect(paintFor({}, terminal)('x', 'bad')).toBe('\u001B[31mx\u001B[0m');
    expect(paintFor({}, terminal)('x', undefined)).toBe('x');
  });

  test.each([
    [{ NO_COLOR: '1' }, terminal],
    [{ TERM: 'dumb' }, terminal],
    [{}, recordingTerminal()],
  ])('are not for %j', (env, of) => {
    expect(paintFor(env, of)('x', 'bad')).toBe('x');
  });
});

test.each([
  [0, '0s'],
  [-5, '0s'],
  [59_999, '59s'],
  [3_599_999, '59m'],
  [86_399_999, '23h'],
  [200_000_000, '2d'],
  [Number.NaN, ''],
])('%d ms is %s', (milliseconds, text) => {
  expect(shortly(milliseconds)).toBe(text);
});
