// Which times of a row count as passed.
import { expect, test } from 'vitest';
import { instanceRow, taskRow, THEN } from '../../test/testing/rows.ts';
import { put } from '../app/ports/store.ts';
import type { ExtensionRecord } from '../domain/extension-record.ts';
import { latestTimeOf } from './times.ts';

test('the latest time of an instance is the latest that has passed, its extensions’ too, and never a deadline', () => {
  const record: ExtensionRecord = {
    name: 'a',
    handler: 'P.T',
    version: '1.0',
    print: '0',
    run: 1,
    state: 'failed',
    since: THEN + 7,
  };
  const task = taskRow('create', { since: THEN + 5, extensionsUntil: THEN + 5_400_000 });
  const row = (records: readonly ExtensionRecord[]) =>
    instanceRow({ task, extensions: { own: [], records, disk: 0, runs: 1 } });
  expect(latestTimeOf(put('instance', row([])))).toBe(THEN + 5);
  expect(latestTimeOf(put('instance', row([record])))).toBe(THEN + 7);
  expect(latestTimeOf(put('instance', row([{ ...record, endedAt: THEN + 9 }])))).toBe(THEN + 9);
});
