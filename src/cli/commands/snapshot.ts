// `muster snapshot`: inventories kept, and what happened between two of them.

import { snapshotDiff } from '../../operator/snapshot-diff.ts';
import type { Event } from '../../operator/inventory.ts';
import { type Snapshot, snapshotOf } from '../../operator/snapshot.ts';
import { explained } from '../explained.ts';
import { readOptions } from '../options.ts';
import { wantsJson } from '../output-format.ts';
import { counted } from '../../operator/words.ts';
import { EXIT, Problem } from '../problem.ts';
import type { ReadFleet } from '../read-set.ts';
import { SESSION_OPTIONS, SESSION_USAGE, type SessionValues } from '../session-options.ts';
import {
  defaultName,
  listSnapshots,
  loadSnapshot,
  saveSnapshot,
  snapshotDirectory,
} from '../snapshot-store.ts';
import { renderDiff, renderList } from '../snapshot-text.ts';
import type { Environment, Terminal } from '../terminal.ts';
import type { Command } from './command.ts';

/** Milliseconds: what ended in an instance's coming or going may have been asked for well before. */
const MARGIN = 3_600_000;

const usage = `Usage: muster snapshot save [NAME] [options]
       muster snapshot list [-o table|json]
       muster snapshot diff NAME [NAME] [options]

save    keeps the inventory of a scale set under a name (default: the set's name and the time)
list    shows what is kept
diff    explains what happened between two snapshots, or between one and now: every instance that came or
        went, with who did it and why from the activity log; every one that changed, and how. The set is the
        snapshot's own, unless --set says another. Exits with 4 where there is no snapshot of that name

${SESSION_USAGE}  -o table|json       how it is written (default table)

Snapshots are in $XDG_STATE_HOME/muster/snapshots (~/.local/state), readable by you alone. They hold no
secrets: no settings, and nothing that a script printed.
`;

interface Asked {
  readonly names: readonly string[];
  readonly options: readonly string[];
  readonly env: Environment;
  readonly terminal: Terminal;
  readonly readFleet: ReadFleet;
}

export function snapshotCommand(readFleet: ReadFleet): Command {
  return {
    summary: 'keep inventories, and explain what happened between two of them',
    usage,
    async run(args, env, terminal) {
      const first = args.findIndex((word) => word.startsWith('-'));
      const end = first < 0 ? args.length : first;
      const [what, ...names] = args.slice(0, end);
      const asked: Asked = { names, options: args.slice(end), env, terminal, readFleet };
      switch (what) {
        case 'save':
          return await save(asked);
        case 'list':
          return list(asked);
        case 'diff':
          return await diff(asked);
        default:
          throw new Problem(
            `muster snapshot needs save, list or diff${what === undefined ? '' : `, not '${what}'`}. See: muster snapshot --help`,
            EXIT.misused,
          );
      }
    },
  };
}

async function save({ names, options, env, terminal, readFleet }: Asked): Promise<number> {
  atMost(1, names, 'save');
  const values = readOptions('snapshot save', options, SESSION_OPTIONS);
  const { inventory } = await readFleet(values, terminal.now(), env, terminal);
  const snapshot = snapshotOf(inventory);
  const [name = defaultName(snapshot)] = names;
  const path = saveSnapshot(snapshotDirectory(env), name, snapshot);
  terminal.out(`${name}\n`);
  terminal.err(`Kept ${counted(snapshot.instances.length, 'instance')} in ${path}\n`);
  return EXIT.done;
}

function list({ names, options, env, terminal }: Asked): number {
  atMost(0, names, 'list');
  const values = readOptions('snapshot list', options, {
    output: { type: 'string', short: 'o', default: 'table' },
  });
  const asJson = wantsJson(values.output);
  const stored = listSnapshots(snapshotDirectory(env));
  const rows = stored.map((one) =>
    'problem' in one
      ? one
      : {
          name: one.name,
          taken: one.snapshot.taken,
          set: one.snapshot.set.resourceId,
          instances: one.snapshot.instances.length,
        },
  );
  terminal.out(asJson ? `${JSON.stringify(rows, null, 2)}\n` : renderList(stored));
  return EXIT.done;
}

async function diff(asked: Asked): Promise<number> {
  const { names, options, env, terminal } = asked;
  atMost(2, names, 'diff');
  const { output, ...values } = readOptions('snapshot diff', options, {
    ...SESSION_OPTIONS,
    output: { type: 'string', short: 'o', default: 'table' },
  });
  const asJson = wantsJson(output);
  const [first, second] = names;
  if (first === undefined)
    throw new Problem('muster snapshot diff needs the name of a snapshot.', EXIT.misused);
  const directory = snapshotDirectory(env);
  const before = loadSnapshot(directory, first);
  const given = second === undefined ? undefined : loadSnapshot(directory, second);
  if (given !== undefined) requireSameSet(`${second} is of`, given.set.resourceId, before);
  const chosen = { ...values, set: values.set ?? setNameOf(before) };
  const { now, events } = await nowAndEvents(asked, chosen, before, given);
  const after = given ?? now;
  if (after === undefined) throw new Error('a snapshot of now was neither given nor read');
  if (now !== undefined) requireSameSet('the set in use is', now.set.resourceId, before);
  if (Date.parse(after.taken) < Date.parse(before.taken)) {
    throw new Problem(`${first} is the later of the two: name the earlier one first.`, EXIT.misused);
  }
  const found = snapshotDiff(before, after, events);
  terminal.out(asJson ? `${JSON.stringify(found, null, 2)}\n` : renderDiff(found));
  return EXIT.done;
}

/** `GROUP/SET`, as --set has it. */
function setNameOf({ set }: Snapshot): string {
  const [, group = ''] = /\/resourceGroups\/([^/]+)/i.exec(set.resourceId) ?? [];
  return `${group}/${set.name}`;
}

/** The log is asked either way: it is what explains. Where both snapshots are there, it may be missing. */
async function nowAndEvents(
  { env, terminal, readFleet }: Asked,
  values: SessionValues,
  before: Snapshot,
  given: Snapshot | undefined,
): Promise<{ readonly now?: Snapshot; readonly events: readonly Event[] }> {
  try {
    const { inventory, events } = await readFleet(values, Date.parse(before.taken) - MARGIN, env, terminal);
    return { now: snapshotOf(inventory), events };
  } catch (error) {
    const problem = explained(error);
    if (given === undefined || !(problem instanceof Problem)) throw problem;
    terminal.err(`muster: the differences are shown without their reasons: ${problem.message}\n`);
    return { events: [] };
  }
}

function requireSameSet(who: string, resourceId: string, { set }: Snapshot): void {
  if (resourceId.toLowerCase() === set.resourceId.toLowerCase()) return;
  throw new Problem(
    `The first snapshot is of ${set.resourceId}, and ${who} ${resourceId}. Choose its context with --context, or its set with --set.`,
    EXIT.misused,
  );
}

function atMost(count: number, names: readonly string[], what: string): void {
  const extra = names[count];
  if (extra === undefined) return;
  throw new Problem(
    `muster snapshot ${what} takes no argument '${extra}'. See: muster snapshot --help`,
    EXIT.misused,
  );
}
