// Repair reconciler: reads a set and its instances, asks `planRepairs`, and commits the plan at once: the instances' verbs,
// the operation and the log's line that says why. The set's row is always among it, so that a plan made before somebody
// suspended the repairs or changed their policy is refused.

import { type Change, put } from '../app/ports/store.ts';
import { type Activity, PLANE } from '../domain/activity.ts';
import { operationEntry, ownEntry } from '../domain/activity-entry.ts';
import { type Instance, instanceName } from '../domain/instance.ts';
import type { Operation } from '../domain/operation.ts';
import { ATTEMPTS, planRepairs, type RepairPlan, repairService } from '../domain/repair.ts';
import { LIMIT_TAG, type RepairAction, type RepairPolicy, repairPolicy } from '../domain/repair-policy.ts';
import { instanceWords, scaleSetPath } from '../domain/resource-path.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { Time } from '../domain/time.ts';
import { ask, VERBS } from '../domain/verb.ts';
import type { World } from './world.ts';

const SETS = 'Microsoft.Compute/virtualMachineScaleSets';

/** The key is the set's uid. Conflicts throw: the loop looks again. */
export async function lookAtRepairs(world: World, uid: string): Promise<Time | undefined> {
  const set = await world.store.scaleSetByUid(uid);
  const policy = set && repairPolicy(set.declared);
  if (set === undefined || policy === undefined) return undefined;
  const plan = planRepairs(set, await world.store.instances(uid), world.clock.now());
  const before = repairService(set);
  if (plan.service === before && plan.repair.length === 0) return plan.due;
  await world.store.commit([
    put('scaleSet', { ...set, repairs: plan.service }),
    ...notes(world, set, policy, plan),
    ...repairs(world, set, policy, plan),
  ]);
  return plan.due;
}

function repairs(world: World, set: ScaleSet, policy: RepairPolicy, plan: RepairPlan): readonly Change[] {
  const [first] = plan.repair;
  if (first === undefined) return [];
  const operation = begun(
    world,
    set,
    policy.action,
    plan.repair.map(({ instance }) => instance.id),
  );
  const why = plan.repair.map(({ instance, repair }) => {
    const since = new Date(instance.health?.since ?? 0).toISOString();
    const again = repair.attempts === 1 ? '' : `, repair ${repair.attempts} without having been healthy`;
    return `${instanceName(set.name, instance.id)} is ${instance.health?.state} since ${since}${again}`;
  });
  const accepted: Activity = {
    ...operationEntry(operation, 'Accepted', world.ids.guid(), operation.started),
    description: `Automatic repairs: ${policy.action} of ${instanceWords(set.name, operation.instances)}: ${why.join('; ')}.`,
    properties: { repairAction: policy.action },
  };
  return [
    ...plan.repair.map(({ instance, repair }) =>
      put('instance', { ...asked(instance, policy.action, set, operation), repair }),
    ),
    put('operation', operation),
    { kind: 'append', activity: accepted },
  ];
}

function begun(world: World, set: ScaleSet, action: RepairAction, instances: readonly number[]): Operation {
  return {
    id: world.ids.guid(),
    revision: 0,
    awaits: { kind: 'instances' },
    group: set.group,
    set: set.uid,
    setName: set.name,
    instances,
    failures: [],
    location: set.declared.location,
    name: `${SETS}/${VERBS[VERB_OF[action]].action}`,
    resourceId: scaleSetPath(world.subscriptionId, set.group, set.name),
    caller: PLANE,
    correlationId: world.ids.guid(),
    started: world.clock.now(),
    status: 'InProgress',
  };
}

const VERB_OF = { Replace: 'delete', Restart: 'restart', Reimage: 'reimage' } as const;

function asked(instance: Instance, action: RepairAction, set: ScaleSet, operation: Operation): Instance {
  const request = {
    operation: operation.id,
    now: operation.started,
    graceful: true,
    model: set.model,
    effect: 'none',
  } as const;
  // A delete that takes no capacity with it: the set's own loop fills the place.
  return ask(instance, VERB_OF[action], request);
}

/** That repairs suspended themselves, or that the user's limit stops or lets them go on, stands in the log. */
function notes(world: World, set: ScaleSet, { limit }: RepairPolicy, plan: RepairPlan): readonly Change[] {
  const { service, gaveUp } = plan;
  const note = (description: string, level: Activity['level'], instances: readonly number[]): Change => ({
    kind: 'append',
    activity: ownEntry(
      {
        operationName: `${SETS}/setOrchestrationServiceState/action`,
        resourceId: scaleSetPath(world.subscriptionId, set.group, set.name),
        group: set.group,
        correlationId: world.ids.guid(),
        instances,
        level,
        description,
      },
      world.ids.guid(),
      world.clock.now(),
    ),
  });
  if (gaveUp !== undefined) {
    const name = instanceName(set.name, gaveUp.id);
    const words = `Automatic repairs suspended themselves: ${name} was repaired ${ATTEMPTS} times and has not been healthy since.`;
    return [note(words, 'Error', [gaveUp.id])];
  }
  if (service.heldBack === repairService(set).heldBack) return [];
  return service.heldBack
    ? [
        note(
          `Automatic repairs wait: more than ${limit} % of ${set.name} is unhealthy (${LIMIT_TAG}).`,
          'Warning',
          [],
        ),
      ]
    : [note(`Automatic repairs of ${set.name} go on.`, 'Informational', [])];
}
