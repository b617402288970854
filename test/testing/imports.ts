// Reads the architecture two ways: what each folder's tsconfig references, and what its files import.
// A folder is a directory of src/ with a tsconfig of its own ('app/ports' is not 'app'); 'main' is src/ itself.
import { dirname, posix } from 'node:path';
import { filesUnder, read, withoutComments } from './files.ts';

/** 'src/guest/process/tsconfig.json' → 'guest/process' */
const nameOf = (directory: string): string => (directory === 'src' ? 'main' : directory.slice('src/'.length));
const directoryOf = (folder: string): string => (folder === 'main' ? 'src' : `src/${folder}`);

export const folders: readonly string[] = filesUnder('src', 'tsconfig.json').map((file) =>
  nameOf(dirname(file)),
);

/** The folder that owns a file: the innermost one around it. */
export function folderOf(file: string): string {
  const around = folders.filter((folder) => folder !== 'main' && file.startsWith(`src/${folder}/`));
  return around.toSorted((a, b) => b.length - a.length)[0] ?? 'main';
}

export function references(folder: string): string[] {
  const config = JSON.parse(withoutComments(read(`${directoryOf(folder)}/tsconfig.json`))) as {
    references: { path: string }[];
  };
  return config.references.map(({ path }) => nameOf(posix.join(directoryOf(folder), path)));
}

/** Every module a file names: imports, re-exports, dynamic imports, imports of types. */
export function importsOf(file: string): string[] {
  const text = withoutComments(read(file));
  const from = text.matchAll(
    /(?:^|;)\s*(?:import|export)\s+(?:type\s+)?[\w*{][^;'"`=()]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  );
  const effects = text.matchAll(/(?:^|;)\s*import\s*['"]([^'"]+)['"]/gm);
  const calls = text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g);
  return [...from, ...effects, ...calls].map((match) => match[1] ?? '');
}

/** The folder a relative import leads to; undefined when it leaves src/. */
export function targetFolder(file: string, specifier: string): string | undefined {
  const target = posix.join(dirname(file), specifier);
  return target.startsWith('src/') ? folderOf(target) : undefined;
}

/** 'zod/v4' → 'zod', '@a/b/c' → '@a/b'; undefined for a relative import or one of Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return undefined;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
