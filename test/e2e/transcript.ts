// What the README says is typed, and what it says is printed then.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './muster.ts';

export interface Typed {
  readonly command: string;
  readonly printed: string;
}

/** What stands behind each prompt of the consoles in a section, and what follows it. */
export function transcript(heading: string): readonly Typed[] {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const [, level = '##'] = new RegExp(`\n(###?) ${heading}\n`).exec(readme) ?? [];
  const [, section = ''] = readme.split(`\n${level} ${heading}\n`);
  const [own = ''] = section.split(level === '##' ? '\n## ' : /\n###? /);
  const consoles = own.matchAll(/```console\n([\s\S]*?)```/g);
  return [...consoles].flatMap(([, console = '']) =>
    console
      .split(/^\$ /m)
      .slice(1)
      .map((entry) => {
        // A command goes on after a line that ends with a backslash.
        const [, command = '', printed = ''] = /^((?:[^\n]*\\\n)*[^\n]*)\n([\s\S]*)$/.exec(entry) ?? [];
        return { command, printed };
      }),
  );
}
