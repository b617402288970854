// Action usage: what the acting commands' help has in common.

import { SESSION_USAGE } from './session-options.ts';

export const GUARD_USAGE = `  --max N|P%            so many may be unavailable by this at once (default: 5% of the set, at least 1)
  --floor N|P%          so many must go on serving (default: 1)
  --whole-set           it is meant for every instance of the set
  --include-protected   also instances with a protection policy
  --include-stateful    also instances with the tag muster:stateful
  --below-floor         fewer than the floor may be left
`;

export const ACTION_USAGE = `${GUARD_USAGE}${SESSION_USAGE.replaceAll(/^(  \S+ \S+) +/gm, (_, option: string) => option.padEnd(24))}  --expect TEXT         what the fleet should do meanwhile, for the evidence and the activity log
  --timeout SECONDS     how long each step may take to be verified (default: 900)
  --dry-run             print the plan; nothing but reads is sent
  --yes, -y             do not ask; where the set's name is asked for: --confirm NAME
  -o, --output FORM     table (default) or json
`;

export const TARGET_USAGE = `  --where EXPRESSION    instead of ids: those that it holds for, resolved to a list first; muster list --help
                        has the fields, and with the same expression shows which they are
  --batch N             so many at once, after the first (default: 1)
`;

/** Seconds that a command may take in each instance where nothing is said. */
export const RUN_LIMIT = 600;
