// Triage over inventories in memory: how much time of a processor it takes to judge a large set with trouble in it. No request is
// made: what reading an inventory costs is another benchmark's. Measured as the processor's time of this process, which other
// programs on the machine do not lengthen as they lengthen the clock's.

import { triage } from '../src/operator/triage.ts';
import type { Event, Inventory } from '../src/operator/inventory.ts';
import { eventOf, fleet, inventoryOf } from '../test/testing/inventories.ts';
import { median } from './statistics.ts';
import { milliseconds, printTable, type Row } from './table.ts';

const RUNS = 15;

printTable([row(1000, 'at most 100 ms'), row(10_000, 'at most 1 s')]);

function row(count: number, limit: string): Row {
  const inventory = troubled(count);
  const events = log(count);
  const first = timed(inventory, events);
  const times = Array.from({ length: RUNS }, () => timed(inventory, events));
  return {
    what: `triage of ${count} instances, 500 of the log's entries`,
    found: milliseconds(median(times)),
    against: `${milliseconds(first)} the first time, before the code is warm; ${limit}`,
  };
}

function timed(inventory: Inventory, events: readonly Event[]): number {
  const begun = process.cpuUsage();
  triage(inventory, events);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

/** Half of zone 2 is unhealthy, a seventh is behind, a few are stopped or failed: there is something to compare. */
function troubled(count: number): Inventory {
  const instances = fleet(count, (number) => {
    if (number % 3 === 1 && number % 2 === 1) return { health: 'unhealthy' };
    if (number % 7 === 0) return { latestModel: false };
    if (number % 101 === 0)
      return { provisioning: 'Failed', failure: { code: 'VMStartTimedOut', message: '' } };
    return number % 103 === 0 ? { power: 'stopped' } : {};
  });
  return inventoryOf(instances);
}

function log(count: number): readonly Event[] {
  return Array.from({ length: 500 }, (_, index) =>
    eventOf({ instances: [String(index % count)], correlationId: `c${index}` }),
  );
}
