// The end-to-end suite: the built server on a free port, real guests, public clients. One file at a time,
// since every file has a whole plane with its guests to itself.
import { defineConfig } from 'vitest/config';
import { reporters, runner } from './vitest.shared.ts';

export default defineConfig({
  test: {
    ...runner,
    ...reporters(),
    include: ['test/e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 120_000,
  },
});
