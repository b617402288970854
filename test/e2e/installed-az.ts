// Whether the user's own az is there. Tests that need it are skipped without it, and say so.

import { findAz } from '../../src/cli/az/executable.ts';

export function isAzInstalled(): boolean {
  try {
    findAz(process.env);
    return true;
  } catch {
    process.stderr.write('az is not installed, so none of its tests runs here\n');
    return false;
  }
}
