// The style rules that matter and that no linter knows, executed over the repository's own files.
// Must hold: it reads the tree as it is, and a failing rule names the file and what is wrong with it.
import { describe, expect, test } from 'vitest';
import { filesUnder, read, repositoryFiles, withoutComments } from './testing/files.ts';
import { folderOf, folders, importsOf, packageOf, references, targetFolder } from './testing/imports.ts';

const sources = filesUnder('src', '.ts');
const code = sources.filter((file) => !file.endsWith('.test.ts'));
const tests = [...sources.filter((file) => file.endsWith('.test.ts')), ...filesUnder('test', '.ts')];

describe('each file', () => {
  test('opens with a comment that says what it owns', () => {
    const files = [...sources, ...filesUnder('bench', '.ts'), ...filesUnder('test', '.ts')];
    expect(files.filter((file) => !/^(#!.*\n)?\/[/*]/.test(read(file)))).toEqual([]);
  });

  test('is short: 400 lines, a test 600', () => {
    const tooLong = [...new Set([...code, ...tests])].filter((file) => {
      const limit = code.includes(file) ? 400 : 600;
      return read(file).trimEnd().split('\n').length > limit;
    });
    expect(tooLong).toEqual([]);
  });

  test('does more than pass on what others export', () => {
    const passedOn = /\bexport\s*(type\s*)?(\*|\{)[^;]*;/g;
    const imported = /\bimport\b[^;]*;/g;
    const barrels = code.filter((file) => {
      const text = withoutComments(read(file));
      const rest = text.replace(imported, '').replace(passedOn, '').trim();
      return rest === '' && /\bfrom\b/.test(text);
    });
    expect(barrels).toEqual([]);
  });
});

/** Which packages a folder may use; every other folder gets by with what is its own. */
const packages: Readonly<Record<string, readonly string[]>> = {
  arm: ['zod'],
  cli: ['@azure/identity', '@jmespath-community/jmespath', 'csv-parse', 'yaml'],
  identity: ['jose', '@peculiar/x509', 'reflect-metadata'],
  'guest/process': ['yaml'],
};

/** The folders that compile without Node's types, so that nothing in them can reach the world. */
const pure = ['domain', 'app', 'app/ports', 'reconcile', 'deploy'];

describe('imports', () => {
  const imports = code.flatMap((file) => importsOf(file).map((specifier) => ({ file, specifier })));
  const wrong = (isWrong: (file: string, specifier: string) => boolean): string[] =>
    imports.filter((x) => isWrong(x.file, x.specifier)).map((x) => `${x.file}: ${x.specifier}`);

  test('stay inside a folder or follow a reference of its tsconfig', () => {
    const astray = wrong((file, specifier) => {
      if (!specifier.startsWith('.')) return false;
      const [from, to] = [folderOf(file), targetFolder(file, specifier)];
      return to === undefined || (from !== to && !references(from).includes(to));
    });
    expect(astray).toEqual([]);
  });

  test('name the .ts file they mean', () => {
    expect(
      wrong((_, specifier) => specifier.startsWith('.') && !/\.(ts|tsx|json|css)$/.test(specifier)),
    ).toEqual([]);
  });

  test('of Node stay out of the pure folders', () => {
    expect(
      wrong((file, specifier) => specifier.startsWith('node:') && pure.includes(folderOf(file))),
    ).toEqual([]);
  });

  test('of packages stay where the table allows them', () => {
    const foreign = wrong((file, specifier) => {
      const name = packageOf(specifier);
      return name !== undefined && packages[folderOf(file)]?.includes(name) !== true;
    });
    expect(foreign).toEqual([]);
  });

  test('are drawn in ARCHITECTURE.md as the tsconfigs have them', () => {
    const block =
      /<!-- references -->\n([\s\S]*?)<!-- \/references -->/.exec(read('ARCHITECTURE.md'))?.[1] ?? '';
    const drawn = block.split('\n').filter((line) => line.includes('->'));
    const others = folders.filter((folder) => folder !== 'main');
    const actual = folders.map((folder) => {
      const names = references(folder);
      if (folder === 'main' && names.length === others.length) return 'main -> everything';
      return `${folder} -> ${names.length === 0 ? 'nothing' : names.toSorted().join(', ')}`;
    });
    expect(drawn.toSorted()).toEqual(actual.toSorted());
  });

  test('cannot bring Node into the pure folders through a tsconfig', () => {
    expect(pure.filter((folder) => !/"types": \[\]/.test(read(`src/${folder}/tsconfig.json`)))).toEqual([]);
  });
});

describe('time, ids and chance', () => {
  const world =
    /\b(setTimeout|setInterval)\b|\bDate\.now\b|\bMath\.random\b|\bnew Date\(\s*\)|\brandomUUID\b|node:timers/;

  test('are real in system/, cli/ and main.ts only', () => {
    const allowed = /^src\/(system|cli)\/|^src\/main\.ts$/;
    const leaks = code.filter((file) => !allowed.test(file) && world.test(withoutComments(read(file))));
    expect(leaks).toEqual([]);
  });

  test('never make a test wait', () => {
    // Real guests and the real clock can only be watched; everything else is told the time.
    const patient = tests.filter((file) => !/^test\/(e2e|contract|testing|tidy)|^src\/system\//.test(file));
    expect(patient.filter((file) => /\bsetTimeout\b|node:timers/.test(withoutComments(read(file))))).toEqual(
      [],
    );
  });
});

describe('the repository', () => {
  // Marks of the machine somebody worked on; they mean nothing on any other.
  const marks = [/\bregistry\.npmjs\.org\b/, /\/work\//, /[.]library\b/];

  test('names nobody’s machine', () => {
    const marked = repositoryFiles().filter((file) => marks.some((mark) => mark.test(read(file))));
    expect(marked).toEqual([]);
  });

  test('locks every platform build its packages offer (scripts/complete-lock.mjs)', () => {
    const { packages: locked } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string>; resolved?: string }>;
    };
    const offered = Object.values(locked).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(offered.filter((name) => locked[`node_modules/${name}`] === undefined)).toEqual([]);
    expect(Object.values(locked).filter((entry) => entry.resolved !== undefined)).toEqual([]);
  });
});
