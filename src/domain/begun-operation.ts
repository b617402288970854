// Begun operation: the row of a long-running operation as it begins, whoever began it: a request, or the plane by itself.

import type { Awaits, Operation } from './operation.ts';
import { groupPath, scaleSetPath } from './resource-path.ts';
import type { ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';

export interface Beginning {
  readonly id: string;
  /** ARM's name of what was asked. */
  readonly name: string;
  readonly awaits: Awaits;
  readonly group: string;
  readonly location: string;
  readonly set?: ScaleSet;
  readonly instances?: readonly number[];
  /** Appended to the path of the set or group. */
  readonly below?: string;
}

/** Who began it, and when. */
export interface Begun {
  readonly subscriptionId: string;
  readonly caller: string;
  readonly correlationId: string;
  readonly now: Time;
  /** What who began it said of it. */
  readonly intent?: string;
  /** The uid of the deployment on whose behalf it was asked. */
  readonly deployment?: string;
}

/**
 * An operation about this instance alone.
 * @param action what ARM calls it, from the instance's type on: `write`, `simulateEviction/action`
 * @param below the part of the instance that is meant, as a path: `/extensions/setup`
 */
export function aboutInstance(
  set: ScaleSet,
  instance: number,
  { id, action, below = '' }: { readonly id: string; readonly action: string; readonly below?: string },
): Beginning {
  return {
    id,
    name: `Microsoft.Compute/virtualMachineScaleSets/virtualMachines/${action}`,
    awaits: { kind: 'instances' },
    group: set.group,
    location: set.declared.location,
    set,
    instances: [instance],
    below: `/virtualMachines/${instance}${below}`,
  };
}

export function begunOperation(beginning: Beginning, begun: Begun): Operation {
  const { set, group } = beginning;
  const base =
    set === undefined
      ? groupPath(begun.subscriptionId, group)
      : scaleSetPath(begun.subscriptionId, group, set.name);
  return {
    id: beginning.id,
    revision: 0,
    awaits: beginning.awaits,
    group,
    ...(set === undefined ? {} : { set: set.uid, setName: set.name }),
    instances: beginning.instances ?? [],
    failures: [],
    location: beginning.location,
    name: beginning.name,
    resourceId: `${base}${beginning.below ?? ''}`,
    caller: begun.caller,
    correlationId: begun.correlationId,
    ...(begun.intent === undefined ? {} : { intent: begun.intent }),
    ...(begun.deployment === undefined ? {} : { deployment: begun.deployment }),
    started: begun.now,
    status: 'InProgress',
  };
}
