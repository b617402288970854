// The command that a person started is killed, and not the process behind it: that one ends as by Ctrl-C, a plane and an action alike.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Arm, until } from './arm.ts';
import { SET } from './balanced.ts';
import { killNow } from './guests.ts';
import { type Muster, startMuster } from './muster.ts';

let muster: Muster;

beforeAll(async () => {
  muster = await startMuster('--sample', '--guests', 'simulated', '--time-scale', '20');
  const arm = await Arm.connect(muster);
  await until(async () => (await arm.send('GET', SET)).status === 200);
  await muster.must('use', 'sample/web');
  const wellOnes = ['list', '--where', 'health=healthy and provisioning=Succeeded', '-o', 'tsv', '--no-log'];
  await until(async () => (await muster.run(...wellOnes)).stdout.trim().split('\n').length === 3);
});

afterAll(() => muster?.close());

test('an action stops where its record is true', async () => {
  const action = muster.begin('restart', '0', '1', '--confirm', 'web');
  const lines = createInterface(action.stderr as NodeJS.ReadableStream);
  for await (const line of lines) if (line.endsWith(' restart 0')) break;
  // Its output ends when the last process that has it does.
  const ended = once(action.stdout as NodeJS.ReadableStream, 'close');
  action.stdout?.resume();
  action.stderr?.resume();
  killNow(action.pid ?? 0);
  await ended;
  const { stdout } = await muster.run('evidence', 'list');
  expect(stdout).toMatch(/-restart-web-\w+ +not finished/);
  const id = stdout.split(' ')[0] ?? '';
  expect((await muster.run('evidence', 'show', id)).stdout).toContain('The operator has interrupted it.');
  expect((await muster.run('resume')).stdout).toMatch(/^2 instances: restart is done and verified\.$/m);
});

test('a plane shuts down', async () => {
  const up = muster.begin('up', '--data', join(muster.data, 'other'), '--guests', 'simulated', '--port', '0');
  await once(createInterface(up.stdout as NodeJS.ReadableStream), 'line');
  const file = join(muster.data, 'other', 'plane.json');
  expect(existsSync(file)).toBe(true);
  const ended = once(up.stdout as NodeJS.ReadableStream, 'close');
  up.stdout?.resume();
  up.stderr?.resume();
  killNow(up.pid ?? 0);
  await ended;
  expect(existsSync(file)).toBe(false);
});
