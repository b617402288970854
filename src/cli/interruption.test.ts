// The first Ctrl-C asks, the second ends; both are heard at once.
import { expect, test } from 'vitest';
import { onInterrupt, type Times } from './interruption.ts';

test('the first interruption is heard by whoever asks or waits, the second ends the process after it was told', async () => {
  const before = process.listenerCount('SIGINT');
  const told: (Times | number)[] = [];
  const { interrupted, interruption, release } = onInterrupt(
    (times) => told.push(times),
    (code) => told.push(code),
  );
  expect([interrupted(), process.listenerCount('SIGINT')]).toEqual([false, before + 1]);
  // As the system would: whoever listens is called, and nothing else happens.
  process.emit('SIGINT');
  expect([interrupted(), told]).toEqual([true, ['first']]);
  expect(await interruption).toBeUndefined();
  process.emit('SIGINT');
  expect(told).toEqual(['first', 'second', 130]);
  release();
  expect(process.listenerCount('SIGINT')).toBe(before);
});

test('what is released listens no more', () => {
  const before = process.listenerCount('SIGINT');
  onInterrupt(() => {}).release();
  expect(process.listenerCount('SIGINT')).toBe(before);
});
