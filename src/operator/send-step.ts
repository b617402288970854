// Send step: one step of a plan becomes one request to ARM, between two entries of the record.

import { objectAt, textAt } from '../domain/json.ts';
import type { ActionPlan, Step } from './action-plan.ts';
import type { ArmAnswer, ArmRequest } from './arm.ts';
import { diagnosticsScript } from './diagnostics.ts';
import type { Helm } from './helm.ts';
import type { Entry, OperationProblem } from './record-entry.ts';
import type { ActionRecord } from './record.ts';
import { redacted } from './redaction.ts';
import {
  type Aimed,
  capacityRequest,
  protectRequest,
  readRequests,
  runRequests,
  setRequest,
  verbRequests,
} from './requests.ts';
import type { InstanceIds } from './selection.ts';
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
}

/** @param ids the step's own instance, or undefined where it is not there any more */
export async function sendStep(
  record: ActionRecord,
  step: Step,
  ids: InstanceIds | undefined,
  { helm, note }: Hands,
): Promise<void> {
  const { plan } = record;
  if (plan === undefined) throw new Error('a step without a plan');
  const made = await requestOf(record, plan, { step, ids, helm });
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
  });
}

async function requestOf(
  record: ActionRecord,
  plan: ActionPlan,
  { step, ids, helm }: { readonly step: Step; readonly ids: InstanceIds | undefined; readonly helm: Helm },
): Promise<Made> {
  const { place } = plan;
  if (step.deed === 'capacity') {
    const set = await helm.arm.send(setRequest(place));
    if (set.status !== 200) return { problem: problemOf(set) };
    const request = capacityRequest(place, set.body ?? {}, plan.capacity);
    return request === undefined ? { skip: `the capacity is ${plan.capacity} or more` } : { request };
  }
  if (ids === undefined) {
    if (step.deed === 'delete') return { skip: 'it is gone already' };
    return { problem: { code: 'NotFound', message: `The instance ${step.id} is not there any more.` } };
  }
  switch (step.deed) {
    case 'run':
    case 'diagnose':
      return only(runRequests(place, ids, scriptOf(record, plan, step)));
    case 'protect':
    case 'unprotect': {
      const [read] = readRequests(place, ids);
      const answer = await helm.arm.send((read as Aimed).request);
      if (answer.status !== 200) return { problem: problemOf(answer) };
      const body = answer.body ?? {};
      const etag = answer.headers['etag'] ?? textAt(body, 'etag');
      return protectRequest(
        place,
        ids,
        { body, etag },
        plan.protection ?? { scaleIn: false, scaleSetActions: false },
      );
    }
    default:
      return only(verbRequests(place, step.deed, ids));
  }
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

function problemOf({ status, body }: ArmAnswer): OperationProblem {
  const error = objectAt(body, 'error');
  return {
    code: textAt(error, 'code') ?? `HTTP ${status}`,
    message: textAt(error, 'message') ?? `ARM answered with ${status}.`,
  };
}
