// Fingerprint: a short text that is the same for the same JSON whatever the order of its keys, and another one for another.
// For telling two versions of one document apart; it keeps nobody out.

import { isObject, type Json } from './json.ts';

/** Sixteen hexadecimal digits. */
export function fingerprint(value: Json | undefined): string {
  const text = canonical(value);
  return hash(text, 0x811c9dc5) + hash(text, 0x9747b28c);
}

/** In the form of a GUID. */
export function fingerprintGuid(value: Json): string {
  const digits = fingerprint(value) + fingerprint([value]);
  return digits.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value ?? null);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
    .join(',')}}`;
}

/** MurmurHash3's rounds over the characters, so that the two halves do not follow from each other. */
function hash(text: string, seed: number): string {
  let state = seed;
  for (let at = 0; at < text.length; at += 1) {
    const mixed = Math.imul(text.charCodeAt(at), 0xcc9e2d51);
    state ^= Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
    state = Math.imul((state << 13) | (state >>> 19), 5) + 0xe6546b64;
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return ((state ^ (state >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
