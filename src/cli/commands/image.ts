// `muster image`: the images that guests are made from, in the data directory. A plane that runs on it sees them come and go.

import { dataDirectory } from '../data-directory.ts';
import { readArguments } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Environment, Terminal } from '../terminal.ts';
import { formatted, queried, readFormat } from '../view/format.ts';
import { type Column, grid } from '../view/grid.ts';
import type { Command } from './command.ts';

export interface KeptImage {
  readonly name: string;
  readonly version: string;
  readonly builtIn: boolean;
}

/** What the composition root brings. `data`: the data directory. Each throws a Problem when it cannot be done. */
export interface ImageKeeper {
  /** Answers the version that it has there: the next one, where none is given. */
  readonly add: (
    data: string,
    image: { readonly name: string; readonly from: string; readonly version?: string },
  ) => Promise<KeptImage>;
  /** By name, oldest version first. */
  readonly list: (data: string) => Promise<readonly KeptImage[]>;
  readonly remove: (
    data: string,
    image: { readonly name: string; readonly version: string },
  ) => Promise<void>;
}

const OPTIONS = {
  version: { type: 'string' },
  data: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'table' },
  query: { type: 'string' },
} as const;

type Values = Readonly<Partial<Record<keyof typeof OPTIONS, string>>>;

interface Asked {
  readonly images: ImageKeeper;
  readonly data: string;
  readonly values: Values;
  readonly positionals: readonly string[];
}

export function imageCommand(images: ImageKeeper): Command {
  return {
    summary: 'add, list and remove the images that guests are made from',
    usage: `Usage: muster image add NAME DIR [--version V] [--data DIR]
       muster image list [-o FORM] [--query JMESPATH] [--data DIR]
       muster image remove NAME@VERSION [--data DIR]

add copies the directory DIR, whole or not at all, as the next version of the image NAME, or as
version V. What is in DIR lies on the files of the built-in base; each file in etc/muster/services
is started as a service. That an OS disk can be laid from it is tried before it is added. A plane
that runs sees it at once, and a set with automatic OS upgrades goes to it by itself.
list shows the images of the data directory and those that come with Muster.
remove leaves the instances that have that version running; they cannot be reimaged to it any more.
`,
    async run(args: readonly string[], env: Environment, terminal: Terminal) {
      const { values, positionals } = readArguments('image', args, OPTIONS);
      const [action = '', ...rest] = positionals;
      const perform = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
      if (perform?.takes !== rest.length) {
        throw new Problem(
          'muster image does add NAME DIR, list, or remove NAME@VERSION. See: muster image --help',
          EXIT.misused,
        );
      }
      if (values.version !== undefined && action !== 'add') {
        throw new Problem('--version goes with muster image add.', EXIT.misused);
      }
      const data = dataDirectory(values.data, env);
      terminal.out(await perform.run({ images, data, values, positionals: rest }));
      return EXIT.done;
    },
  };
}

interface Action {
  /** How many arguments. */
  readonly takes: number;
  /** Answers what is printed. */
  readonly run: (asked: Asked) => Promise<string>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  add: {
    takes: 2,
    run: async ({ images, data, values, positionals: [name = '', from = ''] }) => {
      const { version: asked } = values;
      const { version } = await images.add(data, {
        name,
        from,
        ...(asked === undefined ? {} : { version: asked }),
      });
      return `Added ${name}@${version}. Refer to it as muster:${name}:1:${version}, or muster:${name}:1:latest for the newest:
  {"publisher":"muster","offer":"${name}","sku":"1","version":"${version}"}
`;
    },
  },
  list: {
    takes: 0,
    run: async ({ images, data, values }) => listed(await images.list(data), values),
  },
  remove: {
    takes: 1,
    run: async ({ images, data, positionals: [word = ''] }) => {
      const [name = '', version = '', ...more] = word.split('@');
      if (name === '' || version === '' || more.length > 0) {
        throw new Problem(`'${word}' is no version of an image: it is NAME@VERSION.`, EXIT.misused);
      }
      await images.remove(data, { name, version });
      return `Removed ${word}.\n`;
    },
  },
};

async function listed(images: readonly KeptImage[], { output = 'table', query }: Values): Promise<string> {
  const format = readFormat(query !== undefined && output === 'table' ? 'json' : output);
  if (query !== undefined) return await formatted(await queried(images, query), format);
  if (format !== 'table' && format !== 'wide') return await formatted(images, format);
  const columns: readonly Column<KeptImage>[] = [
    { title: 'NAME', cell: ({ name }) => ({ text: name }) },
    { title: 'VERSION', cell: ({ version }) => ({ text: version }) },
    { title: 'BUILT IN', cell: ({ builtIn }) => ({ text: builtIn ? 'yes' : '' }) },
    { title: 'REFERENCE', cell: ({ name, version }) => ({ text: `muster:${name}:1:${version}` }) },
  ];
  return grid(columns, images);
}
