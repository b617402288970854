// Custom data: what is made of each form, and that nothing anybody sends breaks it.
import { gzipSync } from 'node:zlib';

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { firstBoot, shellQuote } from './custom-data.ts';

const boot = (text: string) => firstBoot(Buffer.from(text));

test('nothing is nothing to do', () => {
  expect(boot('')).toEqual({ notes: [], files: [] });
  expect(boot('#cloud-config\n')).toEqual({ notes: [], files: [] });
});

test('a script is run as it is, packed or not', () => {
  const text = Buffer.from('#!/usr/bin/env python3\nprint(1)\n');
  for (const data of [text, gzipSync(text)])
    expect(firstBoot(data).script).toEqual({ name: 'part-001', text });
});

test('what is neither script nor cloud-config is said and not run', () => {
  for (const text of ['hello', 'Content-Type: multipart/mixed', '#include\nhttp://x']) {
    expect(boot(text)).toMatchObject({ files: [], notes: [expect.stringContaining('kept, not run')] });
    expect(boot(text)).not.toHaveProperty('script');
  }
});

describe('write_files', () => {
  const one = (lines: string) =>
    boot(`#cloud-config\nwrite_files:\n- path: /a\n${lines.replace(/^/gm, '  ')}\n`).files[0];

  test('has the modes of cloud-init: octal as a string, a number as YAML 1.1 reads it', () => {
    expect(one('content: x')?.mode).toBe(0o644);
    expect(one("permissions: '0755'")?.mode).toBe(0o755);
    expect(one('permissions: 0755')?.mode).toBe(0o755);
    expect(one("permissions: '0o600'")?.mode).toBe(0o600);
    expect(one("permissions: 'rwx'")).toBeUndefined();
  });

  test.for([
    ['content: plain', 'plain'],
    ['content: 42', '42'],
    ['content: |\n  two\n  lines', 'two\nlines\n'],
    ['content: aGVsbG8=\nencoding: b64', 'hello'],
    ['content: aGVsbG8=\nencoding: BASE64', 'hello'],
    ['content: !!binary aGVsbG8=', 'hello'],
    [`content: ${gzipSync('packed').toString('base64')}\nencoding: gz+base64`, 'packed'],
    [`content: !!binary ${gzipSync('packed').toString('base64')}\nencoding: gzip`, 'packed'],
    ['permissions: "0600"', ''],
  ] as const)('%j holds %j', ([lines, content]) => {
    expect(one(lines)?.content.toString()).toBe(content);
  });

  test('what is not understood is said by its place, never by its content', () => {
    const { files, notes } = boot(
      '#cloud-config\nwrite_files:\n- path: relative\n  content: secret\n- path: /ok\n- {path: /a, content: [secret]}\n- secret\n- {path: /b, content: secret, encoding: rot13}\n',
    );
    expect(files.map((file) => file.path)).toEqual(['/ok']);
    expect(notes).toEqual([0, 2, 3, 4].map((index) => `cloud-init: write_files[${index}] is not understood`));
  });
});

describe('runcmd', () => {
  const script = (text: string) => boot(`#cloud-config\n${text}`).script?.text.toString();

  test('takes lines of shell, and commands as lists of words', () => {
    expect(script('runcmd:\n- echo $HOME | cat\n- [echo, "it\'s", 2, true]\n')).toBe(
      "#!/bin/sh\necho $HOME | cat\n'echo' 'it'\\''s' '2' 'true'\n",
    );
  });

  test('is not run at all when a part of it is something else', () => {
    for (const text of ['runcmd: echo', 'runcmd:\n- {a: b}', 'runcmd:\n- [[a]]']) {
      expect(script(text)).toBeUndefined();
      expect(boot(`#cloud-config\n${text}`).notes).toEqual(['cloud-init: runcmd is not a list of commands']);
    }
  });
});

test('other keys are named, and broken YAML is refused', () => {
  expect(boot('#cloud-config\npackages: [a]\nusers: []\n').notes).toEqual([
    "cloud-init: 'packages' is not supported here",
    "cloud-init: 'users' is not supported here",
  ]);
  for (const text of ['a: [', '- list', 'text', 'a: *b']) {
    expect(boot(`#cloud-config\n${text}\n`).notes).toEqual([expect.stringContaining('is not used')]);
  }
});

test('packed data that unpacks to more than is sensible is refused', () => {
  expect(firstBoot(gzipSync(Buffer.alloc(11 * 1024 * 1024))).notes).toEqual([
    expect.stringContaining('cannot be unpacked'),
  ]);
});

test('whatever is sent, the answer is well formed', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'write_files:',
      'runcmd:',
      '- path: /a',
      '  content: x',
      '- [a, b]',
      '? !!set',
      '<<: *x',
      '- &x',
    ),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const { notes, files, script } = boot(`#cloud-config\n${lines.join('\n')}`);
      expect(notes.every((note) => note.startsWith('cloud-init: '))).toBe(true);
      expect(files.every((file) => file.path.startsWith('/') && Buffer.isBuffer(file.content))).toBe(true);
      expect(script === undefined || script.text.toString().startsWith('#!/bin/sh\n')).toBe(true);
    }),
  );
});

test('a quoted word holds no quote that ends it', () => {
  fc.assert(
    fc.property(fc.string(), (word) => {
      const quoted = shellQuote(word);
      expect(
        quoted
          .slice(1, -1)
          .split(String.raw`'\''`)
          .join("'"),
      ).toBe(word);
      expect(quoted.slice(1, -1).replaceAll(String.raw`'\''`, '')).not.toContain("'");
    }),
  );
});
