// Owns dist/, the JavaScript that is published. It starts from nothing, so a file deleted from src/ cannot
// linger in a release. What guests are made of is no JavaScript of the plane's and is copied as it is.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { become, ensureInstalled, orExplain, pinnedEnvironment, root } from '../bin/runtime.mjs';

orExplain(() => {
  ensureInstalled();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  for (const folder of ['images', 'runtime']) {
    const path = join('guest', 'process', folder);
    cpSync(join(root, 'src', path), join(root, 'dist', path), { recursive: true });
  }
  become('tsc', ['-b', 'src'], { cwd: root, env: pinnedEnvironment(), shell: process.platform === 'win32' });
});
