// The next step and the version of the image: a row says what is wanted while a verb is in hand, and what its guest has once
// that has ended, however it ended.
import { describe, expect, test } from 'vitest';

import { guestRow, instanceRow, THEN } from '../../test/testing/rows.ts';
import type { GuestState } from './guest.ts';
import type { Instance } from './instance.ts';
import { fail, nextStep, observe, type Step } from './next-step.ts';
import { ask } from './verb.ts';

const error = { code: 'VMStartTimedOut', message: 'late' } as const;

const step = (instance: Instance, guest: GuestState): Step => nextStep('web', instance, guest, THEN + 1000);

function saved(given: Step): Instance {
  if (given.kind !== 'save') throw new Error(`the step is ${given.kind}`);
  return given.instance;
}

describe('the version of the image', () => {
  const reimage = (before: Instance, imageVersion: string): Instance =>
    ask(before, 'reimage', {
      operation: 'op',
      now: THEN,
      graceful: true,
      model: 1,
      effect: 'none',
      imageVersion,
    });

  test('of a reimage that failed is what it was, and with no guest to tell otherwise stays so', () => {
    const before = instanceRow({ imageVersion: '1.0.0' });
    const failed = fail(reimage(before, '2.0.0'), error);
    expect(failed.imageVersion).toBe('1.0.0');
    expect(observe(failed, undefined).imageVersion).toBe('1.0.0');
    expect(observe(failed, guestRow()).imageVersion).toBe('1.0.0');
    expect(fail(reimage(instanceRow(), '2.0.0'), error)).not.toHaveProperty('imageVersion');
  });

  test('is the one that is wanted while the verb is in hand, whatever the guest still has', () => {
    const asked = reimage(instanceRow({ imageVersion: '1.0.0' }), '2.0.0');
    expect(observe(asked, guestRow({ imageVersion: '1.0.0' })).imageVersion).toBe('2.0.0');
    const done = saved(step(asked, guestRow({ imageVersion: '2.0.0', generation: 1 })));
    expect(done).toMatchObject({ imageVersion: '2.0.0' });
    expect(done.task).toBeUndefined();
  });

  test('is what the disk has once a verb has failed that came as far as the disk', () => {
    const failed = fail(reimage(instanceRow({ imageVersion: '1.0.0' }), '2.0.0'), error);
    const seen = saved(step(failed, guestRow({ imageVersion: '2.0.0', generation: 1 })));
    expect(seen.imageVersion).toBe('2.0.0');
    expect(step(seen, guestRow({ imageVersion: '2.0.0', generation: 1 })).kind).toBe('rest');
  });
});
