// Files of the driver's own: written whole or not at all, and read without trusting what a guest may have put there.

import { constants, promises as fs, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { errorCode } from './errors.ts';

/** Only the plane's own user may look. */
export const PRIVATE_FILE = 0o600;
export const PRIVATE_DIRECTORY = 0o700;

/**
 * Replaces the file in one step: whoever reads it sees the old content or the new one. `durable`: also after a power
 * cut. The new file is made beside it and never through a link, so a guest that can write the directory cannot redirect
 * it.
 */
export async function writeWhole(
  path: string,
  content: string | Uint8Array,
  how: 'durable' | 'whole',
): Promise<void> {
  const fresh = join(dirname(path), `.${process.pid}.${sequence()}.new`);
  try {
    const file = await fs.open(fresh, 'wx', PRIVATE_FILE);
    try {
      await file.writeFile(content);
      if (how === 'durable') await file.datasync();
    } finally {
      await file.close();
    }
    await fs.rename(fresh, path);
  } catch (error) {
    await fs.rm(fresh, { force: true });
    throw error;
  }
}

let count = 0;
function sequence(): number {
  count += 1;
  return count;
}

/** The file's text; undefined when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await fs.readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The last bytes of a file, at most that many; empty when there is no such file. */
export async function readTail(path: string, bytes: number): Promise<Buffer> {
  try {
    const file = await fs.open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const { size } = await file.stat();
      const length = Math.min(size, bytes);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
}

/** Text of a tail. When it was cut, it may begin inside a character: what belongs to that one is left out. */
export function wholeCharacters(tail: Buffer, cut: boolean): string {
  if (!cut) return tail.toString('utf8');
  // A UTF-8 character has at most three bytes after its first, all of the form 10xxxxxx.
  const rest = tail.subarray(0, 3);
  const first = rest.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return tail.subarray(first === -1 ? rest.length : first).toString('utf8');
}

/** Takes away a directory with everything in it, also where a guest closed directories to its own user. */
export async function removeTree(path: string): Promise<void> {
  try {
    await fs.rm(path, { recursive: true, force: true });
  } catch (error) {
    if (errorCode(error) !== 'EACCES' && errorCode(error) !== 'EPERM') throw error;
    await openDirectories(path);
    await fs.rm(path, { recursive: true, force: true });
  }
}

async function openDirectories(path: string): Promise<void> {
  await fs.chmod(path, PRIVATE_DIRECTORY);
  for (const entry of await fs.readdir(path, { withFileTypes: true })) {
    if (entry.isDirectory()) await openDirectories(join(path, entry.name));
  }
}

/** Names in a directory; none when there is no such directory. */
export async function namesIn(path: string): Promise<string[]> {
  try {
    return await fs.readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Where a symbolic link points; undefined when it is none. */
export function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
}
