// `muster repair`: the ladder for one instance: look, restart, reimage, replace, and stop at what heals.

import { decideRepair, type Rung, RUNGS } from '../../operator/repair-plan.ts';
import { select } from '../../operator/selection.ts';
import { ACTION_OPTIONS, ACTION_USAGE, actionOptions } from '../action-options.ts';
import { carryOut } from '../carry-out.ts';
import type { Operations } from '../operating.ts';
import { readArguments } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Command } from './command.ts';

export function repairCommand(world: Operations): Command {
  return {
    summary: 'collect diagnostics, then restart, reimage, replace: whatever heals first',
    usage: `Usage: muster repair ID [--until diagnose|restart|reimage|replace] [options]

Each step is verified, and tried only when the one before it has not healed the instance. Replacing deletes
the instance and puts the capacity back, so that one new instance comes in its place.

  --until STEP          the last step that may be tried (default: replace)
${ACTION_USAGE}
Exits with 7 when it is refused, 8 when it is not healed, 130 on Ctrl-C.
`,
    async run(args, env, terminal) {
      const table = { ...ACTION_OPTIONS, until: { type: 'string' } } as const;
      const { values, positionals } = readArguments('repair', args, table);
      const options = actionOptions(values);
      if (positionals.length !== 1)
        throw new Problem('A repair is of one instance: muster repair ID', EXIT.misused);
      const work = { until: rungOf(values.until), verifySeconds: options.verifySeconds };
      return carryOut({ world, env, terminal }, options, () => (inventory) => {
        const { ids, refusals } = select(inventory, { by: 'ids', ids: positionals });
        return ids === undefined ? { refusals } : decideRepair(inventory, ids, work, options.flags);
      });
    },
  };
}

function rungOf(text: string | undefined): Rung {
  const rung = RUNGS.find((one) => one === (text ?? 'replace'));
  if (rung === undefined)
    throw new Problem(`--until is one of ${RUNGS.join(', ')}, not '${text}'.`, EXIT.misused);
  return rung;
}
