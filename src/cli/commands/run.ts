// `muster run`: a command or a script in instances, with what each printed and how it ended.

import { ACTION_USAGE, RUN_LIMIT, TARGET_USAGE } from '../action-usage.ts';
import type { World } from '../operating.ts';
import type { Command } from './command.ts';

export function runCommand(world: World): Command {
  return {
    summary: 'run a command or a script in instances and keep what it prints',
    usage: `Usage: muster run ID... [options] -- COMMAND [ARGUMENT...]
       muster run ID... [options] --script FILE

One alone first, then ten at a time. One word after -- is taken as a line of shell as it stands. What it
prints is kept in the evidence record, and the command itself too: put no secret in it.

  --script FILE         the script; - is standard input
  --limit SECONDS       how long it may take in each instance (default: ${RUN_LIMIT})
${TARGET_USAGE.replace('(default: 1)', '(default: 10)')}${ACTION_USAGE}
Exits with 7 when it is refused, 8 when it ends with another code than 0 in any of them.
`,
    run: async (args, env, terminal) => {
      const { runOn } = await import('../acting/run-on.ts');
      return runOn(args, { world: await world(), env, terminal });
    },
  };
}
