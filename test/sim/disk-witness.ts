// Disk witness: sees every commit, and holds that each disk is in exactly one place after it: one instance's, or attached to
// nothing. A disk goes only where its deletion, its instance or its group takes it along.

import type { Change } from '../../src/app/ports/store.ts';
import { guestHandle, handleOf } from '../../src/domain/guest.ts';
import type { Disk } from '../../src/domain/disk.ts';
import { diskUid } from '../../src/domain/disk-name.ts';
import type { Instance } from '../../src/domain/instance.ts';
import { goesWithInstance } from '../../src/domain/managed-disk.ts';
import { must } from './must.ts';
import type { Universe } from './universe.ts';

export class DiskWitness {
  readonly #rows = new Map<string, Disk>();
  readonly #instances = new Map<string, Instance>();
  readonly broken: string[] = [];

  constructor({ store }: Universe) {
    store.onCommit((changes) => {
      try {
        this.#committed(changes);
      } catch (error) {
        this.broken.push(String(error));
      }
    });
  }

  /** The disks that instances have, with where they are. */
  get attached(): readonly { readonly handle: string; readonly lun: number; readonly uid: string }[] {
    return [...this.#instances.values()].flatMap((instance) =>
      instance.dataDisks
        .filter(({ fromModel, detaching }) => !fromModel && detaching !== true)
        .map((disk) => ({
          handle: handleOf(instance),
          lun: disk.lun,
          uid: diskUid(instance, disk),
        })),
    );
  }

  /** Every disk that there is. */
  get uids(): readonly string[] {
    return [...this.#rows.keys(), ...[...this.#instances.values()].flatMap(uidsOf)];
  }

  #committed(changes: readonly Change[]): void {
    const before = new Set(this.uids);
    const mayGo = new Set(changes.flatMap((change) => this.#takenAlong(change, changes)));
    for (const change of changes) this.#apply(change);
    const after = this.uids;
    const twice = after.find((uid, index) => after.indexOf(uid) !== index);
    must(twice === undefined, `disk ${twice} is in two places`);
    const names = [...this.#rows.values()].map(({ group, name }) => `${group}/${name}`.toLowerCase());
    must(new Set(names).size === names.length, `two disks have one name: ${names.join()}`);
    const left = new Set(after);
    for (const uid of before) must(left.has(uid) || mayGo.has(uid), `disk ${uid} is lost`);
  }

  #apply(change: Change): void {
    if (change.kind !== 'put' && change.kind !== 'remove') return;
    if (change.table === 'disk') {
      if (change.kind === 'put') this.#rows.set(change.row.uid, change.row);
      else this.#rows.delete(change.row.uid);
    }
    if (change.table === 'instance') {
      const key = guestHandle(change.row.set, change.row.id);
      if (change.kind === 'put') this.#instances.set(key, change.row);
      else this.#instances.delete(key);
    }
  }

  /** Of the disks that a change removes, those that it may. */
  #takenAlong(change: Change, all: readonly Change[]): readonly string[] {
    if (change.kind !== 'remove') return [];
    if (change.table === 'instance') {
      const { row } = change;
      return row.dataDisks.filter(goesWithInstance).map((disk) => diskUid(row, disk));
    }
    if (change.table !== 'disk') return [];
    const { row } = change;
    const withGroup = all.some(
      (other) => other.kind === 'remove' && other.table === 'group' && other.row.name === row.group,
    );
    return withGroup || row.deleting !== undefined ? [row.uid] : [];
  }
}

function uidsOf(instance: Instance): readonly string[] {
  return instance.dataDisks.map((disk) => diskUid(instance, disk));
}
