// Deployment functions: what the place where an expression stands knows: parameters, variables, loops, and facts about the deployment.

import type { Json } from '../../domain/json.ts';
import { integerArgument, textArgument } from './arguments.ts';
import {
  type Arguments,
  defineLookup,
  type FunctionDefinition,
  notExpectedHere,
} from './function-definition.ts';
import { ExpressionProblem } from './problem.ts';
import type { FactName } from './scope.ts';

export const deploymentFunctions: readonly FunctionDefinition[] = [
  defineLookup('parameters', [1, 1], (args) => {
    const value = args.scope.parameter(textArgument(args, 0));
    if (value !== undefined) return value;
    throw notFound(args, 'parameter');
  }),
  defineLookup('variables', [1, 1], (args) => {
    const value = args.scope.variable(textArgument(args, 0));
    if (value !== undefined) return value;
    throw notFound(args, 'variable');
  }),
  defineLookup('copyIndex', [0, 2], copyIndex),
  fact('subscription'),
  fact('resourceGroup'),
  fact('deployment'),
  fact('environment'),
  fact('tenant'),
  fact('deployer'),
  // Known, and only ever available in a deployment to a management group.
  defineLookup('managementGroup', [0, 0], (args) => {
    throw notExpectedHere(args.name);
  }),
];

function fact(name: FactName): FunctionDefinition {
  return defineLookup(name, [0, 0], (args) => {
    const value = args.scope.fact(name);
    if (value !== undefined) return value;
    throw notExpectedHere(args.name);
  });
}

function notFound(args: Arguments, what: 'parameter' | 'variable'): ExpressionProblem {
  return new ExpressionProblem(
    `The template ${what} '${args.quoted(0)}' is not found. Please see https://aka.ms/arm-template/#${what}s for usage details.`,
  );
}

/** `copyIndex(loop?, offset?)`. */
function copyIndex(args: Arguments): Json {
  const isNamed = args.count > 0 && typeof args.value(0) === 'string';
  const loop = isNamed ? textArgument(args, 0) : undefined;
  const offsetAt = isNamed ? 1 : 0;
  const offset = args.count > offsetAt ? integerArgument(args, offsetAt) : 0;
  const index = args.scope.copyIndex(loop);
  if (index !== undefined) return index + offset;
  throw notExpectedHere(
    args.name,
    'The function can only be used in a resource with copy specified. Please see https://aka.ms/arm-copy for usage details.',
  );
}
