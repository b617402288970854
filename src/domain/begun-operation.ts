// Begun operation: the row of a long-running operation as it begins, whoever began it: a request, or the plane by itself.

import type { Awaits, Operation } from './operation.ts';
import { type Instance, type Machine, type MemberId, memberId } from './instance.ts';
import { groupPath, instanceType, machinePath, scaleSetPath } from './resource-path.ts';
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
  /** What was addressed, where it was a machine of its own. */
  readonly machine?: Machine;
  readonly instances?: readonly MemberId[];
  /** Appended to the path of the machine, set or group. */
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
  instance: Pick<Instance, 'id' | 'machine'>,
  { id, action, below = '' }: { readonly id: string; readonly action: string; readonly below?: string },
): Beginning {
  return {
    id,
    awaits: { kind: 'instances' },
    group: set.group,
    location: set.declared.location,
    set,
    instances: [memberId(instance)],
    ...addressedInstance(instance, action, below),
  };
}

/** What an operation that addresses the instance itself is called, and where that stands. */
export function addressedInstance(
  { id, machine }: Pick<Instance, 'id' | 'machine'>,
  action: string,
  below = '',
): Pick<Beginning, 'name' | 'machine' | 'below'> {
  const name = `${instanceType(machine === undefined ? {} : { machine })}/${action}`;
  return machine === undefined ? { name, below: `/virtualMachines/${id}${below}` } : { name, machine, below };
}

export function begunOperation(beginning: Beginning, begun: Begun): Operation {
  const { set } = beginning;
  return {
    id: beginning.id,
    revision: 0,
    awaits: beginning.awaits,
    group: beginning.group,
    ...(set === undefined ? {} : { set: set.uid, setName: set.name }),
    instances: beginning.instances ?? [],
    failures: [],
    location: beginning.location,
    name: beginning.name,
    resourceId: `${addressedPath(beginning, begun.subscriptionId)}${beginning.below ?? ''}`,
    caller: begun.caller,
    correlationId: begun.correlationId,
    ...(begun.intent === undefined ? {} : { intent: begun.intent }),
    ...(begun.deployment === undefined ? {} : { deployment: begun.deployment }),
    started: begun.now,
    status: 'InProgress',
  };
}

function addressedPath({ group, set, machine }: Beginning, subscriptionId: string): string {
  if (machine !== undefined) return machinePath(subscriptionId, machine.group, machine.name);
  return set === undefined ? groupPath(subscriptionId, group) : scaleSetPath(subscriptionId, group, set.name);
}
