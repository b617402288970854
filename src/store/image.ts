// What the store remembers of the database, so that nearly every read is a look into memory: groups, scale sets, balancers,
// networks, disks, deployments, models, instances, rolling upgrades, and the operations and run commands that have not ended. What must hold: it equals what is
// committed, because a change gets here after its COMMIT and never before.

import type { Change } from '../app/ports/store.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Disk } from '../domain/disk.ts';
import { type GuestHandle, parseGuestHandle } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import type { LoadBalancer } from '../domain/load-balancer.ts';
import type { NetworkResource } from '../domain/network-resource.ts';
import type { Operation } from '../domain/operation.ts';
import type { Region } from '../domain/quota.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import type { RollingUpgrade } from '../domain/rolling-upgrade.ts';
import type { RunCommand } from '../domain/run-command.ts';
import { isSolo, type ModelVersion, type ScaleSet } from '../domain/scale-set.ts';
import { InstanceList } from './instance-list.ts';
import { nameKey } from './row.ts';
import { isOpen } from './run-command-table.ts';

const NONE: readonly Instance[] = [];

export class Image {
  readonly groups = new Map<string, ResourceGroup>();
  readonly scaleSets = new Map<string, ScaleSet>();
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly networks = new Map<string, NetworkResource>();
  readonly disks = new Map<string, Disk>();
  readonly deployments = new Map<string, Deployment>();
  readonly regions = new Map<string, Region>();
  readonly openOperations = new Map<string, Operation>();
  readonly openRunCommands = new Map<string, RunCommand>();
  readonly #scaleSetsByName = new Map<string, ScaleSet>();
  readonly #models = new Map<string, Map<number, ModelVersion>>();
  readonly #instances = new Map<string, InstanceList>();
  readonly #rollingUpgrades = new Map<string, readonly RollingUpgrade[]>();
  readonly #machines = new Map<string, Instance>();
  /** Those whose guest was made for another row. */
  readonly #moved = new Map<GuestHandle, Instance>();
  /** How many instances have a task of an operation; none is no entry. */
  readonly #tasks = new Map<string, number>();

  scaleSet(group: string, name: string): ScaleSet | undefined {
    return this.#scaleSetsByName.get(setKey(group, name));
  }

  model(set: string, version: number): ModelVersion | undefined {
    return this.#models.get(set)?.get(version);
  }

  /** Ordered by version. */
  models(set: string): readonly ModelVersion[] {
    return [...(this.#models.get(set)?.values() ?? [])].toSorted((a, b) => a.version - b.version);
  }

  instance(set: string, id: number): Instance | undefined {
    return this.#instances.get(set)?.get(id);
  }

  instances(set: string): readonly Instance[] {
    return this.#instances.get(set)?.all() ?? NONE;
  }

  /** Oldest first. */
  rollingUpgrades(set: string): readonly RollingUpgrade[] {
    return this.#rollingUpgrades.get(set) ?? [];
  }

  machine(group: string, name: string): Instance | undefined {
    return this.#machines.get(setKey(group, name));
  }

  instanceOf(handle: GuestHandle): Instance | undefined {
    const moved = this.#moved.get(handle);
    if (moved !== undefined) return moved;
    const key = parseGuestHandle(handle);
    const row = key && this.instance(key.set, key.id);
    return row?.guest === undefined ? row : undefined;
  }

  openTasks(operation: string): number {
    return this.#tasks.get(operation) ?? 0;
  }

  apply(change: Change): void {
    switch (change.kind) {
      case 'put':
        return this.#put(change);
      case 'remove':
        return this.#remove(change);
      case 'putModel':
        return this.#putModel(change.model);
      case 'removeModels':
        return this.#removeModels(change.set, change.versions);
      case 'append':
        return undefined;
    }
  }

  #put(change: Change & { readonly kind: 'put' }): void {
    switch (change.table) {
      case 'group':
        return void this.groups.set(nameKey(change.row.name), change.row);
      case 'scaleSet':
        return this.#putScaleSet(change.row);
      case 'instance':
        return this.#putInstance(change.row);
      case 'operation':
        return keep(this.openOperations, change.row.id, change.row, change.row.ended === undefined);
      case 'runCommand':
        return keep(this.openRunCommands, change.row.key, change.row, isOpen(change.row));
      case 'loadBalancer':
        return void this.loadBalancers.set(change.row.uid, change.row);
      case 'network':
        return void this.networks.set(change.row.uid, change.row);
      case 'disk':
        return void this.disks.set(change.row.uid, change.row);
      case 'deployment':
        return void this.deployments.set(change.row.uid, change.row);
      case 'rollingUpgrade':
        return this.#setRollingUpgrades(change.row, [change.row]);
      case 'region':
        return void this.regions.set(change.row.name, change.row);
    }
  }

  #remove(change: Change & { readonly kind: 'remove' }): void {
    switch (change.table) {
      case 'group':
        return void this.groups.delete(nameKey(change.row.name));
      case 'scaleSet':
        return this.#removeScaleSet(change.row.uid);
      case 'instance':
        return this.#removeInstance(change.row.set, change.row.id);
      case 'operation':
        return void this.openOperations.delete(change.row.id);
      case 'runCommand':
        return void this.openRunCommands.delete(change.row.key);
      case 'loadBalancer':
        return void this.loadBalancers.delete(change.row.uid);
      case 'network':
        return void this.networks.delete(change.row.uid);
      case 'disk':
        return void this.disks.delete(change.row.uid);
      case 'deployment':
        return void this.deployments.delete(change.row.uid);
      case 'rollingUpgrade':
        return this.#setRollingUpgrades(change.row, []);
      case 'region':
        return void this.regions.delete(change.row.name);
    }
  }

  #putScaleSet(row: ScaleSet): void {
    this.#removeScaleSet(row.uid);
    this.scaleSets.set(row.uid, row);
    if (!isSolo(row)) this.#scaleSetsByName.set(setKey(row.group, row.name), row);
  }

  #removeScaleSet(uid: string): void {
    const known = this.scaleSets.get(uid);
    if (!known) return;
    this.scaleSets.delete(uid);
    if (!isSolo(known)) this.#scaleSetsByName.delete(setKey(known.group, known.name));
  }

  #putModel(model: ModelVersion): void {
    const versions = this.#models.get(model.set) ?? new Map<number, ModelVersion>();
    this.#models.set(model.set, versions.set(model.version, model));
  }

  #removeModels(set: string, versions: readonly number[] | undefined): void {
    const known = this.#models.get(set);
    for (const version of versions ?? []) known?.delete(version);
    if (versions === undefined || known?.size === 0) this.#models.delete(set);
  }

  #putInstance(row: Instance): void {
    const list = this.#instances.get(row.set) ?? new InstanceList();
    this.#instances.set(row.set, list);
    this.#countTask(list.get(row.id), -1);
    this.#countTask(row, 1);
    list.put(row);
    if (row.machine !== undefined) this.#machines.set(setKey(row.machine.group, row.machine.name), row);
    if (row.guest !== undefined) this.#moved.set(row.guest, row);
  }

  #removeInstance(set: string, id: number): void {
    const list = this.#instances.get(set);
    const row = list?.get(id);
    this.#countTask(row, -1);
    if (row !== undefined) this.#forget(row);
    list?.remove(id);
    if (list?.size === 0) this.#instances.delete(set);
  }

  /** A machine that moved is another row's by now, or will be. */
  #forget(row: Instance): void {
    const key = row.machine && setKey(row.machine.group, row.machine.name);
    if (key !== undefined && isSameRow(this.#machines.get(key), row)) this.#machines.delete(key);
    if (row.guest !== undefined && isSameRow(this.#moved.get(row.guest), row)) this.#moved.delete(row.guest);
  }

  #setRollingUpgrades({ set, number }: RollingUpgrade, row: readonly RollingUpgrade[]): void {
    const others = this.rollingUpgrades(set).filter((other) => other.number !== number);
    const all = [...others, ...row].toSorted((a, b) => a.number - b.number);
    if (all.length === 0) this.#rollingUpgrades.delete(set);
    else this.#rollingUpgrades.set(set, all);
  }

  #countTask(row: Instance | undefined, step: 1 | -1): void {
    const operation = row?.task?.operation;
    if (operation === undefined) return;
    const count = this.openTasks(operation) + step;
    if (count === 0) this.#tasks.delete(operation);
    else this.#tasks.set(operation, count);
  }
}

function keep<Row>(open: Map<string, Row>, key: string, row: Row, isStillOpen: boolean): void {
  if (isStillOpen) open.set(key, row);
  else open.delete(key);
}

function isSameRow(a: Instance | undefined, b: Instance): boolean {
  return a?.set === b.set && a.id === b.id;
}

/** Names hold no line break, so no two pairs of names meet in one key. */
function setKey(group: string, name: string): string {
  return `${nameKey(group)}\n${nameKey(name)}`;
}
