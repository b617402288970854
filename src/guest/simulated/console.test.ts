// The console of a simulated guest: newest last, and never too long.
import { expect, test } from 'vitest';

import { Console } from './console.ts';

test('has a line for each thing that happened, newest last', () => {
  const console = new Console();
  console.note(Date.UTC(2026, 0, 1), 'boot');
  console.note(Date.UTC(2026, 0, 1, 0, 0, 5), 'running');
  expect(console.text).toBe(
    '[2026-01-01T00:00:00.000Z] Booting.\n[2026-01-01T00:00:05.000Z] System is up.\n',
  );
});

test('stays below 1 MiB, and keeps the newest', () => {
  const console = new Console();
  for (let at = 0; at < 30_000; at += 1) console.note(at, 'crash');
  expect(console.text.length).toBeLessThan(1024 * 1024);
  expect(console.text.length).toBeGreaterThan(100_000);
  expect(console.text).toMatch(/\[1970-01-01T00:00:29\.999Z\] First process ended: halting\.\n$/);
});
