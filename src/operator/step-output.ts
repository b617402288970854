// Step output: what a command printed in an instance and how it ended, read where ARM keeps it, and then removed there.

import { at, objectAt, textAt } from '../domain/json.ts';
import type { Step } from './action-plan.ts';
import type { Helm } from './helm.ts';
import type { Entry } from './record-entry.ts';
import type { ActionRecord } from './record.ts';
import { forgetRequests, outputRequests } from './requests.ts';
import type { InstanceIds } from './selection.ts';
import { commandName, trackedRequest } from './tracked-request.ts';

/** Between two looks at a command that still runs, in ms. */
const LOOK = 2000;

/** Interrupted, it leaves the command as it is: it is looked at again when the record is gone on with. */
export async function fetchOutput(
  record: ActionRecord,
  step: Step,
  ids: InstanceIds | undefined,
  { helm, note }: { readonly helm: Helm; readonly note: (entry: Entry) => void },
): Promise<void> {
  const { plan, intent } = record;
  const of = { kind: 'output' as const, step: step.key, instance: step.id };
  if (plan === undefined || ids === undefined) {
    return note({ ...of, state: 'the instance is gone', stdout: '', stderr: '' });
  }
  if (record.isPlain === true) {
    // It was found in the activity log, and what it printed went with the answer that was not heard.
    return note({ ...of, state: 'its output was not heard', stdout: '', stderr: '' });
  }
  const name = commandName(intent?.record ?? 'record');
  const [read] = outputRequests(plan.place, ids, name);
  const [forget] = forgetRequests(plan.place, ids, name);
  if (read === undefined || forget === undefined) throw new Error('a step is of one instance');
  while (!helm.interrupted()) {
    const { status, body } = await helm.arm.send(read.request);
    const view = objectAt(body, 'properties', 'instanceView');
    const state = textAt(view, 'executionState') ?? `ARM answered with ${status}`;
    if (state === 'Running' || state === 'Pending') {
      await Promise.race([helm.pause(LOOK), helm.interruption]);
      continue;
    }
    const exitCode = at(view, 'exitCode');
    note({
      ...of,
      state,
      ...(typeof exitCode === 'number' ? { exitCode } : {}),
      stdout: textAt(view, 'output') ?? '',
      stderr: textAt(view, 'error') ?? '',
    });
    // The record has it now; ARM keeps a limited number of them for each instance.
    const sent = trackedRequest(record, forget.request, helm.guid());
    const answer = await helm.arm.send(sent.request);
    const { method, path } = sent.request;
    note({ kind: 'cleared', step: step.key, method, path, status: answer.status, ...sent.idsOf(answer) });
    return;
  }
}
