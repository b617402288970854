// `muster sets`: every scale set of the subscription with its capacity, the health of its instances, and its drift.

import { readSets, type SetCounts, type SetSummary } from '../../operator/read-sets.ts';
import { readOptions } from '../options.ts';
import { counted } from '../../operator/words.ts';
import { EXIT } from '../problem.ts';
import { SESSION_OPTIONS } from '../session-options.ts';
import { openSession } from '../session.ts';
import { costWords } from '../view/footer.ts';
import { formatted, queried, readFormat } from '../view/format.ts';
import { type Column, grid } from '../view/grid.ts';
import { paintFor } from '../view/paint.ts';
import type { Command } from './command.ts';

export const sets: Command = {
  summary: 'show every scale set with its capacity, health and drift',
  usage: `Usage: muster sets [--group NAME] [--quick] [-o FORM] [--query JMESPATH] [--context NAME] [--data DIR]

  --group NAME        only those of this resource group
  --quick             without the instances' health and drift: one request in all
  -o, --output FORM   table (default), json, yaml, tsv, csv
  --query JMESPATH    what this makes of the list (default form then: json)

Health and drift take a request or more for each set, four sets at a time.
`,
  async run(args, env, terminal) {
    const { set: _set, ...shared } = SESSION_OPTIONS;
    const values = readOptions('sets', args, {
      ...shared,
      group: { type: 'string' },
      quick: { type: 'boolean', default: false },
      output: { type: 'string', short: 'o' },
      query: { type: 'string' },
    });
    const format = readFormat(values.output ?? (values.query === undefined ? 'table' : 'json'));
    const session = openSession(values, env, terminal);
    try {
      const found = await readSets(session.arm, {
        subscription: session.subscription,
        ...(values.group === undefined ? {} : { group: values.group }),
        counts: !values.quick,
      });
      const records = found.map(recordOf);
      const isTable = values.query === undefined && (format === 'table' || format === 'wide');
      const value = values.query === undefined ? records : await queried(records, values.query);
      terminal.out(isTable ? grid(COLUMNS, found, paintFor(env, terminal)) : await formatted(value, format));
      if (isTable) terminal.err(`${counted(found.length, 'scale set')}. ${costWords(session.arm)}\n`);
    } finally {
      session.arm.close();
    }
    return EXIT.done;
  },
};

const COLUMNS: readonly Column<SetSummary>[] = [
  { title: 'SET', cell: ({ set }) => ({ text: `${set.group}/${set.name}` }) },
  { title: 'MODE', cell: ({ set }) => ({ text: set.mode }) },
  { title: 'LOCATION', cell: ({ set }) => ({ text: set.location }) },
  {
    title: 'STATE',
    cell: ({ set: { provisioning } }) => ({
      text: provisioning,
      mark: provisioning === 'Succeeded' ? undefined : provisioning === 'Failed' ? 'bad' : 'warn',
    }),
  },
  { title: 'UPGRADES', cell: ({ set }) => ({ text: set.upgradeMode }) },
  { title: 'CAPACITY', cell: ({ set }) => ({ text: String(set.capacity) }), align: 'right' },
  number('RUNNING', 'running'),
  {
    title: 'HEALTHY',
    cell: ({ set, counts }) => ({
      text: counts === undefined || set.healthSource === 'none' ? '' : String(counts.healthy),
    }),
    align: 'right',
  },
  number('UNHEALTHY', 'unhealthy', 'bad'),
  number('FAILED', 'failed', 'bad'),
  number('BEHIND', 'behind', 'warn'),
];

function number(title: string, key: keyof SetCounts, mark?: 'bad' | 'warn'): Column<SetSummary> {
  return {
    title,
    cell: ({ counts }) => ({
      text: counts === undefined ? '' : String(counts[key]),
      mark: counts !== undefined && counts[key] > 0 ? mark : undefined,
    }),
    align: 'right',
  };
}

function recordOf({ set, counts }: SetSummary): Readonly<Record<string, unknown>> {
  const { body: _body, subscription: _subscription, tags: _tags, resourceId, ...rest } = set;
  return { ...rest, ...counts, resourceId };
}
