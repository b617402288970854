// The embedded store: SQLite underneath, an image of the living rows in memory above it. The plane that opens it is the
// only writer, so the image is never behind.

import type { DatabaseSync } from 'node:sqlite';

import type { ActivityPage, ActivityQuery, Change, Store } from '../app/ports/store.ts';
import type { Deployment } from '../domain/deployment.ts';
import type { Disk } from '../domain/disk.ts';
import type { GuestHandle } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import type { LoadBalancer } from '../domain/load-balancer.ts';
import type { NetworkResource, NetworkType } from '../domain/network-resource.ts';
import type { Operation } from '../domain/operation.ts';
import type { Region } from '../domain/quota.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import type { RollingUpgrade } from '../domain/rolling-upgrade.ts';
import type { RunCommand } from '../domain/run-command.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import type { Time } from '../domain/time.ts';
import { openDatabase } from './database.ts';
import { type GroupCommit, openGroupCommit } from './group-commit.ts';
import { Image } from './image.ts';
import { prepare, type Prepared } from './prepare.ts';
import { nameKey } from './row.ts';
import { openTables, type Tables } from './tables.ts';
import { openTransaction } from './transaction.ts';

export interface SqliteStoreOptions {
  /** The database file, or `:memory:`. Its directory must exist. */
  readonly path: string;
  /** Told of errors that listeners throw; by default they become process warnings. */
  readonly report?: (error: unknown) => void;
}

/** How many rows `prune` removes before the event loop gets its turn. */
const ROWS_A_PRUNE = 500;

/** Throws StoreInUse when another plane has it open, NetworkFileSystem, or what else keeps it from being trusted. */
export function openSqliteStore({ path, report = warn }: SqliteStoreOptions): SqliteStore {
  return new SqliteStore(openDatabase(path), report);
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}

export class SqliteStore implements Store {
  readonly #database: DatabaseSync;
  readonly #tables: Tables;
  readonly #image: Image;
  readonly #queue: GroupCommit;
  readonly #report: (error: unknown) => void;
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();

  constructor(database: DatabaseSync, report: (error: unknown) => void) {
    this.#database = database;
    this.#tables = openTables(database);
    this.#image = load(this.#tables);
    this.#report = report;
    this.#queue = openGroupCommit(openTransaction(database), this.#tables, (commits) =>
      this.#committed(commits),
    );
  }

  async group(name: string): Promise<ResourceGroup | undefined> {
    return this.#image.groups.get(nameKey(name));
  }

  async groups(): Promise<readonly ResourceGroup[]> {
    return [...this.#image.groups.values()].toSorted((a, b) => byKey(nameKey(a.name), nameKey(b.name)));
  }

  async scaleSet(group: string, name: string): Promise<ScaleSet | undefined> {
    return this.#image.scaleSet(group, name);
  }

  async scaleSetByUid(uid: string): Promise<ScaleSet | undefined> {
    return this.#image.scaleSets.get(uid);
  }

  async scaleSets(group?: string): Promise<readonly ScaleSet[]> {
    return listed(this.#image.scaleSets.values(), group);
  }

  async model(set: string, version: number): Promise<ModelVersion | undefined> {
    return this.#image.model(set, version);
  }

  async models(set: string): Promise<readonly ModelVersion[]> {
    return this.#image.models(set);
  }

  async instance(set: string, id: number): Promise<Instance | undefined> {
    return this.#image.instance(set, id);
  }

  async instances(set: string): Promise<readonly Instance[]> {
    return this.#image.instances(set);
  }

  async machine(group: string, name: string): Promise<Instance | undefined> {
    return this.#image.machine(group, name);
  }

  async instanceOf(handle: GuestHandle): Promise<Instance | undefined> {
    return this.#image.instanceOf(handle);
  }

  async operation(id: string): Promise<Operation | undefined> {
    return this.#image.openOperations.get(id) ?? this.#tables.operation.get(id);
  }

  async openOperations(set?: string): Promise<readonly Operation[]> {
    const all = [...this.#image.openOperations.values()];
    return set === undefined ? all : all.filter((operation) => operation.set === set);
  }

  async openTasks(operation: string): Promise<number> {
    return this.#image.openTasks(operation);
  }

  async runCommand(key: string): Promise<RunCommand | undefined> {
    return this.#image.openRunCommands.get(key) ?? this.#tables.runCommand.get(key);
  }

  async runCommandByName(set: string, instance: number, name: string): Promise<RunCommand | undefined> {
    return this.#tables.runCommand.getByName(set, instance, name);
  }

  async runCommands(set: string, instance: number): Promise<readonly RunCommand[]> {
    return [...this.#tables.runCommand.ofInstance(set, instance)];
  }

  async openRunCommands(): Promise<readonly RunCommand[]> {
    return [...this.#image.openRunCommands.values()];
  }

  async loadBalancer(group: string, name: string): Promise<LoadBalancer | undefined> {
    return named(await this.loadBalancers(group), name);
  }

  async loadBalancerByUid(uid: string): Promise<LoadBalancer | undefined> {
    return this.#image.loadBalancers.get(uid);
  }

  async loadBalancers(group?: string): Promise<readonly LoadBalancer[]> {
    return listed(this.#image.loadBalancers.values(), group);
  }

  async network(type: NetworkType, group: string, name: string): Promise<NetworkResource | undefined> {
    return named(await this.networks(type, group), name);
  }

  async networks(type: NetworkType, group?: string): Promise<readonly NetworkResource[]> {
    return listed(this.#image.networks.values(), group).filter((row) => row.type === type);
  }

  async disk(group: string, name: string): Promise<Disk | undefined> {
    return named(await this.disks(group), name);
  }

  async disks(group?: string): Promise<readonly Disk[]> {
    return listed(this.#image.disks.values(), group);
  }

  async deployment(group: string, name: string): Promise<Deployment | undefined> {
    return named(await this.deployments(group), name);
  }

  async deploymentByUid(uid: string): Promise<Deployment | undefined> {
    return this.#image.deployments.get(uid);
  }

  async deployments(group?: string): Promise<readonly Deployment[]> {
    return listed(this.#image.deployments.values(), group);
  }

  async rollingUpgrades(set: string): Promise<readonly RollingUpgrade[]> {
    return this.#image.rollingUpgrades(set);
  }

  async region(name: string): Promise<Region | undefined> {
    return this.#image.regions.get(name);
  }

  async activity(query: ActivityQuery): Promise<ActivityPage> {
    return this.#tables.activity.page(query);
  }

  async latestTime(): Promise<Time> {
    return this.#tables.latest.get();
  }

  async commit(changes: readonly Change[]): Promise<void> {
    if (!this.#database.isOpen) throw new Error('the store is closed');
    if (changes.length > 0) await this.#queue.commit(prepare(changes));
  }

  onCommit(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #committed(commits: readonly Prepared[]): void {
    for (const { changes } of commits) for (const change of changes) this.#image.apply(change);
    for (const { changes } of commits) this.#tell(changes);
  }

  #tell(changes: readonly Change[]): void {
    for (const listener of this.#listeners) {
      try {
        listener(changes);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  /** Removes what ended, and what was logged, before then (operations and activity are kept for 90 days). */
  async prune(before: Time): Promise<void> {
    const prunes = [this.#tables.operation, this.#tables.activity];
    for (const table of prunes) {
      while (this.#database.isOpen && table.prune(before, ROWS_A_PRUNE) === ROWS_A_PRUNE) await nextTurn();
    }
  }

  /** What was committed before is written first. */
  async close(): Promise<void> {
    if (!this.#database.isOpen) return;
    this.#queue.drain();
    this.#database.close();
  }
}

function load(tables: Tables): Image {
  const image = new Image();
  for (const row of tables.group.all()) image.apply({ kind: 'put', table: 'group', row });
  for (const row of tables.scaleSet.all()) image.apply({ kind: 'put', table: 'scaleSet', row });
  for (const model of tables.model.all()) image.apply({ kind: 'putModel', model });
  for (const row of tables.instance.all()) image.apply({ kind: 'put', table: 'instance', row });
  for (const row of tables.loadBalancer.all()) image.apply({ kind: 'put', table: 'loadBalancer', row });
  for (const row of tables.network.all()) image.apply({ kind: 'put', table: 'network', row });
  for (const row of tables.disk.all()) image.apply({ kind: 'put', table: 'disk', row });
  for (const row of tables.deployment.all()) image.apply({ kind: 'put', table: 'deployment', row });
  for (const row of tables.operation.open()) image.apply({ kind: 'put', table: 'operation', row });
  for (const row of tables.runCommand.open()) image.apply({ kind: 'put', table: 'runCommand', row });
  for (const row of tables.rollingUpgrade.all()) image.apply({ kind: 'put', table: 'rollingUpgrade', row });
  for (const row of tables.region.all()) image.apply({ kind: 'put', table: 'region', row });
  return image;
}

interface Named {
  readonly group: string;
  readonly name: string;
}

/** Ordered by group and name, of one group or of all. */
function listed<Row extends Named>(rows: Iterable<Row>, group: string | undefined): readonly Row[] {
  const all = [...rows];
  const wanted = group === undefined ? all : all.filter((row) => nameKey(row.group) === nameKey(group));
  return wanted.toSorted(
    (a, b) => byKey(nameKey(a.group), nameKey(b.group)) || byKey(nameKey(a.name), nameKey(b.name)),
  );
}

function named<Row extends Named>(rows: readonly Row[], name: string): Row | undefined {
  return rows.find((row) => nameKey(row.name) === nameKey(name));
}

function byKey(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
