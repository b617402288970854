// Time as a value: whole milliseconds since 1970, from a clock that was handed in.

export type Time = number;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;

/** Azure's form, seven digits of fraction and an offset: `2026-11-24T06:08:00.1230000+00:00`. */
export function azureTime(time: Time): string {
  return new Date(time).toISOString().replace('Z', '0000+00:00');
}
