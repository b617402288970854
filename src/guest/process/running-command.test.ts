// A command that an earlier plane began, in a process table that says what is left of it. What never happens: it is settled
// before its time while something of it is there, unless that cannot be ended.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, onTestFinished, test } from 'vitest';

import { manualClock } from '../../../test/testing/manual-clock.ts';
import { type ExecutionRecord, readRecord } from './execution-record.ts';
import type { Host } from './host.ts';
import type { ProcessRef } from './process-table.ts';
import { RunningCommand } from './running-command.ts';

/** Numbers beyond every one that Linux gives, so that nobody is hit. */
const RUNNER: ProcessRef = { pid: 10_000_000, start: '1' };
const STRAY: ProcessRef = { pid: 10_000_001, start: '1' };
const MINUTE = 60_000;

function adopted() {
  const directory = mkdtempSync(join(tmpdir(), 'muster-command-'));
  onTestFinished(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  writeFileSync(join(directory, 'runner'), `${RUNNER.pid} ${RUNNER.start}\n`);
  const clock = manualClock(0);
  const there = new Set([RUNNER, STRAY]);
  const isThere = ({ pid }: ProcessRef) => [...there].some((other) => other.pid === pid);
  const table = {
    look: (process: ProcessRef) => (isThere(process) ? 'running' : 'gone'),
    marked: () => (there.has(STRAY) ? [STRAY] : []),
    seesMarks: true,
  };
  const record: ExecutionRecord = {
    version: 1,
    key: 'key',
    number: 0,
    id: 'id',
    startedAt: 0,
    timeoutMs: MINUTE,
    boot: 'boot',
  };
  const settled: ExecutionRecord[] = [];
  const gone: unknown[] = [];
  const command = new RunningCommand(
    {
      host: { clock, table } as unknown as Host,
      directory,
      guestIsOver: () => false,
      settled: (final) => settled.push(final),
      gone: () => gone.push(true),
    },
    record,
  );
  expect(command.adopt()).toBe(true);
  return { command, clock, there, directory, settled, gone };
}

test('one to be forgotten is settled when its last process is gone, however long that takes', async () => {
  const { command, clock, there, directory, settled, gone } = adopted();
  await command.end('forgotten');
  clock.advance(MINUTE);
  there.delete(RUNNER);
  clock.advance(MINUTE);
  command.pulse();
  expect([settled, gone]).toEqual([[], []]);
  expect((await readRecord(directory))?.ending).toBe('forgotten');
  there.delete(STRAY);
  clock.advance(20);
  await command.settle();
  expect([settled.length, settled[0]?.ended]).toEqual([1, undefined]);
  expect(await readRecord(directory)).toBeUndefined();
  await Promise.resolve();
  expect(gone).toHaveLength(1);
});

test('one to be forgotten stays so when its time is up meanwhile', async () => {
  const { command, there, directory } = adopted();
  await command.end('forgotten');
  await command.end('timedOut');
  there.clear();
  command.pulse();
  await command.settle();
  expect(await readRecord(directory)).toBeUndefined();
});

test('one whose time is up has its result at last, though something of it cannot be ended', async () => {
  const { command, clock, there, settled, gone } = adopted();
  await command.end('timedOut');
  there.delete(RUNNER);
  clock.advance(20 * 1000);
  expect(settled).toEqual([]);
  clock.advance(20 * 1000);
  await command.settle();
  expect(settled[0]?.ended).toMatchObject({ state: 'timedOut' });
  await Promise.resolve();
  expect(gone).toHaveLength(1);
});
