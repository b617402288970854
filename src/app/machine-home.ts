// Machine home: the set that a virtual machine is made in: the Flexible one that its declaration names, with one member more, or one
// of its own.

import type { Instance } from '../domain/instance.ts';
import type { MachineDeclaration } from '../domain/machine-declaration.ts';
import {
  checkJoin,
  grown,
  type Joining,
  placeAlone,
  placeOf,
  setElsewhere,
  setNameIn,
  setNotFound,
} from '../domain/machine-membership.ts';
import type { Place } from '../domain/placement.ts';
import type { ResourceGroup } from '../domain/resource-group.ts';
import { isSolo, type ScaleSet } from '../domain/scale-set.ts';
import { sameName } from '../domain/load-balancer.ts';
import { soloSet } from '../domain/solo-set.ts';
import type { Time } from '../domain/time.ts';
import { markedForDeletion } from './find.ts';
import type { Plane } from './plane.ts';
import { type Change, remove } from './ports/store.ts';

export interface Home {
  readonly group: string;
  /** As it is to be. */
  readonly set: ScaleSet & { readonly lastOwnModel: number };
  /** As it is; undefined for one that is made. */
  readonly before?: ScaleSet;
  /** That it has. */
  readonly instances: readonly Instance[];
  readonly place: Place;
  /** To be committed before the set. */
  readonly changes: readonly Change[];
}

export interface Homeless {
  readonly name: string;
  readonly declaration: Pick<MachineDeclaration, 'location' | 'zone' | 'setId' | 'faultDomain'>;
  readonly operation: string;
  readonly now: Time;
}

export async function homeFor(plane: Plane, group: ResourceGroup, homeless: Homeless): Promise<Home> {
  const { name, declaration, operation, now } = homeless;
  const joining: Joining = { name, ...declaration };
  if (declaration.setId === undefined) {
    const { location, zone } = declaration;
    const place = placeAlone(joining);
    return {
      ...(await ownHome(plane, group.name, {
        name,
        location,
        operation,
        now,
        ...(zone === undefined ? {} : { zone }),
      })),
      place,
    };
  }
  const set = await requireJoinable(plane, group.name, declaration.setId, joining);
  const instances = await plane.store.instances(set.uid);
  const place = placeOf(set, instances, joining);
  return { group: group.name, set: grown(set), before: set, instances, place, changes: [] };
}

/** A set that is named in a declaration, where the machine may be its member. */
export async function requireJoinable(
  plane: Plane,
  group: string,
  id: string,
  joining: Joining,
): Promise<ScaleSet> {
  const name = setNameIn(plane.subscriptionId, group, id);
  if (name === undefined) {
    const elsewhere = /\/resourceGroups\/([^/]+)\/.*\/virtualMachineScaleSets\/([^/]+)$/i.exec(id);
    const [, other = '', called = ''] = elsewhere ?? [];
    const known = await plane.store.scaleSet(other, called);
    throw known === undefined ? setNotFound(id) : setElsewhere(id, joining.name);
  }
  const set = await plane.store.scaleSet(group, name);
  if (set === undefined) throw setNotFound(id);
  if (set.deleting) throw markedForDeletion(set, 'Update Virtual Machine Scale Set');
  checkJoin(plane.subscriptionId, set, joining);
  return set;
}

/** A set of one. What is left of one whose machine is gone already makes way. */
export async function ownHome(
  plane: Plane,
  group: string,
  machine: Omit<Parameters<typeof soloSet>[0], 'uid' | 'group'>,
): Promise<Omit<Home, 'place'>> {
  const { set, model } = soloSet({ ...machine, uid: plane.ids.guid(), group });
  const left = (await plane.store.scaleSets(group)).filter(
    (one) => isSolo(one) && sameName(one.name, machine.name),
  );
  return {
    group,
    set,
    instances: [],
    changes: [...left.flatMap(goneSet), { kind: 'putModel', model }],
  };
}

export function goneSet(set: ScaleSet): readonly Change[] {
  return [remove('scaleSet', set), { kind: 'removeModels', set: set.uid }];
}
