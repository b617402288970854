// `muster evidence`: the records of what was done: a list, one for a reader, whether they are whole, and files of them.

import { readFileSync, writeFileSync } from 'node:fs';
import { checkChain, type Checked, type Sealed } from '../../operator/evidence.ts';
import { htmlOf } from '../../operator/evidence-html.ts';
import { markdownOf } from '../../operator/evidence-markdown.ts';
import { reportOf } from '../../operator/evidence-report.ts';
import { recordOf } from '../../operator/record.ts';
import { type EvidenceStore, openEvidenceStore, sha256, stateDirectory } from '../evidence-store.ts';
import { readOptions, readArguments } from '../options.ts';
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
finds any byte that was changed, and says which line. What a kill has left half written is told, too.
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
    const { entries, torn, damage } = store.read(id);
    const { intent, done } = recordOf(entries);
    const state = damage === undefined ? (torn > 0 ? 'torn' : (done?.outcome ?? 'not finished')) : 'damaged';
    return {
      record: id,
      state,
      set: intent?.set ?? '',
      summary: done?.summary ?? '',
      entries: entries.length,
    };
  });
  if (wantsJson(values.output)) terminal.out(`${JSON.stringify(rows, null, 2)}\n`);
  else
    for (const { record, state, summary } of rows)
      terminal.out(`${record}  ${state.padEnd(12)}  ${summary}`.trimEnd() + '\n');
  return EXIT.done;
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
  const lines = names.map((name) => verdict(name, checked(store, name)));
  for (const { text } of lines) terminal.out(`${text}\n`);
  return lines.every(({ isWhole }) => isWhole) ? EXIT.done : EXIT.damaged;
}

function verdict(name: string, { entries, torn, damage }: Checked): { text: string; isWhole: boolean } {
  if (damage !== undefined) {
    return { text: `${name}: damaged at line ${damage.line}: ${damage.problem}`, isWhole: false };
  }
  if (torn > 0) {
    const text = `${name}: ${entries.length} entries are whole, and the last ${torn} characters are of one that was never finished`;
    return { text, isWhole: false };
  }
  const { done, last } = recordOf(entries);
  const open = done === undefined ? ', not finished' : '';
  return {
    text: `${name}: whole, ${entries.length} entries${open}, ends with ${last?.hash ?? 'nothing'}`,
    isWhole: true,
  };
}

/** A name in the store, or else a file that was exported. */
function checked(store: EvidenceStore, name: string): Checked {
  if (!/[/\\]|\.jsonl?$/.test(name)) return store.read(store.find(name));
  try {
    return checkChain(readFileSync(name, 'utf8'), sha256);
  } catch (error) {
    throw new Problem(`${name} cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}).`);
  }
}

const FORMATS: Readonly<Record<string, (store: EvidenceStore, id: string) => string>> = {
  md: (store, id) => markdownOf(reportOf(whole(store, id))),
  html: (store, id) => htmlOf(reportOf(whole(store, id))),
  json: (store, id) => store.text(store.find(id)),
};

function exported(store: EvidenceStore, args: readonly string[], terminal: Terminal): number {
  const table = { format: { type: 'string', default: 'md' }, file: { type: 'string' } } as const;
  const { values, positionals } = readArguments('evidence export', args, table);
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
  const { entries, damage } = store.read(store.find(name));
  if (damage !== undefined) {
    throw new Problem(`${name} is damaged at line ${damage.line}: ${damage.problem}.`, EXIT.damaged);
  }
  return entries;
}

function one(positionals: readonly string[]): string {
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0)
    throw new Problem('Name one record. See: muster evidence list', EXIT.misused);
  return name;
}
