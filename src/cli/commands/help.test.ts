// What help loads: no more than it shows. Counted in modules, not in time, which a busy machine makes what it likes.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMMANDS } from './table.ts';

const MAIN = fileURLToPath(new URL('../../main.ts', import.meta.url));
const COUNTER = `
  import { registerHooks } from 'node:module';
  import { writeSync } from 'node:fs';
  const loaded = [];
  registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
  process.on('exit', () => writeSync(2, JSON.stringify(loaded)));
`;

/** Of Muster's own modules, those below `src/`. */
function loadedBy(...args: readonly string[]): readonly string[] {
  const counter = `data:text/javascript,${encodeURIComponent(COUNTER)}`;
  const child = spawnSync(process.execPath, ['--import', counter, MAIN, ...args], { encoding: 'utf8' });
  expect(child.status).toBe(0);
  expect(child.stdout).toContain(`Usage: muster ${args[0]}`);
  const urls = JSON.parse(child.stderr) as readonly string[];
  return urls.flatMap((url) => /\/src\/(.*)\.ts$/.exec(url)?.[1] ?? []);
}

const acting = Object.entries(COMMANDS).flatMap(([name, { group }]) => (group === 'acting' ? [name] : []));

test.each(acting)('the help of %s loads nothing that acts, signs in or speaks to ARM', (name) => {
  const loaded = loadedBy(name, '--help');
  const heavy = loaded.filter((file) =>
    /^(cli\/(acting|arm)\/|cli\/(carry-out|session|operations|evidence-store|action-options)$)|^operator\/(execute|guard|where)/.test(
      file,
    ),
  );
  expect(heavy).toEqual([]);
  expect(loaded.length).toBeLessThan(25);
});
