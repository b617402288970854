// Evidence edges: the first two entries of a record and its last one, read without what is between.
// What must hold: its end is taken to be in order only when its head, where there is one, names the same last entry.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isFields, parseJson, readTextFile } from './json-file.ts';

export interface Edges {
  /** Lines; empty where the record has not so many whole ones. */
  readonly first: string;
  readonly second: string;
  readonly last: string;
  /** The text of its head. */
  readonly head: string | undefined;
}

const CHUNK = 64 * 1024;

/** @param path of the record. The head first: it never says more than the record has, and the record may grow meanwhile. */
export function readEdges(path: string): Edges {
  const head = readTextFile(path.replace(/\.jsonl$/, '.head'));
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const [first = '', second = ''] = linesFrom(file, size, 2);
    return { first, second, last: lastLine(file, size), head };
  } finally {
    closeSync(file);
  }
}

/** It ends with a whole entry, and that is the one that was written last. */
export function isInOrder({ last, head }: Edges): boolean {
  const entry = parseJson(last);
  if (!isFields(entry)) return false;
  return head === undefined || head === '' || head === headOf(entry);
}

function headOf({ n, hash }: Readonly<Record<string, unknown>>): string {
  return `${String(n).padStart(10)} ${String(hash)}\n`;
}

/** So many whole lines from the beginning, or fewer. */
function linesFrom(file: number, size: number, count: number): readonly string[] {
  let bytes = Buffer.alloc(0);
  for (let at = 0; at < size; at += CHUNK) {
    bytes = Buffer.concat([bytes, bytesAt(file, at, Math.min(CHUNK, size - at))]);
    const lines = bytes.toString('utf8').split('\n');
    if (lines.length > count) return lines.slice(0, count);
  }
  return bytes.toString('utf8').split('\n').slice(0, -1);
}

/** Empty where it is longer than is looked at, or torn: then the record's end is not in order. */
function lastLine(file: number, size: number): string {
  const from = Math.max(0, size - CHUNK);
  const lines = bytesAt(file, from, size - from)
    .toString('utf8')
    .split('\n');
  return lines.length > 2 && lines.at(-1) === '' ? (lines.at(-2) ?? '') : '';
}

function bytesAt(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, at));
}
