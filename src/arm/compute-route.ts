// A route of the provider Microsoft.Compute: ARM's name of it follows from its type and its verb.

import type { AnswerStyle, Method, Route } from './routes.ts';

/** @param verb the last part of ARM's name: `read`, `restart/action` */
export function computeRoute(
  method: Method,
  path: string,
  type: string,
  verb: string,
  answers: AnswerStyle = 'now',
): Route {
  return {
    method,
    path,
    provider: 'Microsoft.Compute',
    type,
    action: `Microsoft.Compute/${type}/${verb}`,
    answers,
  };
}

export function computeRead(path: string, type: string): Route {
  return computeRoute('GET', path, type, 'read');
}
