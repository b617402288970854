// `muster resume`: goes on from a half-finished record. What was acknowledged is not asked for again.

import type { Sealed } from '../../operator/evidence.ts';
import type { Inventory } from '../../operator/inventory.ts';
import { recheck } from '../../operator/recheck.ts';
import { type ActionRecord, applied, recordOf } from '../../operator/record.ts';
import type { Entry } from '../../operator/record-entry.ts';
import { sightingOf } from '../../operator/sighting.ts';
import { GUARD_OPTIONS, GUARD_USAGE, guardFlags } from '../action-options.ts';
import { type Bridge, codeOf, refused, run } from '../carry-out.ts';
import { type EvidenceStore, openEvidenceStore, sha256, stateDirectory } from '../evidence-store.ts';
import type { Operating, Operations } from '../operating.ts';
import { readArguments } from '../options.ts';
import { wantsJson } from '../output-format.ts';
import { EXIT, Problem } from '../problem.ts';
import { SESSION_OPTIONS, type SessionValues } from '../session.ts';
import type { Command } from './command.ts';

/** Which set it is about, the record says. */
const { set: _set, ...context } = SESSION_OPTIONS;

export function resumeCommand(world: Operations): Command {
  return {
    summary: 'go on with an action that was interrupted',
    usage: `Usage: muster resume [RECORD] [options]

Without RECORD: the latest that is not finished. What ARM has acknowledged is not asked for again; a request
whose answer was not heard is looked up in the activity log first, which on Azure may take twenty minutes.
What has become protected or scarce since is refused, unless a flag allows it:

${GUARD_USAGE}  --context NAME        where it was begun (default: what "muster context use" chose)
  --data DIR            the local plane's data directory (default $MUSTER_HOME or ~/.muster)
  -o, --output FORM     table (default) or json

Exits as the action itself does.
`,
    async run(args, env, terminal) {
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
      const id = name === undefined ? latestOpen(store) : store.find(name);
      const { record: file, entries, torn } = store.reopen(id);
      let release = (): void => {};
      let operating: Operating | undefined;
      try {
        const record = recordOf(entries);
        if (record.done !== undefined) {
          terminal.out(`${id} is finished: ${record.done.summary}\n`);
          return codeOf(record.done.outcome);
        }
        const bridge = { world, env, terminal };
        operating = await openAgain(bridge, record, values);
        requireSameArm(record, operating);
        const inventory = await operating.readInventory();
        const refusals = recheck(record, inventory, guardFlags(values));
        if (refusals.length > 0) return refused(terminal, refusals);
        release = store.claim(inventory.set.resourceId);
        let whole = record;
        for (const entry of reopening(record, entries, { inventory, operating, torn })) {
          whole = applied(whole, file.append(entry));
        }
        if (torn > 0) terminal.err(`An entry that was never finished (${torn} characters) was taken away.\n`);
        return await run(bridge, operating, { record: whole, file, json });
      } finally {
        operating?.close();
        release();
        file.close();
      }
    },
  };
}

function latestOpen(store: EvidenceStore): string {
  const open = store.list().findLast((id) => recordOf(store.read(id).entries).done === undefined);
  if (open === undefined) throw new Problem('There is no action that is not finished.', EXIT.notFound);
  return open;
}

async function openAgain(
  { world, env, terminal }: Bridge,
  { intent, plan }: ActionRecord,
  values: SessionValues,
): Promise<Operating> {
  if (intent === undefined || plan === undefined) {
    throw new Problem('This record ends before its plan: nothing was sent. Begin the action again.');
  }
  const { group, name } = plan.place;
  return await world.open({ ...values, set: `${group}/${name}` }, env, terminal);
}

/** A record is gone on with where it was begun. */
function requireSameArm({ intent }: ActionRecord, { where }: Operating): void {
  if (where === intent?.where) return;
  throw new Problem(
    `This record was begun at ${intent?.where}, and this is ${where}. Choose its context with --context.`,
  );
}

function reopening(
  record: ActionRecord,
  entries: readonly Sealed[],
  {
    inventory,
    operating,
    torn,
  }: { readonly inventory: Inventory; readonly operating: Operating; readonly torn: number },
): readonly Entry[] {
  if (inventory.set.resourceId.toLowerCase() !== record.intent?.set.toLowerCase()) {
    throw new Problem(`This record is about ${record.intent?.set}, and this is ${inventory.set.resourceId}.`);
  }
  const resumed: Entry = { kind: 'resumed', who: operating.who, torn };
  if (record.before !== undefined) return [resumed];
  if (entries.some(({ kind }) => kind === 'sending'))
    throw new Error('a request was sent before the set was looked at');
  return [resumed, { kind: 'sighting', when: 'before', sighting: sightingOf(inventory, sha256) }];
}
