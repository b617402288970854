// ReadMachines: the virtual machines of a Flexible set with their views. The set's own list has no more than their names, and the set has
// no view; the machines are asked for by their set, with their views inside: a request a page.
// Where that is refused, as ARM allows a view in a list only beside a filter that it knows, the views come from the one list that has
// them besides, of the whole subscription by `statusOnly`, and are joined by id. Only a machine that neither shows is asked by itself.

import { isObject, type JsonObject, objectAt, textAt } from '../domain/json.ts';
import type { Arm, ArmRequest } from './arm.ts';
import { ArmRefusal } from './arm-refusal.ts';
import type { SetFacts } from './inventory.ts';
import { type Listed, listPages } from './pages.ts';

type Machines = Pick<Listed, 'items' | 'calls'>;

/** So many views are asked for at once. */
const AT_ONCE = 8;

/** Throws an ArmRefusal where ARM refuses the list of the machines itself. @param apiVersion of Microsoft.Compute */
export async function readMachines(arm: Arm, set: SetFacts, apiVersion: string): Promise<Machines> {
  const get = (path: string): ArmRequest => ({ method: 'GET', path, apiVersion });
  const subscription = `/subscriptions/${set.subscription}`;
  const list = `${subscription}/resourceGroups/${set.group}/providers/Microsoft.Compute/virtualMachines`;
  const filter = `$filter=${encodeURIComponent(`'virtualMachineScaleSet/id' eq '${set.resourceId}'`)}`;
  try {
    return await listPages(arm, get(`${list}?${filter}&$expand=instanceView`));
  } catch (error) {
    if (!(error instanceof ArmRefusal) || error.status !== 400) throw error;
  }
  const all = `${subscription}/providers/Microsoft.Compute/virtualMachines`;
  const [plain, shown] = await Promise.all([
    listPages(arm, get(`${list}?${filter}`)),
    statuses(arm, get(`${all}?statusOnly=true&${filter}`)),
  ]);
  const views = new Map(shown.items.map((item) => [idOf(item), viewOf(item)]));
  const joined = plain.items.map((item) => withView(item, viewOf(item) ?? views.get(idOf(item))));
  const missing = await eachView(arm, joined, get);
  return { items: missing.items, calls: 1 + plain.calls + shown.calls + missing.calls };
}

/** Nothing where ARM does not serve it: then each is asked. */
async function statuses(arm: Arm, request: ArmRequest): Promise<Machines> {
  try {
    return await listPages(arm, request);
  } catch (error) {
    if (error instanceof ArmRefusal && error.status === 400) return { items: [], calls: 1 };
    throw error;
  }
}

async function eachView(
  arm: Arm,
  items: readonly JsonObject[],
  get: (path: string) => ArmRequest,
): Promise<Machines> {
  const found: JsonObject[] = [];
  let calls = 0;
  const one = async (item: JsonObject): Promise<JsonObject> => {
    const id = textAt(item, 'id');
    if (viewOf(item) !== undefined || id === undefined) return item;
    calls += 1;
    const { status, body } = await arm.send(get(`${id}/instanceView`));
    return status === 200 ? withView(item, body) : item;
  };
  for (let first = 0; first < items.length; first += AT_ONCE)
    found.push(...(await Promise.all(items.slice(first, first + AT_ONCE).map(one))));
  return { items: found, calls };
}

function idOf(item: JsonObject): string {
  return (textAt(item, 'id') ?? '').toLowerCase();
}

function viewOf(item: JsonObject): JsonObject | undefined {
  return objectAt(item, 'properties', 'instanceView');
}

function withView(item: JsonObject, view: JsonObject | undefined): JsonObject {
  const { properties } = item;
  if (view === undefined || !isObject(properties)) return item;
  return { ...item, properties: { ...properties, instanceView: view } };
}
