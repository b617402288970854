// Snapshot store: snapshots as files under the user's state directory, one a name, readable by their owner alone.
// What must hold: nothing is overwritten; a name cannot lead out of the directory; a damaged file is named in one sentence.

import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseSnapshot, type Snapshot, snapshotText } from '../operator/snapshot.ts';
import { readTextFile } from './json-file.ts';
import { EXIT, Problem } from './problem.ts';
import type { Environment } from './terminal.ts';

const NAME = /^[A-Za-z0-9][\w.-]{0,119}$/;
const SUFFIX = '.json';

export interface Stored {
  readonly name: string;
  readonly snapshot: Snapshot;
}

/** `$XDG_STATE_HOME/muster/snapshots`; without the variable `~/.local/state` takes its place (XDG Base Directory). */
export function snapshotDirectory(env: Environment): string {
  const state = env.XDG_STATE_HOME;
  // The specification has relative paths ignored.
  const base = state?.startsWith('/') === true ? state : join(env.HOME ?? homedir(), '.local', 'state');
  return join(base, 'muster', 'snapshots');
}

/** `web-20261124T060800Z`: what a snapshot is called when nobody names it. */
export function defaultName({ set, taken }: Snapshot): string {
  const time = new Date(taken).toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${set.name}-${time}Z`
    .replaceAll(/[^\w.-]/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 120);
}

/** Answers the path of the file. */
export function saveSnapshot(directory: string, name: string, snapshot: Snapshot): string {
  const path = pathOf(directory, name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, snapshotText(snapshot), { mode: 0o600, flag: 'wx' });
  try {
    // A link is refused where the name is taken, and never shows half a file.
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new Problem(`There is a snapshot ${name} already. Choose another name.`, EXIT.misused);
  } finally {
    rmSync(draft, { force: true });
  }
  return path;
}

export function loadSnapshot(directory: string, name: string): Snapshot {
  const path = pathOf(directory, name);
  const text = readTextFile(path);
  if (text === undefined) {
    const names = namesIn(directory);
    const known = names.length === 0 ? 'There are none yet.' : `There are: ${names.join(', ')}.`;
    throw new Problem(`There is no snapshot ${name}. ${known}`, EXIT.notFound);
  }
  const read = parseSnapshot(text);
  if ('problem' in read) throw new Problem(`${path} ${read.problem}.`);
  return read;
}

/** Oldest first. One that cannot be read has the reason in the place of its content. */
export function listSnapshots(
  directory: string,
): readonly (Stored | { readonly name: string; readonly problem: string })[] {
  const read = namesIn(directory).map((name) => {
    const found = parseSnapshot(readTextFile(pathOf(directory, name)) ?? '');
    return 'problem' in found ? { name, problem: found.problem } : { name, snapshot: found };
  });
  const timeOf = (one: (typeof read)[number]): string => ('snapshot' in one ? one.snapshot.taken : '');
  return read.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((file) => file.endsWith(SUFFIX))
      .map((file) => file.slice(0, -SUFFIX.length))
      .filter((name) => NAME.test(name))
      .toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function pathOf(directory: string, name: string): string {
  if (!NAME.test(name)) {
    throw new Problem(
      `A snapshot cannot be called '${name}': letters, digits, dots, dashes and underscores, a letter or digit first, at most 120.`,
      EXIT.misused,
    );
  }
  return join(directory, `${name}${SUFFIX}`);
}
