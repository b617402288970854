// Parameter failure: Azure's words for a parameter that is missing, and for one that may not be another any more.

import { Failure } from './failure.ts';

export function missing(target: string): Failure {
  const name = target.split('.').at(-1) as string;
  return new Failure('invalidParameter', `Required parameter '${name}' is missing (null).`, { target: name });
}

export function notChangeable(target: string): Failure {
  return new Failure('propertyChangeNotAllowed', `Changing property '${target}' is not allowed.`, { target });
}
