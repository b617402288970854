// Encoding functions: base64, data URIs, and the parts and the joining of URIs.

import type { Json } from '../../domain/json.ts';
import { invalid, textArgument } from './arguments.ts';
import { base64Of, bytesOfBase64 } from './base64.ts';
import { type Arguments, define, type FunctionDefinition } from './function-definition.ts';
import { parseJson } from './object-functions.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { textOfUtf8, utf8Of } from './utf8.ts';

export const encodingFunctions: readonly FunctionDefinition[] = [
  define('base64', [1, 1], (args) => base64Of(utf8Of(textArgument(args, 0)))),
  define('base64ToString', [1, 1], fromBase64),
  define('base64ToJson', [1, 1], (args) => parseJson(args, fromBase64(args))),
  define('dataUri', [1, 1], (args) => {
    const value = args.value(0);
    const [type, text] =
      typeof value === 'string' ? ['text/plain', value] : ['application/json', JSON.stringify(value)];
    return `data:${type};charset=utf8;base64,${base64Of(utf8Of(text))}`;
  }),
  define('dataUriToString', [1, 1], fromDataUri),
  define('uri', [2, 2], joinUri),
  define('uriComponent', [1, 1], (args) => encodeComponent(textArgument(args, 0))),
  define('uriComponentToString', [1, 1], (args) => decodeComponent(textArgument(args, 0))),
];

function fromBase64(args: Arguments): string {
  const text = textOfBase64(textArgument(args, 0, 'a string'));
  if (text !== undefined) return text;
  throw invalid(args, 'The value cannot be decoded from base64 representation.');
}

/** Text, or what the JSON says that it is declared to be. */
function fromDataUri(args: Arguments): Json {
  const match = /^data:([^,]*?)(;base64)?,([\s\S]*)$/i.exec(textArgument(args, 0, 'a string'));
  if (match === null) {
    throw new ExpressionProblem(
      `The template language function '${args.name}' expects its parameter to be formatted as a valid data URI. ` +
        `The provided value '${args.quoted(0)}' was not formatted correctly. ${USAGE}`,
    );
  }
  const [, type = '', isBase64, data = ''] = match;
  const text = isBase64 === undefined ? decodeComponent(data) : textOfBase64(data);
  if (text === undefined) throw invalid(args, 'The value cannot be converted to the target type.');
  return /^application\/json(;|$)/i.test(type) ? parseJson(args, text) : text;
}

function textOfBase64(code: string): string | undefined {
  const bytes = bytesOfBase64(code);
  return bytes === undefined ? undefined : textOfUtf8(bytes);
}

/** As documented: the second follows the first up to and with its last slash; one without any after `//` is given one. */
function joinUri(args: Arguments): Json {
  const base = textArgument(args, 0);
  const relative = textArgument(args, 1);
  const match = /^([a-z][a-z\d+.-]*:\/\/[^/?#]+)([^?#]*)/i.exec(base);
  if (match === null) {
    throw new ExpressionProblem(
      `The template language function '${args.name}' expects its first argument to be a uri string. The provided value is '${args.quoted(0)}'. ${USAGE}`,
    );
  }
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(relative)) return relative;
  const [, authority = '', path = ''] = match;
  const directory = path.slice(0, path.lastIndexOf('/') + 1) || '/';
  return `${authority}${directory}${relative.replace(/^\//, '')}`;
}

/** Everything but letters, digits, `-`, `.`, `_` and `~` (RFC 3986, section 2.3). */
function encodeComponent(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What is no escape stays as it is. */
function decodeComponent(text: string): string {
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (escapes) =>
    textOfUtf8(Array.from(escapes.matchAll(/[\da-f]{2}/gi), ([byte]) => Number.parseInt(byte, 16))),
  );
}
