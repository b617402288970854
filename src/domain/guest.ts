// Guest: what really runs behind an instance, as the rules see it. Drivers report a GuestState; the rules
// compare it with what the instance's row wants. Nothing here knows what kind of guest it is.

import type { Time } from './time.ts';

/** Names one guest for ever: instance ids are never used twice within a set's `uid`. */
export type GuestHandle = string;

export function guestHandle(setUid: string, instanceId: number): GuestHandle {
  return `${setUid}_${instanceId}`;
}

/** A machine keeps its guest when it joins or leaves a set. */
export function handleOf({ set, id, guest }: InstanceKey & { readonly guest?: GuestHandle }): GuestHandle {
  return guest ?? guestHandle(set, id);
}

/** The key of an instance's row. */
export interface InstanceKey {
  readonly set: string;
  readonly id: number;
}

/** The row for which a guest of that handle was made. Who owns it now, the store knows (`instanceOf`). */
export function parseGuestHandle(handle: GuestHandle): InstanceKey | undefined {
  const match = /^([0-9a-f-]{36})_(0|[1-9][0-9]*)$/.exec(handle);
  return match ? { set: match[1] as string, id: Number(match[2]) } : undefined;
}

export type GuestPower = 'starting' | 'running' | 'stopping' | 'stopped' | 'deallocated';

export interface GuestAddress {
  readonly host: string;
  readonly port: number;
}

export interface GuestState {
  readonly handle: GuestHandle;
  readonly power: GuestPower;
  /** The guest's own first process (its agent) has said that the system is up. Only a running guest is ready. */
  readonly ready: boolean;
  /**
   * The highest generation of a lasting verb (restart, reimage, …) that was taken on for good; how far that one is shows in
   * `power`. 0 at creation.
   */
  readonly generation: number;
  /** Where it answers; a deallocated guest has none. */
  readonly address?: GuestAddress;
  /** When it last began to boot. */
  readonly bootedAt?: Time;
  /**
   * Why a stopped guest is stopped: `asked` by a stop; `exited` by itself; `host`, because what carried it went
   * away (a reboot, the plane's own power-off), and so it is to be started again.
   */
  readonly cause?: 'asked' | 'exited' | 'host';
  /** The version of its image that its OS disk was laid from, or will be before it boots. */
  readonly imageVersion?: string;
  /** The event that it acknowledged last of those that it was told of (`tell`). */
  readonly acknowledged?: string;
}

export interface GuestDisk {
  /** Names the disk and what is on it for ever, in whichever guest it is. */
  readonly id: string;
  readonly lun: number;
  readonly sizeGiB: number;
  /** It came to the guest with its content: a guest that is made afresh with its data disks keeps it as it is. */
  readonly attached?: true;
}

/** What a guest is made from. Every verb that can change it carries it whole. */
export interface GuestSpec {
  /** The scale set's and the instance's names, for people who look at the host. */
  readonly name: string;
  readonly computerName: string;
  /** The image reference as one word: `web`, or `publisher:offer:sku:version`. A driver maps what it does not know to its base image. */
  readonly image: string;
  /** What an OS disk is laid from, and never changed by anything but a new one. Absent: the image's first version. */
  readonly imageVersion?: string;
  readonly size: string;
  readonly adminUsername?: string;
  /** Base64, as the wire has it; run at first boot only. */
  readonly customData?: string;
  /** Base64; readable by the guest at any time. */
  readonly userData?: string;
  readonly dataDisks: readonly GuestDisk[];
}

export interface GuestCommand {
  readonly script: string;
  /** Positional when unnamed; named ones are variables of the script, as Azure's RunShellScript has them. */
  readonly parameters: readonly { readonly name?: string; readonly value: string }[];
  readonly timeoutMs: number;
  readonly runAs?: string;
  /** The name of the extension that it carries out, where it does: simulated guests draw how that goes. */
  readonly extension?: string;
}

export type ExecutionState = 'running' | 'exited' | 'timedOut' | 'canceled';

export interface Execution {
  readonly state: ExecutionState;
  /** Set when `exited`. */
  readonly exitCode?: number;
  /** The last 4,096 bytes of each stream, as Azure keeps them, cut at a whole character. */
  readonly stdout: string;
  readonly stderr: string;
  readonly startedAt: Time;
  readonly endedAt?: Time;
}
