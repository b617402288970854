// Suggested commands go where the command that suggests them went.
import { expect, test } from 'vitest';
import { scopeWords } from './scope-words.ts';

test('what was given is given again, and what was chosen before is not', () => {
  expect(scopeWords({})).toBe('');
  expect(scopeWords({ set: 'rg/web' })).toBe(' --set rg/web');
  expect(scopeWords({ data: '/d', context: 'prod', set: 'rg/web' })).toBe(
    ' --set rg/web --context prod --data /d',
  );
});

test('a word that a shell would read otherwise is quoted', () => {
  expect(scopeWords({ set: 'rg(1)/web' })).toBe(" --set 'rg(1)/web'");
  expect(scopeWords({ data: "/it's here" })).toBe(String.raw` --data '/it'\''s here'`);
});
