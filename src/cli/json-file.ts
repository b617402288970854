// Small JSON files: read with their fields checked, and replaced whole.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { Problem } from './problem.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in the file, or undefined where there is no file. Throws a Problem when it holds none. */
export function readJsonFile(path: string): Fields | undefined {
  const text = readTextFile(path);
  if (text === undefined) return undefined;
  const value = parseJson(text);
  if (!isFields(value)) throw new Problem(`${path} is damaged: it is not a JSON object.`);
  return value;
}

export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Problem(`${path} cannot be read (${code ?? String(error)}).`);
  }
}

/** Undefined where the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Readers see the old text or the new one. Only the owner can read it. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}

export function textField(fields: Fields, name: string, path: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new Problem(`${path} is damaged: ${name} is missing.`);
  return value;
}

export function numberField(fields: Fields, name: string, path: string): number {
  const value = fields[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw new Problem(`${path} is damaged: ${name} is not a whole number.`);
  }
  return value;
}
