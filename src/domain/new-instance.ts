// New instance: the row of an instance that is to be made, with its place and the verb `create` in hand.

import { dataDiskName } from './disk-name.ts';
import type { Instance, Repair } from './instance.ts';
import { machineName } from './machine-name.ts';
import { modelDisks } from './model.ts';
import { rulesOf } from './orchestration.ts';
import type { Place } from './placement.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';
import { newTask } from './verb.ts';

export interface Birth {
  readonly id: number;
  readonly vmId: string;
  readonly place: Place;
  readonly surplus: boolean;
  readonly now: Time;
  /** Of the image in the model, for its first OS disk. */
  readonly imageVersion?: string;
  /** Drawn for it, where its model is a mix. */
  readonly size?: string;
  /** It comes in the place of an instance that was given up for a repair. */
  readonly repair?: Repair;
}

export function newInstance(set: ScaleSet, model: ModelVersion, birth: Birth): Instance {
  const { id, vmId, place, now } = birth;
  const machine = machineOf(set, vmId);
  return {
    set: set.uid,
    id,
    ...machine,
    revision: 0,
    etag: 1,
    vmId,
    created: now,
    ...place,
    surplus: birth.surplus,
    model: model.version,
    ...(birth.size === undefined ? {} : { size: birth.size }),
    ...(birth.imageVersion === undefined ? {} : { imageVersion: birth.imageVersion }),
    generation: 0,
    wanted: { exists: true, power: 'running', model: model.version },
    task: newTask('create', set.operation, now),
    observed: { ready: false },
    tags: set.declared.tags,
    dataDisks: modelDisks(model, (lun) => dataDiskName(set.name, { ...birth, ...machine }, lun)),
    ownModel: false,
    ...(birth.repair === undefined ? {} : { repair: birth.repair }),
  };
}

function machineOf({ name, group, declared }: ScaleSet, vmId: string): Pick<Instance, 'machine'> {
  if (rulesOf(declared).instances === 'numbered') return {};
  return { machine: { group, name: machineName(name, vmId) } };
}
