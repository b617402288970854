// Notices kept: guests that are watched when they are deleted. What must hold: no guest that runs goes while its notice is
// open, whoever decided that, at whatever moment a plane died.

import type { Guests } from '../../src/app/ports/guests.ts';
import { isNoticeOpen } from '../../src/domain/terminate-notice.ts';
import type { Universe } from './universe.ts';

/** The same guests. What was done against the rule is among the universe's errors. */
export function keepingNotices(guests: Guests, universe: () => Universe): Guests {
  const check = async (handle: string): Promise<void> => {
    const { store, clock, errors, losing } = universe();
    if (losing === handle) return;
    const task = (await store.instanceOf(handle))?.task;
    const guest = await guests.get(handle);
    if (task === undefined || guest?.power !== 'running' || !isNoticeOpen(task, clock.now())) return;
    errors.push({ message: 'deleted before its notice was over', handle, notice: task.notice });
  };
  return new Proxy(guests, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'delete') return member.bind(target) as unknown;
      return async (handle: string): Promise<void> => {
        await check(handle);
        await target.delete(handle);
      };
    },
  });
}
