// Evidence: entries sealed into a chain. Each holds the hash of the one before it and its own, so that whoever changes,
// adds or takes away a byte before the last entry breaks the chain.
// What must hold: a line is canonical; its hash covers everything in it but the hash itself.

import { isObject, type Json, type JsonObject } from '../domain/json.ts';
import { canonical } from './canonical.ts';
import type { Entry } from './record-entry.ts';
import type { Hash } from './sighting.ts';

export interface Seal {
  /** From 1 on. */
  readonly n: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The hash of the entry before; of the first, zeros. */
  readonly prev: string;
  readonly hash: string;
}

export type Sealed = Entry & Seal;

export const GENESIS = '0'.repeat(64);

export function seal(entry: Entry, last: Sealed | undefined, at: string, hash: Hash): Sealed {
  const open = { ...entry, n: (last?.n ?? 0) + 1, at, prev: last?.hash ?? GENESIS };
  return { ...open, hash: hash(canonical(open as unknown as JsonObject)) };
}

/** One line, with its end. */
export function lineOf(sealed: Sealed): string {
  return `${canonical(sealed as unknown as JsonObject)}\n`;
}

export interface Checked {
  /** As many as are in order. */
  readonly entries: readonly Sealed[];
  /** Of an entry that was never finished: what comes after the last line's end, in UTF-16 units. */
  readonly torn: number;
  /** What is wrong with the first line that is not in order. */
  readonly damage?: { readonly line: number; readonly problem: string };
}

/** Reads a record's text. Stops at the first line that is not in order. */
export function checkChain(text: string, hash: Hash): Checked {
  const end = text.lastIndexOf('\n') + 1;
  const lines = text.slice(0, end).split('\n').slice(0, -1);
  const torn = text.length - end;
  const entries: Sealed[] = [];
  for (const [index, line] of lines.entries()) {
    const read = readLine(line, entries.at(-1), hash);
    if (typeof read === 'string') return { entries, torn, damage: { line: index + 1, problem: read } };
    entries.push(read);
  }
  return { entries, torn };
}

function readLine(line: string, last: Sealed | undefined, hash: Hash): Sealed | string {
  let value: Json;
  try {
    value = JSON.parse(line) as Json;
  } catch {
    return 'it is not JSON';
  }
  if (!isObject(value)) return 'it is not an entry';
  const { hash: own, ...open } = value;
  if (canonical(value) !== line) return 'it is not as it was written';
  if (hash(canonical(open)) !== own) return 'its hash is not that of what it says';
  if (value['prev'] !== (last?.hash ?? GENESIS)) return 'it does not follow the entry before it';
  if (value['n'] !== (last?.n ?? 0) + 1) return 'its number is not the next';
  return value as unknown as Sealed;
}
