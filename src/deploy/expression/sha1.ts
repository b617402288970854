// SHA-1 (FIPS 180-4), by hand: this folder compiles without Node. For `guid()`, which is a UUID of version 5; it protects nothing.

const START: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];

export function sha1(message: readonly number[]): readonly number[] {
  const words = padded(message);
  const schedule = new Int32Array(80);
  let state = START;
  for (let at = 0; at < words.length; at += 16) {
    schedule.set(words.subarray(at, at + 16));
    for (let index = 16; index < 80; index += 1) {
      const back = (steps: number): number => schedule[index - steps] ?? 0;
      schedule[index] = rotate(back(3) ^ back(8) ^ back(14) ^ back(16), 1);
    }
    state = compress(state, schedule);
  }
  return state.flatMap((word) => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255]);
}

/** The message as words, a bit, zeros, and the length in bits as two words. */
function padded(message: readonly number[]): Int32Array {
  const length = message.length;
  const words = new Int32Array(Math.ceil((length + 9) / 64) * 16);
  for (let at = 0; at <= length; at += 1) {
    const byte = at < length ? (message[at] ?? 0) : 0x80;
    words[at >> 2] = (words[at >> 2] ?? 0) | (byte << (24 - 8 * (at % 4)));
  }
  words[words.length - 2] = Math.floor(length / 2 ** 29);
  words[words.length - 1] = length << 3;
  return words;
}

function compress(state: readonly number[], schedule: Int32Array): readonly number[] {
  let [a = 0, b = 0, c = 0, d = 0, e = 0] = state;
  for (let index = 0; index < 80; index += 1) {
    const next = (rotate(a, 5) + mix(index, b, c, d) + e + constant(index) + (schedule[index] ?? 0)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  return [a, b, c, d, e].map((word, index) => (word + (state[index] ?? 0)) | 0);
}

function mix(index: number, b: number, c: number, d: number): number {
  if (index < 20) return (b & c) | (~b & d);
  return index >= 40 && index < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
}

function constant(index: number): number {
  if (index < 20) return 0x5a827999;
  if (index < 40) return 0x6ed9eba1;
  return index < 60 ? 0x8f1bbcdc : 0xca62c1d6;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
