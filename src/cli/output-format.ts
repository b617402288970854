// Output format: `-o` of the commands that write either for a person or for a program.

import { EXIT, Problem } from './problem.ts';

export function wantsJson(format: string): boolean {
  if (format !== 'table' && format !== 'json') {
    throw new Problem(`-o must be table or json, not '${format}'.`, EXIT.misused);
  }
  return format === 'json';
}
