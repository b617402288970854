// Illness file: which simulated guests are ill, beside the store, since no process of theirs outlives the plane and no row
// says so. One line a change, `+` or `-` and the guest's handle; the last one about a guest holds.
// What must hold: a change stands in the file before anybody is told of it; a line that was cut short is no line.

import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface IllnessFile {
  /** Handles of those that were ill when it was opened. */
  readonly ill: ReadonlySet<string>;
  readonly note: (handle: string, isIll: boolean) => void;
}

/** Made when it is not there; what has been overtaken is left out from then on. */
export function openIllnessFile(path: string): IllnessFile {
  const ill = existsSync(path) ? read(readFileSync(path, 'utf8')) : new Set<string>();
  const next = `${path}.next`;
  writeFileSync(next, [...ill].map((handle) => line(handle, true)).join(''), { mode: 0o600 });
  renameSync(next, path);
  return {
    ill,
    note: (handle, isIll) => {
      appendFileSync(path, line(handle, isIll));
    },
  };
}

function line(handle: string, isIll: boolean): string {
  return `${isIll ? '+' : '-'}${handle}\n`;
}

function read(text: string): Set<string> {
  const ill = new Set<string>();
  // What follows the last line end was cut short.
  for (const entry of text.split('\n').slice(0, -1)) {
    const handle = entry.slice(1);
    if (entry.startsWith('+')) ill.add(handle);
    else ill.delete(handle);
  }
  return ill;
}
