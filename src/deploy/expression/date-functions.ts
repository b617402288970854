// Date functions. Must hold: no time comes from anywhere but the arguments and the scope.

import type { Json } from '../../domain/json.ts';
import type { Time } from '../../domain/time.ts';
import { integerArgument, invalid, textArgument } from './arguments.ts';
import { formatTime } from './date-format.ts';
import { addDuration, isYear, parseCalendarDuration, parseTimestamp, type Timestamp } from './date-time.ts';
import { type Arguments, define, type FunctionDefinition } from './function-definition.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { onlyInDefaults } from './string-functions.ts';

const EPOCH_FORMAT = "yyyy-MM-dd'T'HH:mm:ss'Z'";

export const dateFunctions: readonly FunctionDefinition[] = [
  define('dateTimeAdd', [2, 3], dateTimeAdd),
  define('dateTimeFromEpoch', [1, 1], (args) => {
    const time = integerArgument(args, 0) * 1000;
    if (!isYear(new Date(time).getUTCFullYear())) throw invalid(args, 'The time is out of range.');
    return formatted(args, time, EPOCH_FORMAT);
  }),
  define('dateTimeToEpoch', [1, 1], (args) => Math.floor(timestampArgument(args, 0).time / 1000)),
  define('utcNow', [0, 1], (args) => {
    const { now } = args.scope;
    if (now === undefined) throw onlyInDefaults(args);
    return formatted(args, now, args.count === 0 ? "yyyyMMdd'T'HHmmss'Z'" : textArgument(args, 0));
  }),
];

/** Documented: without a format, the sum is written as its base is. */
function dateTimeAdd(args: Arguments): Json {
  const base = timestampArgument(args, 0);
  const duration = parseCalendarDuration(textArgument(args, 1));
  if (duration === undefined) {
    throw new ExpressionProblem(
      `The template function '${args.name}' has an invalid parameter. The second parameter '${args.quoted(1)}' is not a valid ISO8601 Duration string. ${USAGE}`,
    );
  }
  const sum = addDuration(base.time, duration);
  if (sum === undefined) throw invalid(args, 'The time is out of range.');
  return args.count === 3
    ? formatted(args, sum, textArgument(args, 2))
    : formatted(args, sum, base.format, base.offset);
}

function timestampArgument(args: Arguments, at: number): Timestamp {
  const timestamp = parseTimestamp(textArgument(args, at));
  if (timestamp !== undefined) return timestamp;
  throw new ExpressionProblem(
    `The template function '${args.name}' has an invalid parameter. The first parameter '${args.quoted(at)}' is not a valid ISO8601 timestamp. ${USAGE}`,
  );
}

function formatted(args: Arguments, time: Time, format: string, offset = 0): string {
  const text = formatTime(time, format, offset);
  if (text !== undefined) return text;
  throw invalid(args, 'The format is not a valid format of dates and times.');
}
