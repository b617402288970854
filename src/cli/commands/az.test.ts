// What of `muster az`'s arguments is Muster's and what is az's.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitArguments } from './az.ts';

describe('the arguments', () => {
  test.each([
    [[], undefined, []],
    [['--', 'vmss', 'list'], undefined, ['vmss', 'list']],
    [['vmss', 'list'], undefined, ['vmss', 'list']],
    [['--data', '/d', '--', 'vmss', '--data', 'x'], '/d', ['vmss', '--data', 'x']],
    [['--data=/d', 'vmss', 'list'], '/d', ['vmss', 'list']],
    [['--data', '/d'], '/d', []],
    [['vmss', '--data', '/d', '--', 'x'], undefined, ['vmss', '--data', '/d', '--', 'x']],
    [['--', '--data', '/d'], undefined, ['--data', '/d']],
    [['--', '--help'], undefined, ['--help']],
  ])('%j', (args, data, rest) => {
    expect(splitArguments(args)).toEqual({ data, rest });
  });

  test('after -- are az’s, every one of them', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (rest) => {
        expect(splitArguments(['--', ...rest])).toEqual({ data: undefined, rest });
      }),
    );
  });

  test('that end with --data are one sentence', () => {
    expect(() => splitArguments(['--data'])).toThrow('The option --data needs a value.');
  });
});
