// Absence: whether a plane that is running was away all the same: its machine slept, or it was stopped and continued. Then
// its clock is far ahead of the time for which it had asked to be woken.

import { MINUTE, type Time } from './time.ts';

/** A plane looks at its clock at least this often, in milliseconds. */
export const BEAT = MINUTE;
/** Late by less than that is a busy machine, not an absence. */
const LATE = 5 * MINUTE;

/** `seen`: when it last looked at its clock. */
export function wasAway(seen: Time, now: Time): boolean {
  return now - seen > BEAT + LATE;
}
