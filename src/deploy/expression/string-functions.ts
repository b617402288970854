// String functions. What they share with lists is in `collection-functions`, codes and addresses in `encoding-functions`.

import type { Json } from '../../domain/json.ts';
import {
  integerArgument,
  invalid,
  listArgument,
  restTexts,
  textArgument,
  twoTexts,
  wrongType,
} from './arguments.ts';
import { compositeFormat } from './composite-format.ts';
import {
  ANY,
  type Arguments,
  define,
  type FunctionDefinition,
  notExpectedHere,
} from './function-definition.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { guidOf, uniqueStringOf } from './unique-names.ts';
import { fold, isList, textOf, typeOf } from './value.ts';
import { MAX_SIZE } from './weight.ts';

const MOST_COMPARISONS = 2 ** 26;

export const stringFunctions: readonly FunctionDefinition[] = [
  define('string', [1, 1], (args) => textOf(args.value(0))),
  define('toLower', [1, 1], (args) => textArgument(args, 0).toLowerCase()),
  define('toUpper', [1, 1], (args) => textArgument(args, 0).toUpperCase()),
  define('trim', [1, 1], (args) => textArgument(args, 0).trim()),
  // Without regard to case, both.
  define('startsWith', [2, 2], (args) => {
    const [text, part] = twoTexts(args);
    return fold(text).startsWith(fold(part));
  }),
  define('endsWith', [2, 2], (args) => {
    const [text, part] = twoTexts(args);
    return fold(text).endsWith(fold(part));
  }),
  define('join', [2, 2], join),
  define('split', [2, 2], split),
  define('replace', [3, 3], replace),
  define('substring', [2, 3], substring),
  define('padLeft', [2, 3], padLeft),
  define('format', [1, ANY], format),
  define('guid', [1, ANY], (args) => guidOf(restTexts(args, 0))),
  define('uniqueString', [1, ANY], (args) => uniqueStringOf(restTexts(args, 0))),
  define('newGuid', [0, 0], (args) => {
    const guid = args.scope.newGuid?.();
    if (guid !== undefined) return guid;
    throw onlyInDefaults(args);
  }),
];

/** Of `newGuid` and `utcNow`, which give another value each time. */
export function onlyInDefaults(args: Arguments): ExpressionProblem {
  return notExpectedHere(
    args.name,
    `The function can only be used in the default value of a parameter. ${USAGE}`,
  );
}

function join(args: Arguments): Json {
  const parts = listArgument(args, 0).map(textOf);
  const delimiter = textArgument(args, 1);
  bounded(args, delimiter.length * parts.length);
  return parts.join(delimiter);
}

/** At every delimiter of one or several; an empty one is none. */
function split(args: Arguments): Json {
  const text = textArgument(args, 0);
  const real = delimitersArgument(args).filter((delimiter) => delimiter !== '');
  if (real.length === 0) return [text];
  // Every delimiter is looked for at every place.
  if (text.length * real.length > MOST_COMPARISONS) {
    throw invalid(args, 'There are too many delimiters for a string of that length.');
  }
  return text.split(new RegExp(real.map(escaped).join('|'), 'g'));
}

function delimitersArgument(args: Arguments): readonly string[] {
  const value = args.value(1);
  if (typeof value === 'string') return [value];
  const isText = (item: Json): item is string => typeof item === 'string';
  if (isList(value) && value.every(isText)) return value;
  throw wrongType(args, 1, "of type 'String or Array of Strings'");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
}

function replace(args: Arguments): Json {
  const [text, old, next] = [textArgument(args, 0), textArgument(args, 1), textArgument(args, 2)];
  if (old === '') throw invalid(args, 'The string to be replaced cannot be of zero length.');
  const parts = text.split(old);
  bounded(args, text.length + parts.length * next.length);
  return parts.join(next);
}

function substring(args: Arguments): Json {
  const text = textArgument(args, 0);
  const start = integerArgument(args, 1);
  const length = args.count === 3 ? integerArgument(args, 2) : text.length - start;
  if (start >= 0 && length >= 0 && start + length <= text.length) return text.slice(start, start + length);
  throw new ExpressionProblem(
    `Unable to evaluate template language function '${args.name}'. The index and length parameters must refer to a location within the string. ` +
      `The index parameter: '${start}', the length parameter: '${length}', the length of the string parameter: '${text.length}'. ${USAGE}`,
  );
}

/** Azure pads to no more than 16 characters. */
function padLeft(args: Arguments): Json {
  const [value, width] = [args.value(0), args.value(1)];
  const padding = args.count === 3 ? args.value(2) : ' ';
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw notPadded(
      args,
      'first',
      `The source string must be a String or integer type, while '${typeOf(value)}' was provided.`,
    );
  }
  if (!Number.isInteger(width) || Number(width) < 1 || Number(width) > 16) {
    throw notPadded(
      args,
      'second',
      `Total width must be a positive integer value and not greater than '16', while '${args.quoted(1)}' was provided.`,
    );
  }
  if (typeof padding !== 'string') {
    throw notPadded(
      args,
      'third',
      `The padding character must be a string type, while '${typeOf(padding)}' was provided.`,
    );
  }
  if (padding.length !== 1) {
    throw notPadded(
      args,
      'third',
      `The padding character must be a single character, while '${args.quoted(2)}' was provided.`,
    );
  }
  return textOf(value).padStart(Number(width), padding);
}

function notPadded(args: Arguments, which: string, reason: string): ExpressionProblem {
  return new ExpressionProblem(
    `Unable to evaluate template language function '${args.name}': the ${which} parameter is invalid. ${reason} ` +
      `The syntax is padLeft(string, totalWidth [, paddingChar]). ${USAGE}`,
  );
}

function format(args: Arguments): Json {
  const values = Array.from({ length: args.count - 1 }, (_, index) => args.value(index + 1));
  const result = compositeFormat(textArgument(args, 0), values, MAX_SIZE);
  if ('text' in result) return result.text;
  throw new ExpressionProblem(
    `Unable to evaluate language function '${args.name}': the format is invalid: '${result.wrong}'. ${USAGE}`,
  );
}

/** Before a text is made that could not be kept. */
function bounded(args: Arguments, length: number): void {
  if (length > MAX_SIZE) throw invalid(args, `The result exceeds the limit of ${MAX_SIZE} characters.`);
}
