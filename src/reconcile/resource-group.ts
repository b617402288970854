// Resource group reconciler: a group that is being deleted has its sets deleted first; when none is left, it goes,
// and all else in it with it.

import { groupResources, removed } from '../app/ports/group-resources.ts';
import { type Change, put, remove } from '../app/ports/store.ts';
import { operationEntry } from '../domain/activity-entry.ts';
import { markDeleting, preemptAll } from '../domain/scale-set-deletion.ts';
import type { Time } from '../domain/time.ts';
import { withoutContent } from './disk.ts';
import type { World } from './world.ts';

/** The key is the group's name. */
export async function lookAtGroup(world: World, name: string): Promise<Time | undefined> {
  const group = await world.store.group(name);
  if (group?.deleting === undefined) return undefined;
  const sets = await world.store.scaleSets(group.name);
  if (sets.length === 0) {
    const disks = await world.store.disks(group.name);
    // First what is on them: when the group is gone, nothing of it is left.
    const again = await withoutContent(
      world,
      disks.map(({ uid }) => uid),
    );
    if (again !== undefined) return again;
    const resources = await groupResources(world.store, group.name);
    const deployments = await world.store.deployments(group.name);
    await world.store.commit([
      ...deployments.map((deployment) => remove('deployment', deployment)),
      ...disks.map((disk) => remove('disk', disk)),
      ...resources.map(removed),
      remove('group', group),
    ]);
    return undefined;
  }
  // A set that would not go keeps its group.
  if (sets.some((set) => set.operation === group.deleting && set.deleting !== true)) {
    const { deleting: _given, ...kept } = group;
    const operation = await world.store.operation(group.deleting);
    // Written again as it is, so that its own loop looks at it and ends it.
    await world.store.commit([
      put('group', kept),
      ...(operation === undefined ? [] : [put('operation', operation)]),
    ]);
    return undefined;
  }
  const now = world.clock.now();
  for (const set of sets.filter((candidate) => candidate.deleting !== true)) {
    const ended = preemptAll(await world.store.openOperations(set.uid), now);
    await world.store.commit([
      put('scaleSet', markDeleting(set, group.deleting)),
      ...ended.flatMap((operation): readonly Change[] => [
        put('operation', operation),
        { kind: 'append', activity: operationEntry(operation, 'Failed', world.ids.guid(), now) },
      ]),
    ]);
  }
  return undefined;
}
