// Moved machine: the rows of a virtual machine as it joins or leaves a scale set. Its guest is not touched: it keeps its handle, and
// everything that follows from the machine's `vmId` stays as it is.
// What must hold: the old row goes before the new one comes, so that at no moment two rows own one guest.

import { handleOf } from './guest.ts';
import { hasOwnProfile, type Instance } from './instance.ts';
import { objectAt } from './json.ts';
import { guestIdentities } from './managed-identity.ts';
import { computerNameOf, sizeOf } from './model.ts';
import type { RunCommand } from './run-command.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';

export interface Move {
  readonly instance: Instance;
  /** That it has. */
  readonly model: ModelVersion;
  readonly from: ScaleSet;
  /** With one member more, and the version of the machine's own model handed out. */
  readonly to: ScaleSet & { readonly lastOwnModel: number };
}

export interface Moved {
  readonly instance: Instance;
  readonly model: ModelVersion;
}

/** The model comes along as the machine's own, with the size that the machine has. */
export function movedMachine({ instance, model, from, to }: Move): Moved {
  const { revision: _row, protection: _ofMembers, repair: _counted, size: _inModel, ...rest } = instance;
  const { mix: _ofSet, ...own } = model;
  const identities = guestIdentities(from, instance);
  const { lastOwnModel: version } = to;
  return {
    instance: {
      ...rest,
      set: to.uid,
      id: to.nextInstanceId - 1,
      revision: 0,
      guest: handleOf(instance),
      model: version,
      wanted: { ...instance.wanted, model: version },
      ...(identities === undefined ? {} : { identities }),
    },
    model: {
      ...own,
      set: to.uid,
      version,
      size: sizeOf(instance, model),
      profile: hasOwnProfile(instance) ? withoutFaultDomain(model.profile) : namedProfile(model, instance),
    },
  };
}

/** It was named for a set that the machine leaves. */
function withoutFaultDomain({
  platformFaultDomain: _of,
  ...profile
}: ModelVersion['profile']): ModelVersion['profile'] {
  return profile;
}

/** What the set's model gave it in the form of a name that follows from the set is its own from now on. */
function namedProfile(model: ModelVersion, instance: Instance): ModelVersion['profile'] {
  const { computerNamePrefix: _ofSet, ...osProfile } = objectAt(model.profile, 'osProfile') ?? {};
  return { ...model.profile, osProfile: { ...osProfile, computerName: computerNameOf(model, instance) } };
}

/** A command of the machine, as the row that it belongs to now has it. */
export function movedCommand(command: RunCommand, to: Instance): RunCommand {
  return {
    ...command,
    set: to.set,
    instance: to.id,
    ...(to.machine === undefined ? {} : { machine: to.machine }),
    guest: handleOf(to),
  };
}
