// The log: one line an entry, readable, with nothing of an error lost.
import { describe, expect, test } from 'vitest';

import { type LogLevel, logLine, openLog } from './log.ts';

const TIME = Date.UTC(2026, 10, 24, 6, 8, 0, 123);

const logged = (from: LogLevel | undefined, write: (log: ReturnType<typeof openLog>) => void): string[] => {
  const lines: string[] = [];
  write(openLog({ now: () => TIME, ...(from && { from }), write: (line) => lines.push(line) }));
  return lines;
};

describe('a log line', () => {
  test('has time, level, message and fields', () => {
    expect(
      logLine(TIME, 'warn', 'guest exited', { handle: 'ab_3', code: 1, clean: false, why: 'no reason' }),
    ).toBe('2026-11-24T06:08:00.123Z warn  guest exited handle=ab_3 code=1 clean=false why="no reason"');
  });

  test('leaves out what is undefined, and shows what is empty', () => {
    expect(logLine(TIME, 'info', 'm', { absent: undefined, nothing: null, empty: '' })).toMatch(
      /info {2}m nothing=null empty=""$/,
    );
  });

  test('is one line whatever it holds', () => {
    const error = new Error('first\nsecond', { cause: new Error('below\nit') });
    const line = logLine(TIME, 'error', 'a\r\nb', { text: 'x\ny', error, list: ['p\nq'] });
    expect(line).not.toMatch(/[\r\n]/);
    expect(line).toContain(String.raw`text="x\ny"`);
  });

  test('shows an error with its stack and the stacks of its causes', () => {
    const error = new Error('top', { cause: new TypeError('middle', { cause: 'bottom' }) });
    const line = logLine(TIME, 'error', 'm', { error });
    expect(line).toContain('Error: top');
    expect(line).toContain('caused by TypeError: middle');
    expect(line).toContain('caused by bottom');
    expect(line).toContain('log.test.ts');
  });
});

describe('a log', () => {
  test('drops what is below its level', () => {
    const all = (log: ReturnType<typeof openLog>): void => {
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log(level, level);
    };
    expect(logged(undefined, all)).toHaveLength(3);
    expect(logged('debug', all)).toHaveLength(4);
    expect(logged('error', all)).toEqual(['2026-11-24T06:08:00.123Z error error\n']);
  });
});
