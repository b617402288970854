// Act: one verb on the instances that a command line means.

import { decide, type Work } from '../../operator/guard.ts';
import type { Protection } from '../../operator/requests.ts';
import { select } from '../../operator/selection.ts';
import { ACTION_OPTIONS, actionOptions, meant, TARGET_OPTIONS, targetIn } from '../action-options.ts';
import { type Bridge, carryOut } from '../carry-out.ts';
import type { ActVerb } from '../commands/act.ts';
import { readArguments } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';

const FROM = { from: { type: 'string' } } as const;

export async function act(verb: ActVerb, args: readonly string[], bridge: Bridge): Promise<number> {
  const isProtect = verb === 'protect';
  const table = { ...ACTION_OPTIONS, ...TARGET_OPTIONS };
  const { values, positionals } = isProtect
    ? readArguments(verb, args, { ...table, ...FROM })
    : readArguments(verb, args, table);
  const options = actionOptions(values);
  const which = meant(positionals, values.where);
  const protection = protectionOf(verb, (values as { readonly from?: string }).from);
  const work: Work = {
    verb,
    verifySeconds: options.verifySeconds,
    ...(protection === undefined ? {} : { protection }),
  };
  return carryOut(bridge, options, (operating) => async (inventory, standing) => {
    const { ids, refusals } = select(inventory, await targetIn(operating, which, inventory));
    return ids === undefined ? { refusals } : decide(inventory, ids, work, options.flags, standing);
  });
}

function protectionOf(verb: ActVerb, from: string | undefined): Protection | undefined {
  if (verb === 'unprotect') return { scaleIn: false, scaleSetActions: false };
  if (verb !== 'protect') return undefined;
  switch (from) {
    case undefined:
    case 'both':
      return { scaleIn: true, scaleSetActions: true };
    case 'scale-in':
      return { scaleIn: true, scaleSetActions: false };
    case 'scale-set-actions':
      return { scaleIn: false, scaleSetActions: true };
    default:
      throw new Problem(`--from is scale-in, scale-set-actions or both, not '${from}'.`, EXIT.misused);
  }
}
