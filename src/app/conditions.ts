// Conditions: If-Match and If-None-Match against the row's etag. A condition that does not hold changes nothing.

import { Failure } from '../domain/failure.ts';

export interface Conditions {
  /** The header as it came. */
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

/** `etag`: of the row there is, or undefined. RFC 9110 sections 13.1.1 and 13.1.2. */
export function checkConditions(etag: number | string | undefined, conditions: Conditions): void {
  const { ifMatch, ifNoneMatch } = conditions;
  const holds =
    (ifMatch === undefined || (etag !== undefined && names(ifMatch, etag))) &&
    (ifNoneMatch === undefined || etag === undefined || !names(ifNoneMatch, etag));
  if (!holds) {
    throw new Failure(
      'preconditionFailed',
      'The condition specified using HTTP conditional header(s) is not met.',
    );
  }
}

function names(header: string, etag: number | string): boolean {
  return header.split(',').some((part) => {
    const tag = part.trim().replace(/^W\//, '').replaceAll('"', '');
    return tag === '*' || tag === String(etag);
  });
}
