// Unique names: `guid()` and `uniqueString()`, with the values that Azure gives, so that a template names its resources here
// as it does there. Sources: Microsoft documents guid() as a version 5 UUID in a namespace of its own, over the arguments
// joined by hyphens. uniqueString() is not documented; the 64 bits of a MurmurHash3 with two lanes of 32 bits, in base 32,
// reproduce all published pairs of arguments and result (`unique-names.test.ts`).

import { sha1 } from './sha1.ts';
import { utf8Of } from './utf8.ts';

const NAMESPACE = '11fb06fb-712d-4ddd-98c7-e71bbd588830';
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

export function guidOf(parts: readonly string[]): string {
  const namespace = Array.from(NAMESPACE.replaceAll('-', '').matchAll(/../g), ([byte]) =>
    Number.parseInt(byte, 16),
  );
  const bytes = sha1([...namespace, ...utf8Of(parts.join('-'))]).slice(0, 16);
  const marked = bytes.map((byte, index) => {
    if (index === 6) return (byte & 0x0f) | 0x50;
    return index === 8 ? (byte & 0x3f) | 0x80 : byte;
  });
  const hex = marked.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Thirteen letters and digits. */
export function uniqueStringOf(parts: readonly string[]): string {
  const [high, low] = murmur(utf8Of(parts.join('-')));
  let rest = (BigInt(high) << 32n) | BigInt(low);
  let text = '';
  for (let digit = 0; digit < 13; digit += 1) {
    text += BASE32.charAt(Number((rest >> 59n) & 31n));
    rest = BigInt.asUintN(64, rest << 5n);
  }
  return text;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;

function murmur(bytes: readonly number[]): readonly [high: number, low: number] {
  let a = 0;
  let b = 0;
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) {
    a = Math.imul(rotate(a ^ firstLane(word(bytes, at)), 19) + b, 5) + 0x561ccd1b;
    b = Math.imul(rotate(b ^ secondLane(word(bytes, at + 4)), 13) + a, 5) + 0x0bcaa747;
  }
  a ^= firstLane(word(bytes, whole));
  b ^= secondLane(word(bytes, whole + 4));
  const length = bytes.length;
  b ^= length;
  a = (a ^ length) + b;
  b += a;
  a = finish(a);
  b = finish(b);
  a += b;
  b += a;
  return [b >>> 0, a >>> 0];
}

function firstLane(value: number): number {
  return Math.imul(rotate(Math.imul(value, C1), 15), C2);
}

function secondLane(value: number): number {
  return Math.imul(rotate(Math.imul(value, C2), 17), C1);
}

function finish(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

/** Four bytes, the lowest first; those behind the end are zero. */
function word(bytes: readonly number[], at: number): number {
  const byte = (index: number): number => bytes[at + index] ?? 0;
  return byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24);
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}
