// Heartbeat file: the application's own data as a CSV file, read whole. The delimiter is the one that parts the header most often.
// What must hold: a file that is not such a table is refused in one sentence that names the file and, where there is one, the line.

import { readFileSync, statSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';
import type { HeartbeatTable } from '../operator/heartbeat-join.ts';
import { EXIT, Problem } from './problem.ts';

/** More would be read for minutes, and is no list of instances. */
const LARGEST = 64 * 1024 * 1024;
const DELIMITERS = [',', ';', '\t', '|'] as const;

export function readHeartbeatFile(path: string): HeartbeatTable {
  return heartbeatTable(textOf(path), path);
}

/** `path` is for sentences only. */
export function heartbeatTable(text: string, path: string): HeartbeatTable {
  if (text.includes('\0')) throw refused(path, 'is not a text file');
  const [header, ...rows] = recordsOf(text, path);
  if (header === undefined) throw refused(path, 'is empty');
  const columns = header.map((name) => name.trim());
  const unnamed = columns.indexOf('');
  if (unnamed >= 0)
    throw refused(path, `has no name for its column ${unnamed + 1}; its first line must name the columns`);
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw refused(path, `has two columns named ${twice}`);
  if (rows.length === 0) throw refused(path, 'has no rows below its header');
  return { columns, rows };
}

function recordsOf(text: string, path: string): readonly (readonly string[])[] {
  try {
    return parse(text, { bom: true, delimiter: delimiterOf(text), skip_empty_lines: true, trim: true });
  } catch (error) {
    if (error instanceof CsvError) throw refused(path, flawOf(error));
    throw error;
  }
}

function delimiterOf(text: string): string {
  const [header = ''] = text.split(/\r?\n/, 1);
  const counts = DELIMITERS.map((mark) => header.split(mark).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ',';
}

/** The library's error as the rest of a sentence. */
function flawOf(error: CsvError): string {
  const { lines, column, record } = error as CsvError & {
    readonly lines?: number;
    readonly column?: unknown;
    readonly record?: readonly string[];
  };
  const line = typeof lines === 'number' ? ` in line ${lines}` : '';
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return `has ${record?.length ?? 'another number of'} cells${line}, which is not what its header has`;
    case 'CSV_QUOTE_NOT_CLOSED':
      return `opens a quote${line} that nothing closes`;
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return `has a quote${line} in the middle of a cell (column ${String(column)}); quotes within quotes are doubled`;
    default:
      return `cannot be read as CSV${line} (${error.code})`;
  }
}

function textOf(path: string): string {
  try {
    const about = statSync(path);
    if (about.isDirectory()) throw refused(path, 'is a directory');
    if (about.size > LARGEST) throw refused(path, 'is larger than 64 MiB');
    return decoded(readFileSync(path));
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT'
      ? refused(path, 'does not exist')
      : refused(path, `cannot be read (${code ?? String(error)})`);
  }
}

/** Spreadsheets write UTF-16 with a mark in front. */
function decoded(bytes: Buffer): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe;
  return bytes.toString(wide ? 'utf16le' : 'utf8');
}

function refused(path: string, flaw: string): Problem {
  return new Problem(`${path} ${flaw}.`, EXIT.misused);
}
