// The plane's own log: one line an entry, on standard error, for a person or a collector. Callers hand in no secrets,
// so nothing is taken out here. An entry is one line whatever its fields hold.

import type { Time } from '../domain/time.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type LogFields = Readonly<Record<string, unknown>>;
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;

export interface LogOptions {
  readonly now: () => Time;
  /** Entries below this are dropped; default `info`. */
  readonly from?: LogLevel;
  readonly write?: (line: string) => void;
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

export function openLog({ now, from = 'info', write = toStandardError }: LogOptions): Log {
  const lowest = LEVELS.indexOf(from);
  return (level, message, fields = {}) => {
    if (LEVELS.indexOf(level) >= lowest) write(`${logLine(now(), level, message, fields)}\n`);
  };
}

/** `2026-11-24T06:08:00.123Z warn  guest exited handle=5b…_3 code=1` */
export function logLine(time: Time, level: LogLevel, message: string, fields: LogFields): string {
  const shown = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${fieldText(value)}`);
  return `${new Date(time).toISOString()} ${level.padEnd(5)} ${oneLine(message)}${shown.join('')}`;
}

function fieldText(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(errorText(value));
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value);
  return JSON.stringify(value) ?? String(value);
}

/** An error's stack with those of its causes, which Node's own `stack` leaves out. */
function errorText(error: Error): string {
  const own = error.stack ?? `${error.name}: ${error.message}`;
  if (error.cause === undefined) return own;
  return `${own}\ncaused by ${error.cause instanceof Error ? errorText(error.cause) : fieldText(error.cause)}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}

function toStandardError(line: string): void {
  process.stderr.write(line);
}
