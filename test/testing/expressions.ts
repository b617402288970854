// Arbitrary expressions of the template language: any syntax, and calls of functions that there are.
import fc from 'fast-check';
import type { Expression } from '../../src/deploy/expression/expression.ts';
import { parseExpression } from '../../src/deploy/expression/parse.ts';
import type { FunctionDefinition } from '../../src/deploy/expression/function-definition.ts';

const identifier = fc.stringMatching(/^[A-Za-z_ä][A-Za-z0-9_]{0,8}$/);

const text = fc
  .oneof(fc.string(), fc.constantFrom("'", "''", 'a', '', '[', ']', 'x]', '[[', 'é', '\n'))
  .map((value): Expression => ({ kind: 'text', value }));

const integer = fc
  .oneof(fc.integer({ min: -20, max: 20 }), fc.maxSafeInteger())
  .map((value): Expression => ({ kind: 'integer', value: value === 0 ? 0 : value }));

export const expressionArbitrary: fc.Arbitrary<Expression> = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    integer,
    fc
      .tuple(
        fc.option(identifier, { nil: undefined }),
        identifier,
        fc.array(tie('expression'), { maxLength: 3 }),
      )
      .map(([namespace, name, args]): Expression => ({ kind: 'call', namespace, name, args })),
    fc
      .tuple(tie('expression'), identifier, fc.boolean())
      .map(([of, name, safe]): Expression => ({ kind: 'property', of, name, safe })),
    fc
      .tuple(tie('expression'), tie('expression'), fc.boolean())
      .map(([of, at, safe]): Expression => ({ kind: 'index', of, at, safe })),
  ),
})).expression;

/** Texts that some function takes for more than a text. */
const meaningful = fc
  .constantFrom(
    'x',
    'y',
    'Microsoft.Network/virtualNetworks',
    'Microsoft.Network',
    '10.0.0.0/8',
    'fd00::/8',
    'P1D',
    '2020-04-07 14:53:14Z',
    'yyyy',
    '{0:N2}',
    '{"a":[1,{"b":2}]}',
    'data:;base64,SGVsbG8=',
    'SGVsbG8=',
    'http://contoso.com/a/',
    'true',
    '12',
    'Full',
    '__proto__',
    'constructor',
    '\ud800',
  )
  .map((value): Expression => ({ kind: 'text', value }));

/** Lists and objects, of every kind that some function asks for. */
const containers = fc
  .constantFrom(
    "createArray('b', 'a', 'b')",
    'createArray(3, 1, 2)',
    "createArray(createArray(1), createArray('a'))",
    "createArray(createObject('a', 1), createObject('b', 2))",
    'createArray()',
    "createObject('a', 1, 'B', createObject('c', createArray(1)))",
    'true()',
    'null()',
  )
  .map((written) => parseExpression(written));

const call = (name: string, args: readonly Expression[]): Expression => ({
  kind: 'call',
  namespace: undefined,
  name,
  args,
});

/** Calls of the functions given, with as many arguments as they take, of any type; lambdas where somebody may take one. */
export function callArbitrary(functions: readonly FunctionDefinition[]): fc.Arbitrary<Expression> {
  return fc.letrec<{ expression: Expression }>((tie) => {
    const lambda = tie('expression').map((body) =>
      call('lambda', [{ kind: 'text', value: 'x' }, { kind: 'text', value: 'y' }, body]),
    );
    const variable = fc
      .constantFrom('x', 'y')
      .map((name) => call('lambdaVariables', [{ kind: 'text', value: name }]));
    const argument = fc.oneof(
      { weight: 4, arbitrary: tie('expression') },
      { weight: 1, arbitrary: lambda },
      { weight: 1, arbitrary: variable },
    );
    const known = fc.constantFrom(...functions).chain((definition) => {
      const most = Math.min(definition.most, definition.least + 2);
      return fc
        .array(argument, { minLength: definition.least, maxLength: most })
        .map((args) => call(definition.name, args));
    });
    return {
      expression: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        meaningful,
        containers,
        text,
        integer,
        fc.constantFrom('p', 'q', 'r').map((name) => call('parameters', [{ kind: 'text', value: name }])),
        known,
        fc
          .tuple(tie('expression'), tie('expression'), fc.boolean())
          .map(([of, at, safe]): Expression => ({ kind: 'index', of, at, safe })),
      ),
    };
  }).expression;
}
