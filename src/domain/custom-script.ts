// Custom script: the settings of Azure's CustomScript extension for Linux, version 2, as a shell script.
// Source: github.com/Azure/custom-script-extension-linux (README: settings, what may be given twice and what may not).
// What must hold: what was given as text never becomes shell, but for the command itself; no address with a signature in
// it stands in a command line, which everybody on the host can read.

import type { Handling } from './extension-handler.ts';
import { asText, type JsonObject, listAt, textAt } from './json.ts';

/** Base64 of the first bytes of gzip's format. */
const GZIP = 'H4sI';
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

export function customScript(open: JsonObject, secret: JsonObject, run: number): Handling {
  for (const member of ['commandToExecute', 'script']) {
    if (textAt(open, member) !== undefined && textAt(secret, member) !== undefined) {
      return refused(
        `'${member}' was specified both in public and protected settings; it must be specified only once`,
      );
    }
  }
  const command = textAt(secret, 'commandToExecute') ?? textAt(open, 'commandToExecute');
  const script = textAt(secret, 'script') ?? textAt(open, 'script');
  if (command !== undefined && script !== undefined)
    return refused("'commandToExecute' and 'script' are both specified; only one of them may be");
  if (command === undefined && script === undefined) return refused("'commandToExecute' is not specified");
  if (script !== undefined && !BASE64.test(script)) return refused("'script' is not base64 encoded");
  const uris = [...listAt(open, 'fileUris'), ...listAt(secret, 'fileUris')].map(asText);
  const wrong = uris.find((uri) => !/^(https?|file):\/\/\S+$/i.test(uri));
  if (wrong !== undefined) return refused("a member of 'fileUris' is neither an http nor a file address");
  const lines = [
    `directory="$MUSTER_ROOT/var/lib/waagent/custom-script/download/${run}"`,
    'mkdir -p "$directory" && cd "$directory" || exit',
    ...uris.map(fetched),
    ...(script === undefined ? [] : unpacked(script)),
    'unset directory',
    command ?? './script.sh',
  ];
  return { kind: 'run', script: `${lines.join('\n')}\n`, parameters: [] };
}

function refused(message: string): Handling {
  return { kind: 'refused', message: `invalid configuration: ${message}` };
}

/** A file of the guest's own is copied; anything else is fetched, its address handed over on standard input. */
function fetched(uri: string): string {
  const path = uri.replace(/[?#].*$/s, '');
  const name = decoded(path.split('/').at(-1) ?? '') || 'download';
  const target = quoted(name.replaceAll('/', '_'));
  if (/^file:/i.test(uri)) {
    const place = decoded(path.replace(/^file:\/\/[^/]*/i, ''));
    return `cp -- "$MUSTER_ROOT"${quoted(place)} ${target} || exit`;
  }
  const line = `printf 'url = "%s"\\n' ${quoted(uri.replaceAll('\\', '%5C').replaceAll('"', '%22'))}`;
  return `${line} | curl --silent --show-error --fail --location --output ${target} --config - || exit`;
}

function unpacked(script: string): readonly string[] {
  const bare = script.replaceAll(/\s/g, '');
  const unzip = bare.startsWith(GZIP) ? ' | gzip -dc' : '';
  return [`printf %s ${quoted(bare)} | base64 -d${unzip} >script.sh || exit`, 'chmod 700 script.sh || exit'];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
