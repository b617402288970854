// Operation: a long-running request that was acknowledged, and how it ends. It always ends.

import type { OperationError } from './failure.ts';
import type { MemberId } from './instance.ts';
import type { Json } from './json.ts';
import type { Time } from './time.ts';

export type OperationStatus = 'InProgress' | 'Succeeded' | 'Failed';

/** What an operation waits for. */
export type Awaits =
  /**
   * The set has settled at this generation. `beside`: the number of the rolling upgrade that ran already when a write came
   * that left the model as it was. The set settles after that too, but how it ended is not this write's failure.
   */
  | { readonly kind: 'scaleSet'; readonly generation: number; readonly beside?: number }
  /** The set is gone. */
  | { readonly kind: 'scaleSetGone' }
  /** The named instances have no task of this operation left. */
  | { readonly kind: 'instances' }
  /** The run command of this key has ended (or begun, when it is asynchronous); `gone`: it is removed. */
  | { readonly kind: 'runCommand'; readonly key: string; readonly gone: boolean }
  /** The set's rolling upgrade of that number has ended; `cancel`: however it did. */
  | { readonly kind: 'rollingUpgrade'; readonly number: number; readonly cancel: boolean }
  /** The deployment of this uid has ended. */
  | { readonly kind: 'deployment'; readonly uid: string }
  /** The disk of that name is gone. */
  | { readonly kind: 'diskGone'; readonly name: string }
  /** The resource group is gone. */
  | { readonly kind: 'group' };

export interface InstanceFailure extends OperationError {
  readonly instance: MemberId;
}

export interface Operation {
  readonly id: string;
  readonly revision: number;
  readonly awaits: Awaits;
  readonly group: string;
  /** `uid` and name of the set that it is about, where there is one. */
  readonly set?: string;
  readonly setName?: string;
  /** The ids of the instances that it touches, as they were resolved when it was accepted. */
  readonly instances: readonly MemberId[];
  readonly failures: readonly InstanceFailure[];
  readonly location: string;
  /** ARM's name of what was asked: `Microsoft.Compute/virtualMachineScaleSets/restart/action`. */
  readonly name: string;
  /** The resource that was addressed. */
  readonly resourceId: string;
  readonly caller: string;
  readonly correlationId: string;
  /** Why, in the caller's own words, where they gave any. */
  readonly intent?: string;
  /** The uid of the deployment on whose behalf it was asked. */
  readonly deployment?: string;
  readonly started: Time;
  readonly ended?: Time;
  readonly status: OperationStatus;
  readonly error?: OperationError;
  /** What a result-bearing action answers at its Location. */
  readonly result?: Json;
}
