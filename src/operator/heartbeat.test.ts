// The application's data: which column joins, what stands out in it, and what is said of rows that join nothing.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fleet, inventoryOf } from '../../test/testing/inventories.ts';
import { columnOf, timeOf } from './heartbeat-column.ts';
import { type HeartbeatTable, joinHeartbeats, type Key } from './heartbeat-join.ts';
import { readHeartbeats } from './heartbeat.ts';
import type { InstanceFacts } from './inventory.ts';
import { type Testimony, triage } from './triage.ts';

const instances = fleet(12);
const inventory = inventoryOf(instances);

function table(
  columns: readonly string[],
  row: (instance: InstanceFacts, number: number) => readonly unknown[],
): HeartbeatTable {
  return { columns, rows: instances.map((one, number) => row(one, number).map(String)) };
}

function heard(data: HeartbeatTable, on?: string): Testimony {
  const testimony = readHeartbeats(data, inventory, on);
  if ('error' in testimony) throw new Error(testimony.error);
  return testimony;
}

const said = (data: HeartbeatTable): readonly (string | undefined)[] =>
  heard(data).troubles.map(({ sentence }) => sentence);

function namesOf(id: string): readonly string[] {
  const { name, computerName, addresses } = instances.find((one) => one.id === id)!;
  return [id, name, computerName.toLowerCase(), ...addresses];
}

describe('the join', () => {
  test.each<[Key, (instance: InstanceFacts) => string]>([
    ['instance id', ({ id }) => id],
    ['name', ({ name }) => name.toUpperCase()],
    ['computer name', ({ computerName }) => ` ${computerName.toLowerCase()}.internal.example `],
    ['address', ({ addresses }) => `${addresses[0]}:8080`],
    ['resource id', ({ resourceId }) => resourceId.toLowerCase()],
  ])('is found by %s, in whichever column', (key, value) => {
    const join = joinHeartbeats(
      table(['load', 'who'], (one) => [0.5, value(one)]),
      instances,
    );
    expect(join).toMatchObject({ key, column: 1, unjoined: [] });
    expect(join?.joined.map(({ id }) => id)).toEqual(instances.map(({ id }) => id));
  });

  test('prefers a name over numbers that happen to be ids', () => {
    const join = joinHeartbeats(
      table(['errors', 'host'], (one, n) => [n, one.computerName]),
      instances,
    );
    expect(join).toMatchObject({ key: 'computer name', column: 1 });
  });

  test('takes the column that is called an id, among several that could be', () => {
    expect(
      joinHeartbeats(
        table(['errors', 'instance_id'], (_, n) => [11 - n, n]),
        instances,
      ),
    ).toMatchObject({ column: 1 });
  });

  test('can be told which column it is', () => {
    const data = table(['host', 'peer'], (one, n) => [
      one.computerName,
      instances[(n + 1) % 12]?.computerName,
    ]);
    expect(heard(data, 'peer').notes[0]).toBe(
      'The data joins by its column peer and the computer name: 12 of 12 rows, 12 instances.',
    );
    expect(readHeartbeats(data, inventory, 'who')).toEqual({
      error: 'There is no column who: the columns are host, peer.',
    });
  });

  test('counts rows that name no instance, and shows them', () => {
    const data = table(['host', 'load'], (one, n) => [
      n < 2 ? 'elsewhere' : n === 2 ? '' : one.computerName,
      1,
    ]);
    expect(heard(data).notes).toContain('3 rows name no instance: elsewhere, (empty).');
  });

  test('of nothing says how instances are named', () => {
    expect(readHeartbeats({ columns: ['host'], rows: [['a'], ['b']] }, inventory)).toEqual({
      error:
        'None of 2 rows names an instance in its columns host: an instance is named, for example, 0, web_0 or web000000.',
    });
    expect(readHeartbeats({ columns: ['host'], rows: [['a']] }, inventoryOf([]), 'host')).toEqual({
      error: 'None of 1 row names an instance in its column host: the set has no instances.',
    });
  });

  test('leaves out an address that two instances share', () => {
    const shared = fleet(3, () => ({ addresses: ['10.0.0.4'] }));
    expect(joinHeartbeats({ columns: ['ip'], rows: [['10.0.0.4']] }, shared)).toBeUndefined();
  });

  test('never joins a row to an instance that the row does not name whole', () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.nat(20).map(String),
      fc.constantFrom('web_1', 'web_12', '10.0.0.4', '10.0.0.40'),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 15 }), (rows) => {
        const join = joinHeartbeats({ columns: ['a', 'b'], rows }, instances);
        fc.pre(join !== undefined);
        for (const { id, row } of join?.joined ?? []) {
          const word = (row[join?.column ?? 0] ?? '').trim().toLowerCase();
          expect(namesOf(id)).toContain(word.split('.').length === 4 ? word : word.split('.')[0]);
        }
        expect([...(join?.joined ?? []), ...(join?.unjoined ?? [])]).toHaveLength(rows.length);
      }),
    );
  });
});

describe('what a column holds', () => {
  const column = (name: string, texts: readonly string[]): string =>
    columnOf(name, new Map(texts.map((text, n) => [String(n), text]))).kind;

  test.each<[string, string, readonly string[]]>([
    ['number', 'load', ['1', '-2.5', '+3e2', '.5', 'n/a', '']],
    ['time', 'at', ['2026-11-24T06:00:00Z', '2026-11-24 06:00', '2026-11-24T06:00:00.5+01:00']],
    ['time', 'last_seen', ['1795500000', '1795500001']],
    ['time', 'timestamp', ['1795500000000', '1795500001000']],
    ['number', 'bytes', ['1795500000', '1795500001']],
    ['word', 'version', ['2.0', '2.0', '2.0', '2.0', '1.9', '1.9', '1.9', '1.9']],
    ['word', 'ring', ['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b']],
    ['other', 'ring', ['a', 'a', 'a']],
    ['other', 'host', ['a', 'b', 'c', 'd']],
    ['other', 'load', ['', '-', 'NaN', 'null']],
    ['other', 'load', ['1', '2', 'x', 'y']],
  ])('%s: %s %j', (kind, name, texts) => {
    expect(column(name, texts)).toBe(kind);
  });

  test('a time without an offset is UTC', () => {
    expect(timeOf('2026-11-24 06:00:00', 't')).toBe(Date.UTC(2026, 10, 24, 6));
    expect(timeOf('2026-11-24T06:00:00+0100', 't')).toBe(Date.UTC(2026, 10, 24, 5));
    expect(timeOf('2026-13-24T06:00:00Z', 't')).toBeUndefined();
    expect(timeOf('5', 'seen')).toBeUndefined();
  });
});

describe('what stands out', () => {
  const seconds = (n: number): string => `2026-11-24T05:59:${String(n).padStart(2, '0')}Z`;

  test('is an outlier, high and low apart, with the median beside it', () => {
    const data = table(['host', 'p99'], (one, n) => [
      one.computerName,
      n === 3 ? 950 : n === 4 ? 900 : n === 5 ? 1 : 40 + (n % 5),
    ]);
    expect(said(data)).toEqual([
      '2 of 12 in the data have p99 900 to 950 where the median is 41.5 (3, 4); the average of all is 185.',
      '1 of 12 in the data has p99 1 where the median is 41.5 (5); the average of all is 185.',
    ]);
  });

  test('is a heartbeat that is much older than the others', () => {
    const data = table(['host', 'seen'], (one, n) => [
      one.computerName,
      n === 7 ? '2026-11-24T05:20:00Z' : seconds(40 + n),
    ]);
    expect(said(data)).toEqual([
      '1 of 12 in the data was last heard of 39 min before the newest, by seen (7); half of all are within 6 s of it.',
    ]);
  });

  test('is not one that is half a minute late', () => {
    expect(said(table(['host', 'seen'], (one, n) => [one.computerName, seconds(n === 7 ? 10 : 50)]))).toEqual(
      [],
    );
  });

  test('is an instance that runs and is not in the data, where most are', () => {
    const data = table(['host'], (one) => [one.computerName]);
    expect(said({ ...data, rows: data.rows.slice(2) })).toEqual([
      '2 of 12 running instances are not in the data (0, 1).',
    ]);
    expect(said({ ...data, rows: data.rows.slice(8) })).toEqual([]);
  });

  test('among fewer than eight is not looked for, and that is said', () => {
    const data = table(['host', 'p99'], (one, n) => [one.computerName, n === 3 ? 950 : 40]);
    const few = heard({ ...data, rows: data.rows.slice(0, 7) });
    expect(few.troubles.map(({ kind }) => kind)).toEqual(['heartbeatMissing']);
    expect(few.notes).toContain('Outliers were not looked for: 7 instances in the data, 8 are needed.');
  });

  test('counts only the latest of several rows about one instance', () => {
    const data = table(['host', 'p99', 'seen'], (one) => [one.computerName, 40, seconds(40)]);
    const old = ['web000003', '950', seconds(10)];
    for (const rows of [
      [...data.rows, old],
      [old, ...data.rows],
    ]) {
      expect(said({ ...data, rows })).toEqual([]);
      expect(heard({ ...data, rows }).notes).toContain(
        'Of 1 row there is a later one about the same instance.',
      );
    }
  });

  test('an old file is said to be old', () => {
    const data = table(['host', 'seen'], (one) => [one.computerName, '2026-11-24T03:00:00Z']);
    expect(heard(data).notes).toContain(
      'The data is old: its newest time, 2026-11-24 03:00:00 UTC, is 3 h before the inventory.',
    );
  });
});

test('a word of the data can be what failing instances have in common', () => {
  const sick = inventoryOf(fleet(30, (n) => (n % 2 === 0 && n < 20 ? { health: 'unhealthy' } : {})));
  const rows = sick.instances.map((one, n) => [one.computerName, n % 2 === 0 && n < 20 ? '1.9' : '2.0']);
  const testimony = readHeartbeats({ columns: ['host', 'version'], rows }, sick);
  const report = triage(sick, [], 'error' in testimony ? undefined : testimony);
  const correlation = report.findings[0]?.correlation;
  expect(correlation?.kind === 'found' ? correlation.found[0]?.names : []).toEqual([
    { factor: 'version', value: '1.9' },
  ]);
});
