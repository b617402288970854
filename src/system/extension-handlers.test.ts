// The table of a user's own extension handlers: what is read of it, and what is refused.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { BadHandlers, readHandlers } from './extension-handlers.ts';

function directoryWith(content: unknown): string {
  const directory = temporaryDirectory();
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  writeFileSync(join(directory, 'extensions.json'), text);
  writeFileSync(join(directory, 'agent.sh'), 'echo agent\n');
  return directory;
}

describe('a user’s handlers', () => {
  test('are none where there is no file', () => {
    expect(readHandlers(temporaryDirectory()).size).toBe(0);
  });

  test('are scripts in the table itself or in files beside it, found without regard to case', () => {
    const table = readHandlers(
      directoryWith({
        'Contoso.Web.Agent': { file: 'agent.sh', version: '1.2' },
        'A.B': { script: 'echo b' },
      }),
    );
    expect([...table]).toEqual([
      ['contoso.web.agent', { script: 'echo agent\n', version: '1.2' }],
      ['a.b', { script: 'echo b' }],
    ]);
  });

  test.each([
    ['{', /is not JSON/],
    [[], /must be an object/],
    [{ Agent: { script: 'x' } }, /'Agent' is no publisher\.type/],
    [{ 'A.B': {} }, /'A\.B' must have either a 'script' or a 'file'/],
    [{ 'A.B': { script: 'x', file: 'agent.sh' } }, /either/],
    [{ 'A.B': { file: 'nowhere.sh' } }, /the file 'nowhere\.sh' of 'A\.B' is not there/],
    [{ 'A.B': { script: 'x', version: 'new' } }, /version of 'A\.B'/],
  ])('are refused as %j', (content, words) => {
    const directory = directoryWith(content);
    expect(() => readHandlers(directory)).toThrow(BadHandlers);
    expect(() => readHandlers(directory)).toThrow(words);
  });
});
