// Session options: where a command goes, as every operator's command takes it. Apart from the session itself, which takes longer to
// load than help does to be read.

import type { ParseArgsConfig } from 'node:util';

/** For the option tables of commands. */
export const SESSION_OPTIONS = {
  context: { type: 'string' },
  set: { type: 'string' },
  data: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

export const SESSION_USAGE = `  --set GROUP/SET     the scale set (default: what "muster use" chose)
  --context NAME      where it is (default: what "muster context use" chose)
  --data DIR          the local plane's data directory (default $MUSTER_HOME or ~/.muster)
`;

export interface SessionValues {
  readonly context?: string | undefined;
  readonly set?: string | undefined;
  readonly data?: string | undefined;
}
