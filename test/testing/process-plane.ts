// A plane of its own process that lives the story of one guest and is cut off, as by `kill -9`, just before its n-th
// effect on the world. Arguments: directory, isolation, handle, n. Leaves in `progress` the step that it had begun.
import childProcess from 'node:child_process';
import { promises, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

import type { Isolation } from '../../src/guest/process/record.ts';
import { untilWatched } from '../contract/guests-harness.ts';
import { story } from './process-story.ts';

const [directory = '', isolation, handle = '', last] = process.argv.slice(2);
let effects = 0;

/** Every call of the function counts as an effect. */
function cutOffBefore<T extends object>(target: T, name: keyof T & string): void {
  const real = target[name] as (...args: unknown[]) => unknown;
  target[name] = ((...args: unknown[]) => {
    effects += 1;
    if (effects === Number(last)) process.kill(process.pid, 'SIGKILL');
    return real(...args);
  }) as T[typeof name];
}

const { openProcessHarness } = await import('./process-guests.ts');
const harness = await openProcessHarness({ directory, isolation: isolation as Isolation });
for (const name of ['rename', 'mkdir', 'rm', 'cp', 'open', 'writeFile'] as const)
  cutOffBefore(promises, name);
// Named imports of a built-in module follow its default export.
cutOffBefore(childProcess, 'spawn');
cutOffBefore(process, 'kill');
syncBuiltinESMExports();

for (const step of story) {
  writeFileSync(join(directory, 'progress'), step.name);
  await step.begin(harness.guests, handle);
  await untilWatched(
    () => harness.guests,
    () => step.isOver(harness.guests, handle),
  );
}
writeFileSync(join(directory, 'progress'), 'end');
process.stdout.write(`${effects}\n`);
process.exit(0);
