// Past actions: the evidence records on this disk that are about one set and can still have to do with what is out, as far as
// they can be read. Of the others only the edges are: a set of a thousand has a megabyte in each.

import type { ActionPlan } from '../operator/action-plan.ts';
import type { Inventory } from '../operator/inventory.ts';
import type { PastAction } from '../operator/outage.ts';
import { endOf, type Gist, reached } from '../operator/outage-reach.ts';
import { recordOf } from '../operator/record.ts';
import { isInOrder, readEdges } from './evidence-edges.ts';
import { damageOf, type EvidenceStore } from './evidence-store.ts';
import { isFields, parseJson } from './json-file.ts';

export interface Past {
  readonly actions: readonly PastAction[];
  /** Records that do not say which set they are about. */
  readonly unreadable: readonly string[];
}

/** @param where which ARM, as records have it: a plane's directory or an endpoint */
export function pastActions(store: EvidenceStore, where: string, now: Inventory): Past {
  const gists: Gist[] = [];
  const unreadable: string[] = [];
  const set = now.set.resourceId.toLowerCase();
  for (const id of store.list()) {
    const edges = readEdges(store.pathOf(id));
    // It was begun and no more: nothing was sent.
    if (edges.first === '') continue;
    const first = parseJson(edges.first);
    if (!isFields(first) || typeof first['set'] !== 'string') unreadable.push(id);
    else if (first['where'] === where && first['set'].toLowerCase() === set) {
      const plan = planIn(edges.second);
      const last = isInOrder(edges) ? parseJson(edges.last) : undefined;
      gists.push({
        id,
        begun: Date.parse(String(first['at'])),
        ...(plan === undefined ? {} : { plan }),
        ...endOf(last),
      });
    }
  }
  const ids = reached(gists, now);
  const actions = gists
    .filter(({ id }) => ids.has(id))
    .map(({ id }) => {
      const stored = store.read(id);
      return { id, record: recordOf(stored.entries), damaged: damageOf(stored) !== undefined };
    });
  return { actions, unreadable };
}

function planIn(line: string): ActionPlan | undefined {
  const entry = parseJson(line);
  return isFields(entry) && isFields(entry['plan']) ? (entry['plan'] as unknown as ActionPlan) : undefined;
}
