// Reads the repository's own files, for the tests that judge them. Paths are relative to the root, with '/'.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What tools and runs leave behind; never committed. */
const generated = new Set(['.git', '.muster', 'coverage', 'dist', 'node_modules']);

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

export function filesUnder(directory: string, extension = ''): string[] {
  if (!existsSync(join(root, directory))) return [];
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    if (generated.has(entry.name)) return [];
    const path = directory === '.' ? entry.name : `${directory}/${entry.name}`;
    if (entry.isDirectory()) return filesUnder(path, extension);
    return entry.isFile() && path.endsWith(extension) ? [path] : [];
  });
}

/** Every text file of the repository. */
export function repositoryFiles(): string[] {
  return filesUnder('.').filter((file) => !read(file).includes('\0'));
}

/** The code without its comments: whole lines, blocks, and what follows `code //`. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
}
