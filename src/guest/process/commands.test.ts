// Commands in real guests: what a script finds, what is kept of it, and how thoroughly it is ended.
import { promises as fs, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';

import { G, isolations, openProcessHarness } from '../../../test/testing/process-guests.ts';
import { openProcessTable } from './process-table.ts';

const table = openProcessTable();

describe.for((await isolations()).map((isolation) => ({ isolation })))('with $isolation', ({ isolation }) => {
  async function open(spec = {}) {
    const harness = await openProcessHarness({ isolation });
    onTestFinished(() => harness.close());
    await harness.created(G, spec);
    return harness;
  }

  test('a script lies and works where Azure’s agent puts it', async () => {
    const h = await open();
    const first = await h.run(G, 'echo "$0"; pwd');
    const second = await h.run(G, 'echo "$0"');
    const root = isolation === 'namespaces' ? '' : join(h.directory, G, 'os');
    const place = `${root}/var/lib/waagent/run-command/download`;
    expect(first.stdout).toBe(`${place}/0/script.sh\n${place}/0\n`);
    expect(second.stdout).toBe(`${place}/1/script.sh\n`);
  });

  test('unnamed parameters are positional, named ones variables, and those of az both', async () => {
    const h = await open();
    const parameters = [
      { name: 'greeting', value: `it's "$HOME"` },
      { value: 'a b' },
      { name: 'not-a-name', value: 'lost' },
      { value: '' },
      { name: 'arg1', value: 'first of az' },
    ];
    const script = 'echo "$greeting, $arg1"; for word; do echo "[$word]"; done';
    const { stdout } = await h.run(G, script, { parameters });
    expect(stdout).toBe(`it's "$HOME", first of az\n[a b]\n[]\n[first of az]\n`);
  });

  test('no line of a script and no named parameter shows in the process table', async () => {
    const h = await open();
    const command = {
      script: ': line-of-the-script; sleep 2147483640',
      parameters: [{ name: 'password', value: 'value-of-the-secret' }],
      timeoutMs: 3_600_000,
    };
    await h.guests.exec(G, 'key', command);
    let lines = '';
    while (!lines.includes('sleep\x002147483640')) {
      lines = h
        .processes(G)
        .map((pid) => commandLine(pid))
        .join('\n');
      expect(lines).not.toMatch(/line-of-the-script|value-of-the-secret/);
      await h.run(G, ':');
    }
  });

  test('a script names its interpreter, or is read by bash', async () => {
    const h = await open();
    expect((await h.run(G, '#!/usr/bin/env -S awk -f\nBEGIN { print "awk" }\n')).stdout).toBe('awk\n');
    expect((await h.run(G, '[[ -n $BASH_VERSION ]] && echo bash')).stdout).toBe('bash\n');
    expect((await h.run(G, 'echo from\r\necho windows\r\n')).stdout).toBe('from\nwindows\n');
  });

  test('a script that is not one fails as in a shell', async () => {
    const h = await open();
    expect(await h.run(G, 'no-such-command-here')).toMatchObject({ state: 'exited', exitCode: 127 });
    expect(await h.run(G, 'kill -9 $$')).toMatchObject({ state: 'exited', exitCode: 137 });
    expect(await h.run(G, '')).toMatchObject({ state: 'exited', exitCode: 0, stdout: '' });
  });

  test('runs as a user of the guest, and refuses one that is none', async () => {
    const h = await open({ adminUsername: 'azureuser' });
    const known = await h.run(G, 'echo "$USER ${HOME#$MUSTER_ROOT}"', { runAs: 'azureuser' });
    expect(known.stdout).toBe('azureuser /home/azureuser\n');
    const unknown = await h.run(G, 'echo ran', { runAs: "no'body" });
    expect(unknown).toMatchObject({ exitCode: 1, stdout: '', stderr: "There is no user 'no'body'.\n" });
  });

  test('a flood of output is kept small on disk, and its end is what is kept', async () => {
    const h = await open();
    const flood = 'head -c 20000000 /dev/zero | tr "\\0" x; printf the-end; printf %05000d 0 >&2';
    const ended = await h.run(G, flood);
    expect(ended.stdout).toBe(`${'x'.repeat(4096 - 7)}the-end`);
    expect(ended.stderr).toBe('0'.repeat(4096));
    await h.guests.exec(G, 'endless', { script: 'yes', parameters: [], timeoutMs: 3_600_000 });
    const place = join(h.directory, G, 'executions/1');
    // Once its first file was full, it has printed more than may be kept.
    while (!(await fs.readdir(place)).includes('stdout.old')) await h.run(G, ':');
    expect(await bytesBelow(place)).toBeLessThan(4_000_000);
    await h.guests.cancel(G, 'endless');
  });

  test('output is there while the command runs', async () => {
    const h = await open();
    const command = { script: 'echo so far; sleep 2147483647', parameters: [], timeoutMs: 3_600_000 };
    await h.guests.exec(G, 'key', command);
    // Nobody is told of output, so something else has to happen in between.
    await h.until(async () => {
      const execution = await h.guests.execution(G, 'key');
      if (execution?.stdout !== '') return true;
      await h.run(G, ':');
      return false;
    });
    expect(await h.guests.execution(G, 'key')).toMatchObject({ state: 'running', stdout: 'so far\n' });
  });

  test('a command ends when its script does, and what it left running goes on', async () => {
    const h = await open();
    const ended = await h.run(G, 'echo started; sleep 2147483647 &');
    expect(ended).toMatchObject({ state: 'exited', exitCode: 0, stdout: 'started\n' });
    expect((await h.run(G, 'ps -eo args | grep -c "[s]leep 2147483647"')).stdout).not.toBe('0\n');
    expect(await h.guests.get(G)).toMatchObject({ power: 'running' });
  });

  test.for([
    ['its time limit', 'timedOut'],
    ['cancel', undefined],
  ] as const)('%s ends the whole tree of a command', async ([, state]) => {
    const h = await open();
    const script = [
      'sleep 2147483647 &',
      '(setsid sleep 2147483647 >/dev/null 2>&1 &)',
      `sh -c 'trap "" TERM; while :; do sleep 1000; done' &`,
      'echo up >up; wait',
    ].join('\n');
    await h.guests.exec(G, 'key', { script, parameters: [], timeoutMs: state ? 1000 : 3_600_000 });
    const id = (
      JSON.parse(await fs.readFile(join(h.directory, G, 'executions/0/record.json'), 'utf8')) as {
        id: string;
      }
    ).id;
    // What it started, and what ran it.
    const alive = () => [...table.marked(`MUSTER_EXECUTION=${id}`), ...table.marked(`MUSTER_RUNNER=${id}`)];
    if (state === undefined) {
      while (alive().length < 5) await h.run(G, ':');
      await h.guests.cancel(G, 'key');
      await h.until(async () => (await h.guests.execution(G, 'key')) === undefined);
    } else {
      await h.until(async () => (await h.guests.execution(G, 'key'))?.state === state);
    }
    expect(alive()).toEqual([]);
    expect(await h.guests.get(G)).toMatchObject({ power: 'running' });
  });

  test.for([
    ['that has hardly begun', false, false],
    ['that runs', true, false],
    ['that runs, with another plane since', true, true],
  ] as const)('a command %s is known until nothing of it is left', async ([, runs, reopens]) => {
    const h = await open();
    const script = 'for i in 1 2 3 4 5 6 7 8; do sleep 2147483647 & setsid sleep 2147483647 & done; wait';
    await h.guests.exec(G, 'key', { script, parameters: [], timeoutMs: 3_600_000 });
    const { id } = JSON.parse(
      await fs.readFile(join(h.directory, G, 'executions/0/record.json'), 'utf8'),
    ) as { id: string };
    const alive = () => table.marked(`MUSTER_EXECUTION=${id}`);
    if (runs) while (alive().length < 17) await h.run(G, ':');
    await h.guests.cancel(G, 'key');
    if (reopens) await h.reopen();
    await h.until(async () => (await h.guests.execution(G, 'key')) === undefined);
    expect(alive()).toEqual([]);
    expect(table.marked(`MUSTER_RUNNER=${id}`)).toEqual([]);
    expect(await fs.readdir(join(h.directory, G, 'executions'))).not.toContain('0');
  });

  test('what is kept of an ended command is its result, not its parameters', async () => {
    const h = await open();
    await h.run(G, 'echo done', { parameters: [{ name: 'password', value: 'value-of-the-secret' }] });
    const place = join(h.directory, G, 'executions/0');
    await h.until(async () => {
      if ((await fs.readdir(place)).length === 1) return true;
      await h.run(G, ':');
      return false;
    });
    expect(await fs.readFile(join(place, 'record.json'), 'utf8')).not.toContain('value-of-the-secret');
  });

  test('user data is readable in the guest at any time, and follows a new spec', async () => {
    const encoded = (text: string) => Buffer.from(text).toString('base64');
    const h = await open({ userData: encoded('first') });
    expect((await h.run(G, 'cat "$MUSTER_RUN/user-data"')).stdout).toBe('first');
    const spec = { name: 'web_0', computerName: 'web000000', image: 'base', size: 's', dataDisks: [] };
    await h.guests.reconfigure(G, { generation: 1, spec: { ...spec, userData: encoded('second') } });
    expect((await h.run(G, 'cat "$MUSTER_RUN/user-data"')).stdout).toBe('second');
  });
});

/** Empty when the process is gone by now. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
  } catch {
    return '';
  }
}

async function bytesBelow(directory: string): Promise<number> {
  let bytes = 0;
  for (const entry of await fs.readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // A full file is just becoming the old one.
    const found = entry.isFile() ? await fs.stat(path).catch(() => undefined) : undefined;
    bytes += found?.size ?? 0;
  }
  return bytes;
}
