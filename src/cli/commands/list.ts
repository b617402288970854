// `muster list`: a row an instance, filtered, in any order, in any form.

import { type FieldName, FIELDS, type InstanceRow, LOGGED } from '../../operator/fields.ts';
import { matches, type SortKey, sorted } from '../../operator/matches.ts';
import { fieldsIn, type Where } from '../../operator/where.ts';
import { readOptions } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';
import { withAsked } from '../../operator/member-protection.ts';
import { logOf, readLog, readSet, recently } from '../read-set.ts';
import { readSort, readWhere, rowsOf, SELECT_OPTIONS } from '../select.ts';
import { SESSION_OPTIONS, SESSION_USAGE, type SessionValues } from '../session-options.ts';
import { openSession, type Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';
import { footer } from '../view/footer.ts';
import { type Format, formatted, queried, readFormat } from '../view/format.ts';
import { grid } from '../view/grid.ts';
import { COLUMNS, flatRecordOf, recordOf, WIDE } from '../view/instances.ts';
import { paintFor, type Paint } from '../view/paint.ts';
import { watchInstances } from '../watch.ts';
import type { Command } from './command.ts';

const fields = Object.entries(FIELDS)
  .map(([name, { help }]) => `  ${name.padEnd(18)}  ${help}\n`)
  .join('');

export const list: Command = {
  summary: 'show the instances of a scale set, a row each',
  usage: `Usage: muster list [options]
       muster list --where 'health=unhealthy and zone=2' --sort -age,id
       muster list -o tsv --query "[?power!='running'].id"

${SESSION_USAGE}  --where EXPRESSION  only those that it holds for; see below
  --sort FIELDS       in the order of these fields, - before one turns it round: -age,id
  -o, --output FORM   table (default), wide, json, yaml, tsv, csv
  --query JMESPATH    what this makes of the list (default form then: json)
  --watch[=SECONDS]   show it again and again (every 5 s), with * before what has changed
  --no-log            leave the activity log alone: no last action, one request fewer

An expression compares fields: =, !=, <, >, ~ (a regular expression), in (a, b); with and, or, not and
parentheses. Text is compared without regard to case, ids as they are. The fields:

${fields}`,
  async run(args, env, terminal) {
    const request = readRequest(args);
    const session = openSession(request.values, env, terminal);
    const paint = paintFor(env, terminal);
    try {
      if (request.watch !== undefined) {
        return await watchInstances(async () => (await read(session, request, terminal)).rows, {
          terminal,
          paint,
          columns: columnsOf(request.format),
          interval: request.watch,
        });
      }
      const { rows, total } = await read(session, request, terminal);
      terminal.out(await shown(rows, request, paint));
      if (isForPeople(request)) terminal.err(footer(rows, total, session));
    } finally {
      session.arm.close();
    }
    return EXIT.done;
  },
};

interface Request {
  readonly values: SessionValues;
  readonly where: Where | undefined;
  readonly sort: readonly SortKey[];
  readonly format: Format;
  readonly query: string | undefined;
  readonly log: boolean;
  /** Fields that it names. */
  readonly asked: ReadonlySet<FieldName>;
  /** Milliseconds between two looks; undefined is once. */
  readonly watch: number | undefined;
}

function readRequest(args: readonly string[]): Request {
  const { 'no-log': noLog, ...values } = readOptions('list', plainly(args), {
    ...SESSION_OPTIONS,
    ...SELECT_OPTIONS,
    sort: { type: 'string', default: 'id' },
    output: { type: 'string', short: 'o' },
    query: { type: 'string' },
    watch: { type: 'string' },
    'no-log': { type: 'boolean', default: false },
  });
  const where = values.where === undefined ? undefined : readWhere(values.where);
  const sort = readSort(values.sort);
  const asked = new Set([...(where === undefined ? [] : fieldsIn(where)), ...sort.map(({ field }) => field)]);
  const needed = [...asked].find((field) => LOGGED.has(field));
  if (noLog && needed !== undefined) {
    throw new Problem(`The field ${needed} is read from the activity log: leave --no-log out.`, EXIT.misused);
  }
  const format = readFormat(values.output ?? (values.query === undefined ? 'table' : 'json'));
  const watch = values.watch === undefined ? undefined : readInterval(values.watch);
  if (watch !== undefined && (values.query !== undefined || (format !== 'table' && format !== 'wide'))) {
    throw new Problem('--watch shows a table: it goes with neither --query nor another form.', EXIT.misused);
  }
  return { values, where, sort, format, query: values.query, log: !noLog, asked, watch };
}

/** `--watch` alone means every five seconds, and `-age` after `--sort` is a field and no option. */
function plainly(args: readonly string[]): readonly string[] {
  const words: string[] = [];
  for (const arg of args) {
    const isOrder = words.at(-1) === '--sort' && /^-[a-z]/.test(arg);
    if (isOrder) words[words.length - 1] = `--sort=${arg}`;
    else words.push(arg === '--watch' ? '--watch=5' : arg);
  }
  return words;
}

function readInterval(text: string): number {
  const seconds = /^\d{1,5}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds >= 1)) {
    throw new Problem(`--watch is a number of seconds from 1 on, not '${text}'.`, EXIT.misused);
  }
  return seconds * 1000;
}

interface Read {
  readonly rows: readonly InstanceRow[];
  /** How many instances the set has. */
  readonly total: number;
}

async function read(
  session: Session,
  { where, sort, log, asked }: Request,
  terminal: Terminal,
): Promise<Read> {
  const [inventory, events] = await Promise.all([
    readSet(session, terminal),
    log ? readLog(session, terminal, recently(terminal)) : undefined,
  ]);
  const last = events === undefined ? undefined : logOf(events, inventory).last;
  const rows = rowsOf(await withAsked(inventory, asked, session.arm), last);
  const chosen = where === undefined ? rows : rows.filter((row) => matches(where, row));
  return { rows: sorted(chosen, sort), total: rows.length };
}

function columnsOf(format: Format): typeof COLUMNS {
  return format === 'wide' ? WIDE : COLUMNS;
}

function isForPeople({ format, query }: Request): boolean {
  return query === undefined && (format === 'table' || format === 'wide');
}

async function shown(rows: readonly InstanceRow[], request: Request, paint: Paint): Promise<string> {
  const { format, query } = request;
  if (query !== undefined) return await formatted(await queried(rows.map(recordOf), query), format);
  switch (format) {
    case 'table':
    case 'wide':
      return grid(columnsOf(format), rows, paint);
    case 'json':
    case 'yaml':
      return await formatted(rows.map(recordOf), format);
    case 'tsv':
    case 'csv':
      return await formatted(rows.map(flatRecordOf), format);
  }
}
