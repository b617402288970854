// The evidence store: a file of JSON lines for each record, in the user's state directory.
// What must hold: an entry is on the disk before `append` returns; nothing is written but at the end; what a kill leaves of an
// entry that was never finished is found, told, and taken away before the record goes on; only the owner reads it.

import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { checkChain, type Checked, lineOf, type Sealed, seal } from '../operator/evidence.ts';
import { readTextFile } from './json-file.ts';
import type { Entry } from '../operator/record-entry.ts';
import { lock } from './lock.ts';
import { EXIT, Problem } from './problem.ts';
import type { Environment } from './terminal.ts';

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** $XDG_STATE_HOME/muster, else ~/.local/state/muster. */
export function stateDirectory(env: Environment): string {
  const home = env.XDG_STATE_HOME;
  return join(home === undefined || home === '' ? join(homedir(), '.local', 'state') : home, 'muster');
}

export interface OpenRecord {
  readonly id: string;
  readonly path: string;
  /** Seals the entry, writes it and waits for the disk. */
  append(entry: Entry): Sealed;
  close(): void;
}

export interface EvidenceStore {
  readonly directory: string;
  /** Oldest first. */
  list(): readonly string[];
  /** The only record whose id begins so. Throws a Problem when there is none, or more than one. */
  find(prefix: string): string;
  read(id: string): Checked;
  /** As it is on the disk. */
  text(id: string): string;
  create(id: string): OpenRecord;
  /** One action at a time on a set, as far as this machine goes: two would be one radius each. Answers how to let go. */
  claim(set: string): () => void;
  /** To go on with. Throws a Problem where another process is at it, or where it is damaged. */
  reopen(id: string): {
    readonly record: OpenRecord;
    readonly entries: readonly Sealed[];
    readonly torn: number;
  };
}

export function openEvidenceStore(state: string, now: () => number): EvidenceStore {
  const directory = join(state, 'evidence');
  const pathOf = (id: string): string => join(directory, `${id}.jsonl`);
  const list = (): readonly string[] => idsIn(directory);
  const textOf = (id: string): string => {
    const text = readTextFile(pathOf(id));
    if (text === undefined) throw new Problem(`There is no evidence record '${id}'.`, EXIT.notFound);
    return text;
  };
  const read = (id: string): Checked => checkChain(textOf(id), sha256);
  return {
    directory,
    list,
    read,
    text: textOf,
    find: (prefix) => onlyOne(prefix, list()),
    claim: (set) => {
      const claims = join(state, 'claims');
      mkdirSync(claims, { recursive: true, mode: 0o700 });
      return lock(join(claims, sha256(set.toLowerCase())), 'acting on this set');
    },
    create: (id) => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const unlock = lock(`${pathOf(id)}.lock`, `at the evidence record ${id}`);
      try {
        const file = openSync(pathOf(id), 'ax', 0o600);
        syncDirectory(directory);
        return openRecord({ id, path: pathOf(id), file, last: undefined, now, unlock });
      } catch (error) {
        unlock();
        throw error;
      }
    },
    reopen: (id) => {
      // Before it is locked, so that a name of nothing leaves no lock behind.
      read(id);
      const unlock = lock(`${pathOf(id)}.lock`, `at the evidence record ${id}`);
      try {
        const { entries, torn, damage } = read(id);
        if (damage !== undefined) {
          const where = `line ${damage.line}: ${damage.problem}`;
          throw new Problem(
            `The evidence record ${id} is damaged (${where}), so it is not gone on with.`,
            EXIT.damaged,
          );
        }
        if (torn > 0) cutTail(pathOf(id));
        const file = openSync(pathOf(id), 'a');
        const record = openRecord({ id, path: pathOf(id), file, last: entries.at(-1), now, unlock });
        return { record, entries, torn };
      } catch (error) {
        unlock();
        throw error;
      }
    },
  };
}

interface Opened {
  readonly id: string;
  readonly path: string;
  readonly file: number;
  readonly last: Sealed | undefined;
  readonly now: () => number;
  readonly unlock: () => void;
}

function openRecord({ id, path, file, last: first, now, unlock }: Opened): OpenRecord {
  let last = first;
  return {
    id,
    path,
    append: (entry) => {
      const sealed = seal(entry, last, new Date(now()).toISOString(), sha256);
      const bytes = Buffer.from(lineOf(sealed), 'utf8');
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      fsyncSync(file);
      last = sealed;
      return sealed;
    },
    close: () => {
      closeSync(file);
      unlock();
    },
  };
}

/** Takes away what comes after the last line's end. */
function cutTail(path: string): void {
  const end = readFileSync(path).lastIndexOf(0x0a) + 1;
  const file = openSync(path, 'r+');
  ftruncateSync(file, end);
  fsyncSync(file);
  closeSync(file);
}

/** A new name is on the disk when its directory is. */
function syncDirectory(path: string): void {
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  fsyncSync(directory);
  closeSync(directory);
}

function idsIn(directory: string): readonly string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
    return names.map((name) => name.slice(0, -'.jsonl'.length)).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function onlyOne(prefix: string, ids: readonly string[]): string {
  const found = ids.includes(prefix) ? [prefix] : ids.filter((id) => id.startsWith(prefix) && prefix !== '');
  const [id, other] = found;
  if (id === undefined)
    throw new Problem(`There is no evidence record '${prefix}'. See: muster evidence list`, EXIT.notFound);
  if (other !== undefined) throw new Problem(`More than one evidence record begins with '${prefix}'.`);
  return id;
}
