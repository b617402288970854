// What an operator does in a wire world: plans, records and carries out an action, against the plane's real handler, and what the
// plane's activity log has of it afterwards.

import type { JsonObject } from '../../src/arm/json.ts';
import { listAt, textAt } from '../../src/domain/json.ts';
import type { ActionPlan } from '../../src/operator/action-plan.ts';
import type { Arm } from '../../src/operator/arm.ts';
import { execute } from '../../src/operator/execute.ts';
import { decide } from '../../src/operator/guard.ts';
import type { Inventory } from '../../src/operator/inventory.ts';
import { recordOf } from '../../src/operator/record.ts';
import { decideRepair } from '../../src/operator/repair-plan.ts';
import { type InstanceIds, select } from '../../src/operator/selection.ts';
import { sightingOf } from '../../src/operator/sighting.ts';
import type { Verb } from '../../src/operator/verbs.ts';
import { hash, type MemoryRecord, memoryRecord } from '../testing/memory-record.ts';
import { seededIds } from '../testing/seeded.ts';
import { ask } from './ask.ts';
import type { OperatorWorld } from './operator-world.ts';
import type { WireWorld } from './world.ts';

const ids = seededIds('operator');

export interface Acts {
  readonly planned: (verb: Verb, wanted: readonly string[]) => Promise<ActionPlan>;
  readonly begin: (plan: ActionPlan) => Promise<MemoryRecord>;
  /** From wherever the record is. Answers how it ended, in a sentence. */
  readonly goOn: (record: MemoryRecord, arm?: Arm) => Promise<string | undefined>;
  readonly carriedOut: (plan: ActionPlan) => Promise<string | undefined>;
  /** The record of a repair of one instance, up to its replacement, that has not begun. */
  readonly ladder: (id: string) => Promise<MemoryRecord>;
  readonly repaired: (id: string) => Promise<MemoryRecord>;
  /** Operation, instances, intent and status of what the log has, oldest first. */
  readonly log: () => Promise<readonly (readonly string[])[]>;
  /** What was asked for with an intent; clearing up after a command may be left out by a crash, and hurts nobody. */
  readonly accepted: () => Promise<readonly string[]>;
}

export function chosen(inventory: Inventory, wanted: readonly string[]): InstanceIds {
  const { ids: selected } = select(inventory, { by: 'ids', ids: wanted });
  if (selected === undefined) throw new Error('not there');
  return selected;
}

export function actsOf(world: WireWorld, operator: OperatorWorld): Acts {
  const planned: Acts['planned'] = async (verb, wanted) => {
    const inventory = await operator.readInventory();
    const protection = { scaleIn: verb === 'protect', scaleSetActions: verb === 'protect' };
    const run = { script: 'echo hello\nfail oops', timeoutSeconds: 60 };
    const work = { verb, verifySeconds: 60, protection, run };
    const { plan, refusals } = decide(inventory, chosen(inventory, wanted), work, {
      max: { value: 4, unit: 'count' },
    });
    if (plan === undefined) throw new Error(JSON.stringify(refusals));
    return plan;
  };

  const begin: Acts['begin'] = async (plan) => {
    const record = memoryRecord(operator.now);
    const inventory = await operator.readInventory();
    const set = inventory.set.resourceId;
    record.append({
      kind: 'intent',
      record: 'r-1',
      verb: plan.verb,
      expect: 'nobody notices',
      who: 'ada',
      where: 'plane',
      set,
      tool: 't',
    });
    record.append({ kind: 'plan', plan, flags: {} });
    record.append({ kind: 'sighting', when: 'before', sighting: sightingOf(inventory, hash) });
    return record;
  };

  const goOn: Acts['goOn'] = async (record, arm = operator.arm) => {
    await execute(recordOf(record.entries), {
      ...operator,
      arm,
      start: await operator.readInventory(),
      guid: () => ids.guid(),
      hash,
      logDelay: 0,
      looks: { first: 3000, longest: 3000 },
      append: (entry) => record.append(entry),
      progress: () => {},
      interrupted: () => false,
      interruption: new Promise(() => {}),
    });
    return recordOf(record.entries).done?.summary;
  };

  const ladder: Acts['ladder'] = async (id) => {
    const inventory = await operator.readInventory();
    const work = { until: 'replace', verifySeconds: 60 } as const;
    const { plan, refusals } = decideRepair(inventory, chosen(inventory, [id]), work, {});
    if (plan === undefined) throw new Error(JSON.stringify(refusals));
    return begin(plan);
  };

  const repaired: Acts['repaired'] = async (id) => {
    const record = await ladder(id);
    await goOn(record);
    return record;
  };

  const log: Acts['log'] = async () => {
    const path = `/subscriptions/${world.subscriptionId}/providers/Microsoft.Insights/eventtypes/management/values`;
    const { json } = await ask(world, `GET ${path}?api-version=2015-04-01`);
    return listAt(json as JsonObject, 'value')
      .map((entry) => [
        (textAt(entry, 'operationName', 'value') ?? '').split('/').slice(-2).join('/'),
        textAt(entry, 'properties', 'instanceIds') ?? '',
        textAt(entry, 'properties', 'intent') ?? '',
        textAt(entry, 'status', 'value') ?? '',
      ])
      .toReversed();
  };

  const accepted: Acts['accepted'] = async () => {
    const asked = (await log()).filter(([, , intent, status]) => intent !== '' && status === 'Accepted');
    return asked
      .map(([verb, who]) => `${verb} ${who}`)
      .filter((line) => !line.startsWith('runCommands/delete'));
  };

  return {
    planned,
    begin,
    goOn,
    carriedOut: async (plan) => goOn(await begin(plan)),
    ladder,
    repaired,
    log,
    accepted,
  };
}
