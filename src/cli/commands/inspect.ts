// `muster inspect ID`: everything about one instance on a page.

import type { Arm } from '../../operator/arm.ts';
import { ArmRefusal } from '../../operator/arm-refusal.ts';
import { bootLogUrl } from '../../operator/boot-log.ts';
import { difference } from '../../operator/difference.ts';
import type { Difference, InstanceFacts, Inventory } from '../../operator/inventory.ts';
import { withProtection } from '../../operator/member-protection.ts';
import { modeNotes } from '../../operator/mode-difference.ts';
import { isHealthy, standsAlone } from '../../operator/neighbours.ts';
import { eventsOf } from '../../operator/read-events.ts';
import { COMPUTE_VERSION } from '../../operator/read-inventory.ts';
import { select } from '../../operator/selection.ts';
import { milliseconds } from '../../operator/where.ts';
import { downloadTail } from '../arm/download.ts';
import { readArguments } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';
import { logOf, readLog, readSet } from '../read-set.ts';
import { SESSION_OPTIONS, SESSION_USAGE } from '../session-options.ts';
import { openSession, type Session } from '../session.ts';
import { costWords } from '../view/footer.ts';
import { formatted, queried, readFormat } from '../view/format.ts';
import { type BootLog, type Inspection, inspectionPage } from '../view/inspection.ts';
import { recordOf } from '../view/instances.ts';
import { paintFor } from '../view/paint.ts';
import type { Command } from './command.ts';

const LOG_PAGES = 10;

export const inspect: Command = {
  summary: 'show everything about one instance on a page',
  usage: `Usage: muster inspect ID [options]

${SESSION_USAGE}  --since DURATION    how far back the timeline goes: 90m, 24h, 7d (default 7d; ARM keeps 90d)
  --lines N           how much of the boot log is shown (default 20; 0 leaves it alone)
  -o, --output FORM   table (default: the page), json, yaml
  --query JMESPATH    what this makes of it (default form then: json)

The page: its state; in which fields its model is not the set's; what its extensions printed; in what
it stands alone among its healthy neighbours; its timeline from the activity log; its boot log's end; and,
in a Flexible set, what is different there. All of that is in: muster modes
`,
  async run(args, env, terminal) {
    const { values, positionals } = readArguments('inspect', args, {
      ...SESSION_OPTIONS,
      since: { type: 'string', default: '7d' },
      lines: { type: 'string', default: '20' },
      output: { type: 'string', short: 'o' },
      query: { type: 'string' },
    });
    const [id, ...more] = positionals;
    if (id === undefined || more.length > 0) {
      throw new Problem('muster inspect takes one instance id. See: muster inspect --help', EXIT.misused);
    }
    const format = readFormat(values.output ?? (values.query === undefined ? 'table' : 'json'));
    const [span, lines] = [readSpan(values.since), readLines(values.lines)];
    const session = openSession(values, env, terminal);
    try {
      const [inventory, log] = await Promise.all([
        readSet(session, terminal),
        readLog(session, terminal, { since: terminal.now() - span, pages: LOG_PAGES }),
      ]);
      const facts = instanceOf(await withProtection(inventory, [id], session.arm), id);
      const { events, last } = logOf(log, inventory);
      const [differences, bootLog] = await Promise.all([
        differencesOf(session.arm, facts, inventory),
        lines === 0 ? NOT_ASKED : readBootLog(session, facts, lines),
      ]);
      const page: Inspection = {
        set: inventory.set,
        facts,
        differences,
        alone: standsAlone(facts, inventory.instances),
        neighbours: inventory.instances.filter((other) => other.id !== id && isHealthy(other)).length,
        events: eventsOf(events, id),
        bootLog,
        now: terminal.now(),
      };
      const isPage = values.query === undefined && (format === 'table' || format === 'wide');
      if (isPage) {
        terminal.out(inspectionPage(page, paintFor(env, terminal)));
        terminal.err(`${costWords(session.arm)}\n`);
      } else {
        const row = { facts, last: last.get(id), now: page.now };
        const value = { ...recordOf(row), view: facts.view, ...recordsOf(page) };
        const found = values.query === undefined ? value : await queried(value, values.query);
        terminal.out(await formatted(found, format));
      }
    } finally {
      session.arm.close();
    }
    return EXIT.done;
  },
};

function instanceOf(inventory: Inventory, id: string): InstanceFacts {
  const { ids = [], refusals = [] } = select(inventory, { by: 'ids', ids: [id] });
  const facts = inventory.instances.find((one) => one.id === ids[0]);
  if (facts !== undefined) return facts;
  throw new Problem(refusals.map(({ message }) => message).join(' '), EXIT.notFound);
}

const NOT_ASKED: BootLog = { kind: 'none', why: 'It was not asked for.' };

function recordsOf(page: Inspection): Readonly<Record<string, unknown>> {
  const { set, facts, differences, alone, events, bootLog } = page;
  const log = bootLog.kind === 'text' ? bootLog.lines : null;
  return {
    mode: set.mode,
    differences,
    standsAlone: alone,
    events,
    bootLog: log,
    modeNotes: modeNotes(facts, set),
  };
}

function readSpan(text: string): number {
  const span = milliseconds(text);
  const most = 90 * 86_400_000;
  if (span === undefined || span > most) {
    throw new Problem(`--since is a duration up to 90d, 90m or 24h, not '${text}'.`, EXIT.misused);
  }
  return span;
}

function readLines(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text);
  throw new Problem(`--lines is a whole number from 0 to 99999, not '${text}'.`, EXIT.misused);
}

/** User data is in neither body unless it is asked for by name; who may not read it sees the rest. */
async function differencesOf(
  arm: Arm,
  facts: InstanceFacts,
  { set }: Inventory,
): Promise<readonly Difference[]> {
  const withUserData = async (path: string): Promise<Awaited<ReturnType<Arm['send']>>> =>
    await arm.send({ method: 'GET', path: `${path}?$expand=userData`, apiVersion: COMPUTE_VERSION });
  const [mine, theirs] = await Promise.all([withUserData(facts.resourceId), withUserData(set.resourceId)]);
  const both = mine.status === 200 && theirs.status === 200;
  return both ? difference(mine.body ?? {}, theirs.body ?? {}) : difference(facts.body, set.body);
}

async function readBootLog({ arm, ca }: Session, facts: InstanceFacts, lines: number): Promise<BootLog> {
  try {
    const url = await bootLogUrl(arm, facts);
    if (url === undefined) return { kind: 'none', why: 'Boot diagnostics are off.' };
    return { kind: 'text', ...(await downloadTail(url, lines, ca)) };
  } catch (error) {
    // The page is worth having without it.
    if (error instanceof ArmRefusal || error instanceof Problem) return { kind: 'none', why: error.message };
    throw error;
  }
}
