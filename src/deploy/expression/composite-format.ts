// Composite format: .NET's `String.Format`, `{index[,alignment][:format]}` with `{{` and `}}` for braces.
// Formats mean something for numbers only; texts and booleans are taken as they are.

import { isObject, type Json } from '../../domain/json.ts';
import { formatNumber } from './number-format.ts';
import { isList, membersOf, textOf } from './value.ts';

export type Formatted = { readonly text: string } | { readonly wrong: string };

const NOT_A_FORMAT = { wrong: 'Input string was not in a correct format.' };
const NO_SUCH_ARGUMENT = {
  wrong:
    'Index (zero based) must be greater than or equal to zero and less than the size of the argument list.',
};
const PIECE = /\{\{|\}\}|\{(\d{1,7})\s*(?:,\s*(-?\d{1,7})\s*)?(?::([^{}]*))?\}|[^{}]+/y;

/** `limit`: characters that the result may have. */
export function compositeFormat(format: string, values: readonly Json[], limit: number): Formatted {
  const parts: string[] = [];
  let length = 0;
  let at = 0;
  while (at < format.length) {
    PIECE.lastIndex = at;
    const match = PIECE.exec(format);
    if (match === null) return NOT_A_FORMAT;
    const piece = pieceOf(match, values, limit);
    if ('wrong' in piece) return piece;
    length += piece.text.length;
    if (length > limit) return { wrong: `The result exceeds the limit of ${limit} characters.` };
    parts.push(piece.text);
    at += match[0].length;
  }
  return { text: parts.join('') };
}

function pieceOf(match: RegExpExecArray, values: readonly Json[], limit: number): Formatted {
  const [whole, index, alignment = '0', format = ''] = match;
  if (index === undefined) return { text: whole === '{{' ? '{' : whole === '}}' ? '}' : whole };
  const value = values[Number(index)];
  if (value === undefined) return NO_SUCH_ARGUMENT;
  const text = typeof value === 'number' ? formatNumber(value, format) : plain(value);
  if (text === undefined) return { wrong: 'Format specifier was invalid.' };
  const width = Number(alignment);
  if (Math.abs(width) > limit) return NOT_A_FORMAT;
  return { text: width < 0 ? text.padEnd(-width) : text.padStart(width) };
}

/** Lists and objects are written with single quotes, as Azure writes them here. */
function plain(value: Json): string {
  return isList(value) || isObject(value) ? quoted(value) : textOf(value);
}

function quoted(value: Json): string {
  if (isList(value)) return `[${value.map(quoted).join(',')}]`;
  if (isObject(value)) {
    return `{${membersOf(value)
      .map(([key, member]) => `${quotedText(key)}:${quoted(member)}`)
      .join(',')}}`;
  }
  return typeof value === 'string' ? quotedText(value) : JSON.stringify(value);
}

function quotedText(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
