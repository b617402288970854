// Heartbeat: what the application's own data says of the instances: who was not heard of while the others were, who differs from
// the rest, who is not in it at all. What must hold: a row is used only when it names exactly one instance; of several rows
// about one instance the latest counts; nothing is called an outlier among fewer than FEWEST_VALUES.

import type { Extra } from './factor.ts';
import { columnOf, timeOf } from './heartbeat-column.ts';
import { type HeartbeatTable, type Join, joinHeartbeats } from './heartbeat-join.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { FEWEST_VALUES, isOutlier, modifiedZ, type Spread, spreadOf } from './outlier.ts';
import type { Testimony } from './triage.ts';
import type { Trouble } from './trouble.ts';
import { counted, figure, idList, lasting, moment, verbFor } from './words.ts';

/** A heartbeat that is this much older than the newest one is not called stale, however regular the others are. */
const LEAST_STALE = 60_000;
/** From then on the whole file is old. */
const OLD_FILE = 10 * 60_000;

/** Why nothing could be read of it, in a sentence. */
export interface Unjoinable {
  readonly error: string;
}

export function readHeartbeats(
  table: HeartbeatTable,
  inventory: Inventory,
  joinOn?: string,
): Testimony | Unjoinable {
  const only = joinOn === undefined ? undefined : table.columns.indexOf(joinOn);
  if (only === -1)
    return { error: `There is no column ${joinOn}: the columns are ${table.columns.join(', ')}.` };
  const join = joinHeartbeats(table, inventory.instances, only);
  if (join === undefined) return { error: unjoined(table, inventory, joinOn) };
  const latest = latestRows(table, join);
  const columns = table.columns
    .map((name, index) => ({ name, index }))
    .filter(({ index }) => index !== join.column)
    .map(({ name, index }) => ({ name, texts: textsOf(latest, index) }))
    .map(({ name, texts }) => ({ name, column: columnOf(name, texts) }));
  const troubles: Trouble[] = [];
  const factors: Extra[] = [];
  for (const { name, column } of columns) {
    if (column.kind === 'time') troubles.push(...staleOnes(name, column.values, inventory));
    if (column.kind === 'number') troubles.push(...outliers(name, column.values, inventory));
    if (column.kind === 'word') factors.push({ factor: name, valueOf: column.values });
  }
  const times = columns.flatMap(({ column }) => (column.kind === 'time' ? [...column.values.values()] : []));
  troubles.push(...missingOnes(latest, inventory));
  return { troubles, factors, notes: notesOf(table, join, latest.size, oldness(times, inventory)) };
}

function unjoined(
  { columns, rows }: HeartbeatTable,
  { instances }: Inventory,
  joinOn: string | undefined,
): string {
  const [one] = instances;
  const where = joinOn === undefined ? `columns ${columns.join(', ')}` : `column ${joinOn}`;
  const example =
    one === undefined
      ? 'the set has no instances'
      : `an instance is named, for example, ${one.id}, ${one.name} or ${one.computerName}`;
  return `None of ${counted(rows.length, 'row')} names an instance in its ${where}: ${example}.`;
}

/** Of several rows about one instance the one with the newest time, else the last one of the file. */
function latestRows(
  { columns }: HeartbeatTable,
  { joined, column }: Join,
): ReadonlyMap<string, readonly string[]> {
  const timed = columns.findIndex(
    (name, index) =>
      index !== column && joined.every(({ row }) => timeOf((row[index] ?? '').trim(), name) !== undefined),
  );
  const timeIn = (row: readonly string[]): number =>
    timeOf((row[timed] ?? '').trim(), columns[timed] ?? '') ?? 0;
  const latest = new Map<string, readonly string[]>();
  for (const { id, row } of joined) {
    const before = latest.get(id);
    if (before === undefined || timed < 0 || timeIn(row) >= timeIn(before)) latest.set(id, row);
  }
  return latest;
}

function textsOf(rows: ReadonlyMap<string, readonly string[]>, index: number): ReadonlyMap<string, string> {
  return new Map([...rows].map(([id, row]) => [id, row[index] ?? '']));
}

/** Against the newest in the file, not this machine's clock: a file may be from any time. */
function staleOnes(
  name: string,
  times: ReadonlyMap<string, number>,
  inventory: Inventory,
): readonly Trouble[] {
  const newest = newestOf([...times.values()]);
  const ages = new Map([...times].map(([id, time]) => [id, newest - time]));
  const spread = spreadOf([...ages.values()]);
  if (spread === undefined) return [];
  const isStale = (age: number): boolean =>
    age > spread.median && age - spread.median > LEAST_STALE && isOutlier(age, spread);
  const stale = chosen(
    inventory,
    (id) => isStale(ages.get(id) ?? 0),
    (id) => -(ages.get(id) ?? 0),
  );
  if (stale.length === 0) return [];
  const oldest = Math.max(...stale.map(({ id }) => ages.get(id) ?? 0));
  const sentence =
    `${ofAll(stale, spread)} ${verbFor(stale.length, 'was', 'were')} last heard of ${stale.length === 1 ? '' : 'up to '}${lasting(oldest)} before the newest, ` +
    `by ${name} (${ids(stale)}); half of all are within ${lasting(spread.median)} of it.`;
  return [{ kind: 'heartbeatStale', reason: name, instances: stale, sentence }];
}

/** High ones and low ones are two troubles. */
function outliers(
  name: string,
  values: ReadonlyMap<string, number>,
  inventory: Inventory,
): readonly Trouble[] {
  const spread = spreadOf([...values.values()]);
  if (spread === undefined) return [];
  return ([1, -1] as const).flatMap((side) => {
    const zOf = (id: string): number => {
      const value = values.get(id);
      return value === undefined || !isOutlier(value, spread) ? 0 : side * modifiedZ(value, spread);
    };
    const out = chosen(
      inventory,
      (id) => zOf(id) > 0,
      (id) => -zOf(id),
    );
    if (out.length === 0) return [];
    const found = out.map(({ id }) => values.get(id) ?? 0);
    const range = rangeWords(Math.min(...found), Math.max(...found));
    const sentence =
      `${ofAll(out, spread)} ${verbFor(out.length, 'has', 'have')} ${name} ${range} where the median is ` +
      `${figure(spread.median)} (${ids(out)}); the average of all is ${figure(spread.mean)}.`;
    return [
      { kind: 'heartbeatOutlier', reason: `${name} ${side > 0 ? 'high' : 'low'}`, instances: out, sentence },
    ];
  });
}

/** The farthest out first, so that whoever looks at one looks at the plainest. */
function chosen(
  { instances }: Inventory,
  has: (id: string) => boolean,
  rank: (id: string) => number,
): readonly InstanceFacts[] {
  return instances.filter(({ id }) => has(id)).toSorted((a, b) => rank(a.id) - rank(b.id));
}

function ofAll(some: readonly InstanceFacts[], { count }: Spread): string {
  return `${some.length} of ${count} in the data`;
}

function ids(some: readonly InstanceFacts[]): string {
  return idList(some.map(({ id }) => id));
}

function rangeWords(low: number, high: number): string {
  return low === high ? figure(low) : `${figure(low)} to ${figure(high)}`;
}

/** Only where the data is plainly meant to have all of them: at least half of those that run are in it. */
function missingOnes(latest: ReadonlyMap<string, unknown>, { instances }: Inventory): readonly Trouble[] {
  const running = instances.filter(({ power }) => power === 'running');
  const missing = running.filter(({ id }) => !latest.has(id));
  if (missing.length === 0 || missing.length * 2 > running.length) return [];
  const sentence = `${missing.length} of ${counted(running.length, 'running instance')} ${verbFor(missing.length, 'is', 'are')} not in the data (${ids(missing)}).`;
  return [{ kind: 'heartbeatMissing', reason: '', instances: missing, sentence }];
}

function oldness(times: readonly number[], { taken }: Inventory): readonly string[] {
  if (times.length === 0) return [];
  const newest = newestOf(times);
  const age = Date.parse(taken) - newest;
  if (age <= OLD_FILE) return [];
  const when = moment(new Date(newest).toISOString());
  return [`The data is old: its newest time, ${when}, is ${lasting(age)} before the inventory.`];
}

function newestOf(times: readonly number[]): number {
  return times.reduce((a, b) => Math.max(a, b), 0);
}

function notesOf(
  { columns, rows }: HeartbeatTable,
  { column, key, joined, unjoined: left }: Join,
  instances: number,
  more: readonly string[],
): readonly string[] {
  const notes = [
    `The data joins by its column ${columns[column]} and the ${key}: ${joined.length} of ${counted(rows.length, 'row')}, ${counted(instances, 'instance')}.`,
  ];
  if (left.length > 0)
    notes.push(
      `${counted(left.length, 'row')} ${verbFor(left.length, 'names', 'name')} no instance: ${idList([...new Set(left.map((text) => text || '(empty)'))])}.`,
    );
  if (joined.length > instances)
    notes.push(
      `Of ${counted(joined.length - instances, 'row')} there is a later one about the same instance.`,
    );
  if (instances < FEWEST_VALUES)
    notes.push(
      `Outliers were not looked for: ${counted(instances, 'instance')} in the data, ${FEWEST_VALUES} are needed.`,
    );
  return [...notes, ...more];
}
