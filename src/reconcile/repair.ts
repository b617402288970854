// Repair reconciler: reads a set and its instances, asks `planRepairs`, and commits the plan at once: the instances' verbs,
// the operation and the log's line that says why. The set's row is always among it, so that a plan made before somebody
// suspended the repairs or changed their policy is refused.

import { requireModel } from '../app/ports/require-model.ts';
import { type Change, put } from '../app/ports/store.ts';
import type { Activity } from '../domain/activity.ts';
import { operationEntry, ownEntry } from '../domain/activity-entry.ts';
import { begunOperation } from '../domain/begun-operation.ts';
import { type Instance, nameOf, memberId, type MemberId } from '../domain/instance.ts';
import type { Operation } from '../domain/operation.ts';
import { ATTEMPTS, illSince, planRepairs, type RepairPlan, repairService } from '../domain/repair.ts';
import { inHand } from '../domain/rolling-upgrade.ts';
import { LIMIT_TAG, type RepairAction, type RepairPolicy, repairPolicy } from '../domain/repair-policy.ts';
import { instanceWords, setPath } from '../domain/resource-path.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { Time } from '../domain/time.ts';
import { withNotice } from '../domain/terminate-notice.ts';
import { ask, VERBS } from '../domain/verb.ts';
import { roundOf } from './health-probe.ts';
import { ownOrigin } from './own-origin.ts';
import type { World } from './world.ts';

const SETS = 'Microsoft.Compute/virtualMachineScaleSets';

/** What to look with: the key is the set's uid. Conflicts throw: the loop looks again. `since`: since when it looks without a gap. */
export function watchRepairs(since: () => Time): (world: World, uid: string) => Promise<Time | undefined> {
  return (world, uid) => look(world, uid, since());
}

async function look(world: World, uid: string, since: Time): Promise<Time | undefined> {
  const set = await world.store.scaleSetByUid(uid);
  const policy = set && repairPolicy(set.declared);
  if (set === undefined || policy === undefined) return undefined;
  const upgraded = inHand((await world.store.rollingUpgrades(uid)).at(-1));
  const rounds = await Promise.all((await world.store.models(uid)).map((model) => roundOf(world, model)));
  const heard = since + Math.max(0, ...rounds.map((round) => round ?? 0));
  const plan = planRepairs(set, await world.store.instances(uid), world.clock.now(), upgraded, heard);
  const before = repairService(set);
  if (plan.service === before && plan.repair.length === 0) return plan.due;
  await world.store.commit([
    put('scaleSet', { ...set, repairs: plan.service }),
    ...notes(world, set, policy, plan),
    ...(await repairs(world, set, policy, plan)),
  ]);
  return plan.due;
}

async function repairs(
  world: World,
  set: ScaleSet,
  policy: RepairPolicy,
  plan: RepairPlan,
): Promise<readonly Change[]> {
  const [first] = plan.repair;
  if (first === undefined) return [];
  const operation = begunOperation(
    {
      id: world.ids.guid(),
      name: `${SETS}/${VERBS[VERB_OF[policy.action]].action}`,
      awaits: { kind: 'instances' },
      group: set.group,
      location: set.declared.location,
      set,
      instances: plan.repair.map(({ instance }) => memberId(instance)),
    },
    ownOrigin(world),
  );
  const why = plan.repair.map(({ instance, repair }) => {
    const since = new Date(illSince(instance)).toISOString();
    const state =
      instance.exitedAt === undefined ? `is ${instance.health?.state}` : 'has stopped by itself and is off';
    const again = repair.attempts === 1 ? '' : `, repair ${repair.attempts} without having been healthy`;
    return `${nameOf(set.name, instance)} ${state} since ${since}${again}`;
  });
  const accepted: Activity = {
    ...operationEntry(operation, 'Accepted', world.ids.guid(), operation.started),
    description: `Automatic repairs: ${policy.action} of ${instanceWords(set.name, operation.instances)}: ${why.join('; ')}.`,
    properties: { repairAction: policy.action },
  };
  const repaired = await Promise.all(
    plan.repair.map(async ({ instance, repair }) => {
      const model = await requireModel(world.store, set.uid, instance.model);
      const after = asked(instance, policy.action, set, operation);
      // One that is replaced is told, and its replacement does not wait for that (azure-fleet).
      return { ...withNotice(after, model, () => world.ids.guid(), 'Platform'), repair };
    }),
  );
  return [
    ...repaired.map((instance) => put('instance', instance)),
    put('operation', operation),
    { kind: 'append', activity: accepted },
  ];
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
  // Also where its guest stopped by itself it is to run.
  const { wanted } = instance;
  const toRun: Instance =
    instance.exitedAt === undefined ? instance : { ...instance, wanted: { ...wanted, power: 'running' } };
  // A delete that takes no capacity with it: the set's own loop fills the place.
  return ask(toRun, VERB_OF[action], request);
}

/** That repairs suspended themselves, or that the user's limit stops or lets them go on, stands in the log. */
function notes(world: World, set: ScaleSet, { limit }: RepairPolicy, plan: RepairPlan): readonly Change[] {
  const { service, gaveUp } = plan;
  const note = (description: string, level: Activity['level'], instances: readonly MemberId[]): Change => ({
    kind: 'append',
    activity: ownEntry(
      {
        operationName: `${SETS}/setOrchestrationServiceState/action`,
        resourceId: setPath(world.subscriptionId, set),
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
    const name = nameOf(set.name, gaveUp);
    const words = `Automatic repairs suspended themselves: ${name} was repaired ${ATTEMPTS} times and has not been healthy since.`;
    return [note(words, 'Error', [memberId(gaveUp)])];
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
