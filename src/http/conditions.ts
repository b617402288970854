// Conditions: the headers by which a write asks for a version.

import type { Call } from './context.ts';

/** If-Match and If-None-Match as they came; the use case reads the tags in them. */
export function conditions({ request }: Call): { readonly ifMatch?: string; readonly ifNoneMatch?: string } {
  const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
  return {
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(ifNoneMatch === undefined ? {} : { ifNoneMatch }),
  };
}
