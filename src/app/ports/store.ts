// Store: rows by key, and one way to write. A commit is all or nothing, is durable when it is acknowledged, and is
// refused whole when any row was changed by somebody else since it was read. No rules live behind this.

import type { Activity, ActivityStatus } from '../../domain/activity.ts';
import type { Deployment } from '../../domain/deployment.ts';
import type { Disk } from '../../domain/disk.ts';
import type { GuestHandle } from '../../domain/guest.ts';
import type { Instance } from '../../domain/instance.ts';
import type { LoadBalancer } from '../../domain/load-balancer.ts';
import type { NetworkResource, NetworkType } from '../../domain/network-resource.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Region } from '../../domain/quota.ts';
import type { ResourceGroup } from '../../domain/resource-group.ts';
import type { RollingUpgrade } from '../../domain/rolling-upgrade.ts';
import type { RunCommand } from '../../domain/run-command.ts';
import type { ModelVersion, ScaleSet } from '../../domain/scale-set.ts';
import type { Time } from '../../domain/time.ts';

/** Rows that carry a `revision`: 0 for a new row, else what was read. The store raises it by one. */
export interface Rows {
  readonly group: ResourceGroup;
  readonly scaleSet: ScaleSet;
  readonly instance: Instance;
  readonly operation: Operation;
  readonly runCommand: RunCommand;
  readonly loadBalancer: LoadBalancer;
  readonly network: NetworkResource;
  readonly disk: Disk;
  readonly deployment: Deployment;
  readonly rollingUpgrade: RollingUpgrade;
  readonly region: Region;
}

export type Table = keyof Rows;

export type Change =
  | { readonly [T in Table]: { readonly kind: 'put'; readonly table: T; readonly row: Rows[T] } }[Table]
  | { readonly [T in Table]: { readonly kind: 'remove'; readonly table: T; readonly row: Rows[T] } }[Table]
  /** A model version: immutable, written once, removed with its set (all its versions) or when no instance has it any more. */
  | { readonly kind: 'putModel'; readonly model: ModelVersion }
  | { readonly kind: 'removeModels'; readonly set: string; readonly versions?: readonly number[] }
  | { readonly kind: 'append'; readonly activity: Activity };

export function put<T extends Table>(table: T, row: Rows[T]): Change {
  return { kind: 'put', table, row } as Change;
}

export function remove<T extends Table>(table: T, row: Rows[T]): Change {
  return { kind: 'remove', table, row } as Change;
}

/** Somebody else changed one of the rows first. Read again and decide again. */
export class RevisionConflict extends Error {
  /** Which row it was: table and key. */
  readonly row: string;

  constructor(table: string, key: string) {
    super(`${table} ${key} was changed by somebody else`);
    this.row = `${table} ${key}`;
    this.name = 'RevisionConflict';
  }
}

export interface ActivityQuery {
  readonly from: Time;
  readonly to: Time;
  /** Without regard to case. */
  readonly group?: string;
  /** This resource and everything below it, without regard to case. */
  readonly resourceId?: string;
  readonly correlationId?: string;
  readonly caller?: string;
  readonly status?: ActivityStatus;
  readonly limit: number;
  /** The `sequence` of the last entry of the page before. */
  readonly before?: number;
}

export interface ActivityPage {
  /** Newest first. */
  readonly entries: readonly Activity[];
  /** Where the next page begins, when there is one. */
  readonly next?: number;
}

export interface Store {
  /** Names of groups and sets compare without case; a row keeps the case it was made with. */
  group(name: string): Promise<ResourceGroup | undefined>;
  groups(): Promise<readonly ResourceGroup[]>;
  /** Never a set of one that nobody sees. */
  scaleSet(group: string, name: string): Promise<ScaleSet | undefined>;
  scaleSetByUid(uid: string): Promise<ScaleSet | undefined>;
  /** Ordered by group and name, of one group or of all; with the sets of one that nobody sees (`isSolo`). */
  scaleSets(group?: string): Promise<readonly ScaleSet[]>;
  model(set: string, version: number): Promise<ModelVersion | undefined>;
  models(set: string): Promise<readonly ModelVersion[]>;
  instance(set: string, id: number): Promise<Instance | undefined>;
  /**
   * All instances of a set, surplus included, ordered by id. Rows are frozen values: an unchanged row is the same object
   * as before, and an unchanged set of rows the same list, so that views may be cached by identity.
   */
  instances(set: string): Promise<readonly Instance[]>;
  /** The machine of that name, whichever set it is in. Compares without case. */
  machine(group: string, name: string): Promise<Instance | undefined>;
  /** Whose guest that is. */
  instanceOf(handle: GuestHandle): Promise<Instance | undefined>;
  operation(id: string): Promise<Operation | undefined>;
  /** Those that have not ended, of one set or of all. */
  openOperations(set?: string): Promise<readonly Operation[]>;
  /** How many instances have a task of this operation. */
  openTasks(operation: string): Promise<number>;
  runCommand(key: string): Promise<RunCommand | undefined>;
  runCommandByName(set: string, instance: number, name: string): Promise<RunCommand | undefined>;
  /** Of one instance, ordered by name; both kinds. */
  runCommands(set: string, instance: number): Promise<readonly RunCommand[]>;
  /** Those that are pending, running or being deleted, of all sets. */
  openRunCommands(): Promise<readonly RunCommand[]>;
  loadBalancer(group: string, name: string): Promise<LoadBalancer | undefined>;
  loadBalancerByUid(uid: string): Promise<LoadBalancer | undefined>;
  /** Ordered by group and name, of one group or of all. */
  loadBalancers(group?: string): Promise<readonly LoadBalancer[]>;
  network(type: NetworkType, group: string, name: string): Promise<NetworkResource | undefined>;
  /** Of a type, ordered by group and name, of one group or of all. */
  networks(type: NetworkType, group?: string): Promise<readonly NetworkResource[]>;
  disk(group: string, name: string): Promise<Disk | undefined>;
  /** Those that are attached to nothing; ordered by group and name, of one group or of all. */
  disks(group?: string): Promise<readonly Disk[]>;
  deployment(group: string, name: string): Promise<Deployment | undefined>;
  deploymentByUid(uid: string): Promise<Deployment | undefined>;
  /** Ordered by group and name, of one group or of all. */
  deployments(group?: string): Promise<readonly Deployment[]>;
  /** Of one set, oldest first. */
  rollingUpgrades(set: string): Promise<readonly RollingUpgrade[]>;
  /** By the location's name, as declarations have it. Undefined while nothing was granted there. */
  region(name: string): Promise<Region | undefined>;
  activity(query: ActivityQuery): Promise<ActivityPage>;
  /** The latest time in any row: a virtual clock goes on from there. */
  latestTime(): Promise<Time>;

  commit(changes: readonly Change[]): Promise<void>;
  /** Calls back after each commit, with what was committed (rows with their new revisions). The answer stops it. */
  onCommit(listener: (changes: readonly Change[]) => void): () => void;
  close(): Promise<void>;
}
