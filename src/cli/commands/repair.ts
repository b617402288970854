// `muster repair`: the ladder for one instance: look, restart, reimage, replace, and stop at what heals.

import { ACTION_USAGE } from '../action-usage.ts';
import type { World } from '../operating.ts';
import type { Command } from './command.ts';

export function repairCommand(world: World): Command {
  return {
    summary: 'collect diagnostics, then restart, reimage, replace: whatever heals first',
    usage: `Usage: muster repair ID [--until diagnose|restart|reimage|replace] [options]

Each step is verified, and tried only when the one before it has not healed the instance. Replacing deletes
the instance and puts the capacity back, so that one new instance comes in its place.

  --until STEP          the last step that may be tried (default: replace)
${ACTION_USAGE}
Exits with 7 when it is refused, 8 when it is not healed, 130 on Ctrl-C.
`,
    run: async (args, env, terminal) => {
      const { repair } = await import('../acting/repair.ts');
      return repair(args, { world: await world(), env, terminal });
    },
  };
}
