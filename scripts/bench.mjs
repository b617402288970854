// Owns `npm run bench`: runs bench/*.bench.ts one after the other under the pinned Node, or only those whose
// name contains an argument (`npm run bench -- plan`). One at a time, since they measure time.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, findRuntime, orExplain, root } from '../bin/runtime.mjs';

orExplain(() => {
  ensureInstalled();
  const wanted = process.argv.slice(2);
  const directory = join(root, 'bench');
  const files = existsSync(directory) ? readdirSync(directory) : [];
  const chosen = files.filter(
    (file) =>
      file.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((word) => file.includes(word))),
  );
  if (chosen.length === 0) console.log('no benchmark matches');
  for (const file of chosen.toSorted()) {
    console.log(`# ${file}`);
    const args = ['--disable-warning=ExperimentalWarning', join(directory, file)];
    const { status } = spawnSync(findRuntime(), args, { cwd: root, stdio: 'inherit' });
    if (status !== 0) process.exitCode = 1;
  }
});
