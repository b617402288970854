// The contract of the Guests port: what every driver must do, whatever its guests are. A test that is true of one
// kind of guest only belongs beside that driver.

import { describe, onTestFinished } from 'vitest';

import { Bench } from './guests-bench.ts';
import { describeEndOfExecution, describeExecution } from './guests-commands.ts';
import { describeDataDisks } from './guests-data-disks.ts';
import { describeDeletion, describeReconfigure, describeReimage } from './guests-disks.ts';
import type { GuestsHarness } from './guests-harness.ts';
import { describeCreation, describeLifetime, describeUnknown } from './guests-lifetime.ts';
import { describeImages } from './guests-images.ts';
import { describeProbes } from './guests-probes.ts';
import { describePower, describeRestart } from './guests-power.ts';

export function describeGuests(name: string, open: () => Promise<GuestsHarness>): void {
  describe(`guests contract: ${name}`, () => {
    const bench = async () => {
      const harness = await open();
      onTestFinished(() => harness.close());
      return new Bench(harness);
    };
    describeCreation(bench);
    describePower(bench);
    describeRestart(bench);
    describeReimage(bench);
    describeReconfigure(bench);
    describeDataDisks(bench);
    describeImages(bench);
    describeDeletion(bench);
    describeExecution(bench);
    describeEndOfExecution(bench);
    describeProbes(bench);
    describeUnknown(bench);
    describeLifetime(bench);
  });
}
