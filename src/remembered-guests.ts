// Remembered guests: a simulated guest has no process that could outlive the plane, so the rows remember it, and a file which of
// them are ill. What the next plane is given are the guests as they were last seen.

import type { Store } from './app/ports/store.ts';
import { handleOf, type GuestPower } from './domain/guest.ts';
import { FIRST_VERSION } from './domain/image-version.ts';
import { type Instance, nameOf } from './domain/instance.ts';
import type { RememberedGuest } from './guest/simulated/host.ts';

/** `ill`: the handles of those whose application does not serve. */
export async function rememberedGuests(
  store: Store,
  ill: ReadonlySet<string>,
): Promise<readonly RememberedGuest[]> {
  const sets = await store.scaleSets();
  const guests = await Promise.all(
    sets.map(async ({ uid, name }) => (await store.instances(uid)).flatMap((row) => remembered(name, row))),
  );
  return guests.flat().map((guest) => (ill.has(guest.handle) ? { ...guest, ill: true } : guest));
}

function remembered(setName: string, instance: Instance): readonly RememberedGuest[] {
  const { power, ready, address, bootedAt } = instance.observed;
  if (power === undefined) return [];
  // A turn that was not seen to be done is done again: that is harmless.
  const generation = instance.wanted.turn === undefined ? instance.generation : instance.generation - 1;
  return [
    {
      handle: handleOf(instance),
      name: nameOf(setName, instance),
      power: guestPower(power),
      ready,
      generation,
      ...(address === undefined ? {} : { address }),
      imageVersion: instance.imageVersion ?? FIRST_VERSION,
      ...(bootedAt === undefined ? {} : { bootedAt }),
      ...(power === 'stopped' ? { cause: 'asked' as const } : {}),
    },
  ];
}

function guestPower(power: NonNullable<Instance['observed']['power']>): GuestPower {
  return power === 'deallocating' ? 'stopping' : power;
}
