// Refusals: Azure's words around whatever is wrong with a template. Must hold: every one names where in the template it is,
// and none quotes a value that was read from a secure parameter (whoever makes the sentence sees to that).
// Source: messages as users of Azure report them, gathered per rule.

import { Failure } from '../../domain/failure.ts';

/** Where the template stands in the request: ARM's paths begin there. */
export const ROOT = 'properties.template';

export const HELP = {
  template: 'Please see https://aka.ms/arm-template for usage details.',
  functions: 'Please see https://aka.ms/arm-function-reference for usage details.',
  parameterFile: 'Please see https://aka.ms/arm-create-parameter-file for usage details.',
  givenParameters: 'Please see https://aka.ms/arm-pass-parameter-values for usage details.',
  parameters: 'Please see https://aka.ms/arm-syntax-parameters for usage details.',
  variables: 'Please see https://aka.ms/arm-syntax-variables for usage details.',
  outputs: 'Please see https://aka.ms/arm-syntax-outputs for usage details.',
  resources: 'Please see https://aka.ms/arm-syntax-resources for usage details.',
  copy: 'Please see https://aka.ms/arm-copy for usage details.',
} as const;

/** @param path from the request's root, `properties.template.resources[0].name` */
export function refuse(sentence: string, path = ''): never {
  throw invalidTemplate(`Deployment template validation failed: '${sentence}'.`, path);
}

export function invalidTemplate(message: string, path: string): Failure {
  return new Failure('invalidTemplate', message, {
    // Azure counts lines of a text; here the template arrives as values, so the path alone says where.
    additionalInfo: [{ type: 'TemplateViolation', info: { lineNumber: 0, linePosition: 0, path } }],
  });
}
