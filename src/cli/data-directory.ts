// Where a plane keeps its things, and which of them the command line reads.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { Problem, EXIT } from './problem.ts';
import type { Environment } from './terminal.ts';

/** The absolute path of the data directory: what `--data` says, else $MUSTER_HOME, else ~/.muster. */
export function dataDirectory(option: string | undefined, env: Environment): string {
  if (option === '') throw new Problem('--data needs a directory.', EXIT.misused);
  const home = env.MUSTER_HOME === '' ? undefined : env.MUSTER_HOME;
  return resolve(option ?? home ?? join(homedir(), '.muster'));
}

export interface DataFiles {
  readonly plane: string;
  readonly identity: string;
  /** The authority's certificate, by itself. */
  readonly ca: string;
  /** The same certificate together with those the machine trusts anyway. */
  readonly trust: string;
  /** az's configuration directory. */
  readonly az: string;
}

export function filesOf(data: string): DataFiles {
  return {
    plane: join(data, 'plane.json'),
    identity: join(data, 'identity.json'),
    ca: join(data, 'tls', 'ca.pem'),
    trust: join(data, 'tls', 'trust.pem'),
    az: join(data, 'az'),
  };
}
