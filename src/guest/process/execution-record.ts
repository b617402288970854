// The durable state of one command in a guest, and what its end means. Pure, but for reading the record's file.

import { join } from 'node:path';

import type { Execution } from '../../domain/guest.ts';
import type { Time } from '../../domain/time.ts';
import { readIfThere, readTail, wholeCharacters, writeWhole } from './files.ts';

export interface ExecutionRecord {
  readonly version: 1;
  readonly key: string;
  /** Its directory's name, and the number in the path of its script. */
  readonly number: number;
  /** Marks its processes. */
  readonly id: string;
  readonly startedAt: Time;
  readonly timeoutMs: number;
  /** The boot in which it was begun. */
  readonly boot: string;
  /** Its end was begun from outside; written before anything is killed. */
  readonly ending?: 'timedOut' | 'forgotten';
  readonly ended?: Ended;
}

export type Ended = Omit<Execution, 'state' | 'startedAt'> & {
  readonly state: 'exited' | 'timedOut' | 'canceled';
  readonly endedAt: Time;
};

/** Of each stream, as Azure keeps it. */
const KEPT_BYTES = 4096;

/** What the runner left. */
export interface Traces {
  /** Missing when the runner was killed itself. Shells report a signal as 128 and more. */
  readonly code?: number;
  /** It had come to the script itself. */
  readonly begun: boolean;
}

/** How it ended. A command that was cut off because its guest went away was canceled, whatever number that left. */
export function endState(
  record: ExecutionRecord,
  { code, begun }: Traces,
  guestIsOver: boolean,
): Pick<Ended, 'state' | 'exitCode'> {
  const cutOff = code === undefined || code > 128 || !begun;
  if (cutOff && record.ending === 'timedOut') return { state: 'timedOut' };
  if (code === undefined || (cutOff && guestIsOver)) return { state: 'canceled' };
  return { state: 'exited', exitCode: code };
}

export async function readRecord(directory: string): Promise<ExecutionRecord | undefined> {
  const text = await readIfThere(join(directory, 'record.json'));
  return text === undefined ? undefined : (JSON.parse(text) as ExecutionRecord);
}

export async function writeRecord(directory: string, record: ExecutionRecord): Promise<void> {
  await writeWhole(join(directory, 'record.json'), JSON.stringify(record), 'durable');
}

/** The last of what the command has printed to a stream so far. */
export async function readOutput(directory: string, stream: 'stdout' | 'stderr'): Promise<string> {
  const [before, latest] = await Promise.all([
    readTail(join(directory, `${stream}.old`), KEPT_BYTES + 1),
    readTail(join(directory, stream), KEPT_BYTES + 1),
  ]);
  const all = Buffer.concat([before, latest]);
  return wholeCharacters(all.subarray(-KEPT_BYTES), all.length > KEPT_BYTES);
}

export async function readTraces(directory: string): Promise<Traces> {
  const [exit, begun] = await Promise.all(
    ['exit', 'begun'].map((name) => readIfThere(join(directory, name))),
  );
  const match = /^(\d+)\n$/.exec(exit ?? '');
  return { ...(match ? { code: Number(match[1]) } : {}), begun: begun !== undefined && begun !== '' };
}
