// Resume: goes on from a record, the one that is named or the latest that is not finished.

import type { Sealed } from '../../operator/evidence.ts';
import type { Flags } from '../../operator/guard.ts';
import type { Inventory } from '../../operator/inventory.ts';
import { recheck } from '../../operator/recheck.ts';
import { type ActionRecord, applied, recordOf } from '../../operator/record.ts';
import type { Entry } from '../../operator/record-entry.ts';
import { sightingOf } from '../../operator/sighting.ts';
import { GUARD_OPTIONS, guardFlags } from '../action-options.ts';
import { type Bridge, codeOf, refused, run, standingIn } from '../carry-out.ts';
import {
  damageOf,
  type EvidenceStore,
  openEvidenceStore,
  sha256,
  stateDirectory,
} from '../evidence-store.ts';
import type { Operating } from '../operating.ts';
import { readArguments } from '../options.ts';
import { wantsJson } from '../output-format.ts';
import { EXIT, Problem } from '../problem.ts';
import { SESSION_OPTIONS, type SessionValues } from '../session-options.ts';
import type { Terminal } from '../terminal.ts';

/** Which set it is about, the record says. */
const { set: _set, ...context } = SESSION_OPTIONS;

export async function resume(args: readonly string[], bridge: Bridge): Promise<number> {
  const { env, terminal } = bridge;
  const table = {
    ...GUARD_OPTIONS,
    ...context,
    output: { type: 'string', short: 'o', default: 'table' },
  } as const;
  const { values, positionals } = readArguments('resume', args, table);
  const [name, ...others] = positionals;
  if (others.length > 0) throw new Problem('One record at a time: muster resume RECORD', EXIT.misused);
  const json = wantsJson(values.output);
  const store = openEvidenceStore(stateDirectory(env), terminal.now);
  const id = name === undefined ? latestOpen(store, terminal) : store.find(name);
  const { record: file, entries, torn } = store.reopen(id);
  let release = (): void => {};
  let operating: Operating | undefined;
  try {
    const record = recordOf(entries);
    if (record.done !== undefined) {
      terminal.out(`${id} is finished: ${record.done.summary}\n`);
      return codeOf(record.done.outcome);
    }
    operating = await openAgain(bridge, record, values);
    requireSameArm(record, operating);
    release = store.claim(operating.where, record.intent?.set ?? '');
    const inventory = await operating.readInventory();
    const standing = standingIn(bridge, store, operating, inventory, scopeOf(record, values));
    const flags = guardFlags(values);
    const refusals = recheck(record, inventory, flags, standing);
    if (refusals.length > 0) return refused(terminal, refusals);
    let whole = record;
    for (const entry of reopening(record, entries, { inventory, operating, torn, flags })) {
      whole = applied(whole, file.append(entry));
    }
    if (torn > 0) terminal.err(`An entry that was never finished (${torn} characters) was taken away.\n`);
    return await run(bridge, operating, { record: whole, file, json, start: inventory });
  } finally {
    operating?.close();
    release();
    file.close();
  }
}

/** Whole, not finished, and in nobody's hand. Names those that are passed over. */
function latestOpen(store: EvidenceStore, terminal: Terminal): string {
  for (const id of store.list().toReversed()) {
    const stored = store.read(id);
    const wrong = damageOf(stored);
    if (wrong !== undefined) {
      terminal.err(`muster: the evidence record ${id} is ${wrong}: it is passed over.\n`);
      continue;
    }
    if (recordOf(stored.entries).done !== undefined) continue;
    if (!store.isInHand(id)) return id;
    terminal.err(`muster: another process is at the evidence record ${id}: it is passed over.\n`);
  }
  throw new Problem('There is no action that is not finished.', EXIT.notFound);
}

async function openAgain(
  { world, env, terminal }: Bridge,
  record: ActionRecord,
  values: SessionValues,
): Promise<Operating> {
  const { intent, plan } = record;
  if (intent === undefined || plan === undefined) {
    throw new Problem('This record ends before its plan: nothing was sent. Begin the action again.');
  }
  return await world.open(scopeOf(record, values), env, terminal);
}

/** The set that the record is about, as an option names it. */
function scopeOf({ plan }: ActionRecord, values: SessionValues): SessionValues {
  return plan === undefined ? values : { ...values, set: `${plan.place.group}/${plan.place.name}` };
}

/** A record is gone on with where it was begun. */
function requireSameArm({ intent }: ActionRecord, { where }: Operating): void {
  if (where === intent?.where) return;
  throw new Problem(
    `This record was begun at ${intent?.where}, and this is ${where}. Choose its context with --context.`,
  );
}

interface Reopening {
  readonly inventory: Inventory;
  readonly operating: Operating;
  readonly torn: number;
  readonly flags: Flags;
}

function reopening(
  record: ActionRecord,
  entries: readonly Sealed[],
  { inventory, operating, torn, flags }: Reopening,
): readonly Entry[] {
  if (inventory.set.resourceId.toLowerCase() !== record.intent?.set.toLowerCase()) {
    throw new Problem(`This record is about ${record.intent?.set}, and this is ${inventory.set.resourceId}.`);
  }
  const resumed: Entry = { kind: 'resumed', who: operating.who, torn, flags };
  if (record.before !== undefined) return [resumed];
  if (entries.some(({ kind }) => kind === 'sending'))
    throw new Error('a request was sent before the set was looked at');
  return [resumed, { kind: 'sighting', when: 'before', sighting: sightingOf(inventory, sha256) }];
}
