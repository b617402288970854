// Repair: the ladder for the one instance that a command line names.

import { decideRepair, type Rung, RUNGS } from '../../operator/repair-plan.ts';
import { select } from '../../operator/selection.ts';
import { ACTION_OPTIONS, actionOptions } from '../action-options.ts';
import { type Bridge, carryOut } from '../carry-out.ts';
import { readArguments } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';

export async function repair(args: readonly string[], bridge: Bridge): Promise<number> {
  const table = { ...ACTION_OPTIONS, until: { type: 'string' } } as const;
  const { values, positionals } = readArguments('repair', args, table);
  const options = actionOptions(values);
  if (positionals.length !== 1)
    throw new Problem('A repair is of one instance: muster repair ID', EXIT.misused);
  const work = { until: rungOf(values.until), verifySeconds: options.verifySeconds };
  return carryOut(bridge, options, () => (inventory, standing) => {
    const { ids, refusals } = select(inventory, { by: 'ids', ids: positionals });
    return ids === undefined ? { refusals } : decideRepair(inventory, ids, work, options.flags, standing);
  });
}

function rungOf(text: string | undefined): Rung {
  const rung = RUNGS.find((one) => one === (text ?? 'replace'));
  if (rung === undefined)
    throw new Problem(`--until is one of ${RUNGS.join(', ')}, not '${text}'.`, EXIT.misused);
  return rung;
}
