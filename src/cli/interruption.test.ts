// The first Ctrl-C is heard, the second is the system's again.
import { expect, test } from 'vitest';
import { onInterrupt } from './interruption.ts';

test('an interruption is heard once, by whoever asks or waits', async () => {
  const before = process.listenerCount('SIGINT');
  const { interrupted, interruption, release } = onInterrupt();
  expect([interrupted(), process.listenerCount('SIGINT')]).toEqual([false, before + 1]);
  // As the system would: whoever listens is called, and nothing else happens.
  process.emit('SIGINT');
  expect(interrupted()).toBe(true);
  expect(await interruption).toBeUndefined();
  expect(process.listenerCount('SIGINT')).toBe(before);
  release();
});

test('what is released listens no more', () => {
  const before = process.listenerCount('SIGINT');
  onInterrupt().release();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
