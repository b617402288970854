// Owns `npm run check`: every gate in order of cost, one line each, stopping at the first red one, whose
// output is then shown. A green run prints nothing else. `npm run check -- --without-tests` leaves the tests to `npm test`.
import { spawnSync } from 'node:child_process';
import { ensureInstalled, orExplain, pinnedEnvironment, root } from '../bin/runtime.mjs';

const steps = [
  ['types', ['tsc', '-b']],
  ['lint', ['oxlint', '--type-aware', '--deny-warnings']],
  ['format', ['oxfmt', '--check']],
  ['dead code', ['knip']],
  ['tests', ['vitest', 'run']],
];

function run(name, [tool, ...args]) {
  const started = Date.now();
  const result = spawnSync(tool, args, {
    cwd: root,
    env: pinnedEnvironment(),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    shell: process.platform === 'win32',
  });
  const green = result.status === 0;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${green ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds.padStart(6)} s`);
  if (!green) console.log(`\n${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}`);
  return green;
}

orExplain(() => {
  ensureInstalled();
  const wanted = process.argv.includes('--without-tests')
    ? steps.filter(([name]) => name !== 'tests')
    : steps;
  process.exitCode = wanted.every(([name, command]) => run(name, command)) ? 0 : 1;
});
