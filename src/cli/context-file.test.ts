// The contexts of a user: where their file is, what is in it, who can read it, and what becomes of a damaged one.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { type Context, CLOUDS, contextWords, parseSetName } from './context.ts';
import { contextFile, findContext, readContexts, withContext, writeContexts } from './context-file.ts';
import { EXIT, Problem } from './problem.ts';

const fresh = (): { MUSTER_CONFIG: string } => ({
  MUSTER_CONFIG: join(temporaryDirectory(), 'deep', 'contexts.json'),
});

describe('the file', () => {
  test.each([
    [{ MUSTER_CONFIG: '/x/y.json', XDG_CONFIG_HOME: '/c', HOME: '/h' }, '/x/y.json'],
    [{ MUSTER_CONFIG: '', XDG_CONFIG_HOME: '/c', HOME: '/h' }, '/c/muster/contexts.json'],
    [{ XDG_CONFIG_HOME: 'relative', HOME: '/h' }, '/h/.config/muster/contexts.json'],
    [{ HOME: '/h' }, '/h/.config/muster/contexts.json'],
  ])('for %j', (env, path) => {
    expect(contextFile(env)).toBe(path);
  });

  test('is its owner’s alone, and there is none before there is something in it', () => {
    const env = fresh();
    expect(readContexts(env)).toEqual({ current: 'local', all: [{ kind: 'plane', name: 'local' }] });
    writeContexts(env, readContexts(env));
    expect(statSync(env.MUSTER_CONFIG).mode & 0o777).toBe(0o600);
    expect(statSync(join(env.MUSTER_CONFIG, '..')).mode & 0o777).toBe(0o700);
  });

  test.each([
    ['{', 'it is not a JSON object.'],
    ['{"contexts":{"prod":{"kind":"aws"}}}', 'the kind of the context prod.'],
    ['{"contexts":{"prod":7}}', 'there is nothing of the context prod.'],
    ['{"contexts":{"prod":{"kind":"azure","cloud":"AzureCloud"}}}', 'the subscription of the context prod.'],
    [
      '{"contexts":{"prod":{"kind":"azure","subscription":"s","cloud":"constructor"}}}',
      'the cloud of the context prod.',
    ],
  ])('that is damaged is said to be, and stays: %s', (text, what) => {
    const env = fresh();
    mkdirSync(join(env.MUSTER_CONFIG, '..'));
    writeFileSync(env.MUSTER_CONFIG, text);
    expect(() => readContexts(env)).toThrow(new Problem(`${env.MUSTER_CONFIG} is damaged: ${what}`));
    expect(readFileSync(env.MUSTER_CONFIG, 'utf8')).toBe(text);
  });

  test('that cannot be written is a sentence', () => {
    const env = { MUSTER_CONFIG: join(temporaryDirectory(), 'file', 'contexts.json') };
    writeFileSync(join(env.MUSTER_CONFIG, '..'), '');
    expect(() => {
      writeContexts(env, { current: 'local', all: [] });
    }).toThrow(/contexts\.json cannot be written \((ENOTDIR|EEXIST)\)\.$/);
  });
});

const word = fc.stringMatching(/^[a-z][a-z0-9._-]{0,8}$/);
const optional = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined });
const contexts: fc.Arbitrary<Context> = fc.oneof(
  fc.record({
    kind: fc.constant('plane' as const),
    name: word,
    data: optional(word),
    set: optional(fc.record({ group: word, set: word })),
  }),
  fc.record({
    kind: fc.constant('azure' as const),
    name: word,
    subscription: fc.uuid(),
    cloud: fc.constantFrom(...(Object.keys(CLOUDS) as (keyof typeof CLOUDS)[])),
    endpoint: optional(fc.constant('https://arm.example')),
    set: optional(fc.record({ group: word, set: word })),
  }),
) as fc.Arbitrary<Context>;

test('what is written is read again', () => {
  const env = fresh();
  const unique = fc.uniqueArray(contexts, { selector: ({ name }) => name, maxLength: 4 });
  fc.assert(
    fc.property(unique, (given) => {
      const local: Context = { kind: 'plane', name: 'local' };
      const all = given.some(({ name }) => name === 'local') ? given : [local, ...given];
      writeContexts(env, { current: 'local', all });
      const order = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      expect(readContexts(env)).toEqual(JSON.parse(JSON.stringify({ current: 'local', all: order })));
    }),
    { numRuns: 50 },
  );
});

test('an unknown context is exit code 4, and names those there are', () => {
  const all = withContext(readContexts(fresh()), {
    kind: 'azure',
    name: 'prod',
    subscription: 's',
    cloud: 'AzureCloud',
  });
  const sentence = "There is no context 'prd'. There are: local, prod.";
  expect(() => findContext(all, 'prd')).toThrow(new Problem(sentence, EXIT.notFound));
  expect(contextWords(findContext(all, 'prod'))).toBe('subscription s (AzureCloud)');
});

test.each(['web', '/web', 'a/', 'a/b/c', 'a b/c', '', 'a/*', '../x/y'])('%j is no GROUP/SET', (text) => {
  expect(() => parseSetName(text)).toThrow(`A scale set is named GROUP/SET, not '${text}'.`);
});
