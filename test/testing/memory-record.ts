// A record in memory that may die: as many entries as it is told are kept, and then appending fails, with the last one kept
// or lost. The chain is the real one.

import { createHash } from 'node:crypto';
import { seal, type Sealed } from '../../src/operator/evidence.ts';
import type { Helm } from '../../src/operator/helm.ts';
import type { Entry } from '../../src/operator/record-entry.ts';
import { seededIds } from './seeded.ts';
import type { ToyFleet } from './toy-fleet.ts';

export const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

export class Crash extends Error {
  override readonly name = 'Crash';
}

export interface MemoryRecord {
  readonly entries: Sealed[];
  append(entry: Entry): Sealed;
  /** After so many more entries it dies; undefined, never. `kept`: the last of them is on disk. */
  die: { after: number; readonly kept: boolean } | undefined;
}

export function memoryRecord(now: () => number): MemoryRecord {
  const entries: Sealed[] = [];
  const record: MemoryRecord = {
    entries,
    die: undefined,
    append: (entry) => {
      const { die } = record;
      if (die !== undefined && die.after <= 0) throw new Crash('dead');
      if (die !== undefined) die.after -= 1;
      const dies = die !== undefined && die.after === 0;
      const sealed = seal(entry, entries.at(-1), new Date(now()).toISOString(), hash);
      if (!dies || die.kept) entries.push(sealed);
      if (dies) throw new Crash(`at ${entry.kind}`);
      return sealed;
    },
  };
  return record;
}

/** A helm on a toy fleet. */
export function toyHelm(fleet: ToyFleet, record: MemoryRecord, changes: Partial<Helm> = {}): Helm {
  const ids = seededIds(`helm ${record.entries.length} ${fleet.accepted.length}`);
  return {
    arm: fleet.arm,
    start: fleet.inventory(),
    readInventory: async () => Promise.resolve(fleet.inventory()),
    now: fleet.now,
    pause: fleet.pause,
    guid: () => ids.guid(),
    hash,
    logDelay: 0,
    looks: { first: 3000, longest: 3000 },
    append: (entry) => record.append(entry),
    progress: () => {},
    interrupted: () => false,
    interruption: new Promise(() => {}),
    ...changes,
  };
}
