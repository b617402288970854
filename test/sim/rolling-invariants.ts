// What must hold of rolling upgrades, whatever was asked, failed or crashed meanwhile.

import { type Instance, isBehind, isMember, nameOf } from '../../src/domain/instance.ts';
import { partOf } from '../../src/domain/rolling-batch.ts';
import {
  isProtected,
  isRunning,
  type RollingUpgrade,
  upgradeStanding,
} from '../../src/domain/rolling-upgrade.ts';
import type { ScaleSet } from '../../src/domain/scale-set.ts';
import type { Universe } from './universe.ts';

function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** What was seen of the upgrades of each set. */
export class RollingWitness {
  readonly #seen = new Map<string, readonly RollingUpgrade[]>();

  /** After any step. `before`: the instances as they were before it. */
  async look(
    universe: Universe,
    set: ScaleSet,
    before: readonly Instance[],
    instances: readonly Instance[],
  ): Promise<void> {
    const upgrades = await universe.store.rollingUpgrades(set.uid);
    const earlier = new Map((this.#seen.get(set.uid) ?? []).map((one) => [one.number, one]));
    this.#seen.set(set.uid, upgrades);
    must(upgrades.filter(isRunning).length <= 1, `${set.name} has two upgrades at once`);
    must(
      upgrades.slice(0, -1).every((one) => !isRunning(one)),
      `${set.name} forgot an upgrade that runs`,
    );
    const members = Math.max(instances.filter(isMember).length, before.filter(isMember).length);
    for (const upgrade of upgrades) {
      const name = `upgrade ${upgrade.number} of ${set.name}`;
      const was = earlier.get(upgrade.number);
      must(
        was === undefined || isRunning(was) || was.revision === upgrade.revision,
        `${name} changed after it had ended`,
      );
      checkBatch(name, upgrade, was, members);
    }
    const [latest] = upgrades.slice(-1);
    checkSurge(set, latest, instances);
  }
}

function checkBatch(
  name: string,
  upgrade: RollingUpgrade,
  was: RollingUpgrade | undefined,
  members: number,
): void {
  const { batch, policy, rollback } = upgrade;
  if (batch !== undefined) {
    const most = partOf(members, policy.batchPercent);
    // A capacity that was lowered meanwhile makes the batch a larger part than it was.
    must(
      batch.ids.length <= most || was?.batch?.begun === batch.begun,
      `${name} upgrades ${batch.ids.length} at once`,
    );
    must(batch.begun >= upgrade.notBefore, `${name} did not pause`);
    const cancelled = upgrade.lastAction === 'Cancel' && batch.begun > upgrade.lastActionTime;
    must(!cancelled, `${name} went on after it was cancelled`);
  }
  must(batch === undefined || rollback === undefined, `${name} goes forth and back`);
  const done = [...upgrade.succeeded, ...upgrade.failed];
  must(new Set(done).size === done.length, `${name} upgraded an instance twice`);
}

/** Whoever is to take another's place is none of the members, and is wanted by the upgrade that runs or goes. */
function checkSurge(set: ScaleSet, latest: RollingUpgrade | undefined, instances: readonly Instance[]): void {
  const waiting = instances.filter((one) => one.surge === true);
  must(
    waiting.every((one) => !isMember(one)),
    `${set.name} counts a replacement`,
  );
  must(waiting.length === 0 || latest !== undefined, `${set.name} has replacements without an upgrade`);
}

/** When everything has come to rest. */
export async function checkUpgradesAtRest(
  universe: Universe,
  set: ScaleSet,
  instances: readonly Instance[],
): Promise<void> {
  const upgrades = await universe.store.rollingUpgrades(set.uid);
  must(!upgrades.some(isRunning), `an upgrade of ${set.name} did not end`);
  const latest = upgrades.at(-1);
  must(!upgradeStanding(set, instances, latest).open, `${set.name} settled before it was upgraded`);
  for (const one of instances.filter(({ surge }) => surge === true)) {
    must(one.lastVerb === 'delete' && one.failure !== undefined, `${nameOf(set.name, one)} was left over`);
  }
  if (latest?.state !== 'Completed' || latest.kind !== 'model' || latest.model !== set.model) return;
  const behind = instances.filter((one) => isMember(one) && isBehind(one, set.model) && !isProtected(one));
  for (const one of behind) {
    // Protection that was lifted later begins nothing by itself.
    const failed = latest.failed.includes(one.id) || one.settledAt === undefined;
    const lifted = one.protection !== undefined;
    must(failed || lifted, `${nameOf(set.name, one)} was forgotten by a complete upgrade`);
  }
}
