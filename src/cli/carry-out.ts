// Carry out: from a plan that was decided to its end: shown, confirmed, recorded, done, told.
// What must hold: nothing is sent before it is confirmed and the record has the plan; what was confirmed is what is done, so
// where a person was asked, the set is looked at again.

import type { ActionPlan } from '../operator/action-plan.ts';
import { ArmTrouble } from '../operator/arm-trouble.ts';
import type { Sealed } from '../operator/evidence.ts';
import { type Ended, execute } from '../operator/execute.ts';
import type { Decided, Flags } from '../operator/guard.ts';
import type { Inventory } from '../operator/inventory.ts';
import { planText } from '../operator/plan-text.ts';
import { type ActionRecord, applied, recordOf } from '../operator/record.ts';
import type { Entry } from '../operator/record-entry.ts';
import type { Refusal } from '../operator/refusal.ts';
import { sightingOf } from '../operator/sighting.ts';
import type { ActionOptions } from './action-options.ts';
import {
  type EvidenceStore,
  type OpenRecord,
  openEvidenceStore,
  sha256,
  stateDirectory,
} from './evidence-store.ts';
import type { Operating, Operations } from './operating.ts';
import { EXIT, Problem } from './problem.ts';
import type { Environment, Terminal } from './terminal.ts';
import { ownVersion } from './version.ts';

export interface Bridge {
  readonly world: Operations;
  readonly env: Environment;
  readonly terminal: Terminal;
}

/** Decides on an inventory, the same way each time it is asked. */
export type Decider = (inventory: Inventory) => Decided | Promise<Decided>;

/** Opens the set that the options mean, and lets go of it at the end. @param decider for that set */
export async function carryOut(
  bridge: Bridge,
  options: ActionOptions,
  decider: (operating: Operating) => Decider,
): Promise<number> {
  const operating = await bridge.world.open(options.choice, bridge.env, bridge.terminal);
  try {
    return await planned(bridge, operating, options, decider(operating));
  } finally {
    operating.close();
  }
}

async function planned(
  bridge: Bridge,
  operating: Operating,
  options: ActionOptions,
  decide: Decider,
): Promise<number> {
  const { terminal } = bridge;
  const first = await operating.readInventory();
  const decided = await decide(first);
  if (decided.refusals !== undefined) return refused(terminal, decided.refusals);
  const shown = decided.plan;
  if (options.dryRun || shown.touched.length === 0) {
    terminal.out(options.json ? `${JSON.stringify(shown, null, 2)}\n` : planText(shown));
    return EXIT.done;
  }
  terminal.err(planText(shown));
  const isAsked = await confirm(bridge, shown, options);
  const settled = isAsked ? await again(operating, decide, shown) : { plan: shown, inventory: first };
  if (settled.refusals !== undefined) return refused(terminal, settled.refusals);
  const { plan, inventory } = settled;
  const store = openEvidenceStore(stateDirectory(bridge.env), terminal.now);
  const release = store.claim(inventory.set.resourceId);
  try {
    return await recorded(bridge, operating, { store, plan, inventory, options });
  } finally {
    release();
  }
}

interface Confirmed {
  readonly store: EvidenceStore;
  readonly plan: ActionPlan;
  readonly inventory: Inventory;
  readonly options: ActionOptions;
}

async function recorded(bridge: Bridge, operating: Operating, confirmed: Confirmed): Promise<number> {
  const { store, plan, inventory, options } = confirmed;
  const file = store.create(recordName(plan, bridge.terminal.now(), bridge.world.guid()));
  let record = recordOf([]);
  try {
    for (const entry of opening({ file, plan, options, operating, inventory })) {
      record = applied(record, file.append(entry));
    }
    return await run(bridge, operating, { record, file, json: options.json });
  } finally {
    file.close();
  }
}

interface Begun {
  readonly record: ActionRecord;
  readonly file: OpenRecord;
  readonly json: boolean;
}

/** Executes from where the record is, and tells how it ended. */
export async function run(
  bridge: Bridge,
  operating: Operating,
  { record, file, json }: Begun,
): Promise<number> {
  const { world, terminal } = bridge;
  const interruption = world.interruption();
  const { interrupted } = interruption;
  const entries: Sealed[] = [];
  const unlisten = operating.listen((request) => void file.append({ kind: 'request', ...request }));
  try {
    const ended = await execute(record, {
      ...operating,
      now: terminal.now,
      pause: terminal.pause,
      guid: world.guid,
      hash: sha256,
      append: (entry) => {
        const sealed = file.append(entry);
        entries.push(sealed);
        return sealed;
      },
      progress: (line) => terminal.err(`${line}\n`),
      interrupted,
      interruption: interruption.interruption,
    });
    tellEnd(terminal, ended, { file, json, entries, record });
    return codeOf(ended);
  } catch (error) {
    const how = `The record is true up to there. To go on: muster resume ${file.id}`;
    const isKnown = error instanceof Problem || error instanceof ArmTrouble;
    if (isKnown)
      throw new Problem(`${error.message} ${how}`, error instanceof Problem ? error.exitCode : EXIT.failed);
    terminal.err(`${how}\n`);
    throw error;
  } finally {
    unlisten();
    interruption.release();
  }
}

export function codeOf(ended: Ended): number {
  const codes = { succeeded: EXIT.done, failed: EXIT.unverified, interrupted: EXIT.interrupted } as const;
  return codes[ended];
}

/** One line each, with the flag that would allow it. What is not there is told from what may not be done. */
export function refused(terminal: Terminal, refusals: readonly Refusal[]): number {
  for (const { message, flag } of refusals) {
    terminal.err(`muster: refused: ${message}${flag === undefined ? '' : ` If that is meant: ${flag}`}\n`);
  }
  const isMissing = refusals.every(({ code }) => code === 'unknownInstance' || code === 'nothingSelected');
  return isMissing ? EXIT.notFound : EXIT.refused;
}

/** Answers whether a person was asked. Throws a Problem when the answer is no, or when nobody can be asked. */
async function confirm({ world }: Bridge, plan: ActionPlan, options: ActionOptions): Promise<boolean> {
  const { name } = plan.place;
  if (options.confirm !== undefined && options.confirm !== name) {
    throw new Problem(
      `--confirm says '${options.confirm}', and the set is ${name}. Nothing was done.`,
      EXIT.refused,
    );
  }
  if (plan.confirmation === 'name') {
    if (options.confirm === name) return false;
    const answer = await world.ask(
      `More than the usual radius of ${plan.radius.usual}. Type the set's name to go on: `,
    );
    if (answer === undefined) {
      throw new Problem(
        `More than the usual radius of ${plan.radius.usual} needs: --confirm ${name}`,
        EXIT.refused,
      );
    }
    if (answer.trim() !== name) throw new Problem('That is not its name. Nothing was done.', EXIT.refused);
    return true;
  }
  if (options.yes || options.confirm === name) return false;
  const answer = await world.ask('Go on? [y/N] ');
  if (answer === undefined)
    throw new Problem('Nobody can be asked here. To go on without: --yes', EXIT.refused);
  if (!/^y(es)?$/i.test(answer.trim())) throw new Problem('Nothing was done.', EXIT.refused);
  return true;
}

/** The plan of now, when it is about the same instances in the same order. Who serves meanwhile may differ: it was judged again. */
async function again(operating: Operating, decide: Decider, shown: ActionPlan): Promise<Settled> {
  const inventory = await operating.readInventory();
  const { plan, refusals } = await decide(inventory);
  if (refusals !== undefined) return { refusals };
  if (JSON.stringify(plan.stages) === JSON.stringify(shown.stages)) return { plan, inventory };
  throw new Problem(
    'The set has changed since the plan was shown. Nothing was done; look at it again.',
    EXIT.refused,
  );
}

type Settled =
  | { readonly plan: ActionPlan; readonly inventory: Inventory; readonly refusals?: undefined }
  | { readonly refusals: readonly Refusal[] };

/** Sorts by time; tells what it is. */
function recordName({ verb, place }: ActionPlan, now: number, guid: string): string {
  const stamp = `${new Date(now).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  return `${stamp}-${verb}-${place.name.replaceAll(/[^\w-]/g, '-')}-${guid.slice(0, 4)}`;
}

interface Opening {
  readonly file: OpenRecord;
  readonly plan: ActionPlan;
  readonly options: ActionOptions;
  readonly operating: Operating;
  readonly inventory: Inventory;
}

function opening({ file, plan, options, operating, inventory }: Opening): readonly Entry[] {
  const flags: Flags = options.flags;
  return [
    {
      kind: 'intent',
      record: file.id,
      verb: plan.verb,
      expect: options.expect,
      who: operating.who,
      where: operating.where,
      set: inventory.set.resourceId,
      tool: `muster ${ownVersion()}`,
    },
    { kind: 'plan', plan, flags },
    { kind: 'sighting', when: 'before', sighting: sightingOf(inventory, sha256) },
  ];
}

function tellEnd(
  terminal: Terminal,
  ended: Ended,
  { file, json, entries, record }: Begun & { readonly entries: readonly Sealed[] },
): void {
  let whole = record;
  for (const entry of entries) whole = applied(whole, entry);
  const outputs = Object.values(whole.steps).flatMap(({ output }) => (output === undefined ? [] : [output]));
  const summary = whole.done?.summary ?? `Interrupted. To go on: muster resume ${file.id}`;
  if (json) {
    const shown = outputs.map(({ instance, state, exitCode, stdout, stderr }) => ({
      instance,
      state,
      exitCode,
      stdout,
      stderr,
    }));
    terminal.out(
      `${JSON.stringify({ record: file.id, outcome: ended, summary, outputs: shown }, null, 2)}\n`,
    );
    return;
  }
  for (const { instance, exitCode, state, stdout, stderr } of outputs) {
    terminal.out(`== ${instance} (${exitCode === undefined ? state : `exit code ${exitCode}`})\n${stdout}`);
    if (stderr !== '') terminal.err(`== ${instance}: errors\n${stderr}`);
  }
  terminal.out(`${summary}\nevidence: ${file.id}\n`);
}
