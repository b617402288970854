// `muster evidence`: the records of what was done: a list, one for a reader, whether they are whole, and files of them.

import { writeFileSync } from 'node:fs';
import { checkChain, type Sealed } from '../../operator/evidence.ts';
import { htmlOf } from '../../operator/evidence-html.ts';
import { markdownOf } from '../../operator/evidence-markdown.ts';
import { reportOf } from '../../operator/evidence-report.ts';
import { recordOf } from '../../operator/record.ts';
import { compareHead, type Stored } from '../evidence-head.ts';
import {
  damageOf,
  type EvidenceStore,
  openEvidenceStore,
  sha256,
  stateDirectory,
} from '../evidence-store.ts';
import { readTextFile } from '../json-file.ts';
import { readOptions, readArguments } from '../options.ts';
import { table } from '../output.ts';
import { wantsJson } from '../output-format.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Terminal } from '../terminal.ts';
import type { Command } from './command.ts';

export const evidence: Command = {
  summary: 'list, show, verify and export the records of what was done',
  usage: `Usage: muster evidence list [-o table|json]
       muster evidence show RECORD
       muster evidence verify [RECORD|FILE...]
       muster evidence export RECORD [--format md|html|json] [--file PATH]

RECORD is a record's name or as much of its beginning as only it has. A record is a chain of hashes: verify
finds any byte that was changed and any end that is missing, and says which entry of which record. What a kill
has left half written is told, too. list says of each: succeeded, failed, running (a process is at it), not
finished (muster resume goes on), torn (the same, and its last entry is half written), damaged, cut off.
HTML is one file with everything in it. json is the entries themselves, which verify reads again.
Exits with 9 when a record is damaged.
`,
  async run(args, env, terminal) {
    const store = openEvidenceStore(stateDirectory(env), terminal.now);
    const [what, ...rest] = args;
    const deeds: Readonly<Record<string, () => number>> = {
      list: () => list(store, rest, terminal),
      show: () => show(store, rest, terminal),
      verify: () => verify(store, rest, terminal),
      export: () => exported(store, rest, terminal),
    };
    const deed = what === undefined || !Object.hasOwn(deeds, what) ? undefined : deeds[what];
    if (deed === undefined)
      throw new Problem('Say what: muster evidence list, show, verify or export.', EXIT.misused);
    return await Promise.resolve(deed());
  },
};

function list(store: EvidenceStore, args: readonly string[], terminal: Terminal): number {
  const values = readOptions('evidence list', args, {
    output: { type: 'string', short: 'o', default: 'table' },
  });
  const rows = store.list().map((id) => {
    const stored = store.read(id);
    const { entries } = stored;
    const { intent, done } = recordOf(entries);
    const state = stateOf(stored, store.isInHand(id));
    return {
      record: id,
      state,
      set: intent?.set ?? '',
      summary: done?.summary ?? '',
      entries: entries.length,
    };
  });
  if (wantsJson(values.output)) terminal.out(`${JSON.stringify(rows, null, 2)}\n`);
  else terminal.out(table(rows.map((row) => [row.record, `${row.state.padEnd(12)}  ${row.summary}`])));
  return EXIT.done;
}

/** `not finished`: all that was written is there, and it can be gone on with. */
function stateOf({ entries, torn, damage, missing, headless }: Stored, isInHand: boolean): string {
  if (damage !== undefined) return 'damaged';
  if (missing > 0) return 'cut off';
  const { done } = recordOf(entries);
  if (done !== undefined && torn === 0) return done.outcome;
  if (isInHand) return 'running';
  if (torn > 0) return 'torn';
  return headless ? 'no end' : 'not finished';
}

function show(store: EvidenceStore, args: readonly string[], terminal: Terminal): number {
  const { positionals } = readArguments('evidence show', args, {});
  const entries = whole(store, one(positionals));
  terminal.out(markdownOf(reportOf(entries)));
  return EXIT.done;
}

function verify(store: EvidenceStore, args: readonly string[], terminal: Terminal): number {
  const { positionals } = readArguments('evidence verify', args, {});
  const names = positionals.length === 0 ? store.list() : positionals;
  const lines = names.map((name) => verdict(name, store));
  for (const { text } of lines) terminal.out(`${text}\n`);
  return lines.every(({ isWhole }) => isWhole) ? EXIT.done : EXIT.damaged;
}

interface Judged {
  readonly text: string;
  readonly isWhole: boolean;
}

function verdict(name: string, store: EvidenceStore): Judged {
  const { id, stored } = storedOf(store, name);
  const wrong = damageOf(stored);
  if (wrong !== undefined) return { text: `${id}: ${wrong}`, isWhole: false };
  const { entries, torn, headless } = stored;
  const { done, last } = recordOf(entries);
  const isInHand = !isFile(name) && store.isInHand(id);
  if (torn > 0 && !isInHand) {
    const text = `${id}: ${entries.length} entries are whole, and the last ${torn} characters are of one that was never finished`;
    return { text, isWhole: false };
  }
  if (done === undefined && headless) {
    const text = `${id}: ${entries.length} entries are whole, and its end is missing: it was cut off, or copied before it was finished`;
    return { text, isWhole: false };
  }
  const open = done !== undefined ? '' : isInHand ? ', running' : ', not finished';
  return {
    text: `${id}: whole, ${entries.length} entries${open}, ends with ${last?.hash ?? 'nothing'}`,
    isWhole: true,
  };
}

/** A path, and not the name of a record. */
function isFile(name: string): boolean {
  return /[/\\]|\.jsonl?$/.test(name);
}

/** A name in the store, or else a file that was exported, which has no head. */
function storedOf(store: EvidenceStore, name: string): { readonly id: string; readonly stored: Stored } {
  if (!isFile(name)) {
    const id = store.find(name);
    return { id, stored: store.read(id) };
  }
  const text = readTextFile(name);
  if (text === undefined) throw new Problem(`There is no file ${name}.`, EXIT.notFound);
  return { id: name, stored: compareHead(checkChain(text, sha256), undefined) };
}

const FORMATS: Readonly<Record<string, (store: EvidenceStore, id: string) => string>> = {
  md: (store, id) => markdownOf(reportOf(whole(store, id))),
  html: (store, id) => htmlOf(reportOf(whole(store, id))),
  json: (store, id) => store.text(store.find(id)),
};

function exported(store: EvidenceStore, args: readonly string[], terminal: Terminal): number {
  const own = { format: { type: 'string', default: 'md' }, file: { type: 'string' } } as const;
  const { values, positionals } = readArguments('evidence export', args, own);
  const format = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format] : undefined;
  if (format === undefined)
    throw new Problem(`--format is md, html or json, not '${values.format}'.`, EXIT.misused);
  const text = format(store, one(positionals));
  if (values.file === undefined) terminal.out(text);
  else write(values.file, text);
  return EXIT.done;
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text, { mode: 0o600 });
  } catch (error) {
    throw new Problem(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    );
  }
}

/** What is damaged is not shown as if it were what happened. */
function whole(store: EvidenceStore, name: string): readonly Sealed[] {
  const id = store.find(name);
  const stored = store.read(id);
  const wrong = damageOf(stored);
  if (wrong !== undefined) throw new Problem(`The evidence record ${id} is ${wrong}.`, EXIT.damaged);
  return stored.entries;
}

function one(positionals: readonly string[]): string {
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0)
    throw new Problem('Name one record. See: muster evidence list', EXIT.misused);
  return name;
}
