// The activity log in SQL. Entries are only ever appended, and removed when they are old. Newest first means by time,
// and among equal times by the order in which they were written.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';

import type { ActivityPage, ActivityQuery } from '../app/ports/store.ts';
import type { Activity } from '../domain/activity.ts';
import type { Time } from '../domain/time.ts';
import { nameKey, parseRow } from './row.ts';

export interface ActivityTable {
  append(entry: Activity, body: string): void;
  page(query: ActivityQuery): ActivityPage;
  /** Removes up to `limit` of those from before then; answers how many. */
  prune(before: Time, limit: number): number;
}

export function openActivityTable(database: DatabaseSync): ActivityTable {
  const append = database.prepare(
    `INSERT INTO activity (time, group_key, resource_key, correlation_id, caller, status, body)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const prune = database.prepare(
    'DELETE FROM activity WHERE sequence IN (SELECT sequence FROM activity WHERE time < ? ORDER BY time LIMIT ?)',
  );
  const timeOf = database.prepare('SELECT time FROM activity WHERE sequence = ?');

  const page = (query: ActivityQuery, last?: Position): ActivityPage => {
    const { index, where, values } = condition(query, last);
    const select = database.prepare(
      `SELECT sequence, body FROM activity ${index} WHERE ${where} ORDER BY time DESC, sequence DESC LIMIT ?`,
    );
    // One more than asked for tells whether there is a next page.
    const found = select.all(...values, query.limit + 1);
    const entries = found.slice(0, query.limit);
    const next = entries.at(-1)?.['sequence'];
    return {
      entries: entries.map((result) => parseRow(result) as Activity),
      ...(found.length > entries.length && next !== undefined && { next: Number(next) }),
    };
  };

  return {
    append(entry, body) {
      const keys = [nameKey(entry.group), nameKey(entry.resourceId), entry.correlationId] as const;
      append.run(entry.time, ...keys, entry.caller, entry.status, body);
    },
    page(query) {
      const sequence = query.before;
      if (sequence === undefined) return page(query);
      const time = timeOf.get(sequence)?.['time'];
      // The entry is gone because it was old, and so is everything before it.
      return time === undefined ? { entries: [] } : page(query, { time: Number(time), sequence });
    },
    prune: (before, limit) => Number(prune.run(before, limit).changes),
  };
}

interface Condition {
  readonly index: string;
  readonly where: string;
  readonly values: readonly SQLInputValue[];
}

/** Where the page before ended. */
interface Position {
  readonly time: Time;
  readonly sequence: number;
}

/** Both ends of the time span belong to it. */
function condition(query: ActivityQuery, last: Position | undefined): Condition {
  const terms: string[] = ['time BETWEEN ? AND ?'];
  const values: SQLInputValue[] = [query.from, Math.min(query.to, last?.time ?? query.to)];
  const also = (term: string, ...more: SQLInputValue[]): void => {
    terms.push(term);
    values.push(...more);
  };
  if (last) also('(time < ? OR sequence < ?)', last.time, last.sequence);
  if (query.correlationId !== undefined) also('correlation_id = ?', query.correlationId);
  if (query.group !== undefined) also('group_key = ?', nameKey(query.group));
  if (query.caller !== undefined) also('caller = ?', query.caller);
  if (query.status !== undefined) also('status = ?', query.status);
  if (query.resourceId !== undefined) {
    const key = nameKey(query.resourceId);
    // Everything below `key/` sorts before `key0`: 0 is the character after the slash.
    also('resource_key >= ? AND resource_key < ?', key, `${key}0`);
    also('(resource_key = ? OR resource_key > ?)', key, `${key}/`);
  }
  // Without statistics SQLite would rather walk through the times.
  const hint = query.resourceId !== undefined && query.correlationId === undefined;
  return { index: hint ? 'INDEXED BY activity_resource' : '', where: terms.join(' AND '), values };
}
