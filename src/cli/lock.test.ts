// Locks between real processes: whoever comes at the same time, one has it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { isLocked, lock } from './lock.ts';
import { EXIT } from './problem.ts';

const PROGRAM = `
  const { lock } = await import(${JSON.stringify(new URL('lock.ts', import.meta.url).href)});
  process.stdout.write('ready\\n');
  process.stdin.once('data', () => {
    try { lock(process.argv[1], 'there'); process.stdout.write('has it\\n'); }
    catch (error) { process.stdout.write(error.message + '\\n'); }
    process.stdin.once('data', () => process.exit());
  });
`;

async function contender(path: string): Promise<{ child: ChildProcess; next: () => Promise<string> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  expect(await next()).toBe('ready');
  return { child, next };
}

test('of many that come at once to what a dead process has left, one has it, and it is free when that one is gone', async () => {
  const path = join(temporaryDirectory(), 'claim');
  for (let round = 0; round < 3; round += 1) {
    writeFileSync(path, '0');
    const all = await Promise.all(Array.from({ length: 6 }, async () => contender(path)));
    for (const { child } of all) child.stdin?.write('go\n');
    const said = await Promise.all(all.map(async ({ next }) => next()));
    expect(said.filter((line) => line === 'has it')).toHaveLength(1);
    expect(
      said.filter((line) => /^Another process \(\d+\) is there\. Nothing was sent\.$/.test(line)),
    ).toHaveLength(5);
    expect(isLocked(path)).toBe(true);
    await Promise.all(
      all.map(async ({ child }) => {
        const ended = once(child, 'exit');
        child.stdin?.write('end\n');
        await ended;
      }),
    );
    expect(isLocked(path)).toBe(false);
  }
});

test('who holds it lets go, and a refusal has the exit code of one', () => {
  const path = join(temporaryDirectory(), 'claim');
  const release = lock(path, 'there');
  expect(() => lock(path, 'there')).toThrow(expect.objectContaining({ exitCode: EXIT.refused }));
  release();
  lock(path, 'there')();
});
