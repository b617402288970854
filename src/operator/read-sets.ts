// ReadSets: every scale set of a subscription, and of each how many of its instances are what they should be.

import type { JsonObject } from '../domain/json.ts';
import type { Arm } from './arm.ts';
import { setFacts } from './facts.ts';
import type { InstanceFacts, SetFacts } from './inventory.ts';
import { listPages } from './pages.ts';
import { COMPUTE_VERSION, readInstances } from './read-inventory.ts';

export interface SetSummary {
  readonly set: SetFacts;
  /** Absent where the instances were not asked for. */
  readonly counts?: SetCounts;
}

export interface SetCounts {
  readonly instances: number;
  readonly running: number;
  readonly healthy: number;
  /** Unhealthy, or unknown although the set has a source of health. */
  readonly unhealthy: number;
  /** Not on the latest model. */
  readonly behind: number;
  readonly failed: number;
}

/** How many sets are asked at a time. */
const AT_A_TIME = 4;

/** In the order of group and name. @param group only those of this resource group */
export async function readSets(
  arm: Arm,
  { subscription, group, counts }: { subscription: string; group?: string; counts: boolean },
): Promise<readonly SetSummary[]> {
  const within = group === undefined ? '' : `/resourceGroups/${group}`;
  const path = `/subscriptions/${subscription}${within}/providers/Microsoft.Compute/virtualMachineScaleSets`;
  const { items } = await listPages(arm, { method: 'GET', path, apiVersion: COMPUTE_VERSION });
  const sets = items.toSorted((a, b) => order(setFacts(a), setFacts(b)));
  if (!counts) return sets.map((body) => ({ set: setFacts(body) }));
  const summaries: SetSummary[] = [];
  for (let first = 0; first < sets.length; first += AT_A_TIME) {
    const some = sets.slice(first, first + AT_A_TIME);
    summaries.push(...(await Promise.all(some.map(async (body) => await summary(arm, body)))));
  }
  return summaries;
}

async function summary(arm: Arm, body: JsonObject): Promise<SetSummary> {
  const { set, instances } = await readInstances(arm, body, { balancers: false });
  return { set, counts: countsOf(instances) };
}

function countsOf(instances: readonly InstanceFacts[]): SetCounts {
  const count = (is: (facts: InstanceFacts) => boolean): number => instances.filter(is).length;
  return {
    instances: instances.length,
    running: count(({ power }) => power === 'running'),
    healthy: count(({ health }) => health === 'healthy'),
    unhealthy: count(({ health }) => health === 'unhealthy' || health === 'unknown'),
    behind: count(({ latestModel }) => !latestModel),
    failed: count(({ provisioning }) => provisioning === 'Failed'),
  };
}

function order(a: SetFacts, b: SetFacts): number {
  const [left, right] = [`${a.group}/${a.name}`.toLowerCase(), `${b.group}/${b.name}`.toLowerCase()];
  return left < right ? -1 : left > right ? 1 : 0;
}
