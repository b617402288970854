// Invariants: what must hold of a plane and its world whatever was asked, failed or crashed. Each check names what it found.

import { type Activity, PLANE } from '../../src/domain/activity.ts';
import { modelExtensions, withOwn } from '../../src/domain/extension.ts';
import { currentRecord, extensionsState, runKey } from '../../src/domain/extension-record.ts';
import { guestHandle, handleOf } from '../../src/domain/guest.ts';
import {
  type Instance,
  isBehind,
  isMember,
  memberId,
  memberName,
  nameOf,
} from '../../src/domain/instance.ts';
import { repairsAtOnce, repairService } from '../../src/domain/repair.ts';
import { repairPolicy } from '../../src/domain/repair-policy.ts';
import { protectedFromScaleIn } from '../../src/domain/scale-in.ts';
import { isSolo, type ScaleSet, upgradeMode } from '../../src/domain/scale-set.ts';
import { checkAddressed, checkAddresses } from './addresses.ts';
import { checkReferences, checkRotation, checkServing } from './balancing.ts';
import { must } from './must.ts';
import { checkUpgradesAtRest, RollingWitness } from './rolling-invariants.ts';
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
  // Whoever failed to come up in another's place may be asked for something else in the same moment.
  const asked = atWork.filter(
    ({ task, repair }) => task?.since === repair?.begun && task?.verb !== 'configure',
  );
  must(asked.length <= most, `${set.name} repairs ${asked.map(memberId).join()} at once`);
  must(owed <= Math.max(most, 1), `${set.name} owes ${owed} replacements`);
  for (const instance of asked) {
    const was = before.find(({ id }) => id === instance.id);
    if (was === undefined || was.repair?.begun === instance.repair?.begun) continue;
    must(!protectedFromScaleIn(was), `${nameOf(set.name, instance)} is protected and was repaired`);
  }
}

/** Health is known only of guests that are up. */
function checkHealth(set: ScaleSet, instance: Instance): void {
  const { health, observed } = instance;
  must(
    health === undefined || (observed.power === 'running' && observed.ready),
    `${nameOf(set.name, instance)} is ${observed.power} and ${health?.state}`,
  );
}

/** A version that is published touches nobody: a disk's version changes with a verb that names the instance, or not at all. */
function checkImageVersion(set: ScaleSet, was: Instance | undefined, instance: Instance): void {
  if (was === undefined || was.imageVersion === instance.imageVersion) return;
  must(
    was.task !== undefined || instance.failure !== undefined || was.generation !== instance.generation,
    `${nameOf(set.name, instance)} had version ${was.imageVersion} of its image and has ${instance.imageVersion}, and nobody asked`,
  );
}

/** What was seen before, so that nothing is used twice or goes back. */
export class Witness {
  readonly #vmIds = new Map<string, string>();
  readonly #highest = new Map<string, number>();
  readonly #instances = new Map<string, readonly Instance[]>();
  /** Every set that there ever was, as it was last seen. */
  readonly #sets = new Map<string, ScaleSet>();
  #present: ReadonlySet<string> = new Set();
  readonly #rolling = new RollingWitness();

  /** After any step. */
  async look(universe: Universe): Promise<void> {
    const sets = await universe.store.scaleSets();
    this.#present = new Set(sets.map((set) => set.uid));
    for (const set of sets) {
      this.#sets.set(set.uid, set);
      const fresh: number[] = [];
      const instances = await universe.store.instances(set.uid);
      const rows = this.#instances.get(set.uid) ?? instances;
      checkRepairs(set, rows, instances);
      await this.#rolling.look(universe, set, rows, instances);
      const before = new Map((this.#instances.get(set.uid) ?? []).map((row) => [row.id, row]));
      this.#instances.set(set.uid, instances);
      for (const instance of instances) {
        checkHealth(set, instance);
        checkImageVersion(set, before.get(instance.id), instance);
        const key = guestHandle(set.uid, instance.id);
        const known = this.#vmIds.get(key);
        must(known === undefined || known === instance.vmId, `instance id used twice: ${key}`);
        if (known === undefined) fresh.push(instance.id);
        this.#vmIds.set(key, instance.vmId);
      }
      const highest = this.#highest.get(set.uid) ?? -1;
      must(
        fresh.every((id) => id > highest),
        `new ids ${fresh.join()} of ${set.name} are not above ${highest}`,
      );
      this.#highest.set(set.uid, Math.max(highest, ...fresh));
    }
    await checkRotation(universe);
    await checkAddresses(universe);
  }

  /** Of every instance that ever was, the log says why it came, and of every one that is not any more why it went. */
  checkLog(log: readonly Activity[], { machines }: Universe): void {
    for (const set of this.#sets.values()) {
      const later = [...this.#sets.values()].filter(
        (other) => other.group === set.group && other.name === set.name && other.created > set.created,
      );
      const end = Math.min(...later.map(({ created }) => created));
      const about = log.filter(
        (entry) => aboutSet(entry, set) && entry.time >= set.created && entry.time <= end,
      );
      const here = this.#present.has(set.uid) ? (this.#instances.get(set.uid) ?? []) : [];
      for (let id = 0; id < set.nextInstanceId; id += 1) {
        const name = machines.nameOf(set.uid, id) ?? id;
        const named = about.filter(({ instances }) => instances.includes(name));
        must(
          named.some(isComing) || named.some(isWritten),
          `the log does not say why ${memberName(set.name, name)} came`,
        );
        if (here.some((instance) => instance.id === id)) continue;
        const isExplained = machines.hasMoved(set.uid, id) ? isWritten : isGoing;
        must(named.some(isExplained), `the log does not say why ${memberName(set.name, name)} went`);
      }
    }
  }
}

function isComing({ operationName, description }: Activity): boolean {
  return operationName.endsWith('/virtualMachines/write') && /^Created .+: .+\.$/.test(description);
}

/** Somebody made it by itself, attached or detached it. */
function isWritten({ operationName, status, resourceId }: Activity): boolean {
  return (
    status === 'Accepted' &&
    operationName === 'Microsoft.Compute/virtualMachines/write' &&
    resourceId.includes('/virtualMachines/')
  );
}

const GOING = /\/(?:delete(?:\/action)?|simulateEviction\/action)$/;

/** The plane says why; what somebody asked for says who and what. */
function isGoing({ operationName, caller, description, status, properties }: Activity): boolean {
  if (!GOING.test(operationName)) return false;
  if (caller !== PLANE || properties['repairAction'] !== undefined) return status === 'Accepted';
  return /^Deleted .+: .+\.$/.test(description);
}

/** When everything has come to rest. */
export async function checkAtRest(universe: Universe): Promise<void> {
  must(universe.errors.length === 0, `errors: ${JSON.stringify(universe.errors, errorText)}`);
  const sets = await universe.store.scaleSets();
  const rows = (await Promise.all(sets.map((set) => universe.store.instances(set.uid)))).flat();
  await checkAddressed(universe);
  await checkGuests(universe, rows);
  const log = await wholeLog(universe);
  for (const entry of log) checkNames(universe, entry);
  for (const set of sets) {
    const instances = rows.filter((instance) => instance.set === set.uid);
    checkSet(set, instances);
    await checkUpgradesAtRest(universe, set, instances);
    for (const instance of instances) {
      checkTouched(set, instance, log);
      await checkDone(universe, set, instance, log);
      await checkExtensions(universe, set, instance);
    }
  }
  await checkReferences(universe, sets, rows);
  await checkServing(universe, rows);
  await checkOperations(universe, log);
  const groups = new Set((await universe.store.groups()).map((group) => group.name));
  must(
    sets.every((set) => groups.has(set.group)),
    'a set outlived its group',
  );
}

/** What the log says of a set calls its members as its mode does. */
function checkNames({ modes }: Universe, { resourceId, instances, description }: Activity): void {
  const [, group = '', set = ''] =
    /\/resourceGroups\/([^/]+)\/.*\/virtualMachineScaleSets\/([^/]+)/.exec(resourceId) ?? [];
  if (set === '') return;
  const isFlexible = modes(group, set).mode === 'Flexible';
  must(
    instances.every((id) => (typeof id === 'string') === isFlexible),
    `the log says ${instances.join()} of ${isFlexible ? 'Flexible' : 'Uniform'} ${set}`,
  );
  must(!isFlexible || !/_\d{1,4}\b/.test(description), `the log says of Flexible ${set}: ${description}`);
}

/** No guest without a row; no row without a guest, but for one that could not be made. */
async function checkGuests(universe: Universe, rows: readonly Instance[]): Promise<void> {
  const guests = new Map((await universe.guests.list()).map((guest) => [guest.handle, guest]));
  const handles = new Set(rows.map((instance) => handleOf(instance)));
  for (const handle of guests.keys()) must(handles.has(handle), `guest without a row: ${handle}`);
  for (const instance of rows) {
    const handle = handleOf(instance);
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
      guest.imageVersion === instance.imageVersion && guest.imageVersion !== undefined,
      `${handle} has version ${guest.imageVersion} of its image, its row says ${instance.imageVersion}`,
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
      (instance) => isBehind(instance, set.model) && instance.protection?.protectFromScaleSetActions !== true,
    );
    must(
      behind.every((instance) => instance.failure !== undefined),
      `${set.name} settled with instances behind its model`,
    );
  }
  must(!isSolo(set) || instances.length === 1, `${set.name} is a set of one and has ${instances.length}`);
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
const PERHAPS =
  /\/(manualUpgrade\/action|extensionRollingUpgrade\/action|attachDetachDataDisks\/action|virtualMachines\/write)$/;

/** An instance went through exactly what named it: nothing touched another by a slip, nothing acknowledged was forgotten. */
function checkTouched(set: ScaleSet, instance: Instance, log: readonly Activity[]): void {
  const naming = log.filter((entry) => isAbout(entry, set, instance));
  const accepted = naming.filter(
    (entry) => !isRecovery(entry) && (entry.status === 'Accepted' || isOwnDeed(entry)),
  );
  const least = accepted.filter((entry) => LASTING.test(entry.operationName)).length;
  const most = least + accepted.filter((entry) => PERHAPS.test(entry.operationName)).length;
  must(
    instance.generation >= least && instance.generation <= most,
    `${nameOf(set.name, instance)} went through ${instance.generation} lasting verbs, the log names ${least} to ${most}`,
  );
}

/** Told in one entry; a repair is an operation, with a beginning and an end, though nobody asked for it. */
function isOwnDeed(entry: Activity): boolean {
  const isOperation =
    entry.properties['repairAction'] !== undefined ||
    isRepairEnd(entry) ||
    isUpgrade(entry) ||
    isRecovery(entry);
  return entry.caller === PLANE && !isOperation;
}

/** The beginning and the end of a rolling upgrade that a newer model brought about. */
function isUpgrade({ operationName }: Activity): boolean {
  return /virtualMachineScaleSets\/(rollingUpgrades\/start|osRollingUpgrade)\/action$/.test(operationName);
}

/** A guest that was lost is made anew under an operation that nobody asked for either. */
function isRecovery({ caller, operationName, resourceId }: Activity): boolean {
  return (
    caller === PLANE &&
    operationName.endsWith('virtualMachines/write') &&
    /\/virtualMachines\/[^/]+$/.test(resourceId)
  );
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
  const naming = log.filter((entry) => isAbout(entry, set, instance));
  if (instance.failure !== undefined || naming.some((entry) => entry.status === 'Failed')) return;
  const handle = handleOf(instance);
  // A guest that was made anew went through nothing but what was asked after that.
  if (universe.lost.has(handle)) return;
  const guest = await universe.guests.get(handle);
  must(
    guest?.generation === instance.generation,
    `${nameOf(set.name, instance)} went through ${instance.generation} lasting verbs, its guest through ${guest?.generation}`,
  );
}

/** None is under way without a verb, and an instance that is well has run all that it is to have, as it is declared. */
async function checkExtensions(universe: Universe, set: ScaleSet, instance: Instance): Promise<void> {
  const name = nameOf(set.name, instance);
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
    const execution = await universe.guests.execution(handleOf(instance), runKey(record));
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

/** Entries about an earlier set of the same name are older than this one, and those about an earlier machine than its machine. */
function isAbout(entry: Activity, set: ScaleSet, instance: Instance): boolean {
  if (entry.group !== set.group || !entry.instances.includes(memberId(instance))) return false;
  if (instance.machine !== undefined) return entry.time >= instance.created;
  return aboutSet(entry, set) && entry.time >= set.created;
}

/** What addresses a machine names no set: its name says whose it is. */
function aboutSet({ group, resourceId }: Activity, set: ScaleSet): boolean {
  const [type, name] = resourceId.split('/').slice(7, 9);
  return group === set.group && (type === 'virtualMachines' || name === set.name);
}

async function checkOperations(universe: Universe, log: readonly Activity[]): Promise<void> {
  for (const entry of log) {
    if (entry.operationId === undefined) continue;
    const operation = await universe.store.operation(entry.operationId);
    must(operation !== undefined, `the operation of a log entry is gone: ${entry.operationId}`);
    if (entry.status === 'Accepted' && !isOwnDeed(entry)) {
      const [named, touched] = [entry.instances, operation?.instances ?? []].map((ids) => ids.join());
      must(
        named === touched,
        `${entry.operationName} touches ${touched}, its entry in the log names ${named}`,
      );
    }
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

function errorText(_key: string, value: unknown): unknown {
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
