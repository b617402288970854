// How often a loop runs. Must hold: a whole number between 0 and 800, known before anything is made.
// Source: learn.microsoft.com, "Resource iteration in ARM templates", limits.

import type { Json } from '../../domain/json.ts';
import { HELP, refuse } from './refusal.ts';

export const MOST_RESOURCES = 800;

/** @param count as evaluated */
export function loopCount(count: Json | undefined, subject: string, path: string): number {
  if (typeof count !== 'number' || !Number.isInteger(count)) {
    refuse(`${subject} is not valid: the copy count must be an integer value. ${HELP.copy}`, path);
  }
  if (count < 0) {
    refuse(`${subject} is not valid: the copy count must not be negative. ${HELP.copy}`, path);
  }
  if (count > MOST_RESOURCES) {
    refuse(
      `${subject} is not valid: the copy count exceeds the maximum of '${MOST_RESOURCES}'. ${HELP.copy}`,
      path,
    );
  }
  return count;
}
