// Machine interfaces: a virtual machine gets the network interfaces that its declaration names: their rows say whose they are, and its
// own model and its addresses follow from them.

import { handleOf } from '../domain/guest.ts';
import { attachTo, type Attachment, ofRow } from '../domain/interface-resource.ts';
import { Failure } from '../domain/failure.ts';
import { type Instance, nameOf } from '../domain/instance.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, sameJson, textAt } from '../domain/json.ts';
import { machineInterfaces } from '../domain/machine-interface.ts';
import { checkMadeInterfaces } from '../domain/machine-fixed.ts';
import { interfacesIn, type NamedInterface } from '../domain/machine-interfaces.ts';
import { networkPath } from '../domain/network-reference.ts';
import { instancePath } from '../domain/resource-path.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import type { Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

export interface WithInterfaces {
  readonly instance: Instance;
  readonly profile: JsonObject;
  readonly changes: readonly Change[];
}

type Owner = { readonly set: ScaleSet; readonly instance: Instance; readonly profile: JsonObject };

export async function withInterfaces(
  plane: Plane,
  { set, instance, profile }: Owner,
  named: readonly NamedInterface[],
): Promise<WithInterfaces> {
  const { store, subscriptionId } = plane;
  const rows = await store.networks('networkInterfaces');
  const paths = new Map<string, string>();
  // Only one that is asked for can be refused for being another's.
  const asked = new Set(named.map(({ id }) => id.toLowerCase()));
  for (const row of rows) {
    const { holder } = row;
    if (holder !== undefined && asked.has(networkPath(subscriptionId, row).toLowerCase()))
      paths.set(holder.guest, await pathOf(plane, holder.guest));
  }
  const attached = attachTo(
    {
      subscriptionId,
      path: instancePath(subscriptionId, set, instance),
      location: set.declared.location,
      guest: handleOf(instance),
    },
    named as readonly Attachment[],
    rows,
    (guest) => paths.get(guest) ?? guest,
  );
  const { addresses: _before, ...rest } = instance;
  return {
    instance: attached.addresses.length === 0 ? rest : { ...rest, addresses: attached.addresses },
    profile: {
      ...profile,
      networkProfile: {
        ...objectAt(profile, 'networkProfile'),
        networkInterfaceConfigurations: attached.configurations,
      },
    },
    changes: attached.changed.map((row) => put('network', row)),
  };
}

async function pathOf({ store, subscriptionId }: Plane, guest: string): Promise<string> {
  const instance = await store.instanceOf(guest);
  const set = instance && (await store.scaleSetByUid(instance.set));
  return instance === undefined || set === undefined ? guest : instancePath(subscriptionId, set, instance);
}

/** Undefined where it has those that are asked for, as they are asked for. */
export async function changedInterfaces(
  plane: Plane,
  { set, instance, model, profile }: Owner & { readonly model: ModelVersion },
  given: readonly Json[],
): Promise<WithInterfaces | undefined> {
  const before = machineInterfaces(plane.subscriptionId, { set, instance, model });
  const asked = given.filter(isObject);
  if (sameJson(before, asked)) return undefined;
  const entries = listAt(model.profile, 'networkProfile', 'networkInterfaceConfigurations');
  if (!entries.every(ofRow) || model.version >= 0) {
    checkMadeInterfaces(before, asked);
    return undefined;
  }
  const { named } = interfacesIn({ networkProfile: { networkInterfaces: asked } });
  const result = await withInterfaces(plane, { set, instance, profile }, named);
  if (sameJson(result.profile['networkProfile'], profile['networkProfile'])) return undefined;
  if (!sameIds(before, asked) && instance.wanted.power !== 'deallocated') {
    throw new Failure(
      'operationNotAllowed',
      `The network interfaces of virtual machine '${nameOf(set.name, instance)}' cannot be changed while it is allocated. Deallocate it first.`,
      { target: 'networkProfile.networkInterfaces' },
    );
  }
  return result;
}

function sameIds(a: readonly JsonObject[], b: readonly JsonObject[]): boolean {
  const ids = (list: readonly JsonObject[]): Json =>
    list.map((one) => (textAt(one, 'id') ?? '').toLowerCase()).toSorted();
  return sameJson(ids(a), ids(b));
}
