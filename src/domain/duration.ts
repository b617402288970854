// Duration: ISO 8601 durations as ARM's policies have them, `PT10M`. Days, hours, minutes and seconds; no months or years,
// which have no fixed length.

import { MINUTE, SECOND } from './time.ts';

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** In milliseconds; undefined when the text is not such a duration. */
export function parseDuration(text: string): number | undefined {
  const match = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:\.(\d{1,3}))?S)?)?$/i.exec(
    text,
  );
  if (match === null || /[PT]$/i.test(text)) return undefined;
  const [, days, hours, minutes, seconds, fraction] = match;
  const milliseconds = Number((fraction ?? '').padEnd(3, '0'));
  return (
    count(days) * DAY + count(hours) * HOUR + count(minutes) * MINUTE + count(seconds) * SECOND + milliseconds
  );
}

function count(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits);
}
