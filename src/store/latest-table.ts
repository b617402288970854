// The latest time that any row ever had, kept so that it is known without reading the rows.

import type { DatabaseSync } from 'node:sqlite';

import type { Time } from '../domain/time.ts';

export interface LatestTable {
  get(): Time;
  set(time: Time): void;
}

export function openLatestTable(database: DatabaseSync): LatestTable {
  const get = database.prepare('SELECT time FROM latest');
  const set = database.prepare('UPDATE latest SET time = ?');
  return {
    get: () => Number(get.get()?.['time']),
    set: (time) => void set.run(time),
  };
}
