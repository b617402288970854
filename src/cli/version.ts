// Muster's own version, from the package it is part of: the same two folders up in a clone and when published.

import { readFileSync } from 'node:fs';
import { isFields } from './json-file.ts';

export function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: unknown = JSON.parse(text);
  return isFields(manifest) ? String(manifest.version) : 'unknown';
}
