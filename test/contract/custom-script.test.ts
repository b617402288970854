// The custom script of an extension, run by the shell that is there: what it fetches, unpacks and runs, and that nothing that
// was given as text is taken for shell.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { customScript } from '../../src/domain/custom-script.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { temporaryDirectory } from '../testing/temporary.ts';

interface Ran {
  readonly root: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function scriptOf(open: JsonObject, secret: JsonObject = {}): string {
  const handling = customScript(open, secret, 7);
  if (handling.kind !== 'run')
    throw new Error(handling.kind === 'refused' ? handling.message : handling.kind);
  return handling.script;
}

/** In a guest whose disk is a directory. */
function run(script: string, root = temporaryDirectory()): Promise<Ran> {
  const env = { PATH: process.env['PATH'], MUSTER_ROOT: root };
  return new Promise((resolve) => {
    execFile('sh', ['-c', script], { env, cwd: root }, (error, stdout, stderr) => {
      resolve({ root, code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const directory = (root: string) => join(root, 'var/lib/waagent/custom-script/download/7');

describe('a command', () => {
  test('runs in a directory of its run, and its exit code counts', async () => {
    const { root, code, stdout, stderr } = await run(
      scriptOf({ commandToExecute: 'pwd; echo no >&2; exit 3' }),
    );
    expect({ code, stdout, stderr }).toEqual({ code: 3, stdout: `${directory(root)}\n`, stderr: 'no\n' });
  });

  test('may be a protected setting', async () => {
    expect((await run(scriptOf({}, { commandToExecute: 'echo hidden' }))).stdout).toBe('hidden\n');
  });
});

describe('a script', () => {
  const text = '#!/bin/sh\necho "it runs: $0"\n';

  test.each([
    ['base64', Buffer.from(text)],
    ['base64 of gzip', gzipSync(text)],
  ])('is %s', async (_how, bytes) => {
    const { stdout } = await run(scriptOf({ script: bytes.toString('base64') }));
    expect(stdout).toBe('it runs: ./script.sh\n');
  });

  test('of many lines of base64 is one script', async () => {
    const lines = Buffer.from(text).toString('base64').replaceAll(/.{10}/g, '$&\n');
    expect((await run(scriptOf({}, { script: lines }))).stdout).toMatch(/it runs/);
  });
});

describe('files', () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.statusCode = request.url?.startsWith('/missing') ? 404 : 200;
    response.end(`content of ${request.url}`);
  });
  let base = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });

  test('are fetched, each under the last part of its path, before the command runs', async () => {
    const fileUris = [`${base}/a/one.sh?sig=x%20y`, `${base}/two%20words.txt`];
    const { stdout, stderr } = await run(
      scriptOf({ fileUris, commandToExecute: 'cat one.sh "two words.txt"' }),
    );
    expect(stderr).toBe('');
    expect(stdout).toBe('content of /a/one.sh?sig=x%20ycontent of /two%20words.txt');
  });

  test('of the guest itself are copied', async () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, 'srv'));
    writeFileSync(join(root, 'srv', 'a file'), 'here\n');
    const open = { fileUris: ['file:///srv/a%20file'], commandToExecute: 'cat "a file"' };
    expect((await run(scriptOf(open), root)).stdout).toBe('here\n');
  });

  test('that are not there fail the extension before its command', async () => {
    for (const uri of [`${base}/missing`, 'file:///nowhere']) {
      const { root, code } = await run(scriptOf({ fileUris: [uri], commandToExecute: 'echo ran >ran' }));
      expect(code).not.toBe(0);
      expect(existsSync(join(directory(root), 'ran'))).toBe(false);
    }
  });

  test('with addresses that look like shell are addresses all the same', async () => {
    const evil = [
      `${base}/$(touch$IFS''evil)/';touch$IFS''evil;'`,
      `${base}/a\\`,
      `file:///'$(touch$IFS''evil)'`,
    ];
    for (const uri of evil) {
      const { root } = await run(scriptOf({ fileUris: [uri], commandToExecute: 'true' }));
      expect(existsSync(join(root, 'evil')) || existsSync(join(directory(root), 'evil'))).toBe(false);
    }
  });

  test('with a name that climbs out of the directory stay in it', async () => {
    const { root } = await run(scriptOf({ fileUris: [`${base}/a/..%2F..%2Fup`], commandToExecute: 'true' }));
    expect(readFileSync(join(directory(root), '.._.._up'), 'utf8')).toMatch(/^content of/);
  });
});

describe('what cannot be carried out', () => {
  const both = { commandToExecute: 'a' };
  test.each([
    ['a command twice', both, both, /'commandToExecute' was specified both in public and protected settings/],
    ['a command and a script', { ...both, script: 'YQ==' }, {}, /only one of them may be/],
    ['neither', {}, {}, /'commandToExecute' is not specified/],
    ['a script that is not base64', { script: 'echo "a"' }, {}, /'script' is not base64 encoded/],
    [
      'another kind of address',
      { ...both, fileUris: ['ftp://S3cret@x/y'] },
      {},
      /neither an http nor a file address/,
    ],
  ])('is refused: %s', (_what, open, secret, words) => {
    const handling = customScript(open, secret, 1);
    if (handling.kind !== 'refused') throw new Error(handling.kind);
    expect(handling.message).toMatch(words);
    expect(handling.message).not.toMatch(/S3cret/);
  });
});
