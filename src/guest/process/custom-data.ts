// Custom data: what a guest does at its first boot, from the bytes that were sent. Pure. Two forms are run, as cloud-init
// has them: a `#!` script, and `#cloud-config` with `write_files` and `runcmd`. Whatever is not understood is said on
// the guest's console and nothing of it is run.

import { gunzipSync } from 'node:zlib';

import { parse } from 'yaml';

export interface FirstBoot {
  /** Lines for the console; they hold no part of the data's content. */
  readonly notes: readonly string[];
  /** Before the services start, in this order. */
  readonly files: readonly FileToWrite[];
  /** A script for after that, in the background. */
  readonly script?: { readonly name: 'part-001' | 'runcmd'; readonly text: Buffer };
}

export interface FileToWrite {
  /** Absolute, inside the guest. */
  readonly path: string;
  readonly content: Buffer;
  readonly mode: number;
  readonly append: boolean;
}

/** Unpacked data larger than this, in bytes, is refused. */
const LARGEST = 10 * 1024 * 1024;

export function firstBoot(data: Buffer): FirstBoot {
  if (data.length === 0) return { notes: [], files: [] };
  const plain = unpacked(data);
  if (plain === undefined) return refused('it cannot be unpacked');
  const head = plain.subarray(0, 64).toString('utf8').trimStart();
  if (head.startsWith('#!')) return { notes: [], files: [], script: { name: 'part-001', text: plain } };
  if (head.startsWith('#cloud-config')) return cloudConfig(plain.toString('utf8'));
  return {
    notes: ['cloud-init: the custom data is neither a script nor #cloud-config; it is kept, not run'],
    files: [],
  };
}

function refused(why: string): FirstBoot {
  return { notes: [`cloud-init: the custom data is not used: ${why}`], files: [] };
}

function cloudConfig(text: string): FirstBoot {
  let config: unknown;
  try {
    // As cloud-init reads it: `0644` is a number in octal, `on` is true.
    config = parse(text, { version: '1.1', logLevel: 'error' });
  } catch {
    return refused('it is not valid YAML');
  }
  if (config === null || config === undefined) return { notes: [], files: [] };
  if (!isMapping(config)) return refused('it is not a mapping');
  const { write_files: declaredFiles, runcmd, ...others } = config;
  const unknown = Object.keys(others).map((key) => `cloud-init: '${key.slice(0, 40)}' is not supported here`);
  const { files, notes } = filesToWrite(declaredFiles);
  const script = runcmdScript(runcmd);
  return {
    notes: [
      ...unknown,
      ...notes,
      ...(script === 'invalid' ? ['cloud-init: runcmd is not a list of commands'] : []),
    ],
    files,
    ...(script === undefined || script === 'invalid' ? {} : { script: { name: 'runcmd', text: script } }),
  };
}

function filesToWrite(declared: unknown): { files: FileToWrite[]; notes: string[] } {
  if (declared === undefined || declared === null) return { files: [], notes: [] };
  if (!Array.isArray(declared)) return { files: [], notes: ['cloud-init: write_files is not a list'] };
  const files: FileToWrite[] = [];
  const notes: string[] = [];
  declared.forEach((entry: unknown, index) => {
    const file = fileToWrite(entry);
    if (file === undefined) notes.push(`cloud-init: write_files[${index}] is not understood`);
    else files.push(file);
  });
  return { files, notes };
}

function fileToWrite(entry: unknown): FileToWrite | undefined {
  if (!isMapping(entry)) return undefined;
  const { path, content, permissions, append, encoding } = entry;
  if (typeof path !== 'string' || !path.startsWith('/') || path.endsWith('/') || path.includes('\0'))
    return undefined;
  const mode = modeOf(permissions);
  const decoded = decode(content, encoding);
  if (mode === undefined || decoded === undefined) return undefined;
  return { path, content: decoded, mode, append: append === true };
}

/** Octal as a string, or a number as YAML read it; 0644 when none is given. */
function modeOf(permissions: unknown): number | undefined {
  if (permissions === undefined || permissions === null) return 0o644;
  if (typeof permissions === 'number') return permissions & 0o7777;
  if (typeof permissions === 'string' && /^(0o)?[0-7]{1,5}$/.test(permissions)) {
    return Number.parseInt(permissions.replace('0o', ''), 8) & 0o7777;
  }
  return undefined;
}

function decode(content: unknown, encoding: unknown): Buffer | undefined {
  if (content === undefined || content === null) return Buffer.alloc(0);
  const bytes = content instanceof Uint8Array ? Buffer.from(content) : scalar(content);
  const steps = DECODERS[typeof encoding === 'string' ? encoding.toLowerCase() : 'text/plain'];
  return steps?.reduce<Buffer | undefined>((data, step) => data && step(data), bytes);
}

type Decoder = (data: Buffer) => Buffer | undefined;

const fromBase64: Decoder = (data) => Buffer.from(data.toString('latin1'), 'base64');

const DECODERS: Readonly<Record<string, readonly Decoder[]>> = {
  'text/plain': [],
  b64: [fromBase64],
  base64: [fromBase64],
  gz: [unpacked],
  gzip: [unpacked],
  'gz+b64': [fromBase64, unpacked],
  'gz+base64': [fromBase64, unpacked],
  'gzip+b64': [fromBase64, unpacked],
  'gzip+base64': [fromBase64, unpacked],
};

function scalar(value: unknown): Buffer | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? Buffer.from(String(value))
    : undefined;
}

/** A string is a line of shell; a list is one command with its arguments. */
function runcmdScript(runcmd: unknown): Buffer | 'invalid' | undefined {
  if (runcmd === undefined || runcmd === null) return undefined;
  if (!Array.isArray(runcmd)) return 'invalid';
  const lines: string[] = [];
  for (const command of runcmd as unknown[]) {
    const words = Array.isArray(command) ? (command as unknown[]).map(scalar) : undefined;
    const line = words === undefined ? scalar(command)?.toString() : quoted(words);
    if (line === undefined) return 'invalid';
    lines.push(line);
  }
  return Buffer.from(`#!/bin/sh\n${lines.join('\n')}\n`);
}

function quoted(words: readonly (Buffer | undefined)[]): string | undefined {
  return words.every((word) => word !== undefined)
    ? words.map((word) => shellQuote(word.toString())).join(' ')
    : undefined;
}

/** One word of a shell command, whatever it holds. */
export function shellQuote(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function unpacked(data: Buffer): Buffer | undefined {
  if (data[0] !== 0x1f || data[1] !== 0x8b) return data;
  try {
    return gunzipSync(data, { maxOutputLength: LARGEST });
  } catch {
    return undefined;
  }
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
