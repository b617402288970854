// Ids that a seed replays, for tests and simulation.

import type { Ids } from '../../src/app/ports/clock.ts';
import { seededRandom } from '../../src/system/random.ts';

/** UUIDs of version 4 in form, in the same order for the same seed. */
export function seededIds(seed: number | string): Ids {
  const random = seededRandom(`ids ${seed}`);
  const hex = (digits: number, from = 0, below = 16 ** digits): string =>
    (from + Math.floor(random() * (below - from))).toString(16).padStart(digits, '0');
  return {
    guid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${hex(4, 0x8000, 0xc000)}-${hex(6)}${hex(6)}`,
  };
}
