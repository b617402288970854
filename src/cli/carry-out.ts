// Carry out: from a plan that was decided to its end: shown, confirmed, recorded, done, told.
// What must hold: nothing is sent before it is confirmed and the record has the plan; what was confirmed is what is done, so
// where a person was asked, the set is looked at again.

import type { ActionPlan } from '../operator/action-plan.ts';
import { ArmTrouble } from '../operator/arm-trouble.ts';
import type { Sealed } from '../operator/evidence.ts';
import { type Ended, execute } from '../operator/execute.ts';
import type { Decided, Flags } from '../operator/guard.ts';
import type { Inventory } from '../operator/inventory.ts';
import { withProtection } from '../operator/member-protection.ts';
import { type Outage, outagesOf } from '../operator/outage.ts';
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
import { explained } from './explained.ts';
import type { Operating, Operations } from './operating.ts';
import { pastActions } from './past-actions.ts';
import { EXIT, Problem } from './problem.ts';
import { scopeWords } from './scope-words.ts';
import type { SessionValues } from './session-options.ts';
import type { Environment, Terminal } from './terminal.ts';
import { ownVersion } from './version.ts';

export interface Bridge {
  readonly world: Operations;
  readonly env: Environment;
  readonly terminal: Terminal;
}

/** Decides on an inventory and on what earlier actions left out of service, the same way each time it is asked. */
export type Decider = (inventory: Inventory, standing: readonly Outage[]) => Decided | Promise<Decided>;

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
  const store = openEvidenceStore(stateDirectory(bridge.env), terminal.now);
  const read = await operating.readInventory();
  // Said before anything else is judged by a record that somebody is writing at this moment.
  if (!options.dryRun) store.claim(operating.where, read.set.resourceId)();
  const standing = standingIn(bridge, store, operating, read, options.choice);
  const wish = await decide(read, standing);
  if (wish.refusals !== undefined) return refused(terminal, wish.refusals);
  const meant = wish.plan.touched;
  const first = await withProtection(read, meant, operating.arm);
  const decided = first === read ? wish : await decide(first, standing);
  if (decided.refusals !== undefined) return refused(terminal, decided.refusals);
  const shown = decided.plan;
  if (options.dryRun || shown.touched.length === 0) {
    terminal.out(options.json ? `${JSON.stringify(shown, null, 2)}\n` : planText(shown));
    return EXIT.done;
  }
  terminal.err(planText(shown));
  const isAsked = await confirm(bridge, shown, options);
  const release = store.claim(operating.where, first.set.resourceId);
  try {
    // What other actions have done since the first look is on record now, and none can begin meanwhile.
    const inventory = isAsked
      ? await withProtection(await operating.readInventory(), meant, operating.arm)
      : first;
    const settled = await decide(inventory, standingIn(bridge, store, operating, inventory, options.choice));
    if (settled.refusals !== undefined) return refused(terminal, settled.refusals);
    requireSame(settled.plan, shown);
    return await recorded(bridge, operating, { store, plan: settled.plan, inventory, options });
  } finally {
    release();
  }
}

/** What this tool took out of service on this set and is out still. Says which records cannot be counted. */
export function standingIn(
  { terminal }: Bridge,
  store: EvidenceStore,
  { where }: Operating,
  inventory: Inventory,
  choice: SessionValues,
): readonly Outage[] {
  const { actions, unreadable } = pastActions(store, where, inventory);
  for (const id of unreadable) {
    terminal.err(
      `muster: the evidence record ${id} does not say which set it is about: what it did is not counted.\n`,
    );
  }
  return outagesOf(actions, inventory).map((one) => ({ ...one, remedy: scopedRemedy(one.remedy, choice) }));
}

/** A command goes where this one went. Which set a record is about, the record says. */
function scopedRemedy(remedy: string, { set, ...context }: SessionValues): string {
  if (remedy.startsWith('muster resume')) return `${remedy}${scopeWords(context)}`;
  return remedy.startsWith('muster ') ? `${remedy}${scopeWords({ set, ...context })}` : remedy;
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
    return await run(bridge, operating, { record, file, json: options.json, start: inventory });
  } finally {
    file.close();
  }
}

interface Begun {
  readonly record: ActionRecord;
  readonly file: OpenRecord;
  readonly json: boolean;
  /** What it was allowed on. */
  readonly start: Inventory;
}

/** Executes from where the record is, and tells how it ended. */
export async function run(
  bridge: Bridge,
  operating: Operating,
  { record, file, json, start }: Begun,
): Promise<number> {
  const { world, terminal } = bridge;
  let whole = record;
  const append = (entry: Entry): Sealed => {
    const sealed = file.append(entry);
    whole = applied(whole, sealed);
    return sealed;
  };
  const interruption = world.interruption((times) => {
    if (times === 'first') return terminal.err(heardText(whole));
    append({ kind: 'interrupted', why: 'The operator has ended it at once, by a second Ctrl-C.' });
    terminal.err(`Ended. The record is true up to here. To go on: muster resume ${file.id}\n`);
  });
  const { interrupted } = interruption;
  const unlisten = operating.listen((request) => void file.append({ kind: 'request', ...request }));
  try {
    const ended = await execute(record, {
      ...operating,
      start,
      now: terminal.now,
      pause: terminal.pause,
      guid: world.guid,
      hash: sha256,
      append,
      progress: (line) => terminal.err(`${line}\n`),
      interrupted,
      interruption: interruption.interruption,
    });
    tellEnd(terminal, ended, { id: file.id, json, whole });
    return codeOf(ended);
  } catch (error) {
    const how = `The record is true up to there. To go on: muster resume ${file.id}`;
    const known = explained(error);
    if (known instanceof Problem || known instanceof ArmTrouble)
      throw new Problem(`${known.message} ${how}`, known instanceof Problem ? known.exitCode : EXIT.failed);
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

/** What was shown is what is done: the same instances in the same order. Who serves meanwhile may differ: it was judged again. */
function requireSame(plan: ActionPlan, shown: ActionPlan): void {
  if (JSON.stringify(plan.stages) === JSON.stringify(shown.stages)) return;
  throw new Problem(
    'The set has changed since the plan was shown. Nothing was done; look at it again.',
    EXIT.refused,
  );
}

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

/** What a first Ctrl-C is answered with: what it waits for, what goes on without it, and what a second one does. */
function heardText(record: ActionRecord): string {
  const steps = record.plan?.stages.flatMap((stage) => stage.steps) ?? [];
  const inState = (state: string): string =>
    steps
      .filter(({ key }) => record.steps[key]?.state === state)
      .map(({ key }) => key)
      .join(', ');
  const [asked, accepted] = [inState('doubtful'), inState('accepted')];
  const until = asked === '' ? 'what it is reading now is there' : `ARM has answered to: ${asked}`;
  const goesOn = accepted === '' ? '' : ` What ARM has accepted goes on there: ${accepted}.`;
  return `Heard. It stops when ${until}.${goesOn} Ctrl-C again ends it at once; the record is true either way.\n`;
}

function tellEnd(
  terminal: Terminal,
  ended: Ended,
  { id, json, whole }: { readonly id: string; readonly json: boolean; readonly whole: ActionRecord },
): void {
  const outputs = Object.values(whole.steps).flatMap(({ output }) => (output === undefined ? [] : [output]));
  const summary = whole.done?.summary ?? `Interrupted. To go on: muster resume ${id}`;
  if (json) {
    const shown = outputs.map(({ instance, state, exitCode, stdout, stderr }) => ({
      instance,
      state,
      exitCode,
      stdout,
      stderr,
    }));
    terminal.out(`${JSON.stringify({ record: id, outcome: ended, summary, outputs: shown }, null, 2)}\n`);
    return;
  }
  for (const { instance, exitCode, state, stdout, stderr } of outputs) {
    terminal.out(`== ${instance} (${exitCode === undefined ? state : `exit code ${exitCode}`})\n${stdout}`);
    if (stderr !== '') terminal.err(`== ${instance}: errors\n${stderr}`);
  }
  terminal.out(`${summary}\nevidence: ${id}\n`);
}
