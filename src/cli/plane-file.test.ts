// plane.json, and telling a plane that runs from one that is gone.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { findPlane, isRunning, removePlaneFile, requirePlane, writePlaneFile } from './plane-file.ts';

const plane = {
  pid: process.pid,
  port: 7443,
  endpoint: 'https://localhost:7443',
  started: '2026-11-24T08:00:00Z',
};

async function goneProcess(): Promise<number> {
  const child = spawn(process.execPath, ['--version']);
  await once(child, 'close');
  return child.pid ?? 0;
}

describe('the file', () => {
  test('says who serves the directory for as long as that process lives', async () => {
    const data = temporaryDirectory();
    expect(findPlane(data)).toBeUndefined();
    writePlaneFile(data, plane);
    expect(findPlane(data)).toEqual(plane);
    expect(requirePlane(data)).toEqual(plane);
    writePlaneFile(data, { ...plane, pid: await goneProcess() });
    expect(findPlane(data)).toBeUndefined();
  });

  test('is removed by the process that wrote it and by no other', () => {
    const data = temporaryDirectory();
    writePlaneFile(data, plane);
    removePlaneFile(data, plane.pid + 1);
    expect(findPlane(data)).toEqual(plane);
    removePlaneFile(data, plane.pid);
    expect(existsSync(join(data, 'plane.json'))).toBe(false);
    removePlaneFile(data, plane.pid);
  });

  test('where no plane runs, the sentence says so and the exit code is 3', () => {
    const data = temporaryDirectory();
    const sentence = `No plane is running on ${data}. Start one with: muster up`;
    expect(() => requirePlane(data)).toThrow(
      expect.objectContaining({ message: sentence, exitCode: 3 }) as Error,
    );
    expect(() => requirePlane(join(data, 'nowhere'))).toThrow(/^No plane is running/);
  });

  test.each(['', '[]', '{"pid":"1"}', '{"pid":1.5}', '{"pid":1,"port":2,"endpoint":""}'])(
    'that is damaged (%s) is named',
    (text) => {
      const data = temporaryDirectory();
      const path = join(data, 'plane.json');
      writeFileSync(path, text);
      expect(() => findPlane(data)).toThrow(`${path} is damaged`);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );
});

describe('a process', () => {
  test('runs, or does not', async () => {
    expect(isRunning(process.pid)).toBe(true);
    expect(isRunning(await goneProcess())).toBe(false);
    expect([0, -1, 2 ** 30].filter((pid) => isRunning(pid))).toEqual([]);
  });

  test.runIf(process.platform === 'linux')('that ended but was never asked after does not run', async () => {
    // The shell becomes `cat`, which knows nothing of the child it has inherited: `head`, until it is sent a byte.
    const script = 'head -c 1 <&3 >/dev/null & echo $!; exec cat 3<&-';
    const parent = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit', 'pipe'] });
    const lines = createInterface(parent.stdout as Readable);
    const [pid] = (await once(lines, 'line')).map(Number) as [number];
    (parent.stdin as Writable).write('are you cat?\n');
    await once(lines, 'line');
    expect(isRunning(pid)).toBe(true);
    (parent.stdio[3] as Writable).end('x');
    const state = (): string | undefined => /\) (\S)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    while (state() !== 'Z') await new Promise(setImmediate);
    process.kill(pid, 0);
    expect(isRunning(pid)).toBe(false);
    (parent.stdin as Writable).end();
    await once(parent, 'close');
  });
});
