// The end-to-end suite: the built server on a free port, real guests, public clients. As many files at a time as there
// are workers: every file has a whole plane, its data directory and its guests to itself.
import { defineConfig } from 'vitest/config';
import { reporters, runner } from './vitest.shared.ts';

export default defineConfig({
  test: {
    ...runner,
    ...reporters(),
    include: ['test/e2e/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
