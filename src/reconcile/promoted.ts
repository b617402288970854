// Promoted: a surplus instance that takes the place of a member. What was kept from its extensions while it was surplus
// gets a verb in hand that runs them; where none is left to run, being a member is all.

import { diskOf } from '../domain/extension-record.ts';
import { extensionStep } from '../domain/extension-step.ts';
import { handleOf } from '../domain/guest.ts';
import type { Instance } from '../domain/instance.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { newTask, withTask } from '../domain/verb.ts';
import { extensionFacts } from './extension-facts.ts';
import type { World } from './world.ts';

export async function promoted(world: World, set: ScaleSet, instance: Instance): Promise<Instance> {
  const now = world.clock.now();
  const member = { ...instance, surplus: false };
  const asked = withTask(member, member.wanted, newTask('update', set.operation, now));
  const facts = await extensionFacts(world, set, asked);
  const idle: Instance = { ...member, etag: member.etag + 1 };
  if (facts === undefined) return idle;
  const guest = await world.guests.get(handleOf(instance));
  return extensionStep(asked, facts, diskOf(asked, guest), now).kind === 'done' ? idle : asked;
}
