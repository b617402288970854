// Invariants: what must hold of a plane and its world whatever was asked, failed or crashed. Each check names what it found.

import { type Activity, PLANE } from '../../src/domain/activity.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import { type Instance, isMember } from '../../src/domain/instance.ts';
import { type ScaleSet, upgradeMode } from '../../src/domain/scale-set.ts';
import type { Universe } from './universe.ts';

/** What was seen before, so that nothing is used twice or goes back. */
export class Witness {
  readonly #vmIds = new Map<string, string>();
  readonly #highest = new Map<string, number>();

  /** After any step. */
  async look(universe: Universe): Promise<void> {
    for (const set of await universe.store.scaleSets()) {
      const fresh: number[] = [];
      for (const instance of await universe.store.instances(set.uid)) {
        const handle = guestHandle(set.uid, instance.id);
        const known = this.#vmIds.get(handle);
        must(known === undefined || known === instance.vmId, `instance id used twice: ${handle}`);
        if (known === undefined) fresh.push(instance.id);
        this.#vmIds.set(handle, instance.vmId);
      }
      const highest = this.#highest.get(set.uid) ?? -1;
      must(
        fresh.every((id) => id > highest),
        `new ids ${fresh.join()} of ${set.name} are not above ${highest}`,
      );
      this.#highest.set(set.uid, Math.max(highest, ...fresh));
    }
  }
}

/** When everything has come to rest. */
export async function checkAtRest(universe: Universe): Promise<void> {
  must(universe.errors.length === 0, `errors: ${JSON.stringify(universe.errors, errorText)}`);
  const sets = await universe.store.scaleSets();
  const rows = (await Promise.all(sets.map((set) => universe.store.instances(set.uid)))).flat();
  await checkGuests(universe, rows);
  const log = await wholeLog(universe);
  for (const set of sets) {
    const instances = rows.filter((instance) => instance.set === set.uid);
    checkSet(set, instances);
    for (const instance of instances) {
      checkTouched(set, instance, log);
      await checkDone(universe, set, instance, log);
    }
  }
  await checkOperations(universe, log);
  const groups = new Set((await universe.store.groups()).map((group) => group.name));
  must(
    sets.every((set) => groups.has(set.group)),
    'a set outlived its group',
  );
}

/** No guest without a row; no row without a guest, but for one that could not be made. */
async function checkGuests(universe: Universe, rows: readonly Instance[]): Promise<void> {
  const guests = new Map((await universe.guests.list()).map((guest) => [guest.handle, guest]));
  const handles = new Set(rows.map((instance) => guestHandle(instance.set, instance.id)));
  for (const handle of guests.keys()) must(handles.has(handle), `guest without a row: ${handle}`);
  for (const instance of rows) {
    const handle = guestHandle(instance.set, instance.id);
    const guest = guests.get(handle);
    must(guest !== undefined || instance.failure !== undefined, `row without a guest: ${handle}`);
    if (guest === undefined || instance.failure !== undefined) continue;
    must(
      guest.power === instance.wanted.power,
      `${handle} is ${guest.power}, wanted ${instance.wanted.power}`,
    );
    must(
      guest.power === instance.observed.power,
      `${handle} is ${guest.power}, shown ${instance.observed.power}`,
    );
    must(
      (guest.address === undefined) === (guest.power === 'deallocated'),
      `${handle} is ${guest.power} with address ${guest.address?.host}`,
    );
    must(
      guest.generation <= instance.generation,
      `${handle} went through ${guest.generation} of ${instance.generation}`,
    );
  }
}

function checkSet(set: ScaleSet, instances: readonly Instance[]): void {
  if (upgradeMode(set) === 'Automatic' && set.failure === undefined) {
    const behind = instances.filter(
      (instance) => instance.model !== set.model && instance.protection?.protectFromScaleSetActions !== true,
    );
    must(
      behind.every((instance) => instance.failure !== undefined),
      `${set.name} settled with instances behind its model`,
    );
  }
  const members = instances.filter(isMember);
  const capacity = set.declared.sku.capacity;
  must(set.settled === set.generation, `${set.name} has not settled`);
  must(
    members.length === capacity || set.failure !== undefined,
    `${set.name} has ${members.length} members for capacity ${capacity}`,
  );
  must(
    instances.every((instance) => !instance.surplus),
    `${set.name} kept its surplus`,
  );
}

const LASTING = /\/(restart|redeploy|reimage|reimageAll|performMaintenance)\/action$/;
const PERHAPS = /\/(manualUpgrade\/action|virtualMachines\/write)$/;

/** An instance went through exactly what named it: nothing touched another by a slip, nothing acknowledged was forgotten. */
function checkTouched(set: ScaleSet, instance: Instance, log: readonly Activity[]): void {
  const naming = log.filter(
    (entry) => entry.instances.includes(instance.id) && aboutSet(entry, set) && entry.time >= set.created,
  );
  const accepted = naming.filter((entry) => entry.status === 'Accepted' || entry.caller === PLANE);
  const least = accepted.filter((entry) => LASTING.test(entry.operationName)).length;
  const most = least + accepted.filter((entry) => PERHAPS.test(entry.operationName)).length;
  must(
    instance.generation >= least && instance.generation <= most,
    `${set.name}_${instance.id} went through ${instance.generation} lasting verbs, the log names ${least} to ${most}`,
  );
}

/** Where no operation on an instance failed, its guest has gone through all that was asked of it. */
async function checkDone(
  universe: Universe,
  set: ScaleSet,
  instance: Instance,
  log: readonly Activity[],
): Promise<void> {
  const naming = log.filter(
    (entry) => entry.instances.includes(instance.id) && aboutSet(entry, set) && entry.time >= set.created,
  );
  if (instance.failure !== undefined || naming.some((entry) => entry.status === 'Failed')) return;
  const guest = await universe.guests.get(guestHandle(set.uid, instance.id));
  must(
    guest?.generation === instance.generation,
    `${set.name}_${instance.id} went through ${instance.generation} lasting verbs, its guest through ${guest?.generation}`,
  );
}

/** Entries about an earlier set of the same name are older than this one. */
function aboutSet(entry: Activity, set: ScaleSet): boolean {
  return entry.group === set.group && entry.resourceId.split('/')[8] === set.name;
}

async function checkOperations(universe: Universe, log: readonly Activity[]): Promise<void> {
  for (const entry of log) {
    if (entry.operationId === undefined) continue;
    const operation = await universe.store.operation(entry.operationId);
    must(operation !== undefined, `the operation of a log entry is gone: ${entry.operationId}`);
    must(
      operation?.status !== 'InProgress',
      `operation ${entry.operationId} (${entry.operationName}) has not ended`,
    );
    must(
      log.filter((other) => other.operationId === entry.operationId && other.caller !== PLANE).length === 2,
      `operation ${entry.operationId} has not one beginning and one end in the log`,
    );
  }
}

export async function wholeLog(universe: Universe): Promise<readonly Activity[]> {
  const all: Activity[] = [];
  let before: number | undefined;
  do {
    const page = await universe.store.activity({
      from: 0,
      to: Number.MAX_SAFE_INTEGER,
      limit: 500,
      ...(before === undefined ? {} : { before }),
    });
    all.push(...page.entries);
    before = page.next;
  } while (before !== undefined);
  return all;
}

export function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

function errorText(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
