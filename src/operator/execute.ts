// Execute: does what `nextAction` says, one thing after the other, and writes each down. It decides nothing.
// What must hold: nothing is sent before the entry that says so is on the disk; every id that is sent comes from a selection
// made from the inventory that the action was allowed on, and is in the plan.

import type { ArmAnswer } from './arm.ts';
import { ArmTrouble } from './arm-trouble.ts';
import { accepted } from './arm-refusal.ts';
import { setFacts } from './facts.ts';
import type { Inventory, SetFacts } from './inventory.ts';
import { type Helm, tell, untilNextLook } from './helm.ts';
import { isSameMachine } from './look-again.ts';
import { nextAction } from './next-action.ts';
import type { Entry } from './record-entry.ts';
import { type ActionRecord, applied, progressOf } from './record.ts';
import { plainOutput } from './plain-command.ts';
import { forbiddenSince } from './recheck.ts';
import { setRequest, tracesRequest } from './requests.ts';
import { type InstanceIds, partOf, select } from './selection.ts';
import { mindsProtection, sendStep } from './send-step.ts';
import { sightingOf, vmIdOf } from './sighting.ts';
import { fetchOutput } from './step-output.ts';
import { protectedIn, withProtection } from './member-protection.ts';
import { type Verdict, verify } from './verify.ts';
import type { Stage, Step } from './action-plan.ts';

export type Ended = 'succeeded' | 'failed' | 'interrupted';

/** Between two looks into an activity log that is late. */
const TRACE = 30_000;

type NextOf<K extends ReturnType<typeof nextAction>['do']> = Extract<
  ReturnType<typeof nextAction>,
  { do: K }
>;

/** Goes on from wherever the record is. */
export async function execute(begun: ActionRecord, helm: Helm): Promise<Ended> {
  let record = begun;
  const note = (entry: Entry): void => {
    record = applied(record, helm.append(entry));
  };
  const selection = selectionFor(record, helm.start);
  for (;;) {
    if (helm.interrupted()) {
      note({ kind: 'interrupted', why: 'The operator has interrupted it.' });
      return 'interrupted';
    }
    const next = nextAction(record, helm.now(), helm.logDelay);
    switch (next.do) {
      case 'rest':
        return record.done?.outcome ?? 'failed';
      case 'send':
        await send(record, next.steps, { helm, note, selection });
        break;
      case 'trace':
        await trace(record, next, { helm, note });
        break;
      case 'follow':
        await together(next.steps.map(async (step) => follow(record, step, { helm, note })));
        break;
      case 'fetch':
        await together(
          next.steps.map(async (step) => fetchOutput(record, step, idsOf(selection, step), { helm, note })),
        );
        break;
      case 'judge':
        note({ kind: 'verified', stage: next.stage.name, looked: false, ok: next.ok, reasons: next.reasons });
        tell(helm, verdictLine(next.stage, next.ok, next.reasons));
        break;
      case 'look':
        await look(record, next, { helm, note });
        break;
      case 'conclude':
        if (record.after === undefined) {
          note({
            kind: 'sighting',
            when: 'after',
            sighting: sightingOf(await helm.readInventory(), helm.hash),
          });
        }
        note({ kind: 'done', outcome: next.outcome, summary: next.summary });
        break;
    }
  }
}

/** All of it ends before the first failure of it is told: nothing is written once the record is left. */
async function together(work: readonly Promise<void>[]): Promise<void> {
  const settled = await Promise.allSettled(work);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

interface Hands {
  readonly helm: Helm;
  readonly note: (entry: Entry) => void;
}

/** What of the plan is still there, and still the same machine: ids come again. Undefined when nothing of it is. */
function selectionFor(record: ActionRecord, inventory: Inventory): InstanceIds | undefined {
  const before = new Map(record.before?.instances.map(({ id, vmId }) => [id, vmId]));
  const known = new Set(
    inventory.instances
      .filter((one) => isSameMachine(before.get(one.id), vmIdOf(one).vmId))
      .map(({ id }) => id),
  );
  const ids = (record.plan?.touched ?? []).filter((id) => known.has(id));
  return select(inventory, { by: 'ids', ids }).ids;
}

function idsOf(selection: InstanceIds | undefined, { id }: Step): InstanceIds | undefined {
  return selection?.includes(id) === true ? partOf(selection, [id]) : undefined;
}

async function send(
  record: ActionRecord,
  steps: readonly Step[],
  { helm, note, selection }: Hands & { readonly selection: InstanceIds | undefined },
): Promise<void> {
  tell(helm, steps.map(({ key }) => key).join(', '));
  const set = await setNow(record, helm);
  await together(
    steps.map(async (step) => sendStep(record, step, idsOf(selection, step), { helm, note, set })),
  );
}

/** The set's tags may say since a moment ago that its instances are stateful. */
async function setNow({ plan }: ActionRecord, { start, arm }: Helm): Promise<SetFacts> {
  if (plan === undefined || !mindsProtection(plan)) return start.set;
  const request = setRequest(plan.place);
  const { tags } = setFacts(accepted(request, await arm.send(request)));
  return { ...start.set, tags };
}

async function trace(record: ActionRecord, next: NextOf<'trace'>, { helm, note }: Hands): Promise<void> {
  const { step, progress, certain } = next;
  const { plan } = record;
  if (plan === undefined) return;
  const since = new Date(Date.parse(progress.sentAt) - 3_600_000).toISOString();
  const answer = await helm.arm.send(tracesRequest(plan.place, progress.correlationId, since));
  if (answer.status !== 200) throw new ArmTrouble(`The activity log answered with ${answer.status}.`);
  const found = Array.isArray(answer.body?.['value']) && answer.body['value'].length > 0;
  tell(
    helm,
    `${step.key}: its answer was not heard; the activity log ${found ? 'has it' : 'does not have it'}`,
  );
  if (found || certain) note({ kind: 'traced', step: step.key, found });
  else await Promise.race([helm.pause(TRACE), helm.interruption]);
}

/** An interruption ends the waiting, not the operation: the record says how to go on. */
async function follow(record: ActionRecord, step: Step, { helm, note }: Hands): Promise<void> {
  const progress = progressOf(record, step);
  const answer: ArmAnswer = {
    status: progress?.status ?? 202,
    headers: progress?.follow ?? {},
    body: undefined,
  };
  const result = await Promise.race([helm.arm.finish(answer), helm.interruption]);
  if (result === undefined) return;
  const { status, error, output } = result;
  note({ kind: 'ended', step: step.key, status, ...(error === undefined ? {} : { error }) });
  if (record.isPlain === true && (step.deed === 'run' || step.deed === 'diagnose') && status === 'Succeeded')
    note({ kind: 'output', step: step.key, instance: step.id, ...plainOutput(output) });
}

async function look(record: ActionRecord, next: NextOf<'look'>, { helm, note }: Hands): Promise<void> {
  const { stage, since } = next;
  const { plan, before } = record;
  if (plan === undefined || before === undefined) throw new Error('a record without a plan to verify');
  let told = '';
  for (let earlier = 0; !helm.interrupted(); earlier += 1) {
    const now = await withProtection(await helm.readInventory(), protectedIn(stage), helm.arm);
    const verdict: Verdict = verify({
      plan,
      stage,
      before,
      now,
      sentAt: lastSent(record, stage),
      waitedSeconds: (helm.now() - since) / 1000,
      limitSeconds: plan.verifySeconds,
    });
    const reasons = verdict.kind === 'ok' ? forbiddenSince(record, helm.start, now) : verdict.reasons;
    if (verdict.kind !== 'pending') {
      const ok = reasons.length === 0;
      note({ kind: 'verified', stage: stage.name, looked: true, ok, reasons });
      tell(helm, verdictLine(stage, ok, reasons));
      return;
    }
    const waiting = `waiting: ${reasons.join('; ')}`;
    if (waiting !== told) tell(helm, waiting);
    told = waiting;
    await Promise.race([helm.pause(untilNextLook(helm.looks, earlier)), helm.interruption]);
  }
}

function lastSent(record: ActionRecord, { steps }: Stage): number {
  const times = steps.map((step) => Date.parse(progressOf(record, step)?.sentAt ?? ''));
  return Math.max(0, ...times.filter((time) => !Number.isNaN(time)));
}

function verdictLine({ name, gate }: Stage, ok: boolean, reasons: readonly string[]): string {
  const verdict = ok ? (gate === 'none' ? 'done' : 'verified') : `not verified: ${reasons.join('; ')}`;
  return `${name}: ${verdict}`;
}
