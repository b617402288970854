// Rolling upgrades: looking at them, starting one by hand, and cancelling the one that runs. Starting and cancelling save
// the intent; the loop upgrades.

import { Failure } from '../domain/failure.ts';
import type { Operation } from '../domain/operation.ts';
import { withCancel } from '../domain/rolling-plan.ts';
import { rollingPolicy } from '../domain/rolling-policy.ts';
import {
  isRunning,
  newUpgrade,
  outdated,
  type RollingUpgrade,
  type UpgradeKind,
} from '../domain/rolling-upgrade.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { beginOperation } from './begin-operation.ts';
import { requireLiveSet, requireSet, type SetRef } from './find.ts';
import { decideAndCommit, type Decision, type Origin, type Plane } from './plane.ts';
import { versionToLay } from './ports/image-versions.ts';
import { requireModel } from './ports/require-model.ts';
import { put, remove } from './ports/store.ts';

const SETS = 'Microsoft.Compute/virtualMachineScaleSets';
const ACTIONS = { os: 'osRollingUpgrade', extension: 'extensionRollingUpgrade' } as const;

export interface UpgradeFound {
  readonly set: ScaleSet;
  readonly upgrade: RollingUpgrade;
}

export async function getLatestUpgrade(plane: Plane, ref: SetRef): Promise<UpgradeFound> {
  const set = await requireSet(plane, ref);
  const upgrade = (await plane.store.rollingUpgrades(set.uid)).at(-1);
  if (upgrade !== undefined) return { set, upgrade };
  throw new Failure(
    'resourceNotFound',
    `The Resource '${SETS}/${set.name}/rollingUpgrades/latest' under resource group '${set.group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`,
  );
}

/** Newest first, as far as it is kept; each with the image that the set asks for. */
export async function listOsUpgrades(
  plane: Plane,
  ref: SetRef,
): Promise<{ readonly set: ScaleSet; readonly upgrades: readonly RollingUpgrade[] }> {
  const set = await requireSet(plane, ref);
  const all = await plane.store.rollingUpgrades(set.uid);
  return { set, upgrades: all.filter(({ kind }) => kind === 'os').toReversed() };
}

/** No other batch begins; the one in hand is finished. The operation ends with the upgrade. */
export async function cancelUpgrade(plane: Plane, origin: Origin, ref: SetRef): Promise<Operation> {
  return decideAndCommit(plane, async () => {
    const set = await requireLiveSet(plane, ref, 'cancelRollingUpgrade');
    const upgrade = (await plane.store.rollingUpgrades(set.uid)).at(-1);
    if (!isRunning(upgrade)) {
      throw new Failure('operationNotAllowed', 'There is no ongoing Rolling Upgrade to cancel.');
    }
    const { operation, changes } = begin(plane, origin, set, {
      name: 'rollingUpgrades/cancel',
      number: upgrade.number,
      cancel: true,
    });
    const cancelled = withCancel(upgrade, plane.clock.now());
    return { changes: [put('rollingUpgrade', cancelled), ...changes], answer: operation };
  });
}

/**
 * Starts an upgrade by the set's policy (Azure's defaults where it has none), whatever the mode. While one of the kind runs
 * that leads to the same, a second request waits for it, as Azure accepts it; another kind is refused.
 */
export async function startUpgrade(
  plane: Plane,
  origin: Origin,
  ref: SetRef,
  kind: Exclude<UpgradeKind, 'model'>,
): Promise<Operation> {
  return decideAndCommit(plane, async (): Promise<Decision<Operation>> => {
    const set = await requireLiveSet(plane, ref, ACTIONS[kind]);
    const upgrades = await plane.store.rollingUpgrades(set.uid);
    const latest = upgrades.at(-1);
    const name = ACTIONS[kind];
    if (isRunning(latest)) {
      if (latest.kind !== kind) throw another(set, name);
      const { operation, changes } = begin(plane, origin, set, {
        name,
        number: latest.number,
        cancel: false,
      });
      // The row is written too: it may just have ended.
      return { changes: [put('rollingUpgrade', latest), ...changes], answer: operation };
    }
    const number = (latest?.number ?? 0) + 1;
    const { operation, changes } = begin(plane, origin, set, { name, number, cancel: false });
    const image = kind === 'os' ? await newestImage(plane, set) : undefined;
    const upgrade = newUpgrade(set, plane.clock.now(), {
      number,
      id: plane.ids.guid(),
      kind,
      startedBy: 'User',
      operation: operation.id,
      policy: rollingPolicy(set.declared),
      ...(image === undefined ? {} : { image }),
    });
    return {
      changes: [
        put('rollingUpgrade', upgrade),
        // A newer model or a deletion at the same moment is seen, or refuses this.
        put('scaleSet', set),
        ...outdated([...upgrades, upgrade]).map((row) => remove('rollingUpgrade', row)),
        ...changes,
      ],
      answer: operation,
    };
  });
}

async function newestImage(plane: Plane, set: ScaleSet): Promise<string | undefined> {
  const { profile } = await requireModel(plane.store, set.uid, set.model);
  return versionToLay(plane.images, profile);
}

function another(set: ScaleSet, name: string): Failure {
  return new Failure(
    'operationNotAllowed',
    `Operation '${name}' is not allowed on Virtual Machine Scale Set '${set.name}' since another rolling upgrade is in progress. Cancel it, or wait for it to end.`,
  );
}

interface Awaited {
  readonly name: string;
  readonly number: number;
  readonly cancel: boolean;
}

function begin(
  plane: Plane,
  origin: Origin,
  set: ScaleSet,
  { name, number, cancel }: Awaited,
): ReturnType<typeof beginOperation> {
  return beginOperation(plane, origin, {
    id: plane.ids.guid(),
    name: `${SETS}/${name}/action`,
    awaits: { kind: 'rollingUpgrade', number, cancel },
    group: set.group,
    location: set.declared.location,
    set,
  });
}
