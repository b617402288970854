// Look again: one instance as it is immediately before a request for it goes out. A protection or a stateful tag that was not
// there when the action was allowed, another machine of the same id, or none: then nothing is sent.
// What must hold: nothing comes between this look and the request but the entry that says that it is being sent.

import { textAt } from '../domain/json.ts';
import { problemOf } from './arm-problem.ts';
import { instanceFacts } from './facts.ts';
import { type Flags, isStateful } from './guard.ts';
import type { Helm } from './helm.ts';
import type { InstanceFacts, Inventory, SetFacts } from './inventory.ts';
import type { OperationProblem } from './record-entry.ts';
import { memberRequest, readRequests } from './requests.ts';
import type { InstanceIds } from './selection.ts';
import { vmIdOf } from './sighting.ts';

/** Codes of ours, in the place of ARM's: what has become so since the action was allowed. */
export const SINCE = {
  protected: 'ProtectedMeanwhile',
  stateful: 'StatefulMeanwhile',
  detached: 'DetachedMeanwhile',
} as const;

/** What it is compared with. */
export interface Allowed {
  /** What was there when the action was allowed to begin, or to go on. */
  readonly start: Inventory;
  readonly flags: Flags;
  /** As the set is now. */
  readonly set: SetFacts;
}

/** @param ids of one instance */
export async function lookAgain(
  ids: InstanceIds,
  allowed: Allowed,
  { arm }: Pick<Helm, 'arm'>,
): Promise<OperationProblem | undefined> {
  const { set, start } = allowed;
  const [id] = ids;
  const before = start.instances.find((one) => one.id === id);
  const [read] = readRequests(set, ids);
  if (before === undefined || read === undefined) return goneProblem(id);
  const answer = await arm.send(read.request);
  if (answer.status === 404) return goneProblem(id);
  if (answer.status !== 200) return problemOf(answer);
  const now = instanceFacts(answer.body ?? {}, { set, balance: 'unknown' });
  const changed = changeOf(before, now, allowed);
  if (changed !== undefined || set.mode === 'Uniform' || allowed.flags.includeProtected === true)
    return changed;
  return await hiddenProtection(ids, allowed, arm);
}

export function goneProblem(id: string): OperationProblem {
  return { code: 'NotFound', message: `The instance ${id} is not there any more.` };
}

function changeOf(
  before: InstanceFacts,
  now: InstanceFacts,
  { start, set }: Allowed,
): OperationProblem | undefined {
  const { id } = before;
  if (!isSameMachine(vmIdOf(before).vmId, vmIdOf(now).vmId)) {
    return { code: 'NotFound', message: `The instance ${id} is another machine than it was.` };
  }
  if (!isMemberOf(set, now)) {
    return { code: SINCE.detached, message: `${id} is not in the set any more: somebody has detached it.` };
  }
  if (isProtected(now) && !isProtected(before)) {
    return { code: SINCE.protected, message: `${id} has been protected meanwhile.` };
  }
  if (isStateful(now, set) && !isStateful(before, start.set)) {
    return { code: SINCE.stateful, message: `${id} has been tagged muster:stateful meanwhile.` };
  }
  return undefined;
}

/**
 * A virtual machine of a Flexible set does not show its protection, neither in a list nor by itself: the set's own entry of it
 * does, where Azure serves that. So it is first seen here.
 */
async function hiddenProtection(
  ids: InstanceIds,
  { set }: Allowed,
  arm: Helm['arm'],
): Promise<OperationProblem | undefined> {
  const answer = await arm.send(memberRequest(set, ids));
  if (answer.status !== 200) return undefined;
  const member = instanceFacts(answer.body ?? {}, { set, balance: 'unknown' });
  if (!isProtected(member)) return undefined;
  return {
    code: SINCE.protected,
    message: `${ids[0]} is protected. If that is meant: --include-protected`,
  };
}

/** A machine that was detached goes on, and answers by its own path; it is none of the set's any more. */
function isMemberOf(set: SetFacts, { body }: Pick<InstanceFacts, 'body'>): boolean {
  if (set.mode === 'Uniform') return true;
  const own = textAt(body, 'properties', 'virtualMachineScaleSet', 'id');
  return own?.toLowerCase() === set.resourceId.toLowerCase();
}

export function isProtected({ protection }: Pick<InstanceFacts, 'protection'>): boolean {
  return protection.scaleIn || protection.scaleSetActions;
}

/** As far as ARM says which machine it is. */
export function isSameMachine(before: string | undefined, now: string | undefined): boolean {
  return before === undefined || now === undefined || before.toLowerCase() === now.toLowerCase();
}
