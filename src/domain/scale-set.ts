// Scale set: what was declared (a model and a capacity) and how far the loop has come in making it so.

import type { OperationError } from './failure.ts';
import type { Repair } from './instance.ts';
import type { JsonObject } from './json.ts';
import type { Identities } from './managed-identity.ts';
import type { SkuProfile } from './sku-profile.ts';
import type { Time } from './time.ts';

export interface Sku {
  readonly name: string;
  readonly tier: string;
  readonly capacity: number;
}

/** Of a set without a profile and with no members yet. Views leave it out. */
export const NO_SKU: Sku = { name: '', tier: '', capacity: 0 };

/**
 * The ARM document as declared so far: every accepted PUT and PATCH merged in, read-only members left out,
 * unknown ones kept, secrets still inside (views strip them).
 */
export interface Declared {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sku: Sku;
  readonly zones: readonly string[];
  readonly properties: JsonObject;
  /** `identity`, `plan`, `extendedLocation` and whatever else stood at the top. */
  readonly extra: JsonObject;
}

export type ProvisioningState = 'Creating' | 'Updating' | 'Succeeded' | 'Failed' | 'Deleting';

export interface ScaleSet {
  /** The wire's `uniqueId`: one incarnation of the name. */
  readonly uid: string;
  /** Of a virtual machine without a set: a set of one that has its machine's name, and that nobody sees (ADR 0018). */
  readonly type?: 'solo';
  readonly group: string;
  readonly name: string;
  /** The store's lock; not shown. */
  readonly revision: number;
  /** The small counter that clients see as `etag`. */
  readonly etag: number;
  readonly created: Time;
  readonly declared: Declared;
  /** Number of the latest model version; the versions are rows of their own. */
  readonly model: number;
  /** The next instance ID to hand out. Only ever grows. */
  readonly nextInstanceId: number;
  /** The latest version of a model that a machine has of its own. Only ever falls, from zero. */
  readonly lastOwnModel?: number;
  /** Of an instance mix: the sizes of members that are still to be made, in the order in which they are; counted in its region's quotas. */
  readonly drawn?: readonly string[];
  /** Raised by every accepted write; the loop sets `settled` to it when capacity, model and instances agree. */
  readonly generation: number;
  readonly settled: number;
  /** The operation of the latest accepted write, on whose behalf the loop acts. */
  readonly operation: string;
  /** Why the latest write did not come true. */
  readonly failure?: OperationError;
  /** Set when the set is being deleted. Nothing else may be asked of it then. */
  readonly deleting?: boolean;
  /** Of a deletion that waits for no notice. */
  readonly forced?: boolean;
  /** When it was last settled. */
  readonly settledAt?: Time;
  /** Who its guests are when they ask for a token; absent while nobody. */
  readonly identities?: Identities;
  /** How the automatic repairs stand; absent while that is as it begins. */
  readonly repairs?: RepairService;
}

export interface RepairService {
  readonly state: 'running' | 'suspended';
  /** When it got that state. Repairs before that do not count against an instance. */
  readonly since: Time;
  /** Repairs whose replacement is still to be made. */
  readonly owed: readonly Repair[];
  /** The user's limit holds repairs back at the moment. */
  readonly heldBack: boolean;
}

export function isSolo({ type }: Pick<ScaleSet, 'type'>): boolean {
  return type === 'solo';
}

/** Without one, a set has no model to make instances from: its members are machines that joined it. */
export function hasProfile({ properties }: Declared): boolean {
  return properties['virtualMachineProfile'] !== undefined;
}

/** One version of the model: everything of the declaration that makes an instance what it is. Immutable. */
export interface ModelVersion {
  readonly set: string;
  readonly version: number;
  readonly created: Time;
  /** `Mix`: each instance has its own. */
  readonly size: string;
  readonly tier: string;
  /** From which those are drawn. */
  readonly mix?: SkuProfile;
  /** `properties.virtualMachineProfile`, secrets inside. */
  readonly profile: JsonObject;
  readonly extra: JsonObject;
}

export function provisioningState(set: ScaleSet): ProvisioningState {
  if (set.deleting) return 'Deleting';
  if (set.settled === 0 && set.failure === undefined) return 'Creating';
  if (set.settled < set.generation) return 'Updating';
  return set.failure === undefined ? 'Succeeded' : 'Failed';
}

export function upgradeMode(set: ScaleSet): 'Manual' | 'Automatic' | 'Rolling' {
  const policy = set.declared.properties['upgradePolicy'];
  const mode = typeof policy === 'object' && policy !== null && 'mode' in policy ? policy['mode'] : undefined;
  switch (typeof mode === 'string' ? mode.toLowerCase() : '') {
    case 'automatic':
      return 'Automatic';
    case 'rolling':
      return 'Rolling';
    default:
      return 'Manual';
  }
}
