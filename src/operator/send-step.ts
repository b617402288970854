// Send step: one step of a plan becomes one request to ARM, between two entries of the record.

import { textAt } from '../domain/json.ts';
import type { ActionPlan, Step } from './action-plan.ts';
import type { ArmRequest } from './arm.ts';
import { problemOf } from './arm-problem.ts';
import { diagnosticsScript } from './diagnostics.ts';
import type { Helm } from './helm.ts';
import { goneProblem, lookAgain } from './look-again.ts';
import type { SetFacts } from './inventory.ts';
import { isUnserved, PLAIN } from './plain-command.ts';
import type { Entry, OperationProblem } from './record-entry.ts';
import type { ActionRecord } from './record.ts';
import { redacted } from './redaction.ts';
import {
  type Aimed,
  capacityRequest,
  memberProtectionRequest,
  plainRunRequest,
  protectRequest,
  readRequests,
  runRequests,
  setRequest,
  verbRequests,
} from './requests.ts';
import type { InstanceIds } from './selection.ts';
import { VERBS } from './verbs.ts';
import { commandName, trackedRequest } from './tracked-request.ts';

/** Headers by which an operation is followed. */
const FOLLOWED = ['azure-asyncoperation', 'location'];

type Made =
  | { readonly request: ArmRequest }
  | { readonly skip: string }
  | { readonly problem: OperationProblem };

interface Hands {
  readonly helm: Helm;
  readonly note: (entry: Entry) => void;
  /** The set as it is now. */
  readonly set: SetFacts;
}

/** @param ids the step's own instance, or undefined where it is not there any more */
export async function sendStep(
  record: ActionRecord,
  step: Step,
  ids: InstanceIds | undefined,
  { helm, note, set }: Hands,
): Promise<void> {
  const { plan } = record;
  if (plan === undefined) throw new Error('a step without a plan');
  const made = await requestOf(record, plan, { step, ids, helm, set });
  if ('skip' in made) return note({ kind: 'skipped', step: step.key, why: made.skip });
  const correlationId = helm.guid();
  if ('problem' in made) {
    const unsent = { status: 0, requestId: '', correlationId, follow: {} };
    return note({ kind: 'answered', step: step.key, ...unsent, error: made.problem });
  }
  const { method, path, body } = made.request;
  note({
    kind: 'sending',
    step: step.key,
    deed: step.deed,
    instance: step.id,
    method,
    path,
    ...(body === undefined ? {} : { body: redacted(body) }),
    correlationId,
  });
  const sent = trackedRequest(record, made.request, correlationId);
  const answer = await helm.arm.send(sent.request);
  const { status, headers } = answer;
  note({
    kind: 'answered',
    step: step.key,
    status,
    ...sent.idsOf(answer),
    follow: Object.fromEntries(
      FOLLOWED.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
    ),
    ...(status >= 200 && status < 300 ? {} : { error: problemOf(answer) }),
    ...(isRun(step) && record.isPlain !== true && isUnserved(answer) ? { instead: PLAIN } : {}),
  });
}

function isRun({ deed }: Step): boolean {
  return deed === 'run' || deed === 'diagnose';
}

interface Wanted {
  readonly step: Step;
  readonly ids: InstanceIds | undefined;
  readonly helm: Helm;
  readonly set: SetFacts;
}

async function requestOf(record: ActionRecord, plan: ActionPlan, wanted: Wanted): Promise<Made> {
  const { step, ids, helm } = wanted;
  if (step.deed === 'capacity') return await capacityStep(plan, helm);
  if (ids === undefined) return step.deed === 'delete' ? GONE : { problem: goneProblem(step.id) };
  const forbidden = await forbiddenNow(record, plan, ids, wanted);
  if (forbidden !== undefined) return forbidden;
  switch (step.deed) {
    case 'run':
    case 'diagnose':
      return commandStep(record, plan, ids, wanted);
    case 'protect':
    case 'unprotect':
      return await protectionStep(plan, ids, helm);
    default:
      return only(verbRequests(plan.place, step.deed, ids));
  }
}

const GONE: Made = { skip: 'it is gone already' };

/** Undefined where nothing that was not there when it was allowed stands in its way. */
async function forbiddenNow(
  { flags }: ActionRecord,
  plan: ActionPlan,
  ids: InstanceIds,
  { step, helm, set }: Wanted,
): Promise<Made | undefined> {
  if (!mindsProtection(plan)) return undefined;
  const problem = await lookAgain(ids, { start: helm.start, flags, set }, helm);
  if (problem?.code === 'NotFound' && step.deed === 'delete') return GONE;
  return problem === undefined ? undefined : { problem };
}

async function capacityStep({ place, capacity }: ActionPlan, { arm }: Helm): Promise<Made> {
  const set = await arm.send(setRequest(place));
  if (set.status !== 200) return { problem: problemOf(set) };
  const request = capacityRequest(place, set.body ?? {}, capacity);
  return request === undefined ? { skip: `the capacity is ${capacity} or more` } : { request };
}

function commandStep(record: ActionRecord, plan: ActionPlan, ids: InstanceIds, { step, helm }: Wanted): Made {
  const run = scriptOf(record, plan, step);
  if (record.isPlain !== true) return only(runRequests(plan.place, ids, run));
  const instance = helm.start.instances.find(({ id }) => id === step.id);
  return { request: plainRunRequest(plan.place, ids, run.script, instance) };
}

/** In a Uniform set the instance is read and written back; in a Flexible one its protection alone is written. */
async function protectionStep(
  { place, protection }: ActionPlan,
  ids: InstanceIds,
  { arm }: Helm,
): Promise<Made> {
  const wanted = protection ?? { scaleIn: false, scaleSetActions: false };
  if (place.mode === 'Flexible') return { request: memberProtectionRequest(place, ids, wanted) };
  const [read] = readRequests(place, ids);
  const answer = await arm.send((read as Aimed).request);
  if (answer.status !== 200) return { problem: problemOf(answer) };
  const body = answer.body ?? {};
  const etag = answer.headers['etag'] ?? textAt(body, 'etag');
  return protectRequest(place, ids, { body, etag }, wanted);
}

/** Everything but protecting and releasing. */
export function mindsProtection({ verb }: ActionPlan): boolean {
  return verb === 'repair' || VERBS[verb].mindsProtection;
}

function only(aimed: readonly Aimed[]): Made {
  const [first] = aimed;
  if (first === undefined || aimed.length > 1) throw new Error('a step is of one instance');
  return { request: first.request };
}

function scriptOf({ intent }: ActionRecord, { run }: ActionPlan, { deed }: Step) {
  const name = commandName(intent?.record ?? 'record');
  if (deed === 'diagnose') return { name, script: diagnosticsScript, timeoutSeconds: 120 };
  return { name, script: run?.script ?? '', timeoutSeconds: run?.timeoutSeconds ?? 0 };
}
