// `muster use`: which scale set is meant from now on, in the context that is current.

import { COMPUTE_VERSION, setPath } from '../../operator/read-inventory.ts';
import { accepted } from '../../operator/arm-refusal.ts';
import { contextWords, formatSetName, parseSetName } from '../context.ts';
import { findContext, readContexts, withContext, writeContexts } from '../context-file.ts';
import { aboutSet } from '../explained.ts';
import { readArguments } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';
import { openSession } from '../session.ts';
import type { Command } from './command.ts';

export const use: Command = {
  summary: 'choose the scale set that commands are about',
  usage: `Usage: muster use GROUP/SET [--context NAME] [--data DIR]
       muster use

Looks whether the set is there, and remembers it for the context. Without a name it says what is chosen.
Every command takes --set GROUP/SET in its place, for once.
`,
  async run(args, env, terminal) {
    const { values, positionals } = readArguments('use', args, {
      context: { type: 'string' },
      data: { type: 'string' },
    });
    const contexts = readContexts(env);
    const context = findContext(
      contexts,
      values.context ?? (values.data === undefined ? contexts.current : 'local'),
    );
    const [text, ...more] = positionals;
    if (more.length > 0) throw new Problem('muster use takes one GROUP/SET.', EXIT.misused);
    if (text === undefined) {
      if (context.set === undefined)
        throw new Problem(
          `No scale set is chosen in the context ${context.name}: muster use GROUP/SET. See what there is: muster sets`,
          EXIT.misused,
        );
      terminal.out(`${formatSetName(context.set)} in ${context.name} (${contextWords(context)})\n`);
      return EXIT.done;
    }
    const name = parseSetName(text);
    const session = openSession(values, env, terminal);
    const request = {
      method: 'GET',
      path: setPath({ subscription: session.subscription, ...name }),
      apiVersion: COMPUTE_VERSION,
    } as const;
    try {
      await aboutSet(name, context.name, async () => accepted(request, await session.arm.send(request)));
    } finally {
      session.arm.close();
    }
    writeContexts(env, withContext(contexts, { ...context, set: name }));
    terminal.out(`Commands are about ${formatSetName(name)} in ${context.name} now.\n`);
    return EXIT.done;
  },
};
