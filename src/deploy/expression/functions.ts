// Functions: the table of everything that the language can call, by name without regard to case.

import { arrayFunctions } from './array-functions.ts';
import { cidrFunctions } from './cidr-functions.ts';
import { collectionFunctions } from './collection-functions.ts';
import { comparisonFunctions } from './comparison-functions.ts';
import { dateFunctions } from './date-functions.ts';
import { deploymentFunctions } from './deployment-functions.ts';
import { encodingFunctions } from './encoding-functions.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { lambdaFunctions } from './lambda-functions.ts';
import { logicalFunctions } from './logical-functions.ts';
import { numericFunctions } from './numeric-functions.ts';
import { objectFunctions } from './object-functions.ts';
import { ExpressionProblem, USAGE } from './problem.ts';
import { resourceFunctions } from './resource-functions.ts';
import { stringFunctions } from './string-functions.ts';

export const allFunctions: readonly FunctionDefinition[] = [
  ...arrayFunctions,
  ...cidrFunctions,
  ...collectionFunctions,
  ...comparisonFunctions,
  ...dateFunctions,
  ...deploymentFunctions,
  ...encodingFunctions,
  ...lambdaFunctions,
  ...logicalFunctions,
  ...numericFunctions,
  ...objectFunctions,
  ...resourceFunctions,
  ...stringFunctions,
];

const table = new Map(allFunctions.map((definition) => [definition.name.toLowerCase(), definition]));

export function functionNamed(name: string): FunctionDefinition {
  const definition = table.get(name.toLowerCase());
  if (definition !== undefined) return definition;
  if (/^list/i.test(name)) {
    throw new ExpressionProblem(
      `The template function '${name}' is not served here: the secrets of a resource cannot be listed. ${USAGE}`,
    );
  }
  throw new ExpressionProblem(`The template function '${name}' is not valid. ${USAGE}`);
}
