// Chance: the system's own, or a sequence that a seed replays exactly (`--seed`). For fleet behaviour, not for secrets.

import { createHash } from 'node:crypto';

import type { Random } from '../domain/random.ts';

export const systemRandom: Random = () => Math.random();

/**
 * The same seed gives the same sequence, on every machine and in every version. The generator is sfc32 of PractRand
 * (Chris Doty-Humphrey, public domain), its 128 bits of state taken from the seed's SHA-256.
 */
export function seededRandom(seed: number | string): Random {
  const digest = createHash('sha256').update(String(seed)).digest();
  let a = digest.readInt32LE(0);
  let b = digest.readInt32LE(4);
  let c = digest.readInt32LE(8);
  let counter = digest.readInt32LE(12);
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}
