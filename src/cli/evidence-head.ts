// The evidence head: beside each record, how far it was written. A record that has less has lost its end.
// What must hold: it is written after the entry is on the disk, so it never says more than there was; behind it may be, after a
// kill, and that is no harm. It is not synced for the same reason.

import { closeSync, openSync, writeSync } from 'node:fs';
import type { Checked, Sealed } from '../operator/evidence.ts';

export interface Stored extends Checked {
  /** So many entries that were written are not there any more. */
  readonly missing: number;
  /** There is no head: whether the end is missing cannot be told. */
  readonly headless: boolean;
}

export interface Head {
  set(last: Sealed): void;
  close(): void;
}

export function openHead(path: string): Head {
  const file = openSync(path, 'a+', 0o600);
  closeSync(file);
  const head = openSync(path, 'r+');
  return {
    set: ({ n, hash }) => void writeSync(head, `${String(n).padStart(10)} ${hash}\n`, 0),
    close: () => {
      closeSync(head);
    },
  };
}

/** What is on the disk beside what was written. @param head the head's text, read before the record's: that may grow meanwhile */
export function compareHead(checked: Checked, head: string | undefined): Stored {
  const [, digits, hash] = /^ *(\d+) ([0-9a-f]{64})\n/.exec(head ?? '') ?? [];
  if (digits === undefined || hash === undefined) return { ...checked, missing: 0, headless: true };
  const { entries, damage } = checked;
  const written = Number(digits);
  if (damage !== undefined) return { ...checked, missing: 0, headless: false };
  const missing = Math.max(0, written - entries.length);
  const last = entries[written - 1];
  if (last === undefined || last.hash === hash) return { ...checked, missing, headless: false };
  const problem = 'it is not the entry that was written there';
  return { ...checked, damage: { line: written, problem }, missing, headless: false };
}
