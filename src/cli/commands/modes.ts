// `muster modes`: where the two orchestration modes differ, for whoever operates sets of both.

import { MODE_DIFFERENCES, type ModeDifference } from '../../operator/mode-difference.ts';
import { readOptions } from '../options.ts';
import { EXIT } from '../problem.ts';
import { readFormat, formatted } from '../view/format.ts';
import type { Command } from './command.ts';

export const modes: Command = {
  summary: 'show where Uniform and Flexible sets differ',
  usage: `Usage: muster modes [-o table|json|yaml]

Where the two orchestration modes differ for whoever operates a set: ids, paths, what is shown and what is
refused, on a plane and on Azure. muster inspect ID says which of it matters for that instance.
A virtual machine that is in no set is not an operator's matter here: az vm is the tool for it.
`,
  async run(args, _env, terminal) {
    const { output } = readOptions('modes', args, {
      output: { type: 'string', short: 'o', default: 'table' },
    });
    const format = readFormat(output);
    const isTable = format === 'table' || format === 'wide';
    terminal.out(isTable ? modesText() : await formatted(MODE_DIFFERENCES.map(recordOf), format));
    return EXIT.done;
  },
};

function recordOf({ about, uniform, flexible }: ModeDifference): Readonly<Record<string, string>> {
  return { about, uniform, flexible };
}

function modesText(): string {
  return MODE_DIFFERENCES.map(
    ({ about, uniform, flexible }) => `${about}\n  Uniform   ${uniform}\n  Flexible  ${flexible}\n`,
  ).join('\n');
}
