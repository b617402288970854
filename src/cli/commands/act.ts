// The acting commands: one verb each, on named instances or on those that meet a condition. What they do is loaded when they do it.

import { type Verb, VERBS } from '../../operator/verbs.ts';
import { ACTION_USAGE, TARGET_USAGE } from '../action-usage.ts';
import type { World } from '../operating.ts';
import type { Command } from './command.ts';

export type ActVerb = Exclude<Verb, 'run'>;

const SUMMARIES: Readonly<Record<ActVerb, string>> = {
  restart: 'restart instances, one at a time, and verify each',
  start: 'start instances that are stopped or deallocated',
  stop: 'power instances off; they keep their hosts',
  deallocate: 'power instances off and give their hosts back',
  reimage: 'make the system disks of instances anew',
  redeploy: 'move instances to other hosts',
  update: "bring instances to the set's latest model",
  delete: 'delete instances; the capacity goes down with them',
  protect: 'keep instances from scale-in and from actions on the set',
  unprotect: 'take that protection away',
};

export function actCommand(verb: ActVerb, world: World): Command {
  return {
    summary: SUMMARIES[verb],
    usage: `Usage: muster ${verb} ID... [options]
       muster ${verb} --where EXPRESSION [options]

${VERBS[verb].outage === 'never' ? '' : 'The first is a canary: the rest follows when it is verified. '}Every action leaves an evidence record.

${verb === 'protect' ? '  --from WHAT           scale-in, or scale-set-actions, or both (default: both)\n' : ''}${TARGET_USAGE}${ACTION_USAGE}
Exits with 7 when it is refused, 8 when it is not verified, 130 on Ctrl-C.
`,
    run: async (args, env, terminal) => {
      const { act } = await import('../acting/act.ts');
      return act(verb, args, { world: await world(), env, terminal });
    },
  };
}
