// Operation reconciler: ends an operation when what it waits for has come. The log's last line and what belonged to the
// operation alone go with the same commit.

import { type Change, put, remove } from '../app/ports/store.ts';
import { operationEntry } from '../domain/activity-entry.ts';
import type { Operation } from '../domain/operation.ts';
import { type Circumstances, outcome } from '../domain/operation-outcome.ts';
import type { RunCommand } from '../domain/run-command.ts';
import type { Time } from '../domain/time.ts';
import type { World } from './world.ts';

/** The key is the operation's id. */
export async function lookAtOperation(world: World, id: string): Promise<Time | undefined> {
  const operation = await world.store.operation(id);
  if (operation === undefined || operation.status !== 'InProgress') return undefined;
  const seen = await circumstances(world, operation);
  const now = world.clock.now();
  const ended = outcome(operation, seen, now);
  if (ended === undefined) return undefined;
  const status = ended.status === 'Succeeded' ? 'Succeeded' : 'Failed';
  await world.store.commit([
    put('operation', ended),
    ...released(operation, seen.runCommand),
    { kind: 'append', activity: operationEntry(ended, status, world.ids.guid(), now) },
  ]);
  return undefined;
}

async function circumstances(world: World, operation: Operation): Promise<Circumstances> {
  const { store } = world;
  const { awaits } = operation;
  switch (awaits.kind) {
    case 'instances':
      return { openTasks: await store.openTasks(operation.id) };
    case 'runCommand':
      return { openTasks: 0, ...defined('runCommand', await store.runCommand(awaits.key)) };
    case 'rollingUpgrade':
      return { openTasks: 0, ...(await upgradeOf(world, operation, awaits.number)) };
    case 'deployment':
      return { openTasks: 0, ...defined('deployment', await store.deploymentByUid(awaits.uid)) };
    case 'diskGone':
      return { openTasks: 0, ...defined('disk', await store.disk(operation.group, awaits.name)) };
    case 'group':
      return { openTasks: 0, ...defined('group', await store.group(operation.group)) };
    case 'scaleSet':
    case 'scaleSetGone':
      return {
        openTasks: 0,
        ...(awaits.kind === 'scaleSet' ? await upgradeOf(world, operation, awaits.beside) : {}),
        ...defined('set', operation.set === undefined ? undefined : await store.scaleSetByUid(operation.set)),
      };
  }
}

async function upgradeOf(
  { store }: World,
  { set }: Operation,
  wanted: number | undefined,
): Promise<Pick<Circumstances, 'upgrade'>> {
  if (set === undefined || wanted === undefined) return {};
  const upgrades = await store.rollingUpgrades(set);
  return defined(
    'upgrade',
    upgrades.find(({ number }) => number === wanted),
  );
}

function defined<K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: V });
}

/** The row of an action's command has served when its result stands in the operation. */
function released(operation: Operation, command: RunCommand | undefined): readonly Change[] {
  return command?.kind === 'action' && command.operation === operation.id
    ? [remove('runCommand', command)]
    : [];
}
