// Model versions in SQL, by set and version. Written once, never changed.

import type { DatabaseSync } from 'node:sqlite';

import type { ModelVersion } from '../domain/scale-set.ts';
import { changedOne, parseRows } from './row.ts';

export interface ModelTable {
  /** False when that version is there already. */
  insert(model: ModelVersion, body: string): boolean;
  /** All versions of the set, or those named. */
  remove(set: string, versions?: readonly number[]): void;
  all(): Iterable<ModelVersion>;
}

export function openModelTable(database: DatabaseSync): ModelTable {
  const insert = database.prepare(
    'INSERT INTO model (set_uid, version, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const removeOne = database.prepare('DELETE FROM model WHERE set_uid = ? AND version = ?');
  const removeSet = database.prepare('DELETE FROM model WHERE set_uid = ?');
  const all = database.prepare('SELECT body FROM model ORDER BY set_uid, version');
  return {
    insert: (model, body) => changedOne(insert.run(model.set, model.version, body)),
    remove(set, versions) {
      if (versions === undefined) removeSet.run(set);
      else for (const version of versions) removeOne.run(set, version);
    },
    all: () => parseRows(all.iterate()),
  };
}
