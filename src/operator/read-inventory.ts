// ReadInventory: an inventory by the fewest requests that ARM allows. The set; its instances with their views, a page at a time; the
// balancers of the set where they can be asked. 1,000 instances of a plane are four requests.

import type { JsonObject } from '../domain/json.ts';
import type { Arm, ArmRequest } from './arm.ts';
import { accepted } from './arm-refusal.ts';
import { balanceOf, readBalance } from './balance.ts';
import { balancersOf, compareIds, instanceFacts, setFacts } from './facts.ts';
import type { Inventory } from './inventory.ts';
import { listPages } from './pages.ts';
import { readMachines } from './read-machines.ts';

/** Every field that is read has been in it since 2022, and Azure and planes serve it. */
export const COMPUTE_VERSION = '2024-07-01';

export interface SetRef {
  readonly subscription: string;
  readonly group: string;
  readonly set: string;
}

export interface ReadOptions {
  /** Whether balancers are asked: planes answer, Azure has no such question. */
  readonly balancers: boolean;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

function groupPath({ subscription, group }: Pick<SetRef, 'subscription' | 'group'>): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

export function setPath(ref: SetRef): string {
  return `${groupPath(ref)}/providers/Microsoft.Compute/virtualMachineScaleSets/${ref.set}`;
}

/** Throws an ArmRefusal where ARM refuses, with status 404 where there is no such set. */
export async function readInventory(arm: Arm, ref: SetRef, options: ReadOptions): Promise<Inventory> {
  const request = get(setPath(ref));
  const body = accepted(request, await arm.send(request));
  const named = { id: setPath(ref), ...body };
  const { set, instances, calls } = await readInstances(arm, named, options);
  return { taken: new Date(options.now()).toISOString(), set, instances, calls: 1 + calls };
}

/** The instances of a set whose body is there already. */
export async function readInstances(
  arm: Arm,
  body: JsonObject,
  options: Pick<ReadOptions, 'balancers'>,
): Promise<Pick<Inventory, 'set' | 'instances' | 'calls'>> {
  const set = setFacts(body);
  const asked = options.balancers ? balancersOf(body) : [];
  const [listed, balance] = await Promise.all([
    set.mode === 'Uniform'
      ? listPages(arm, get(`${set.resourceId}/virtualMachines?$expand=instanceView`))
      : readMachines(arm, set, COMPUTE_VERSION),
    readBalance(arm, asked),
  ]);
  const balanceFor = balanceOf(balance, set.balanced);
  const instances = listed.items.map((item) => {
    // A plane's balancer names an instance by the id that the list has.
    const resourceId = typeof item['id'] === 'string' ? item['id'] : '';
    return instanceFacts(item, { set, balance: balanceFor(resourceId) });
  });
  return {
    set: set.mode === 'Flexible' ? setFacts(body, instances.length) : set,
    instances: instances.toSorted((a, b) => compareIds(a.id, b.id)),
    calls: listed.calls + balance.calls,
  };
}

function get(path: string): ArmRequest {
  return { method: 'GET', path, apiVersion: COMPUTE_VERSION };
}
