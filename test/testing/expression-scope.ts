// A scope for expressions that knows nothing but what it is given: for tests of the expression language.
import type { Scope } from '../../src/deploy/expression/scope.ts';

export function emptyScope(given: Partial<Scope> = {}): Scope {
  return {
    parameter: () => undefined,
    variable: () => undefined,
    copyIndex: () => undefined,
    reference: () => undefined,
    fact: () => undefined,
    provider: () => undefined,
    ...given,
  };
}
