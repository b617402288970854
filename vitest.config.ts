// The fast suites: unit and property tests beside the sources, contract, wire, simulation and the tidy rules.
// Tests run as the product runs, through Node's own type stripping, with nothing between.
import { defineConfig } from 'vitest/config';
import { reporters, runner } from './vitest.shared.ts';

export default defineConfig({
  test: {
    ...runner,
    ...reporters(),
    testTimeout: 120_000,
    include: ['src/**/*.test.ts', 'test/{contract,wire,sim,testing}/**/*.test.ts', 'test/tidy.test.ts'],
  },
});
