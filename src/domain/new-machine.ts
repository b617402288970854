// New machine: the rows of a virtual machine that is made by itself: its own model and its instance, to be created.

import type { Instance } from './instance.ts';
import type { MachineDeclaration } from './machine-declaration.ts';
import type { Identities } from './managed-identity.ts';
import type { Place } from './placement.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';
import { newTask } from './verb.ts';

/** @param set that it is in, with the model's version handed out (`lastOwnModel`) */
export function ownModel(
  set: Pick<ScaleSet, 'uid'> & { readonly lastOwnModel: number },
  { size, profile, extra }: Pick<MachineDeclaration, 'size' | 'profile' | 'extra'>,
  now: Time,
): ModelVersion {
  return { set: set.uid, version: set.lastOwnModel, created: now, size, tier: 'Standard', profile, extra };
}

export interface MachineBirth {
  readonly id: number;
  readonly vmId: string;
  readonly group: string;
  readonly name: string;
  readonly place: Place;
  readonly operation: string;
  readonly now: Time;
  readonly imageVersion?: string;
  readonly identities?: Identities;
}

/** Without data disks: those are planned as for a machine that has none yet. */
export function newMachine(
  { set, version }: ModelVersion,
  { tags, userData }: Pick<MachineDeclaration, 'tags' | 'userData'>,
  birth: MachineBirth,
): Instance {
  const { id, vmId, group, name, place, operation, now, imageVersion, identities } = birth;
  return {
    set,
    id,
    machine: { group, name },
    revision: 0,
    etag: 1,
    vmId,
    created: now,
    ...place,
    surplus: false,
    model: version,
    ...(imageVersion === undefined ? {} : { imageVersion }),
    generation: 0,
    wanted: { exists: true, power: 'running', model: version },
    task: newTask('create', operation, now),
    observed: { ready: false },
    tags,
    dataDisks: [],
    ...(userData === undefined ? {} : { userData }),
    ownModel: false,
    ...(identities === undefined ? {} : { identities }),
  };
}
