// Evidence: entries sealed into a chain. Each holds the hash of the one before it and its own, so that whoever changes,
// adds or takes away a byte before the last entry breaks the chain.
// What must hold: a line is canonical; its hash covers everything in it but the hash itself.

import { isObject, type Json, type JsonObject, textAt } from '../domain/json.ts';
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

export interface Damage {
  /** From 1 on; an entry is a line. */
  readonly line: number;
  readonly problem: string;
  /** What the entry says it is, where that can be read: `answered restart 3`. */
  readonly entry?: string;
}

export interface Checked {
  /** As many as are in order. */
  readonly entries: readonly Sealed[];
  /** Of an entry that was never finished: what comes after the last line's end, in UTF-16 units. */
  readonly torn: number;
  /** What is wrong with the first line that is not in order. */
  readonly damage?: Damage;
}

/** `entry 7 (answered restart 3): its hash is not that of what it says` */
export function damageWords({ line, problem, entry }: Damage): string {
  return `entry ${line}${entry === undefined ? '' : ` (${entry})`}: ${problem}`;
}

/** Reads a record's text. Stops at the first line that is not in order. */
export function checkChain(text: string, hash: Hash): Checked {
  const end = text.lastIndexOf('\n') + 1;
  const lines = text.slice(0, end).split('\n').slice(0, -1);
  const torn = text.length - end;
  const entries: Sealed[] = [];
  for (const [index, line] of lines.entries()) {
    const read = readLine(line, entries.at(-1), hash);
    if (typeof read === 'string') return { entries, torn, damage: damageAt(index + 1, read, line) };
    entries.push(read);
  }
  return { entries, torn };
}

function damageAt(line: number, problem: string, text: string): Damage {
  const value = parsed(text);
  const words = [textAt(value, 'kind'), textAt(value, 'step') ?? textAt(value, 'stage')];
  const entry = words.filter((word) => word !== undefined).join(' ');
  return { line, problem, ...(entry === '' ? {} : { entry }) };
}

function parsed(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Without its hash the line is what was hashed, to the byte. So nothing has to be written again to compare it, which for a
 * sighting of a thousand instances takes a hundred times as long.
 */
function isSealed(line: string, { hash: own }: JsonObject, hash: Hash): boolean {
  const member = `"hash":${JSON.stringify(own)},`;
  const at = line.indexOf(member);
  return at > 0 && hash(line.slice(0, at) + line.slice(at + member.length)) === own;
}

function wrongSeal(line: string, value: JsonObject, hash: Hash): string {
  const { hash: own, ...open } = value;
  if (canonical(value) !== line) return 'it is not as it was written';
  return hash(canonical(open)) === own
    ? 'it is not sealed as entries are'
    : 'its hash is not that of what it says';
}

function readLine(line: string, last: Sealed | undefined, hash: Hash): Sealed | string {
  const value = parsed(line);
  if (value === undefined) return 'it is not JSON';
  if (!isObject(value)) return 'it is not an entry';
  if (!isSealed(line, value, hash)) return wrongSeal(line, value, hash);
  if (value['prev'] !== (last?.hash ?? GENESIS))
    return 'it does not follow the entry before it: that was changed, or one between was taken out or added';
  if (value['n'] !== (last?.n ?? 0) + 1) return 'its number is not the next';
  return value as unknown as Sealed;
}
