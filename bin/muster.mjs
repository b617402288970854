#!/usr/bin/env node
// Owns the `muster` command's first moment: it finds a Node that can run Muster and becomes it.
// A clone runs src/main.ts as it is (Node strips the types); the published package runs dist/main.js.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { become, ensureInstalled, findRuntime, orExplain, root } from './runtime.mjs';

orExplain(() => {
  ensureInstalled();
  const source = join(root, 'src', 'main.ts');
  const main = existsSync(source) ? source : join(root, 'dist', 'main.js');
  // node:sqlite is still announced as experimental; Muster's tests cover what it uses of it.
  const args = ['--disable-warning=ExperimentalWarning', main, ...process.argv.slice(2)];
  // Nothing is said on the channel; its end tells the child that this process is gone, however it went.
  become(findRuntime(), args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
});
