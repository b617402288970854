// A commit made ready: what is to be stored is fixed at this moment, whatever the caller does with its objects later.

import type { Change } from '../app/ports/store.ts';
import type { Time } from '../domain/time.ts';
import { frozen } from './row.ts';
import { latestTimeOf } from './times.ts';

export interface Prepared {
  /** As they will be stored: rows with their next revision, frozen. */
  readonly changes: readonly Change[];
  /** The JSON of each; empty where nothing is stored. */
  readonly bodies: readonly string[];
  readonly latest: Time;
}

/** Fixes what is to be stored. Whatever the caller does to its objects afterwards has no effect: they are frozen. */
export function prepare(changes: readonly Change[]): Prepared {
  const stored = changes.map(nextRevision);
  return {
    changes: stored,
    bodies: stored.map(body),
    latest: stored.reduce((latest, change) => Math.max(latest, latestTimeOf(change)), 0),
  };
}

function nextRevision(change: Change): Change {
  if (change.kind !== 'put') return change;
  return { ...change, row: { ...change.row, revision: change.row.revision + 1 } } as Change;
}

function body(change: Change): string {
  // Turned into text before it is frozen: JSON.stringify is several times slower on frozen objects.
  switch (change.kind) {
    case 'put':
      return textOf(change.row);
    case 'putModel':
      return textOf(change.model);
    case 'append':
      return textOf(change.activity);
    case 'remove':
    case 'removeModels':
      return '';
  }
}

function textOf(value: object): string {
  const text = JSON.stringify(value);
  frozen(value);
  return text;
}
