// Machine actions: what is asked of a virtual machine alone and of no instance of a set: to apply its model again, to say which
// sizes it may have, and the verbs that are refused.

import { aboutInstance } from '../domain/begun-operation.ts';
import { keepRecords } from '../domain/extension-record.ts';
import { nameOf } from '../domain/instance.ts';
import type { Operation } from '../domain/operation.ts';
import { type RefusedVerb, refusedVerb } from '../domain/refused-verb.ts';
import { VM_SIZES, type VmSize } from '../domain/vm-size.ts';
import { beginOperation } from './begin-operation.ts';
import { requireMachine, requireMember, type SetRef } from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { put } from './ports/store.ts';
import { reconfigured } from './put-instance.ts';

/**
 * Gives a machine's guest once more what its model says, and runs its extensions that failed. Azure has it for a machine whose
 * last verb failed ("reapply a virtual machine's state").
 */
export async function reapplyMachine(plane: Plane, origin: Origin, ref: SetRef): Promise<Operation> {
  return decideAndCommit(plane, async () => {
    const { set, instance } = await requireMember(plane, ref, 'reapply');
    const { operation, changes } = beginOperation(
      plane,
      origin,
      aboutInstance(set, instance, { id: plane.ids.guid(), action: 'reapply/action' }),
    );
    const again = keepRecords(instance, ({ state }) => state !== 'failed');
    const next = reconfigured(instance, again, operation.id, plane.clock.now());
    return { changes: [put('instance', next), ...changes], answer: operation };
  });
}

/** Those that have room for the data disks that it has. */
export async function machineSizes(plane: Plane, ref: SetRef): Promise<readonly VmSize[]> {
  const { instance } = await requireMachine(plane, ref);
  return VM_SIZES.filter(({ dataDisks }) => dataDisks >= instance.dataDisks.length);
}

/** Whoever asks for a machine that is not there hears that first. */
export async function refuseVerb(plane: Plane, ref: SetRef, verb: RefusedVerb): Promise<never> {
  const { set, instance } = await requireMember(plane, ref, verb);
  throw refusedVerb(verb, nameOf(set.name, instance), instance);
}
