// SQLite's error codes, as node:sqlite hands them on: https://www.sqlite.org/rescode.html.

export const BUSY = 5;
export const TOO_BIG = 18;
export const CONSTRAINT = 19;
export const MISMATCH = 20;

/** The primary code, without its extension; undefined for an error that is not SQLite's. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined;
  return error.errcode & 0xff;
}
