// Instance: one member of a scale set: what is wanted of it, the verb in hand, and what was last seen of its guest.
// What must hold: at most one verb is in hand; an id is used once; `wanted` changes only with an acknowledged request
// or with a rule that leaves an activity-log entry.

import type { Disk } from './disk.ts';
import type { InstanceExtensions } from './extension-record.ts';
import type { OperationError } from './failure.ts';
import type { GuestAddress, GuestHandle } from './guest.ts';
import type { Health } from './health.ts';
import type { JsonObject } from './json.ts';
import type { Identities } from './managed-identity.ts';
import type { PrivateAddress } from './private-address.ts';
import type { ProvisioningState } from './scale-set.ts';
import type { Time } from './time.ts';

export type PowerState = 'starting' | 'running' | 'stopping' | 'stopped' | 'deallocating' | 'deallocated';

export type Verb =
  | 'create'
  | 'start'
  | 'powerOff'
  | 'deallocate'
  | 'restart'
  | 'redeploy'
  | 'performMaintenance'
  | 'reimage'
  | 'reimageAll'
  | 'update'
  | 'configure'
  | 'evict'
  | 'delete';

/** A lasting verb, as a number: done when the guest reports that generation. */
export interface Turn {
  readonly kind: 'restart' | 'redeploy' | 'reimage' | 'reimageAll' | 'reconfigure';
  readonly generation: number;
}

export interface Wanted {
  readonly exists: boolean;
  readonly power: 'running' | 'stopped' | 'deallocated';
  /** The model version to be applied. */
  readonly model: number;
  readonly turn?: Turn;
}

/** The verb in hand. While there is one, any other verb is refused. */
export interface Task {
  readonly operation: string;
  readonly verb: Verb;
  readonly since: Time;
  /** The verb fails when it has not come true by then: every operation ends. */
  readonly deadline: Time;
  /** False: power is cut without asking the guest (`skipShutdown`). */
  readonly graceful: boolean;
  /** When the extensions must have ended, once the first of them has begun. */
  readonly extensionsUntil?: Time;
  /** What the verb changed in the row beside what is wanted, as it was before: put back when the verb fails. */
  readonly undo?: Own;
  /** The set's capacity was lowered with it: given back when the verb fails. */
  readonly tookCapacity?: boolean;
  /** Of a delete that its guest is told of beforehand. */
  readonly notice?: TerminateNotice;
}

export interface TerminateNotice {
  /** What the guest acknowledges it by. */
  readonly event: string;
  /** The guest is left alone until then, unless it acknowledges earlier. Never moved. */
  readonly notBefore: Time;
  /** When it was, if it was. */
  readonly acknowledged?: Time;
  /** Whether somebody asked for the delete, or the plane decided it. */
  readonly source: 'User' | 'Platform';
}

/** What makes an instance differ from its set's model, or an update changes at once. */
export interface Own {
  readonly dataDisks: readonly DataDisk[];
  readonly ownModel: boolean;
  readonly userData?: string;
  readonly imageVersion?: string;
  readonly addresses?: readonly PrivateAddress[];
  readonly size?: string;
}

export interface Observed {
  /** `undefined` before there is a guest. */
  readonly power?: PowerState;
  readonly ready: boolean;
  readonly address?: GuestAddress;
  readonly bootedAt?: Time;
}

export interface DataDisk {
  readonly lun: number;
  readonly sizeGiB: number;
  readonly name: string;
  /** The rest of what the wire said about it: caching, createOption, managedDisk, … */
  readonly declared: JsonObject;
  /** From the model, or attached to this instance alone. */
  readonly fromModel: boolean;
  /** Names it for ever, wherever it is. Absent for one that was made with its instance: then it follows from that (`diskUid`). */
  readonly uid?: string;
  /** Absent: with its instance. */
  readonly created?: Time;
  /** What it was before it was attached, and is again when it is detached. */
  readonly resource?: Disk;
  /** It is this instance's until the verb in hand has come true, and then attached to nothing. Its guest is made to let go of it. */
  readonly detaching?: true;
}

export interface ProtectionPolicy {
  readonly protectFromScaleIn: boolean;
  readonly protectFromScaleSetActions: boolean;
}

/** A virtual machine is a resource of its own: each instance of a Flexible set is one, and so is one without a set. */
export interface Machine {
  readonly group: string;
  /** Of one machine in its group. Compares without case. */
  readonly name: string;
}

export interface Instance {
  /** `uid` of its set. */
  readonly set: string;
  /** In order of birth. What clients call the instance by where it is no machine of its own (`memberId`). */
  readonly id: number;
  /** Never changes. */
  readonly machine?: Machine;
  /** Its guest's, where that is not the one of set and id: a machine that joined or left a set took its guest along. */
  readonly guest?: GuestHandle;
  readonly revision: number;
  readonly etag: number;
  readonly vmId: string;
  readonly created: Time;
  readonly zone?: string;
  readonly faultDomain: number;
  readonly updateDomain: number;
  /** Made beyond the capacity to be given up again (overprovisioning). Never listed. */
  readonly surplus: boolean;
  /** Made to take the place of another in a rolling upgrade (`maxSurge`), whose place is not taken yet. Listed, and no member. */
  readonly surge?: boolean;
  /** The model version that its guest was last made from. Below zero: one of its own (`hasOwnProfile`). */
  readonly model: number;
  /** Its own, where it is not the model's (`sizeOf`). */
  readonly size?: string;
  /**
   * The exact version of the image that its OS disk is laid from. While a verb is in hand, the one that is wanted; else the one
   * that is there. Absent for a disk that was laid before versions were kept.
   */
  readonly imageVersion?: string;
  /** The highest generation handed out to a turn. */
  readonly generation: number;
  readonly wanted: Wanted;
  readonly task?: Task;
  readonly observed: Observed;
  readonly failure?: OperationError;
  /** The operation of the verb that ended last, however it ended. */
  readonly lastOperation?: string;
  /** That verb. */
  readonly lastVerb?: Verb;
  /** When the last verb ended. */
  readonly settledAt?: Time;
  /** When its guest stopped by itself. Absent once it runs again, or a verb says that it is to be off. */
  readonly exitedAt?: Time;
  readonly tags: Readonly<Record<string, string>>;
  /** Absent until it was set for the first time. */
  readonly protection?: ProtectionPolicy;
  readonly dataDisks: readonly DataDisk[];
  readonly userData?: string;
  /** Its own PUT made it differ from what the set's model alone would give. */
  readonly ownModel: boolean;
  /** Of the subnets that its model names, as long as there is this row; absent while it names none that is there. */
  readonly addresses?: readonly PrivateAddress[];
  /** Who its guest is, where that is not who its set's guests are: of a machine that has, or brought along, an `identity` of its own. */
  readonly identities?: Identities;
  /** Absent until it has one. */
  readonly extensions?: InstanceExtensions;
  /** Of this boot of its guest, by the health source of its model; absent while nothing is known. */
  readonly health?: Health;
  /** Automatic repairs since it, or what it replaced, was last healthy. */
  readonly repair?: Repair;
}

export interface Repair {
  readonly attempts: number;
  /** When the latest began. */
  readonly begun: Time;
}

export function instanceProvisioningState(instance: Instance): ProvisioningState {
  switch (instance.task?.verb) {
    case undefined:
      return instance.failure === undefined ? 'Succeeded' : 'Failed';
    case 'create':
      return 'Creating';
    case 'delete':
    case 'evict':
      return instance.wanted.exists ? 'Updating' : 'Deleting';
    default:
      return 'Updating';
  }
}

/** In the set's count: neither given up nor on its way out, nor waiting to take another's place. */
export function isMember(instance: Instance): boolean {
  return !instance.surplus && instance.surge !== true && instance.wanted.exists;
}

/** What clients call an instance: by its number in its set, or by its machine's name. */
export type MemberId = number | string;

export function memberId({ id, machine }: Pick<Instance, 'id' | 'machine'>): MemberId {
  return machine?.name ?? id;
}

/** The Azure name of an instance, `web_3`, or of a machine. */
export function memberName(setName: string, id: MemberId): string {
  return typeof id === 'number' ? `${setName}_${id}` : id;
}

export function nameOf(setName: string, instance: Pick<Instance, 'id' | 'machine'>): string {
  return memberName(setName, memberId(instance));
}

/** It was not made from the profile of a set: its model is its own, and no upgrade of its set concerns it. */
export function hasOwnProfile({ model }: Pick<Instance, 'model'>): boolean {
  return model < 0;
}

/** It was made from an older version of its set's model than that. */
export function isBehind(instance: Pick<Instance, 'model'>, version: number): boolean {
  return !hasOwnProfile(instance) && instance.model < version;
}

/** The id in base 36, six digits, upper case: `web00000A` for id 10. */
export function computerName(prefix: string, id: number): string {
  return prefix + id.toString(36).toUpperCase().padStart(6, '0');
}
