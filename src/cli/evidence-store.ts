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
import { checkChain, damageWords, lineOf, type Sealed, seal } from '../operator/evidence.ts';
import { compareHead, type Head, openHead, type Stored } from './evidence-head.ts';
import { readTextFile } from './json-file.ts';
import type { Entry } from '../operator/record-entry.ts';
import { isLocked, lock } from './lock.ts';
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
  /** Of the record's file. */
  pathOf(id: string): string;
  /** Oldest first. */
  list(): readonly string[];
  /** The only record whose id begins so. Throws a Problem when there is none, or more than one. */
  find(prefix: string): string;
  read(id: string): Stored;
  /** Whether another process is at it now. */
  isInHand(id: string): boolean;
  /** As it is on the disk. */
  text(id: string): string;
  create(id: string): OpenRecord;
  /** One action at a time on a set, as far as this machine goes: two would be one radius each. Answers how to let go. */
  claim(where: string, set: string): () => void;
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
  const headOf = (id: string): string => join(directory, `${id}.head`);
  const lockOf = (id: string): string => `${pathOf(id)}.lock`;
  // The head first: it never says more than the record has, and the record may grow meanwhile.
  const read = (id: string): Stored => {
    const head = readTextFile(headOf(id));
    return compareHead(checkChain(textOf(id), sha256), head);
  };
  return {
    directory,
    pathOf,
    list,
    read,
    text: textOf,
    find: (prefix) => onlyOne(prefix, list()),
    isInHand: (id) => isLocked(lockOf(id)),
    claim: (where, set) => claimIn(join(state, 'claims'), where, set),
    create: (id) => {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      const unlock = lock(lockOf(id), `at the evidence record ${id}`);
      return orUnlock(unlock, () => {
        const file = openSync(pathOf(id), 'ax', 0o600);
        syncDirectory(directory);
        return openRecord({
          id,
          path: pathOf(id),
          file,
          head: openHead(headOf(id)),
          last: undefined,
          now,
          unlock,
        });
      });
    },
    reopen: (id) => {
      // Before it is locked, so that a name of nothing leaves no lock behind.
      read(id);
      const unlock = lock(lockOf(id), `at the evidence record ${id}`);
      return orUnlock(unlock, () => {
        const stored = read(id);
        const { entries, torn } = stored;
        const wrong = damageOf(stored);
        if (wrong !== undefined)
          throw new Problem(
            `The evidence record ${id} is ${wrong}, so it is not gone on with.`,
            EXIT.damaged,
          );
        if (torn > 0) cutTail(pathOf(id));
        const file = openSync(pathOf(id), 'a');
        const head = openHead(headOf(id));
        const record = openRecord({ id, path: pathOf(id), file, head, last: entries.at(-1), now, unlock });
        return { record, entries, torn };
      });
    },
  };
}

function claimIn(claims: string, where: string, set: string): () => void {
  mkdirSync(claims, { recursive: true, mode: 0o700 });
  return lock(
    join(claims, sha256(`${where}\n${set.toLowerCase()}`)),
    'acting on this set; one action at a time, so that together they keep to the radius',
  );
}

function orUnlock<T>(unlock: () => void, work: () => T): T {
  try {
    return work();
  } catch (error) {
    unlock();
    throw error;
  }
}

interface Opened {
  readonly id: string;
  readonly path: string;
  readonly file: number;
  readonly head: Head;
  readonly last: Sealed | undefined;
  readonly now: () => number;
  readonly unlock: () => void;
}

function openRecord({ id, path, file, head, last: first, now, unlock }: Opened): OpenRecord {
  let last = first;
  return {
    id,
    path,
    append: (entry) => {
      const sealed = seal(entry, last, new Date(now()).toISOString(), sha256);
      const bytes = Buffer.from(lineOf(sealed), 'utf8');
      for (let written = 0; written < bytes.length;) written += writeSync(file, bytes, written);
      fsyncSync(file);
      head.set(sealed);
      last = sealed;
      return sealed;
    },
    close: () => {
      closeSync(file);
      head.close();
      unlock();
    },
  };
}

/** What is wrong with it, so that it can follow "is"; undefined where it is in order as far as it goes. */
export function damageOf({ entries, damage, missing }: Stored): string | undefined {
  if (damage !== undefined) return `damaged at ${damageWords(damage)}`;
  if (missing === 0) return undefined;
  return `cut off after entry ${entries.length}: ${entries.length + missing} were written`;
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
  if (other !== undefined)
    throw new Problem(`More than one evidence record begins with '${prefix}'.`, EXIT.misused);
  return id;
}
