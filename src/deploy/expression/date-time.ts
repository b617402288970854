// Date and time: reading ISO 8601 timestamps and durations, and the calendar. Everything is UTC; a timestamp with another
// offset remembers it, to be written as it was.

import type { Time } from '../../domain/time.ts';

export interface Timestamp {
  readonly time: Time;
  /** The .NET format that writes a time as this one was written. */
  readonly format: string;
  /** Minutes east of Greenwich. */
  readonly offset: number;
}

const EXTENDED =
  /^(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?(Z|[+-]\d\d:\d\d)?)?$/i;
const BASIC = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?$/i;

/** Undefined when the text is no timestamp. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const basic = BASIC.exec(text);
  if (basic !== null) {
    const [, year, month, day, hour, minute, second] = basic;
    const time = timeOf([year, month, day, hour, minute, second]);
    const format = hour === undefined ? 'yyyyMMdd' : "yyyyMMdd'T'HHmmss'Z'";
    return time === undefined ? undefined : { time, format, offset: 0 };
  }
  const extended = EXTENDED.exec(text);
  if (extended === null) return undefined;
  const [, year, month, day, separator, hour, minute, second, fraction, zone] = extended;
  const local = timeOf([year, month, day, hour, minute, second]);
  const offset = offsetOf(zone);
  if (local === undefined || offset === undefined) return undefined;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0').slice(0, 3));
  const parts = [
    'yyyy-MM-dd',
    hour === undefined ? '' : `'${separator}'HH:mm`,
    second === undefined ? '' : ':ss',
    fraction === undefined ? '' : `.${'f'.repeat(fraction.length)}`,
    zone === undefined ? '' : /^z$/i.test(zone) ? "'Z'" : 'zzz',
  ];
  return { time: local + milliseconds - offset * 60_000, format: parts.join(''), offset };
}

function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || /^z$/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  if (minutes > 14 * 60) return undefined;
  return zone.startsWith('-') ? -minutes : minutes;
}

/** Undefined when there is no such day or hour. */
function timeOf(fields: readonly (string | undefined)[]): Time | undefined {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = fields.map((field) =>
    field === undefined ? undefined : Number(field),
  );
  if (year < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  const time = utc(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000;
  const date = new Date(time);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : undefined;
}

/** Like `Date.UTC`, which takes the years below 100 for those of the last century. */
function utc(year: number, month: number, day: number): Time {
  return new Date(0).setUTCFullYear(year, month, day);
}

export interface CalendarDuration {
  readonly months: number;
  readonly milliseconds: number;
}

const DURATION =
  /^(-)?P(?:(\d{1,5})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,8})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,10})(?:\.(\d{1,9}))?S)?)?$/;

/** ISO 8601, with a sign before it for a negative one; undefined when it is none. Years and months are those of the calendar. */
export function parseCalendarDuration(text: string): CalendarDuration | undefined {
  const match = DURATION.exec(text);
  if (match === null || /[PT]$/.test(text)) return undefined;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(2, 9)
    .map((digits: string | undefined) => Number(digits ?? 0));
  const fraction = Math.floor(Number(`0.${match[9] ?? '0'}`) * 1000);
  const sign = match[1] === undefined ? 1 : -1;
  const whole = (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds;
  // Adding zero keeps a negative zero out.
  return { months: sign * (years * 12 + months) + 0, milliseconds: sign * (whole * 1000 + fraction) + 0 };
}

/** The last of a shorter month where the day does not exist; undefined outside of the years 1 to 9999. */
export function addDuration(time: Time, { months, milliseconds }: CalendarDuration): Time | undefined {
  const date = new Date(time);
  const index = date.getUTCFullYear() * 12 + date.getUTCMonth() + months;
  const [year, month] = [Math.floor(index / 12), index - Math.floor(index / 12) * 12];
  if (!isYear(year)) return undefined;
  const lastDay = new Date(utc(year, month + 1, 0)).getUTCDate();
  const midnight = utc(year, month, Math.min(date.getUTCDate(), lastDay));
  const timeOfDay = time - utc(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const result = midnight + timeOfDay + milliseconds;
  return isYear(new Date(result).getUTCFullYear()) ? result : undefined;
}

/** Also false for what is no time at all. */
export function isYear(year: number): boolean {
  return year >= 1 && year <= 9999;
}
