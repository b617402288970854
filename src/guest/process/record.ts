// The durable state of one guest, and what each verb makes of it. Pure: a verb only writes down what is wanted, and
// `nextStep` says how to get there, so a crash at any point is finished by whoever reads the record next.
// What must hold: `boot` is written before a process starts and taken away only when none of its processes is left.

import type { GuestAddress, GuestHandle, GuestPower, GuestSpec, GuestState } from '../../domain/guest.ts';
import { FIRST_VERSION } from '../../domain/image-version.ts';
import type { Time } from '../../domain/time.ts';
import { type Placed, sameDisk } from './data-disks.ts';

export interface GuestRecord {
  readonly version: 1;
  readonly handle: GuestHandle;
  /** What the guest was last made from. */
  readonly spec: GuestSpec;
  /** Of the last lasting verb that was carried out. */
  readonly generation: number;
  /** What is wanted. */
  readonly power: 'on' | 'off' | 'released';
  /** Why it is not on. */
  readonly cause?: NonNullable<GuestState['cause']>;
  readonly address?: GuestAddress;
  readonly bootedAt?: Time;
  /** Of its instance metadata service; from its first boot on, so that later planes find it where its programs look. */
  readonly metadata?: { readonly port: number; readonly secret: string };
  /** The OS disk is complete. When not, it is laid afresh before the next boot. */
  readonly laid: boolean;
  /** The version of the image that it was laid from. */
  readonly imageVersion?: string;
  /** The power-on that is in force: from before its first process starts until its last one is gone. */
  readonly boot?: Boot;
  /** A restart or reimage that was taken on, to be carried out between two boots. */
  readonly turn?: Turn;
  readonly deleted?: true;
  /** The data disks that it has, or is about to get. Absent in records from before disks moved: those that are there. */
  readonly placed?: readonly Placed[];
}

export interface Boot {
  /** Names this power-on for ever. */
  readonly token: string;
  /** The machine's own boot in which it began. */
  readonly machine: string;
  readonly isolation: Isolation;
  /** Its end has begun and cannot be taken back. */
  readonly ending?: { readonly graceful: boolean; readonly since: Time };
}

export type Isolation = 'namespaces' | 'process groups';

export interface Turn {
  readonly generation: number;
  readonly spec: GuestSpec;
  readonly newHost: boolean;
  /** A fresh OS disk; the data disks are kept or emptied. */
  readonly reimage?: 'keep' | 'fresh';
}

export function newRecord(handle: GuestHandle, spec: GuestSpec): GuestRecord {
  return { version: 1, handle, spec, generation: 0, power: 'on', laid: false, placed: [] };
}

export function started(record: GuestRecord): GuestRecord {
  if (record.power === 'on') return record;
  const { cause: _cause, ...rest } = record;
  return { ...rest, power: 'on' };
}

export function stopped(
  record: GuestRecord,
  options: { readonly graceful: boolean; readonly release: boolean },
  now: Time,
): GuestRecord {
  const power = options.release || record.power === 'released' ? 'released' : 'off';
  return ended({ ...record, power, cause: 'asked' }, options.graceful, now);
}

/** The host goes away: what is on is to be started again elsewhere or later. */
export function hostLost(record: GuestRecord, now: Time): GuestRecord {
  return record.power === 'on' ? ended({ ...record, power: 'off', cause: 'host' }, true, now) : record;
}

/** Takes on a restart or reimage. One of a generation that was seen before changes nothing. */
export function turned(record: GuestRecord, turn: Turn, graceful: boolean, now: Time): GuestRecord {
  if (turn.generation <= seenGeneration(record)) return record;
  const before = record.turn;
  // What is under way is not lost: one turn does the work of both.
  const reimage = [before?.reimage, turn.reimage].reduce((a, b) => (a === 'fresh' ? a : (b ?? a)));
  const merged: Turn = {
    generation: turn.generation,
    spec: turn.spec,
    newHost: turn.newHost || before?.newHost === true,
    ...(reimage === undefined ? {} : { reimage }),
  };
  return ended({ ...record, turn: merged }, graceful, now);
}

export function reconfigured(record: GuestRecord, generation: number, spec: GuestSpec): GuestRecord {
  if (generation <= seenGeneration(record)) return record;
  if (record.turn !== undefined) return { ...record, spec, turn: { ...record.turn, generation, spec } };
  return { ...record, spec, generation };
}

/** The disk is another guest's now, or to be no more. */
export function withoutDisk(record: GuestRecord, id: string): GuestRecord {
  const without = (spec: GuestSpec): GuestSpec =>
    spec.dataDisks.some((disk) => disk.id === id)
      ? { ...spec, dataDisks: spec.dataDisks.filter((disk) => disk.id !== id) }
      : spec;
  const spec = without(record.spec);
  const turn = record.turn && { ...record.turn, spec: without(record.turn.spec) };
  if (spec === record.spec && turn?.spec === record.turn?.spec) return record;
  return { ...record, spec, ...(turn === undefined ? {} : { turn }) };
}

/** It has these disks besides those that it has. */
export function withPlaced(record: GuestRecord, disks: readonly Placed[]): GuestRecord {
  const placed = record.placed ?? [];
  const more = disks.filter((disk) => !placed.some((other) => sameDisk(other, disk)));
  if (more.length === 0 && record.placed !== undefined) return record;
  return { ...record, placed: [...placed, ...more.map(({ id, lun }) => ({ id, lun }))] };
}

export function withoutPlaced(record: GuestRecord, disks: readonly Placed[]): GuestRecord {
  if (disks.length === 0) return record;
  const placed = record.placed?.filter((disk) => !disks.some((gone) => sameDisk(gone, disk))) ?? [];
  return { ...record, placed };
}

export function deleted(record: GuestRecord, now: Time): GuestRecord {
  return record.deleted === true ? record : ended({ ...record, deleted: true }, false, now);
}

/** The turn was carried out on the disks; what is left of it is the next boot. */
export function turnedOver(record: GuestRecord): GuestRecord {
  if (record.turn === undefined) return record;
  const { turn, address, ...rest } = record;
  return {
    ...rest,
    spec: turn.spec,
    generation: turn.generation,
    laid: record.laid && turn.reimage === undefined,
    ...(address === undefined || turn.newHost ? {} : { address }),
  };
}

/** With its OS disk complete. `imageVersion`: what it was just laid from, where it was. */
export function withDisk(record: GuestRecord, imageVersion: string | undefined): GuestRecord {
  return { ...record, laid: true, ...(imageVersion === undefined ? {} : { imageVersion }) };
}

export function booted(record: GuestRecord, boot: Boot, now: Time): GuestRecord {
  return { ...record, boot, bootedAt: now };
}

/** The boot never came to a first process. */
export function unbooted(record: GuestRecord): GuestRecord {
  const { boot: _boot, ...rest } = record;
  return rest;
}

/** No process of the boot is left. One whose end nobody asked for ended by itself, or with its host. */
export function buried(record: GuestRecord, machine: string): GuestRecord {
  const { boot, ...rest } = record;
  if (boot === undefined || boot.ending !== undefined || rest.power !== 'on') return rest;
  return { ...rest, power: 'off', cause: boot.machine === machine ? 'exited' : 'host' };
}

export function released(record: GuestRecord): GuestRecord {
  const { address: _address, ...rest } = record;
  return rest;
}

/** Begins the end of the boot that is in force. A hard end cuts a graceful one short, never the other way. */
function ended(record: GuestRecord, graceful: boolean, now: Time): GuestRecord {
  const { boot } = record;
  if (boot === undefined) return record;
  const ending = {
    graceful: graceful && (boot.ending?.graceful ?? true),
    since: boot.ending?.since ?? now,
  };
  return { ...record, boot: { ...boot, ending } };
}

function seenGeneration(record: GuestRecord): number {
  return Math.max(record.generation, record.turn?.generation ?? 0);
}

/** What is seen of the guest. `life` is undefined while no process of it has been started. */
export function stateOf(
  record: GuestRecord,
  life: 'running' | 'ended' | undefined,
  ready: boolean,
): GuestState {
  const power = powerOf(record, life);
  return {
    handle: record.handle,
    power,
    ready: ready && power === 'running',
    // A turn that was taken on shows; how far it has come is in `power`.
    generation: record.turn?.generation ?? record.generation,
    ...(record.address === undefined || power === 'deallocated' ? {} : { address: record.address }),
    ...(record.bootedAt === undefined ? {} : { bootedAt: record.bootedAt }),
    ...(power === 'stopped' && record.cause !== undefined ? { cause: record.cause } : {}),
    imageVersion: diskVersion(record),
  };
}

/** What its OS disk was laid from, or will be before it boots. Disks from before versions were kept are the first one's. */
export function diskVersion({ laid, imageVersion, spec }: GuestRecord): string {
  return (laid ? imageVersion : spec.imageVersion) ?? FIRST_VERSION;
}

function powerOf(record: GuestRecord, life: 'running' | 'ended' | undefined): GuestPower {
  if (record.deleted === true) return 'stopping';
  if (record.boot !== undefined) {
    if (record.boot.ending !== undefined || life === 'ended') return 'stopping';
    return life === 'running' ? 'running' : 'starting';
  }
  if (record.power === 'on') return 'starting';
  if (record.turn !== undefined) return 'stopping';
  return record.power === 'released' ? 'deallocated' : 'stopped';
}
