// Payload: the shell text that a command becomes inside its guest. Pure. The text goes in on standard input, so neither
// the script nor a parameter shows in the process table of the host.
// As in Azure's agent the script lies at /var/lib/waagent/run-command/download/<n>/script.sh, that is its working
// directory, and a script without `#!` is read by bash, or by sh where there is none.
// Parameters: an unnamed one is positional, a named one is a variable in the environment. Run command v1 cannot send
// unnamed ones, so az calls them arg1, arg2, …, and scripts count on `$1`: those names are both. No other value becomes
// positional, because a command line is there for everybody on the host to read.

import type { GuestCommand } from '../../domain/guest.ts';
import { shellQuote } from './custom-data.ts';

/** `end` is a line that does not occur in the script. Descriptor 3 tells the runner that the script is begun. */
export function payload(command: GuestCommand, number: number, end: string): string {
  const script = command.script.replaceAll('\r\n', '\n');
  const positional = command.parameters
    .filter(({ name = '' }) => /^(arg\d+)?$/.test(name))
    .map(({ value }) => shellQuote(value))
    .join(' ');
  return [
    `directory=$MUSTER_ROOT/var/lib/waagent/run-command/download/${number}`,
    'mkdir -p "$directory" && cd "$directory" || exit',
    `cat >script.sh <<'${end}'`,
    script.replace(/\n$/, ''),
    end,
    'chmod 700 script.sh || exit',
    ...(command.runAs === undefined || command.runAs === '' ? [] : becomeUser(command.runAs)),
    ...command.parameters
      .filter(({ name = '' }) => /^[A-Za-z_]\w*$/.test(name))
      .map(({ name, value }) => `export ${name}=${shellQuote(value)}`),
    script.startsWith('#!') ? `set -- "$directory/script.sh" ${positional}` : interpreter(positional),
    'unset directory',
    'echo >&3',
    'exec "$@" </dev/null 3>&-',
    '',
  ].join('\n');
}

function interpreter(positional: string): string {
  return [
    'if command -v bash >/dev/null; then set -- bash; else set -- sh; fi',
    `set -- "$1" "$directory/script.sh" ${positional}`,
  ].join('\n');
}

/** There is one user in a guest, so running as another means that one's name and home directory. */
function becomeUser(name: string): string[] {
  return [
    `user=${shellQuote(name)} home=`,
    'while IFS=: read -r entry _ _ _ _ place _; do',
    '  [ "$entry" = "$user" ] && home=$MUSTER_ROOT$place',
    'done <"$MUSTER_ROOT/etc/passwd"',
    '[ -n "$home" ] || { echo "There is no user \'$user\'." >&2; exit 1; }',
    'export USER="$user" LOGNAME="$user" HOME="$home"',
    'unset user home',
  ];
}
