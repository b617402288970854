// Attach a machine: one that is there joins a Flexible set, or leaves it and is in none. Its row moves in one commit, with its model
// and its run commands; its guest is not touched.

import { type Instance, nameOf } from '../domain/instance.ts';
import { checkAttach, checkDetach, grown, shrunk } from '../domain/machine-membership.ts';
import { movedCommand, movedMachine } from '../domain/moved-machine.ts';
import { isSolo, type ModelVersion, type ScaleSet } from '../domain/scale-set.ts';
import { goneSet, ownHome, requireJoinable } from './machine-home.ts';
import type { Plane } from './plane.ts';
import { type Change, put, remove } from './ports/store.ts';

export interface Moving {
  /** As it is stored. */
  readonly before: Instance;
  /** As the same request leaves it, still in its old set. */
  readonly instance: Instance;
  /** That it has, as the same request leaves it. */
  readonly model: ModelVersion;
  readonly from: ScaleSet;
  readonly operation: string;
}

export interface MovedTo {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly model: ModelVersion;
  readonly changes: readonly Change[];
}

/** @param id of the set in the declaration */
export async function attachMachine(plane: Plane, moving: Moving, id: string): Promise<MovedTo> {
  const { from, instance } = moving;
  const set = await requireJoinable(plane, from.group, id, {
    name: nameOf(from.name, instance),
    location: from.declared.location,
    ...(instance.zone === undefined ? {} : { zone: instance.zone }),
  });
  checkAttach(set);
  return move(plane, moving, grown(set), []);
}

export async function detachMachine(plane: Plane, moving: Moving): Promise<MovedTo> {
  const { from, instance, operation } = moving;
  checkDetach(from);
  const home = await ownHome(plane, from.group, {
    name: nameOf(from.name, instance),
    location: from.declared.location,
    ...(instance.zone === undefined ? {} : { zone: instance.zone }),
    operation,
    now: plane.clock.now(),
  });
  return move(plane, moving, home.set, home.changes);
}

async function move(
  plane: Plane,
  { before, instance, model, from }: Moving,
  to: ScaleSet & { readonly lastOwnModel: number },
  first: readonly Change[],
): Promise<MovedTo> {
  const moved = movedMachine({ instance, model, from, to });
  const commands = await plane.store.runCommands(before.set, before.id);
  return {
    set: to,
    ...moved,
    changes: [
      // First the old row: no guest has two.
      remove('instance', before),
      ...(isSolo(from) ? goneSet(from) : [put('scaleSet', shrunk(from))]),
      ...first,
      put('scaleSet', to),
      { kind: 'putModel', model: moved.model },
      put('instance', moved.instance),
      ...commands.map((command) => put('runCommand', movedCommand(command, moved.instance))),
    ],
  };
}
