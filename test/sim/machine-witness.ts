// Machine witness: sees every commit, and holds what must be true after it of instances that are machines of their own, whichever
// mode their sets have: a guest and a name are of one row, a move between sets changes nothing of a machine, what has a profile
// of its own is no set's to upgrade, and new ones go where the fewest are.

import type { Change, Store } from '../../src/app/ports/store.ts';
import { guestHandle, handleOf } from '../../src/domain/guest.ts';
import {
  hasOwnProfile,
  type Instance,
  isMember,
  type MemberId,
  memberId,
} from '../../src/domain/instance.ts';
import { rulesOf } from '../../src/domain/orchestration.ts';
import { hasProfile, isSolo, type ScaleSet } from '../../src/domain/scale-set.ts';
import { must } from './must.ts';

/** What a machine is, wherever it belongs. */
const ITS_OWN = [
  'vmId',
  'created',
  'zone',
  'imageVersion',
  'generation',
  'observed',
  'extensions',
  'addresses',
  'userData',
] as const satisfies readonly (keyof Instance)[];

export class MachineWitness {
  readonly #rows = new Map<string, Instance>();
  readonly #sets = new Map<string, ScaleSet>();
  /** The size that each version of a model says, by set and version. */
  readonly #sizes = new Map<string, string>();
  /** What each row that there ever was is called. */
  readonly #names = new Map<string, MemberId>();
  /** The machine that a guest was made for. */
  readonly #guests = new Map<string, string>();
  readonly #moved = new Set<string>();

  /** @param broken told of what is found, for whoever ends the life */
  constructor(store: Store, broken: (found: unknown) => void) {
    store.onCommit((changes) => {
      try {
        this.#committed(changes);
      } catch (error) {
        broken(error);
      }
    });
  }

  /** What the instance is or was called. */
  nameOf(set: string, id: number): MemberId | undefined {
    return this.#names.get(guestHandle(set, id));
  }

  /** How many rows became another set's. */
  get moves(): number {
    return this.#moved.size;
  }

  hasMoved(set: string, id: number): boolean {
    return this.#moved.has(guestHandle(set, id));
  }

  #committed(changes: readonly Change[]): void {
    const before = new Map(this.#rows);
    for (const change of changes) {
      if (change.kind === 'putModel') {
        this.#sizes.set(`${change.model.set} ${change.model.version}`, change.model.size);
      }
      this.#apply(change);
    }
    this.#checkOwners();
    for (const [key, row] of this.#rows) {
      if (before.get(key) !== row) this.#checkRow(row, before);
    }
    this.#checkMoves(before);
    for (const set of new Set(changes.flatMap(setOf))) this.#checkSet(set, before);
  }

  #apply(change: Change): void {
    if (change.kind !== 'put' && change.kind !== 'remove') return;
    if (change.table === 'scaleSet') {
      if (change.kind === 'put') this.#sets.set(change.row.uid, change.row);
      else this.#sets.delete(change.row.uid);
    }
    if (change.table === 'instance') {
      const key = guestHandle(change.row.set, change.row.id);
      if (change.kind === 'remove') this.#rows.delete(key);
      else {
        this.#rows.set(key, change.row);
        this.#names.set(key, memberId(change.row));
      }
    }
  }

  /** No guest and no name is of two; no guest ever becomes another machine's. */
  #checkOwners(): void {
    const names = new Set<string>();
    const guests = new Set<string>();
    for (const row of this.#rows.values()) {
      const handle = handleOf(row);
      must(!guests.has(handle), `guest ${handle} has two owners`);
      guests.add(handle);
      const owner = this.#guests.get(handle);
      must(owner === undefined || owner === row.vmId, `guest ${handle} was another machine's`);
      this.#guests.set(handle, row.vmId);
      const name = row.machine && `${row.machine.group}/${row.machine.name}`.toLowerCase();
      must(name === undefined || !names.has(name), `two machines are called ${name}`);
      if (name !== undefined) names.add(name);
    }
  }

  #checkRow(row: Instance, before: ReadonlyMap<string, Instance>): void {
    const set = this.#sets.get(row.set);
    const name = String(memberId(row));
    must(set !== undefined, `${name} is in no set`);
    if (set === undefined) return;
    const rules = rulesOf(set.declared);
    must((row.machine !== undefined) === (rules.instances === 'machines'), `${name} in a ${rules.mode} set`);
    must(row.machine === undefined || row.machine.group === set.group, `${name} is in another group`);
    must(rules.overprovision || !row.surplus, `${name} was made beyond the capacity of a ${rules.mode} set`);
    const was = before.get(guestHandle(row.set, row.id));
    must(was === undefined || memberId(was) === memberId(row), `${name} was called ${was && memberId(was)}`);
    if (!hasOwnProfile(row)) return;
    must(hasOwnProfile({ model: row.wanted.model }), `${name} is to have a model of its set`);
    must(
      row.task?.verb !== 'update' || was?.task?.verb === 'update' || !isSetDeed(row, set),
      `${name} is upgraded by its set`,
    );
    must(row.surge !== true, `${name} takes another's place`);
  }

  /** A machine whose row is another's now took everything along, and no verb began with it. */
  #checkMoves(before: ReadonlyMap<string, Instance>): void {
    for (const [key, was] of before) {
      if (this.#rows.has(key)) continue;
      const now = [...this.#rows.values()].find((row) => row.vmId === was.vmId);
      if (now === undefined) continue;
      this.#moved.add(key);
      const name = memberId(now);
      must(memberId(was) === name, `${memberId(was)} moved and is called ${name}`);
      must(handleOf(was) === handleOf(now), `${name} moved without its guest`);
      for (const member of ITS_OWN) {
        must(JSON.stringify(was[member]) === JSON.stringify(now[member]), `${name} moved and lost ${member}`);
      }
      must(this.#sizeOf(was) === this.#sizeOf(now), `${name} moved and has another size`);
      must(
        was.wanted.power === now.wanted.power && now.wanted.exists,
        `${name} moved and is wanted otherwise`,
      );
      must(was.task?.verb === now.task?.verb, `${name} moved and began to ${now.task?.verb}`);
      const luns = (row: Instance): string =>
        row.dataDisks.map(({ lun, name: disk }) => `${lun} ${disk}`).join();
      must(luns(was) === luns(now), `${name} moved and has disks ${luns(now)} in place of ${luns(was)}`);
    }
  }

  /** Its own, or that of its model. */
  #sizeOf({ set, model, size }: Instance): string | undefined {
    return size ?? this.#sizes.get(`${set} ${model}`);
  }

  #checkSet(uid: string, before: ReadonlyMap<string, Instance>): void {
    const set = this.#sets.get(uid);
    if (set === undefined) {
      const left = [...this.#rows.values()].filter((row) => row.set === uid).map(memberId);
      must(left.length === 0, `${left.join()} outlived the set`);
      return;
    }
    const rows = [...this.#rows.values()].filter((row) => row.set === uid);
    const members = rows.filter(isMember);
    const { capacity } = set.declared.sku;
    if (isSolo(set)) must(rows.length <= 1, `${set.name} is a set of one and has ${rows.length}`);
    else if (!hasProfile(set.declared) && set.deleting !== true) {
      must(members.length === capacity, `${set.name} has ${members.length} members and capacity ${capacity}`);
    }
    if (rulesOf(set.declared).instances === 'machines' && !isSolo(set)) {
      checkPlaces(
        set,
        [...before.values()].filter((row) => row.set === uid),
        rows,
      );
    }
  }
}

/** Whether the verb in hand is on behalf of what was written of the set. */
function isSetDeed(row: Instance, set: ScaleSet): boolean {
  return row.task?.operation === set.operation && !isSolo(set);
}

function setOf(change: Change): readonly string[] {
  if (change.kind !== 'put' && change.kind !== 'remove') return [];
  if (change.table === 'scaleSet') return [change.row.uid];
  return change.table === 'instance' ? [change.row.set] : [];
}

/**
 * Those that a set makes at once go where the fewest of its members are: no place that got one has then more than one above the
 * emptiest. Members that leave in the same commit still counted.
 */
function checkPlaces(set: ScaleSet, before: readonly Instance[], after: readonly Instance[]): void {
  const known = new Set(before.map(({ id }) => id));
  const born = after.filter((row) => !known.has(row.id) && row.surge !== true && !hasOwnProfile(row));
  if (born.length === 0) return;
  const counted = [...before.filter(isMember), ...born];
  const { zones, properties } = set.declared;
  const domains = Number(properties['platformFaultDomainCount'] ?? 1);
  const fill = (
    rows: readonly Instance[],
    place: (row: Instance) => unknown,
    places: readonly unknown[],
  ): void => {
    const counts = places.map((one) => rows.filter((row) => place(row) === one).length);
    const least = Math.min(...counts);
    for (const row of born.filter((one) => rows.includes(one))) {
      const at = places.indexOf(place(row));
      must(at >= 0, `${memberId(row)} is at ${String(place(row))}, which ${set.name} does not have`);
      must(
        (counts[at] ?? 0) <= least + 1,
        `${memberId(row)} went where ${counts[at]} are, and ${least} elsewhere`,
      );
    }
  };
  const wide = zones.length === 0 ? [undefined] : zones;
  fill(counted, ({ zone }) => zone, wide);
  for (const zone of wide) {
    const there = counted.filter((row) => row.zone === zone);
    fill(
      there,
      ({ faultDomain }) => faultDomain,
      Array.from({ length: domains }, (_, domain) => domain),
    );
  }
}
