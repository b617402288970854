// The little language that simulated guests understand, one command a line or between semicolons:
//
//   echo [-n] TEXT [>&2]   prints the text, with a line break unless -n
//   sleep SECONDS          waits, in the plane's time
//   write PATH TEXT        makes a file; fails where there is no such disk
//   cat PATH               prints a file; fails when there is none
//   fail [TEXT]            prints the text to standard error and ends with code 1
//   exit [CODE]            ends with the code, else with that of the command before
//   hang                   goes on until it is ended from outside
//   crash                  ends the guest itself
//   ill                    its application stops serving: probes of its health get bad answers
//   well                   its application serves again
//   metric NAME NUMBER     answers to probes of its health have that custom metric from now on
//
// Quotes around a text are taken off. Anything else prints nothing and succeeds. A script ends with the code of its
// last command. Files under /mnt/data/lunN are on that data disk, all others on the OS disk.

export type Step =
  | { readonly do: 'print'; readonly text: string; readonly to: 'stdout' | 'stderr' }
  | { readonly do: 'sleep'; readonly milliseconds: number }
  | { readonly do: 'write'; readonly path: string; readonly text: string }
  | { readonly do: 'cat'; readonly path: string }
  | { readonly do: 'exit'; readonly code?: number }
  | { readonly do: 'hang' }
  | { readonly do: 'crash' }
  | { readonly do: 'turn'; readonly state: 'well' | 'ill' }
  | { readonly do: 'metric'; readonly name: string; readonly value: number }
  | { readonly do: 'nothing' };

export function parseScript(script: string): readonly Step[] {
  return script
    .split('\n')
    .flatMap(commandsOf)
    .filter((command) => command !== '' && !command.startsWith('#'))
    .flatMap(stepsOf);
}

/** Splits a line at the semicolons that stand outside quotes. */
function commandsOf(line: string): readonly string[] {
  return (line.match(/(?:"[^"]*"|'[^']*'|[^;])+/g) ?? []).map((command) => command.trim());
}

const COMMANDS: Readonly<Record<string, (rest: string) => readonly Step[]>> = {
  echo: (rest) => [echo(rest)],
  sleep: (rest) => [{ do: 'sleep', milliseconds: Math.max(0, Number.parseFloat(rest) * 1000) || 0 }],
  write: (rest) => {
    const [, path = '', text = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
    return [{ do: 'write', path, text: unquoted(text) }];
  },
  cat: (rest) => [{ do: 'cat', path: unquoted(rest) }],
  fail: (rest) => [
    { do: 'print', text: rest === '' ? '' : `${unquoted(rest)}\n`, to: 'stderr' },
    { do: 'exit', code: 1 },
  ],
  exit: (rest) => [/^\d+$/.test(rest) ? { do: 'exit', code: Number(rest) % 256 } : { do: 'exit' }],
  hang: () => [{ do: 'hang' }],
  crash: () => [{ do: 'crash' }],
  ill: () => [{ do: 'turn', state: 'ill' }],
  well: () => [{ do: 'turn', state: 'well' }],
  metric: (rest) => {
    const [name = '', value] = rest.split(/\s+/);
    return [{ do: 'metric', name, value: Number(value) || 0 }];
  },
};

function stepsOf(command: string): readonly Step[] {
  const [, verb = '', rest = ''] = /^(\S+)(?:\s+(.*))?$/s.exec(command) ?? [];
  const steps = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined;
  return steps?.(rest) ?? [{ do: 'nothing' }];
}

function echo(rest: string): Step {
  const [, bare, text = '', toError] = /^(-n(?:\s+|$))?(.*?)(\s*>&2)?$/s.exec(rest) ?? [];
  return {
    do: 'print',
    text: unquoted(text) + (bare === undefined ? '\n' : ''),
    to: toError === undefined ? 'stdout' : 'stderr',
  };
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text;
}
