// The end of a deployment: its row, its operation and the log's last line are one commit, so that none of the three says
// anything else than the others. Used by whoever ends one: the loop, a cancel, the deletion of its group.

import { operationEntry } from '../../domain/activity-entry.ts';
import { type Deployment, isActive } from '../../domain/deployment.ts';
import { canceled } from '../../domain/deployment-plan.ts';
import { outcome } from '../../domain/operation-outcome.ts';
import type { Time } from '../../domain/time.ts';
import type { Ids } from './clock.ts';
import { type Change, put, type Store } from './store.ts';

interface Ending {
  readonly store: Store;
  readonly ids: Ids;
}

/** @param ended the row as it is to be */
export async function endChanges(
  { store, ids }: Ending,
  ended: Deployment,
  now: Time,
): Promise<readonly Change[]> {
  const row = put('deployment', ended);
  const operation = await store.operation(ended.operation);
  const over = operation && outcome(operation, { openTasks: 0, deployment: ended }, now);
  if (over === undefined) return [row];
  const status = over.status === 'Succeeded' ? 'Succeeded' : 'Failed';
  const activity = operationEntry(over, status, ids.guid(), now);
  return [row, put('operation', over), { kind: 'append', activity }];
}

/** Of active ones, with those that are parts of them. */
export async function cancelChanges(
  ending: Ending,
  rows: readonly Deployment[],
  now: Time,
): Promise<readonly Change[]> {
  const all = await ending.store.deployments();
  const tree = new Map(rows.map((row) => [row.uid, row]));
  for (let before = 0; before < tree.size;) {
    before = tree.size;
    for (const one of all) {
      if (isActive(one) && one.parent !== undefined && tree.has(one.parent)) tree.set(one.uid, one);
    }
  }
  const changes: Change[] = [];
  for (const one of tree.values()) changes.push(...(await endChanges(ending, canceled(one, now), now)));
  return changes;
}
