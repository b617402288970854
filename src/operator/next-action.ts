// Next action: what follows from a record and the time, and nothing else. So it is the same after a crash as without one.
// What must hold: a step that was answered is never sent again; one whose answer was not heard is looked up first; after a
// stage that was to be verified and was not, nothing more is sent.

import type { ActionPlan, Stage, Step } from './action-plan.ts';
import { SINCE } from './look-again.ts';
import type { Outcome } from './record-entry.ts';
import { type ActionRecord, currentStage, progressOf, type StepProgress } from './record.ts';

export type NextAction =
  | { readonly do: 'send'; readonly steps: readonly Step[] }
  /** Its answer was not heard: ask the activity log. `certain`: what the log does not have by now did not happen. */
  | { readonly do: 'trace'; readonly step: Step; readonly progress: StepProgress; readonly certain: boolean }
  | { readonly do: 'follow'; readonly steps: readonly Step[] }
  | { readonly do: 'fetch'; readonly steps: readonly Step[] }
  /** Look at the instances, and wait until the stage has come true or must have. `since`: when ARM was done with it. */
  | { readonly do: 'look'; readonly stage: Stage; readonly since: number }
  /** The stage is judged without a look. */
  | { readonly do: 'judge'; readonly stage: Stage; readonly ok: boolean; readonly reasons: readonly string[] }
  | { readonly do: 'conclude'; readonly outcome: Outcome; readonly summary: string }
  | { readonly do: 'rest' };

/** @param logDelay how long the activity log may take to show a request, in ms */
export function nextAction(record: ActionRecord, now: number, logDelay: number): NextAction {
  const { plan } = record;
  if (record.done !== undefined || plan === undefined) return { do: 'rest' };
  const over = conclusion(record, plan);
  if (over !== undefined) return { do: 'conclude', ...over };
  const stage = currentStage(record);
  if (stage === undefined) throw new Error('a plan without a stage to go on with, and without an end');
  return inStage(record, stage, { now, logDelay });
}

function inStage(
  record: ActionRecord,
  stage: Stage,
  { now, logDelay }: { readonly now: number; readonly logDelay: number },
): NextAction {
  const of = (step: Step): StepProgress | undefined => progressOf(record, step);
  const doubtful = stage.steps.find((step) => of(step)?.state === 'doubtful');
  const progress = doubtful === undefined ? undefined : of(doubtful);
  if (doubtful !== undefined && progress !== undefined) {
    const certain = now - Date.parse(progress.sentAt) >= logDelay;
    return { do: 'trace', step: doubtful, progress, certain };
  }
  const problems = stage.steps.filter((step) => of(step)?.problem !== undefined);
  const unsent = stage.steps.filter((step) => of(step) === undefined);
  if (unsent.length > 0 && problems.length === 0) return { do: 'send', steps: unsent };
  const running = stage.steps.filter((step) => of(step)?.state === 'accepted');
  if (running.length > 0) return { do: 'follow', steps: running };
  if (problems.length > 0)
    return { do: 'judge', stage, ok: false, reasons: problems.map((step) => problemOf(step, of(step))) };
  const silent = stage.steps.filter((step) => hasOutput(step) && of(step)?.output === undefined);
  if (silent.length > 0) return { do: 'fetch', steps: silent };
  const bad = stage.steps.filter((step) => step.deed === 'run' && !hasEndedWell(of(step)));
  if (bad.length > 0)
    return { do: 'judge', stage, ok: false, reasons: bad.map((step) => exitOf(step, of(step))) };
  if (stage.gate === 'none' || stage.steps.every(hasOutput))
    return { do: 'judge', stage, ok: true, reasons: [] };
  return { do: 'look', stage, since: sinceOf(record, stage) };
}

/** From when the last step was over, or from when the record was gone on with. */
function sinceOf(record: ActionRecord, stage: Stage): number {
  const ends = stage.steps.map((step) => Date.parse(progressOf(record, step)?.overAt ?? ''));
  const resumed = record.resumedAt === undefined ? 0 : Date.parse(record.resumedAt);
  return Math.max(resumed, ...ends.filter((end) => !Number.isNaN(end)));
}

function hasOutput({ deed }: Step): boolean {
  return deed === 'run' || deed === 'diagnose';
}

/** Version 1 on Windows tells no exit code: then what Azure says of it is what there is. */
function hasEndedWell(progress: StepProgress | undefined): boolean {
  const { exitCode, state } = progress?.output ?? {};
  return exitCode === undefined ? state === 'Succeeded' : exitCode === 0;
}

function problemOf({ key }: Step, progress: StepProgress | undefined): string {
  return `${key}: ${progress?.problem?.code}: ${progress?.problem?.message.replace(/\.$/, '')}`;
}

function exitOf({ id }: Step, progress: StepProgress | undefined): string {
  const code = progress?.output?.exitCode;
  return code === undefined ? `${id} did not end (${progress?.output?.state})` : `${id} ended with ${code}`;
}

interface Conclusion {
  readonly outcome: Outcome;
  readonly summary: string;
}

function conclusion(record: ActionRecord, plan: ActionPlan): Conclusion | undefined {
  const { verdicts } = record;
  for (const { name, gate, steps } of plan.stages) {
    const verdict = verdicts[name];
    if (verdict === undefined) return undefined;
    // What may not be touched any more is not climbed on with.
    if (!verdict.ok && (gate === 'must' || isForbidden(record, steps)))
      return stopped(plan, name, verdict.reasons);
    if (gate === 'heals' && verdict.ok) return { outcome: 'succeeded', summary: `Healed by ${name}.` };
  }
  return atTheEnd(record, plan);
}

function atTheEnd({ verdicts }: ActionRecord, plan: ActionPlan): Conclusion {
  const last = plan.stages.at(-1);
  const { ok = true, reasons = [] } = last === undefined ? {} : (verdicts[last.name] ?? {});
  if (ok) return { outcome: 'succeeded', summary: successOf(plan) };
  const why = reasons.join('; ');
  const summary =
    last?.gate === 'heals'
      ? `Not healed: ${why}.`
      : `Nothing was changed, and there are no diagnostics: ${why}.`;
  return { outcome: 'failed', summary };
}

function isForbidden(record: ActionRecord, steps: readonly Step[]): boolean {
  const codes: readonly string[] = Object.values(SINCE);
  return steps.some((step) => codes.includes(progressOf(record, step)?.problem?.code ?? ''));
}

function stopped(plan: ActionPlan, name: string, reasons: readonly string[]): Conclusion {
  const left = plan.stages.length - 1 - plan.stages.findIndex((stage) => stage.name === name);
  const isOver = left === 0 || plan.verb === 'repair';
  const rest = isOver ? '' : ` ${left} more ${left === 1 ? 'step is' : 'steps are'} not taken.`;
  return { outcome: 'failed', summary: `Stopped at ${name}: ${reasons.join('; ')}.${rest}` };
}

function successOf({ verb, touched }: ActionPlan): string {
  if (verb === 'repair') return 'The diagnostics are collected, and nothing was changed.';
  const all = `${touched.length} instance${touched.length === 1 ? '' : 's'}`;
  return verb === 'run' ? `It ran on ${all}.` : `${all}: ${verb} is done and verified.`;
}
