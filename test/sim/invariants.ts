// Invariants: what must hold of a plane and its world whatever was asked, failed or crashed. Each check names what it found.

import { type Activity, PLANE } from '../../src/domain/activity.ts';
import { modelExtensions, withOwn } from '../../src/domain/extension.ts';
import { currentRecord, extensionsState, runKey } from '../../src/domain/extension-record.ts';
import { guestHandle } from '../../src/domain/guest.ts';
import { type Instance, isMember } from '../../src/domain/instance.ts';
import { repairsAtOnce, repairService } from '../../src/domain/repair.ts';
import { repairPolicy } from '../../src/domain/repair-policy.ts';
import { protectedFromScaleIn } from '../../src/domain/scale-in.ts';
import { type ScaleSet, upgradeMode } from '../../src/domain/scale-set.ts';
import type { Universe } from './universe.ts';

/** Whatever happens, repairs keep to their rules. `before`: the rows as they were before the step. */
function checkRepairs(set: ScaleSet, before: readonly Instance[], instances: readonly Instance[]): void {
  const policy = repairPolicy(set.declared);
  if (policy?.enabled !== true) return;
  const members = instances.filter(isMember);
  const owed = repairService(set).owed.length;
  const atWork = members.filter((instance) => instance.repair !== undefined && instance.task !== undefined);
  // A capacity that was lowered meanwhile makes what was begun before count for more than it did.
  const most = repairsAtOnce(Math.max(members.length, before.filter(isMember).length));
  const asked = atWork.filter((instance) => instance.task?.since === instance.repair?.begun);
  must(asked.length <= most, `${set.name} repairs ${asked.map(({ id }) => id).join()} at once`);
  must(owed <= Math.max(most, 1), `${set.name} owes ${owed} replacements`);
  for (const instance of asked) {
    const was = before.find(({ id }) => id === instance.id);
    if (was === undefined || was.repair?.begun === instance.repair?.begun) continue;
    must(!protectedFromScaleIn(was), `${set.name}_${instance.id} is protected and was repaired`);
  }
}

/** Health is known only of guests that are up. */
function checkHealth(set: ScaleSet, instance: Instance): void {
  const { health, observed } = instance;
  must(
    health === undefined || (observed.power === 'running' && observed.ready),
    `${set.name}_${instance.id} is ${observed.power} and ${health?.state}`,
  );
}

/** What was seen before, so that nothing is used twice or goes back. */
export class Witness {
  readonly #vmIds = new Map<string, string>();
  readonly #highest = new Map<string, number>();
  readonly #instances = new Map<string, readonly Instance[]>();

  /** After any step. */
  async look(universe: Universe): Promise<void> {
    for (const set of await universe.store.scaleSets()) {
      const fresh: number[] = [];
      const instances = await universe.store.instances(set.uid);
      checkRepairs(set, this.#instances.get(set.uid) ?? instances, instances);
      this.#instances.set(set.uid, instances);
      for (const instance of instances) {
        checkHealth(set, instance);
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
      await checkExtensions(universe, set, instance);
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
const PERHAPS = /\/(manualUpgrade\/action|extensionRollingUpgrade\/action|virtualMachines\/write)$/;

/** An instance went through exactly what named it: nothing touched another by a slip, nothing acknowledged was forgotten. */
function checkTouched(set: ScaleSet, instance: Instance, log: readonly Activity[]): void {
  const naming = log.filter(
    (entry) => entry.instances.includes(instance.id) && aboutSet(entry, set) && entry.time >= set.created,
  );
  const accepted = naming.filter((entry) => entry.status === 'Accepted' || isOwnDeed(entry));
  const least = accepted.filter((entry) => LASTING.test(entry.operationName)).length;
  const most = least + accepted.filter((entry) => PERHAPS.test(entry.operationName)).length;
  must(
    instance.generation >= least && instance.generation <= most,
    `${set.name}_${instance.id} went through ${instance.generation} lasting verbs, the log names ${least} to ${most}`,
  );
}

/** Told in one entry; a repair is an operation, with a beginning and an end, though nobody asked for it. */
function isOwnDeed(entry: Activity): boolean {
  return entry.caller === PLANE && entry.properties['repairAction'] === undefined && !isRepairEnd(entry);
}

function isRepairEnd({ caller, operationName }: Activity): boolean {
  return caller === PLANE && /virtualMachineScaleSets\/(delete|restart|reimage)\/action$/.test(operationName);
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

/** None is under way without a verb, and an instance that is well has run all that it is to have, as it is declared. */
async function checkExtensions(universe: Universe, set: ScaleSet, instance: Instance): Promise<void> {
  const name = `${set.name}_${instance.id}`;
  const { own, records } = extensionsState(instance);
  must(
    records.every((record) => record.state !== 'running'),
    `${name} has an extension under way`,
  );
  const runs = records.map((record) => record.run);
  must(new Set(runs).size === runs.length, `${name} used one run twice`);
  if (instance.failure !== undefined || instance.observed.power !== 'running') return;
  // A disk takes with it what ran on it: whatever is said to have run did so on the one there is.
  for (const record of records.filter(({ output }) => output !== undefined)) {
    const execution = await universe.guests.execution(guestHandle(set.uid, instance.id), runKey(record));
    must(execution !== undefined, `${name} shows '${record.name}', which did not run on its disk`);
  }
  const model = await universe.store.model(set.uid, instance.model);
  must(model !== undefined, `${name} has no model`);
  const declared = model === undefined ? [] : withOwn(modelExtensions(model), own);
  // After one that failed the others may never have had their turn.
  if (records.some((record) => record.state === 'failed')) return;
  for (const extension of declared) {
    const state = currentRecord(instance, extension)?.state;
    must(state === 'succeeded', `${name} has not run '${extension.name}': ${state}`);
  }
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
      log.filter((other) => other.operationId === entry.operationId && !isOwnDeed(other)).length === 2,
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
