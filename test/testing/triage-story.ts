// The story that docs/triage.md tells, as values: a set of thirty in three zones, in which a new agent came to zone 2 and takes most
// of its instances down, one instance is slow in a way that no average shows, and one was stopped and forgotten.

import type { InstanceFacts, Inventory } from '../../src/operator/inventory.ts';
import { fleet, inventoryOf, TAKEN } from './inventories.ts';

const minutesAgo = (minutes: number): string => new Date(Date.parse(TAKEN) - minutes * 60_000).toISOString();

const SICK = new Set([1, 4, 7, 10, 13, 16, 19, 22]);

export function storyInventory(): Inventory {
  return inventoryOf(
    fleet(30, (number) => ({ extensions: [agent(number)], ...trouble(number) })),
    { group: 'shop', name: 'web' },
  );
}

function agent(number: number): InstanceFacts['extensions'][number] {
  const version = number % 3 === 1 ? '2.0' : '1.9';
  return { name: 'agent', type: 'Contoso.Agent', version, state: 'ok', message: '' };
}

function trouble(number: number): Partial<InstanceFacts> {
  if (SICK.has(number)) {
    const view = {
      vmHealth: { status: { code: 'HealthState/unhealthy', time: minutesAgo(20 - number / 2) } },
    };
    return { health: 'unhealthy', balance: 'out', view };
  }
  if (number === 5) return { power: 'stopped', health: 'none', balance: 'out' };
  if (number < 27) return {};
  const path = 'virtualMachineProfile.storageProfile.imageReference.version';
  return { latestModel: false, behind: [{ path, instance: '"1.0.0"', set: '"1.1.0"' }] };
}

/** What the application writes of itself: one row an instance that runs. */
export function storyHeartbeats({ instances }: Inventory): string {
  const rows = instances
    .filter(({ power }) => power === 'running')
    .map(({ computerName, id }) => {
      const seen = `2026-11-24T05:59:${10 + (Number(id) % 40)}Z`;
      return `${computerName},${id === '12' ? 950 : 40 + (Number(id) % 5)},${seen}`;
    });
  return ['host,p99_ms,last_seen', ...rows, 'build-7,12,2026-11-24T05:59:40Z'].join('\n');
}
