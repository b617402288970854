// An action that is cut off in its middle, by Ctrl-C, by `kill -9`, and by the end of its plane, on real guests: the record says how far it came, `muster resume` goes on,
// and in the end each instance was restarted exactly once.
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guestHandle } from '../../src/domain/guest.ts';
import { Arm, until } from './arm.ts';
import { allUp, SET } from './balanced.ts';
import { killNow, lifeOf } from './guests.ts';
import { type Muster, startMuster } from './muster.ts';

let muster: Muster;
let arm: Arm;
let uid: string;

const ACTION = ['restart', '0', '1', '2', '--whole-set', '--confirm', 'web'] as const;

beforeAll(async () => {
  muster = await startMuster('--sample', '--time-scale', '5');
  arm = await Arm.connect(muster);
  await until(async () => (await arm.send('GET', SET)).status === 200);
  await allUp(arm, '0', '1', '2');
  await muster.must('use', 'sample/web');
  uid = (await arm.must<{ properties: { uniqueId: string } }>('GET', SET)).properties.uniqueId;
});

afterAll(() => muster?.close());

const lives = (): readonly string[] => [0, 1, 2].map((id) => lifeOf(muster.data, guestHandle(uid, id)).token);

/** How often each instance's restart was accepted so far. */
async function restarts(): Promise<readonly number[]> {
  const log = await arm.activity(
    `resourceGroupName eq 'sample' and status eq 'Accepted' and eventTimestamp ge '2020-01-01T00:00:00Z'`,
  );
  const ids = log
    .filter(({ operationName }) => /\/restart\/action$/i.test(operationName.value))
    .map(({ properties, resourceId }) => properties.instanceIds ?? resourceId.split('/').at(-1));
  return ['0', '1', '2'].map((id) => ids.filter((one) => one === id).length);
}

/** Reads what it tells until a line is like that. */
async function tells(child: ChildProcess, pattern: RegExp): Promise<void> {
  for await (const line of createInterface(child.stderr as NodeJS.ReadableStream))
    if (pattern.test(line)) return;
  throw new Error(`it ended without ${String(pattern)}`);
}

test('Ctrl-C is exit code 130, and what was verified is not done again', async () => {
  const [before, counted] = [lives(), await restarts()];
  const action = muster.begin(...ACTION);
  const ended = once(action, 'close');
  await tells(action, / canary: verified$/);
  action.kill('SIGINT');
  expect(await ended).toEqual([130, null]);
  expect(await muster.must('evidence', 'list')).toMatch(/-restart-web-\w+ +not finished/);
  expect(await muster.must('resume')).toMatch(/^3 instances: restart is done and verified\.$/m);
  expect((await restarts()).map((count, at) => count - (counted[at] ?? 0))).toEqual([1, 1, 1]);
  expect(lives().filter((token) => before.includes(token))).toEqual([]);
});

test('kill -9 while a request is under way repeats none, whether its answer was heard or not', async () => {
  const counted = await restarts();
  const action = muster.begin(...ACTION);
  const ended = once(action, 'close');
  await tells(action, / restart 0$/);
  killNow(actor());
  await ended;
  const resumed = await muster.run('resume', '-o', 'json');
  expect([resumed.code, JSON.parse(resumed.stdout)]).toEqual([
    0,
    expect.objectContaining({ outcome: 'succeeded' }),
  ]);
  expect((await restarts()).map((count, at) => count - (counted[at] ?? 0))).toEqual([1, 1, 1]);
  expect((await muster.run('evidence', 'verify')).code).toBe(0);
  expect((await muster.run('resume')).stderr).toBe('muster: There is no action that is not finished.\n');
});

test('a second action on the set while one is at it is exit code 7, and nothing of it is sent', async () => {
  const counted = await restarts();
  const action = muster.begin('restart', '0', '--yes');
  const ended = once(action, 'close');
  await tells(action, / restart 0$/);
  // It stands still until the other has had its answer.
  const pid = actor();
  process.kill(pid, 'SIGSTOP');
  const second = await muster.run('restart', '1', '--yes');
  process.kill(pid, 'SIGCONT');
  expect([second.code, second.stdout]).toEqual([7, '']);
  expect(second.stderr).toMatch(
    /^muster: Another process \(\d+\) is acting on this set; one action at a time, so that together they keep to the radius\. Nothing was sent\.\n$/,
  );
  expect(await ended).toEqual([0, null]);
  expect((await restarts()).map((count, at) => count - (counted[at] ?? 0))).toEqual([1, 0, 0]);
});

test('a plane that is gone in the middle is exit code 3, and the action goes on at the next one', async () => {
  const counted = await restarts();
  const action = muster.begin(...ACTION);
  const ended = once(action, 'close');
  await tells(action, / canary: verified$/);
  await muster.kill9();
  expect(await ended).toEqual([3, null]);
  await muster.again();
  arm = await Arm.connect(muster);
  expect(await muster.must('resume')).toMatch(/^3 instances: restart is done and verified\.$/m);
  expect((await restarts()).map((count, at) => count - (counted[at] ?? 0))).toEqual([1, 1, 1]);
});

/** The process that holds the claim on the set: the command itself is only its parent. */
function actor(): number {
  const claims = join(muster.data, 'state', 'muster', 'claims');
  const [claim = ''] = readdirSync(claims);
  return Number(readFileSync(join(claims, claim), 'utf8'));
}
