// What both test configurations share. Must hold: no retries, and an empty run is a failure.
import type { ViteUserConfig } from 'vitest/config';

type TestOptions = NonNullable<ViteUserConfig['test']>;

export const runner: TestOptions = {
  pool: 'forks',
  maxWorkers: 2,
  retry: 0,
  passWithNoTests: false,
  execArgv: ['--disable-warning=ExperimentalWarning'],
  // Node loads the TypeScript itself; vitest's module loader is only needed for mocks, which we do not use.
  experimental: { viteModuleRunner: false, nodeLoader: false },
};

/** With TEST_REPORT set, a JSON report is written there as well, for .ci/run to count. */
export function reporters(): TestOptions {
  const outputFile = process.env.TEST_REPORT;
  return outputFile === undefined ? {} : { reporters: ['default', ['json', { outputFile }]] };
}
