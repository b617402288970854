// Owns the last line of .ci/run: `N passed, N failed` over vitest's JSON reports given as arguments.
// Fails when a test failed, when a file could not be loaded, when a report is missing, and when nothing ran.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    console.error(`no test report ${path}: that run ended before its tests did`);
    process.exitCode = 1;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const unloadable = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  for (const file of unloadable) console.error(`could not load ${file.name}`);
  passed += report.numPassedTests;
  failed += report.numFailedTests + unloadable.length;
}
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0 || passed === 0) process.exitCode = 1;
