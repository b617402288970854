// `muster resume`: goes on from a half-finished record. What was acknowledged is not asked for again.

import { GUARD_USAGE } from '../action-usage.ts';
import type { World } from '../operating.ts';
import type { Command } from './command.ts';

export function resumeCommand(world: World): Command {
  return {
    summary: 'go on with an action that was interrupted',
    usage: `Usage: muster resume [RECORD] [options]

Without RECORD: the latest that is not finished; damaged ones are named and passed over. What ARM has
acknowledged is not asked for again; a request whose answer was not heard is looked up in the activity log
first, which on Azure may take twenty minutes.
What has become protected or scarce since is refused, unless a flag allows it:

${GUARD_USAGE}  --context NAME        where it was begun (default: what "muster context use" chose)
  --data DIR            the local plane's data directory (default $MUSTER_HOME or ~/.muster)
  -o, --output FORM     table (default) or json

Exits as the action itself does.
`,
    run: async (args, env, terminal) => {
      const { resume } = await import('../acting/resume.ts');
      return resume(args, { world: await world(), env, terminal });
    },
  };
}
