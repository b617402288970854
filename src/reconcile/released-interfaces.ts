// Released interfaces: what becomes of the network interfaces of a virtual machine that is gone: those that stay belong to nobody, the
// others go with it.

import { type Change, put, remove } from '../app/ports/store.ts';
import { handleOf } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import { released } from '../domain/interface-resource.ts';
import type { World } from './world.ts';

export async function releasedInterfaces({ store }: World, instance: Instance): Promise<readonly Change[]> {
  if (instance.machine === undefined) return [];
  const { kept, gone } = released(await store.networks('networkInterfaces'), handleOf(instance));
  return [...kept.map((row) => put('network', row)), ...gone.map((row) => remove('network', row))];
}
