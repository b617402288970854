// The acting commands: one verb each, on named instances or on those that meet a condition.

import { decide, type Work } from '../../operator/guard.ts';
import type { Protection } from '../../operator/requests.ts';
import { select } from '../../operator/selection.ts';
import { type Verb, VERBS } from '../../operator/verbs.ts';
import {
  ACTION_OPTIONS,
  ACTION_USAGE,
  actionOptions,
  meant,
  TARGET_OPTIONS,
  TARGET_USAGE,
  targetIn,
} from '../action-options.ts';
import { carryOut } from '../carry-out.ts';
import type { Operations } from '../operating.ts';
import { readArguments } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Command } from './command.ts';

export type ActVerb = Exclude<Verb, 'run'>;

const SUMMARIES: Readonly<Record<ActVerb, string>> = {
  restart: 'restart instances, one at a time, and verify each',
  start: 'start instances that are stopped or deallocated',
  stop: 'power instances off; they keep their hosts',
  deallocate: 'power instances off and give their hosts back',
  reimage: 'make the system disks of instances anew',
  redeploy: 'move instances to other hosts',
  update: "bring instances to the set's latest model (Uniform)",
  delete: 'delete instances; the capacity goes down with them',
  protect: 'keep instances from scale-in and from actions on the set (Uniform)',
  unprotect: 'take that protection away (Uniform)',
};

const FROM = { from: { type: 'string' } } as const;

export function actCommand(verb: ActVerb, world: Operations): Command {
  const isProtect = verb === 'protect';
  return {
    summary: SUMMARIES[verb],
    usage: `Usage: muster ${verb} ID... [options]
       muster ${verb} --where EXPRESSION [options]

${VERBS[verb].outage === 'never' ? '' : 'The first is a canary: the rest follows when it is verified. '}Every action leaves an evidence record.

${isProtect ? '  --from WHAT           scale-in, or scale-set-actions, or both (default: both)\n' : ''}${TARGET_USAGE}${ACTION_USAGE}
Exits with 7 when it is refused, 8 when it is not verified, 130 on Ctrl-C.
`,
    async run(args, env, terminal) {
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
      return carryOut({ world, env, terminal }, options, (operating) => async (inventory) => {
        const { ids, refusals } = select(inventory, await targetIn(operating, which, inventory));
        return ids === undefined ? { refusals } : decide(inventory, ids, work, options.flags);
      });
    },
  };
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
