// The driver's smaller parts, each alone: files, process table, mount table, addresses, images, errors, commands' ends.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  promises as fs,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';

import { GuestError } from '../../app/ports/guests.ts';
import { Addresses, addressPrefix, candidateHost } from './address.ts';
import { imageFiles } from './images.ts';
import { guestError } from './errors.ts';
import { endState, type ExecutionRecord } from './execution-record.ts';
import { readTail, removeTree, wholeCharacters, writeWhole } from './files.ts';
import { escape, mountFlags } from './namespaces.ts';
import { payload } from './payload.ts';
import { openProcessTable, parseStat, withDescendants } from './process-table.ts';

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'muster-parts-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describe('files', () => {
  test('a whole write replaces a link instead of following it, and leaves nothing beside', async () => {
    const directory = temporary();
    writeFileSync(join(directory, 'target'), 'untouched');
    symlinkSync('target', join(directory, 'file'));
    await writeWhole(join(directory, 'file'), 'new', 'durable');
    expect(await fs.readFile(join(directory, 'target'), 'utf8')).toBe('untouched');
    expect(await fs.readFile(join(directory, 'file'), 'utf8')).toBe('new');
    expect((await fs.stat(join(directory, 'file'))).mode & 0o777).toBe(0o600);
    expect((await fs.readdir(directory)).toSorted()).toEqual(['file', 'target']);
  });

  test('a write that fails leaves the old content and nothing beside', async () => {
    const directory = temporary();
    mkdirSync(join(directory, 'file/full'), { recursive: true });
    await expect(writeWhole(join(directory, 'file'), 'new', 'whole')).rejects.toThrow('EISDIR');
    expect(await fs.readdir(directory)).toEqual(['file']);
  });

  test('a tail is the end of a file, of an empty one, and of none', async () => {
    const directory = temporary();
    writeFileSync(join(directory, 'file'), '0123456789');
    writeFileSync(join(directory, 'empty'), '');
    expect((await readTail(join(directory, 'file'), 4)).toString()).toBe('6789');
    expect((await readTail(join(directory, 'file'), 40)).toString()).toBe('0123456789');
    expect((await readTail(join(directory, 'empty'), 4)).toString()).toBe('');
    expect((await readTail(join(directory, 'none'), 4)).toString()).toBe('');
  });

  test('a cut tail begins at a whole character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(100), (text, cut) => {
        const well = text.toWellFormed();
        const bytes = Buffer.from(well);
        const from = cut % bytes.length;
        const tail = wholeCharacters(bytes.subarray(from), from > 0);
        expect(well.endsWith(tail)).toBe(true);
        expect(bytes.length - from - Buffer.byteLength(tail)).toBeLessThan(4);
      }),
    );
  });

  test('a tree goes with its closed directories, and not what its links lead to', async () => {
    const directory = temporary();
    mkdirSync(join(directory, 'kept/inside'), { recursive: true });
    mkdirSync(join(directory, 'tree/closed/inside'), { recursive: true });
    symlinkSync('../kept', join(directory, 'tree/link'));
    await fs.chmod(join(directory, 'tree/closed'), 0);
    await removeTree(join(directory, 'tree'));
    await removeTree(join(directory, 'tree'));
    expect(await fs.readdir(directory)).toEqual(['kept']);
    expect(await fs.readdir(join(directory, 'kept'))).toEqual(['inside']);
  });
});

describe('process table', () => {
  test('reads the stat of a process whatever its name is', () => {
    const rest = `S 7 ${'0 '.repeat(4)}4194560 ${'0 '.repeat(12)}12345 6 7`;
    for (const name of ['sh', 'a b', ') S 1 (', '((']) {
      expect(parseStat(`42 (${name}) ${rest}`)).toEqual({
        state: 'S',
        parent: 7,
        flags: 4_194_560,
        start: '12345',
      });
    }
    expect(parseStat('')).toBeUndefined();
  });

  test.for(['proc', 'ps'] as const)(
    'of %s tells a living process from an ended one and from others',
    async (source) => {
      const table = openProcessTable(source);
      const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
      await once(child, 'spawn');
      const pid = child.pid as number;
      const start = startOf(source, pid);
      expect(table.look({ pid, start })).toBe('running');
      expect(table.look({ pid, start: `${start}0` })).toBe('gone');
      expect(table.parentOf(pid)).toBe(process.pid);
      child.stdin.end();
      await once(child, 'exit');
      expect(table.look({ pid, start })).toBe('gone');
      expect(table.parentOf(pid)).toBeUndefined();
    },
  );

  test('finds marked processes, with what descends from them, and no others', async () => {
    const table = openProcessTable();
    const mark = `MARK=parts-${process.pid}`;
    const shell = spawn('sh', ['-c', 'env -i cat; :'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: process.env['PATH'] ?? '', MARK: `parts-${process.pid}` },
    });
    await once(shell, 'spawn');
    expect(table.marked(mark).map(({ pid }) => pid)).toContain(shell.pid);
    // The shell's child, which has no environment at all.
    while (table.marked(mark).length < 2);
    expect(table.marked(`${mark}0`)).toEqual([]);
    shell.stdin.end();
    await once(shell, 'exit');
    expect(table.marked(mark)).toEqual([]);
  });

  test('descendants are found through all generations', () => {
    const parents = new Map([
      [5, 4],
      [4, 3],
      [3, 2],
      [9, 1],
    ]);
    expect(new Set(withDescendants(new Set([3]), parents))).toEqual(new Set([3, 4, 5]));
    expect(withDescendants(new Set(), parents)).toEqual([]);
  });
});

function startOf(source: 'proc' | 'ps', pid: number): string {
  return source === 'proc'
    ? (parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.start ?? '')
    : execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
}

describe('mount table', () => {
  test('keeps paths with blanks, backslashes and hashes in one field', () => {
    expect(escape('/a b\tc\\d#e\n')).toBe(String.raw`/a\040b\011c\134d\043e\012`);
  });

  test('finds what the mount under a path forbids: the deepest, and of two on one place the last', () => {
    const flags = mountFlags(
      [
        '1 0 8:1 / / rw,relatime - ext4 /dev/a rw',
        '2 1 8:2 / /home rw,nosuid,nodev shared:1 - ext4 /dev/b rw',
        String.raw`3 2 8:3 / /home/a\040b rw,noexec - ext4 /dev/c rw`,
        '4 1 8:4 / /opt rw,nosuid - ext4 /dev/d rw',
        '5 1 8:5 / /opt rw - ext4 /dev/e rw',
        '',
      ].join('\n'),
    );
    expect(flags('/usr')).toEqual([]);
    expect(flags('/homes')).toEqual([]);
    expect(flags('/home/x')).toEqual(['nosuid', 'nodev']);
    expect(flags('/home/a b/c')).toEqual(['noexec']);
    expect(flags('/opt/x')).toEqual([]);
  });
});

describe('addresses', () => {
  test('are never the first or the last of their range, and the same for the same guest', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(100_000), (handle, attempt) => {
        const host = candidateHost('127.90', handle, attempt);
        const [a, b, c, d] = host.split('.').map(Number) as [number, number, number, number];
        expect([a, b]).toEqual([127, 90]);
        expect([0, 65_535]).not.toContain(c * 256 + d);
        expect(c * 256 + d).toBeLessThan(65_536);
        expect(candidateHost('127.90', handle, attempt)).toBe(host);
      }),
    );
  });

  test('skip what another guest has and what somebody listens on', async () => {
    const prefix = await addressPrefix(temporary());
    if (prefix === undefined) return;
    const addresses = new Addresses(prefix);
    const taken = { host: candidateHost(prefix, 'g', 0), port: 8080 };
    addresses.keep('other', taken);
    const server = createServer().listen(8080, candidateHost(prefix, 'g', 1));
    await once(server, 'listening');
    expect((await addresses.move('g')).host).toBe(candidateHost(prefix, 'g', 2));
    // It moves: what it had is given up, but not given again.
    expect((await addresses.move('g')).host).toBe(candidateHost(prefix, 'g', 3));
    addresses.free('other');
    expect((await addresses.move('g')).host).toBe(taken.host);
    server.close();
  });

  test('without a range of their own are ports', async () => {
    const addresses = new Addresses(undefined);
    const [one, two] = [await addresses.move('a'), await addresses.move('b')];
    expect([one.host, two.host]).toEqual(['127.0.0.1', '127.0.0.1']);
    expect(one.port).not.toBe(two.port);
  });
});

test('an image is a layer on the base image, and only a name in an image directory is one', () => {
  const [a, b] = [temporary(), temporary()];
  for (const path of [`${a}/base`, `${a}/web`, `${b}/web`, `${b}/shop`]) mkdirSync(path);
  const layers = (image: string) => imageFiles({ image }, [a, b, `${b}/nowhere`]).layers;
  expect(layers('base')).toEqual([`${a}/base`]);
  expect(layers('web')).toEqual([`${a}/base`, `${b}/web`]);
  expect(layers('shop')).toEqual([`${a}/base`, `${b}/shop`]);
  for (const image of ['Canonical:ubuntu:22:latest', '..', '.', '', '../web', '/etc']) {
    expect(layers(image)).toEqual([`${a}/base`]);
  }
});

test('each version of an image is its own files, on the first base image whatever newer ones there are', () => {
  const [a, b] = [temporary(), temporary()];
  const places = [`${a}/base`, `${a}/web`, `${b}/base@2.0.0`, `${b}/web@2.0.0`, `${b}/web@1.5.0`];
  for (const path of places) mkdirSync(path);
  writeFileSync(`${b}/web@3.0.0`, 'no directory');
  const files = (image: string, imageVersion?: string) =>
    imageFiles({ image, ...(imageVersion === undefined ? {} : { imageVersion }) }, [a, b]);
  expect(files('web')).toEqual({ version: '1.0.0', layers: [`${a}/base`, `${a}/web`] });
  expect(files('web', '2.0.0')).toEqual({ version: '2.0.0', layers: [`${a}/base`, `${b}/web@2.0.0`] });
  expect(files('base', '2.0.0').layers).toEqual([`${a}/base`, `${b}/base@2.0.0`]);
  expect(files('Canonical:ubuntu:22:latest', '2.0.0').layers).toEqual([`${a}/base`, `${b}/base@2.0.0`]);
  for (const missing of ['3.0.0', '2.0', '../web']) {
    expect(() => files('web', missing)).toThrow(
      `There is no version ${missing} of the image 'web' on this host.`,
    );
  }
});

describe('errors', () => {
  test.for([
    ['ENOSPC', 'capacity'],
    ['EDQUOT', 'capacity'],
    ['EMFILE', 'transient'],
    ['EAGAIN', 'transient'],
    ['EROFS', 'permanent'],
  ] as const)('%s is %s, and shows no path', ([code, kind]) => {
    const error = guestError(Object.assign(new Error(`${code}: /secret/path`), { code }));
    expect(error.kind).toBe(kind);
    expect(error.message).not.toContain('/secret');
  });

  test('of the driver stay what they are, and others are permanent', () => {
    const own = new GuestError('capacity', 'full');
    expect(guestError(own)).toBe(own);
    expect(guestError('thrown')).toMatchObject({ kind: 'permanent' });
  });
});

describe('the end of a command', () => {
  const record: ExecutionRecord = {
    version: 1,
    key: 'k',
    number: 0,
    id: 'i',
    startedAt: 0,
    timeoutMs: 1,
    boot: 'b',
  };
  const timedOut = { ...record, ending: 'timedOut' } as const;

  test.for([
    ['an exit code', record, { code: 3, begun: true }, false, { state: 'exited', exitCode: 3 }],
    [
      'an exit code just before the guest went',
      record,
      { code: 0, begun: true },
      true,
      { state: 'exited', exitCode: 0 },
    ],
    ['a signal of its own', record, { code: 143, begun: true }, false, { state: 'exited', exitCode: 143 }],
    ['the guest’s end', record, { code: 137, begun: true }, true, { state: 'canceled' }],
    ['the guest’s end before its beginning', record, { code: 1, begun: false }, true, { state: 'canceled' }],
    ['no way to begin', record, { code: 1, begun: false }, false, { state: 'exited', exitCode: 1 }],
    ['a killed runner', record, { begun: true }, false, { state: 'canceled' }],
    ['its time limit', timedOut, { code: 137, begun: true }, false, { state: 'timedOut' }],
    ['its time limit, with its runner', timedOut, { begun: true }, false, { state: 'timedOut' }],
    [
      'its own just before the time limit',
      timedOut,
      { code: 0, begun: true },
      false,
      { state: 'exited', exitCode: 0 },
    ],
  ] as const)('by %s', ([, given, traces, over, wanted]) => {
    expect(endState(given, traces, over)).toEqual(wanted);
  });

  test('no script breaks out of its payload', () => {
    const command = { script: "EOF\nEND\n'\n", parameters: [{ value: "'; echo" }], timeoutMs: 1 };
    const lines = payload(command, 7, 'END-unique').split('\n');
    const [from, to] = [lines.indexOf("cat >script.sh <<'END-unique'"), lines.indexOf('END-unique')];
    expect(lines.slice(from + 1, to).join('\n')).toBe("EOF\nEND\n'");
    expect(lines.slice(to).join('\n')).toContain(String.raw`''\''; echo'`);
  });
});
