// Orchestration services: whether the automatic repairs of a set may act. Suspending touches nothing that is under way.

import { Failure } from '../domain/failure.ts';
import type { Operation } from '../domain/operation.ts';
import { repairService } from '../domain/repair.ts';
import { repairPolicy } from '../domain/repair-policy.ts';
import { beginOperation } from './begin-operation.ts';
import { requireLiveSet, type SetRef } from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { put } from './ports/store.ts';

export interface ServiceRequest extends SetRef {
  readonly serviceName: string;
  readonly action: string;
}

const SERVICE = 'AutomaticRepairs';
const STATES = { Resume: 'running', Suspend: 'suspended' } as const;

/** Suspends or resumes automatic repairs. Resuming forgets what was tried in vain before. */
export async function setServiceState(
  plane: Plane,
  origin: Origin,
  request: ServiceRequest,
): Promise<Operation> {
  checkName('serviceName', request.serviceName, [SERVICE]);
  const action = checkName('action', request.action, ['Resume', 'Suspend']);
  return decideAndCommit(plane, async () => {
    const set = await requireLiveSet(plane, request, 'setOrchestrationServiceState');
    if (repairPolicy(set.declared)?.enabled !== true) {
      throw new Failure(
        'operationNotAllowed',
        `Operation 'setOrchestrationServiceState' is not allowed on Virtual Machine Scale Set '${set.name}' since automatic repairs are not enabled on it.`,
      );
    }
    const { operation, changes } = beginOperation(plane, origin, {
      id: plane.ids.guid(),
      name: 'Microsoft.Compute/virtualMachineScaleSets/setOrchestrationServiceState/action',
      awaits: { kind: 'instances' },
      group: set.group,
      location: set.declared.location,
      set,
    });
    const service = repairService(set);
    const state = STATES[action];
    // Written also when it is so already: a plan that was made meanwhile is refused either way.
    const repairs = service.state === state ? service : { ...service, state, since: plane.clock.now() };
    return { changes: [put('scaleSet', { ...set, repairs }), ...changes], answer: operation };
  });
}

function checkName<Name extends string>(target: string, given: string, allowed: readonly Name[]): Name {
  const name = allowed.find((known) => known.toLowerCase() === given.toLowerCase());
  if (name !== undefined) return name;
  throw new Failure(
    'invalidParameter',
    `The value '${given}' of parameter '${target}' is not allowed. Allowed values are: ${allowed.join(', ')}.`,
    { target },
  );
}
