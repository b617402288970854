// `muster az`: the user's own az, pointed at the plane. Everything after `--` is az's, and so is the exit code.

import { findAz, outlasting, runAttached } from '../az/executable.ts';
import { prepareAz } from '../az/registration.ts';
import { dataDirectory } from '../data-directory.ts';
import { requirePlane } from '../plane-file.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Command } from './command.ts';

export const az: Command = {
  summary: 'run the Azure CLI against the plane, signed in',
  usage: `Usage: muster az [--data DIR] [--] ARGUMENTS...
       muster az -- vmss list-instances -g sample -n web -o table

Runs the az that is installed (or the one that the variable MUSTER_AZ names), with a configuration directory
of Muster's own; your login to Azure in ~/.azure is not touched. The first run registers the plane and signs
in. The exit code is az's.
`,
  async run(args, env, terminal) {
    const { data: option, rest } = splitArguments(args);
    const data = dataDirectory(option, env);
    const { endpoint } = requirePlane(data);
    const executable = findAz(env);
    return await outlasting(async () => {
      const azEnv = await prepareAz({ data, endpoint, az: executable }, env, terminal);
      return await runAttached(executable.path, rest, azEnv);
    });
  },
};

/** Muster's own options stand first; from `--`, or from the first word that is none of them, all is az's. */
export function splitArguments(args: readonly string[]): {
  data: string | undefined;
  rest: readonly string[];
} {
  const [first, second] = args;
  if (first === '--') return { data: undefined, rest: args.slice(1) };
  if (first?.startsWith('--data=') === true) {
    return { data: first.slice('--data='.length), rest: withoutDashes(args.slice(1)) };
  }
  if (first !== '--data') return { data: undefined, rest: args };
  if (second === undefined) throw new Problem('The option --data needs a value.', EXIT.misused);
  return { data: second, rest: withoutDashes(args.slice(2)) };
}

function withoutDashes(args: readonly string[]): readonly string[] {
  return args[0] === '--' ? args.slice(1) : args;
}
