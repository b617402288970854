// Time as a value: whole milliseconds since 1970, from a clock that was handed in.

export type Time = number;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** Azure's form, seven digits of fraction and an offset: `2026-11-24T06:08:00.1230000+00:00`. */
export function azureTime(time: Time): string {
  return new Date(time).toISOString().replace('Z', '0000+00:00');
}

/** The form in which ARM writes a time into a sentence: `11/24/2026 6:08:00 AM`. */
export function spokenTime(time: Time): string {
  const date = new Date(time);
  const two = (number: number): string => String(number).padStart(2, '0');
  const hour = date.getUTCHours();
  const day = `${date.getUTCMonth() + 1}/${date.getUTCDate()}/${date.getUTCFullYear()}`;
  return `${day} ${hour % 12 || 12}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} ${hour < 12 ? 'AM' : 'PM'}`;
}

/** An ISO 8601 duration as ARM writes one: `PT1M4.25S`. */
export function isoDuration(milliseconds: number): string {
  const hours = Math.floor(milliseconds / (60 * MINUTE));
  const minutes = Math.floor((milliseconds % (60 * MINUTE)) / MINUTE);
  const seconds = (milliseconds % MINUTE) / SECOND;
  return `PT${hours > 0 ? `${hours}H` : ''}${minutes > 0 ? `${minutes}M` : ''}${seconds}S`;
}
