// Owns running a development tool by name: `node scripts/run.mjs vitest run`. The tool comes from
// node_modules, installed first when it is missing or stale, and runs under the pinned Node.
import { become, ensureInstalled, orExplain, pinnedEnvironment, root } from '../bin/runtime.mjs';

orExplain(() => {
  ensureInstalled();
  const [tool, ...args] = process.argv.slice(2);
  become(tool, args, { cwd: root, env: pinnedEnvironment(), shell: process.platform === 'win32' });
});
