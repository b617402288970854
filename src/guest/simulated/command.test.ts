// The little language of simulated guests.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseScript, type Step } from './command.ts';

const print = (text: string, to: 'stdout' | 'stderr' = 'stdout'): Step => ({ do: 'print', text, to });

describe('a script', () => {
  test.for<[string, readonly Step[]]>([
    ['echo hello world', [print('hello world\n')]],
    ['echo', [print('\n')]],
    ['echo -n bare', [print('bare')]],
    ['echo -n', [print('')]],
    ['echo -nothing', [print('-nothing\n')]],
    ['echo "two words"', [print('two words\n')]],
    ["echo 'a; b' >&2", [print('a; b\n', 'stderr')]],
    ['sleep 1.5', [{ do: 'sleep', milliseconds: 1500 }]],
    ['sleep soon', [{ do: 'sleep', milliseconds: 0 }]],
    ['sleep -3', [{ do: 'sleep', milliseconds: 0 }]],
    ['write /etc/motd "good day"', [{ do: 'write', path: '/etc/motd', text: 'good day' }]],
    ['write /empty', [{ do: 'write', path: '/empty', text: '' }]],
    ['cat /etc/motd', [{ do: 'cat', path: '/etc/motd' }]],
    ['exit 3', [{ do: 'exit', code: 3 }]],
    ['exit 256', [{ do: 'exit', code: 0 }]],
    ['exit', [{ do: 'exit' }]],
    ['fail', [print('', 'stderr'), { do: 'exit', code: 1 }]],
    ['fail no disk', [print('no disk\n', 'stderr'), { do: 'exit', code: 1 }]],
    ['hang', [{ do: 'hang' }]],
    ['crash', [{ do: 'crash' }]],
    ['metric errorRate 1.5', [{ do: 'metric', name: 'errorRate', value: 1.5 }]],
    ['metric errorRate', [{ do: 'metric', name: 'errorRate', value: 0 }]],
    ['systemctl restart nginx', [{ do: 'nothing' }]],
    ['toString', [{ do: 'nothing' }]],
    ['', []],
    ['#!/bin/sh\n# a comment\n\n  echo a  ;  exit 2', [print('a\n'), { do: 'exit', code: 2 }]],
    ['echo a;echo b\necho c', [print('a\n'), print('b\n'), print('c\n')]],
  ])('%j is understood', ([script, steps]) => {
    expect(parseScript(script)).toEqual(steps);
  });

  test('whatever it holds, is understood somehow', () => {
    const word = fc.constantFrom(
      'echo',
      'exit',
      'write',
      'cat',
      'sleep',
      'fail',
      ';',
      '"',
      "'",
      '-n',
      '>&2',
      '\n',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
        expect(Array.isArray(parseScript(words.join('')))).toBe(true);
      }),
    );
  });
});
