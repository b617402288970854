// Disk reconciler: a disk that is being deleted loses its content, then its row.
// What must hold: only a row that says so is deleted, and it is attached to nothing.

import { remove, RevisionConflict } from '../app/ports/store.ts';
import { GuestError } from '../app/ports/guests.ts';
import type { Disk } from '../domain/disk.ts';
import { diskUid } from '../domain/disk-name.ts';
import { SECOND, type Time } from '../domain/time.ts';
import type { World } from './world.ts';

const RETRY = 2 * SECOND;

/** The key of a disk for its loop: names have no slash. */
export function diskKey({ group, name }: Pick<Disk, 'group' | 'name'>): string {
  return `${group}/${name}`;
}

export async function diskKeys({ store }: World): Promise<string[]> {
  return (await store.disks()).filter(({ deleting }) => deleting !== undefined).map(diskKey);
}

export async function lookAtDisk(world: World, key: string): Promise<Time | undefined> {
  const [group = '', name = ''] = key.split('/');
  const disk = await world.store.disk(group, name);
  if (disk?.deleting === undefined) return undefined;
  const again = await withoutContent(world, [disk.uid]);
  if (again !== undefined) return again;
  try {
    await world.store.commit([remove('disk', disk)]);
    return undefined;
  } catch (error) {
    if (error instanceof RevisionConflict) return world.clock.now();
    throw error;
  }
}

/** Takes away what is on these disks. Answers when to try again, where that is to be. */
export async function withoutContent(world: World, uids: readonly string[]): Promise<Time | undefined> {
  try {
    for (const uid of uids) await world.guests.deleteDisk(uid);
    return undefined;
  } catch (error) {
    if (error instanceof GuestError && error.kind === 'transient') return world.clock.now() + RETRY;
    throw error;
  }
}

/**
 * Takes away the disks that are kept for no guest and that no row owns: a plane was killed before it came to that. Only before
 * any loop runs and anything is asked: nothing moves meanwhile.
 */
export async function dropUnownedDisks(world: World): Promise<void> {
  const { store, guests } = world;
  const kept = await guests.disks();
  if (kept.length === 0) return;
  const owned = new Set((await store.disks()).map(({ uid }) => uid));
  for (const set of await store.scaleSets()) {
    for (const instance of await store.instances(set.uid)) {
      for (const disk of instance.dataDisks) owned.add(diskUid(instance, disk));
    }
  }
  // What cannot go now is looked for again at the next start.
  await withoutContent(
    world,
    kept.filter((uid) => !owned.has(uid)),
  );
}
