// Fleet entries: what the activity log says of the instances that a set's own loop makes, gives up and upgrades. What must
// hold: every instance that comes or goes is named in an entry that says why; so is one that was surplus and is listed now.

import type { Change } from '../app/ports/store.ts';
import { ownEntry } from '../domain/activity-entry.ts';
import type { Removal } from '../domain/capacity.ts';
import { type Instance, memberId } from '../domain/instance.ts';
import { rulesOf } from '../domain/orchestration.ts';
import { instanceWords, memberType, setPath } from '../domain/resource-path.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { World } from './world.ts';

export interface FleetDeeds {
  readonly born: readonly Instance[];
  readonly removals: readonly Removal[];
  readonly upgrades: readonly Instance[];
  /** Surplus instances that became members. */
  readonly promoted: readonly Instance[];
}

const WRITE = 'write';
const DELETE = 'delete';

const WHY_GONE: Readonly<Record<Removal['why'], string>> = {
  scaleIn: 'the capacity was lowered',
  surplus: 'it was made beyond the capacity, which has come up',
  failedCreate: 'it did not come up, and another took its place',
};

export function fleetEntries(world: World, set: ScaleSet, deeds: FleetDeeds): readonly Change[] {
  const { born, removals, upgrades, promoted } = deeds;
  const note = notes(world, set);
  const members = born.filter(({ surplus }) => !surplus);
  const reasons = Object.keys(WHY_GONE) as readonly Removal['why'][];
  return [
    ...note(
      WRITE,
      'Created',
      members.filter(({ repair }) => repair === undefined),
      set.settled === 0 ? 'the scale set was made' : 'the capacity asks for more instances',
    ),
    ...note(
      WRITE,
      'Created',
      members.filter(({ repair }) => repair !== undefined),
      'in the place of what an automatic repair gave up',
    ),
    ...note(
      WRITE,
      'Created',
      born.filter(({ surplus }) => surplus),
      'beyond the capacity, in case another does not come up',
    ),
    ...note(WRITE, 'Kept', promoted, 'it takes the place of an instance that did not come up'),
    ...note(
      'manualUpgrade/action',
      'Upgraded',
      upgrades,
      'the upgrade policy is Automatic and the model changed',
    ),
    ...reasons.flatMap((why) => {
      const gone = removals.filter((removal) => removal.why === why).map(({ instance }) => instance);
      return note(DELETE, 'Deleted', gone, WHY_GONE[why]);
    }),
  ];
}

/** Those that go because their set does. */
export function deletionEntries(world: World, set: ScaleSet, gone: readonly Instance[]): readonly Change[] {
  return notes(world, set)(DELETE, 'Deleted', gone, 'the scale set is being deleted');
}

type Note = (action: string, deed: string, instances: readonly Instance[], why: string) => readonly Change[];

function notes(world: World, set: ScaleSet): Note {
  const type = memberType(rulesOf(set.declared).instances);
  return (action, deed, instances, why) => {
    if (instances.length === 0) return [];
    const ids = instances.map(memberId);
    const activity = ownEntry(
      {
        operationName: `${type}/${action}`,
        resourceId: setPath(world.subscriptionId, set),
        group: set.group,
        correlationId: set.operation,
        operationId: set.operation,
        instances: ids,
        description: `${deed} ${instanceWords(set.name, ids)}: ${why}.`,
      },
      world.ids.guid(),
      world.clock.now(),
    );
    return [{ kind: 'append', activity }];
  };
}
