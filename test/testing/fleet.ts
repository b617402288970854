// A set and its instances as pure values: plans are carried out as the loop carries them out, and verbs end as they are
// told to. For the properties of planning; the real loop is simulated elsewhere.

import type { Converge } from '../../src/domain/capacity.ts';
import { planCapacity } from '../../src/domain/capacity.ts';
import type { OperationError } from '../../src/domain/failure.ts';
import type { Instance } from '../../src/domain/instance.ts';
import { newInstance } from '../../src/domain/new-instance.ts';
import { fail, nextStep } from '../../src/domain/next-step.ts';
import { pickSurplus } from '../../src/domain/overprovision.ts';
import { placer } from '../../src/domain/placement.ts';
import type { Random } from '../../src/domain/random.ts';
import type { ScaleSet } from '../../src/domain/scale-set.ts';
import { ask, withTask } from '../../src/domain/verb.ts';
import { seededRandom } from '../../src/system/random.ts';
import { guestRow, modelRow, taskRow, THEN, vmIdOf } from './rows.ts';

export interface Fleet {
  readonly set: ScaleSet;
  readonly instances: readonly Instance[];
}

/** The row as it is when its verb has come true; undefined when it is gone. */
function succeed(instance: Instance): Instance | undefined {
  if (!instance.wanted.exists) return undefined;
  const { power } = instance.wanted;
  const guest = guestRow({
    power,
    ready: power === 'running',
    generation: instance.generation,
    cause: power === 'stopped' ? 'asked' : undefined,
  });
  const step = nextStep('web', instance, guest, THEN);
  if (step.kind !== 'save') throw new Error(`nothing to end: ${step.kind}`);
  return step.instance;
}

const FAILED: OperationError = { code: 'InternalExecutionError', message: 'it did not' };

/** Ends verbs as `ends` says: true, it came true; false, it failed; undefined, it goes on. The same object when none ended. */
export function work(fleet: Fleet, ends: (instance: Instance) => boolean | undefined): Fleet {
  if (!fleet.instances.some((row) => row.task !== undefined && ends(row) !== undefined)) return fleet;
  const instances = fleet.instances.flatMap((instance): readonly Instance[] => {
    const end = instance.task === undefined ? undefined : ends(instance);
    if (end === undefined) return [instance];
    const after = end ? succeed(instance) : fail(instance, FAILED);
    return after === undefined ? [] : [after];
  });
  return { ...fleet, instances };
}

/** Plans once and carries the plan out. The same object when there was nothing to do. */
export function plan(fleet: Fleet, random: Random): Fleet {
  const { set } = fleet;
  const planned = planCapacity(set, fleet.instances);
  switch (planned.kind) {
    case 'gone':
      return fleet;
    case 'stuck': {
      const { deleting: _given, ...rest } = set;
      const sku = { ...set.declared.sku, capacity: planned.left };
      const declared = { ...set.declared, sku };
      return { ...fleet, set: { ...rest, declared, settled: set.generation, failure: planned.failure } };
    }
    case 'empty':
      return planned.remove.length === 0
        ? fleet
        : replace(
            fleet,
            planned.remove.map((row) => deleted(set, row)),
          );
    case 'converge':
      return converge(fleet, planned, random);
  }
}

/** Plans and ends every verb until nothing happens any more; fails when that never comes. */
export function atRest(fleet: Fleet, seed: number, ends: (instance: Instance) => boolean): Fleet {
  const random = seededRandom(seed);
  let current = fleet;
  for (let round = 0; round < 40; round += 1) {
    const planned = plan(current, random);
    const next = work(planned, ends);
    if (next === current) return current;
    current = next;
  }
  throw new Error('it goes on for ever');
}

function converge(fleet: Fleet, planned: Converge, random: Random): Fleet {
  const { set } = fleet;
  const upgraded = planned.upgrade.map((row) =>
    ask(row, 'update', {
      operation: set.operation,
      now: THEN,
      graceful: true,
      model: set.model,
      effect: 'reimage',
    }),
  );
  const changed = [
    ...planned.remove.map(({ instance }) => deleted(set, instance)),
    ...planned.promote.map((row) => ({ ...row, surplus: false })),
    ...upgraded,
  ];
  const born = births(fleet, planned, random);
  if (changed.length === 0 && born.length === 0 && !planned.settled) return fleet;
  const { failure: _old, ...rest } = set;
  const settled = planned.settled
    ? {
        ...rest,
        settled: set.generation,
        ...(planned.failure === undefined ? {} : { failure: planned.failure }),
      }
    : set;
  const { instances } = replace(fleet, changed);
  return {
    set: { ...settled, nextInstanceId: set.nextInstanceId + born.length },
    instances: [...instances, ...born],
  };
}

function births({ set, instances }: Fleet, planned: Converge, random: Random): readonly Instance[] {
  const total = planned.create.members + planned.create.surplus;
  const picked = pickSurplus(total, planned.create.surplus, random);
  const places = placer(set.declared, instances);
  return Array.from({ length: total }, (_, index) => {
    const id = set.nextInstanceId + index;
    const birth = { id, vmId: vmIdOf(id), place: places.next(), surplus: picked.has(index), now: THEN };
    return newInstance(set, modelRow({ version: set.model }), birth);
  });
}

function deleted(set: ScaleSet, instance: Instance): Instance {
  const task = taskRow('delete', { operation: set.operation });
  return withTask(instance, { ...instance.wanted, exists: false }, task);
}

/** Each row once: two changes of one row in one commit would be refused by the store. */
function replace(fleet: Fleet, changed: readonly Instance[]): Fleet {
  const byId = new Map(changed.map((row) => [row.id, row]));
  if (byId.size !== changed.length) throw new Error('one instance is changed twice by one plan');
  return { ...fleet, instances: fleet.instances.map((row) => byId.get(row.id) ?? row) };
}
