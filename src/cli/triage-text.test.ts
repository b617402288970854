// How a report reads, and that the documentation shows what the program prints.
import { describe, expect, test } from 'vitest';
import { eventOf, fleet, inventoryOf } from '../../test/testing/inventories.ts';
import { read } from '../../test/testing/files.ts';
import { storyHeartbeats, storyInventory } from '../../test/testing/triage-story.ts';
import { readHeartbeats } from '../operator/heartbeat.ts';
import type { Inventory } from '../operator/inventory.ts';
import { triage } from '../operator/triage.ts';
import { heartbeatTable } from './heartbeat-file.ts';
import { renderTriage } from './triage-text.ts';

const text = (inventory: Inventory): string => renderTriage(triage(inventory, []));

test('docs/triage.md shows what the program prints', () => {
  const inventory = storyInventory();
  const heard = readHeartbeats(heartbeatTable(storyHeartbeats(inventory), 'heartbeat.csv'), inventory);
  if ('error' in heard) throw new Error(heard.error);
  const printed = renderTriage(triage(inventory, [], heard));
  expect(read('docs/triage.md')).toContain(`$ muster triage --with heartbeat.csv\n${printed}\`\`\``);
});

describe('a report', () => {
  test('of a fleet in order says so', () => {
    expect(text(inventoryOf(fleet(3)))).toBe(
      'rg/web: 3 instances, capacity 3, 3 serving (2026-11-24T06:00:00.000Z)\n\nNothing needs attention.\n',
    );
  });

  test('shortens a command with very many ids, but never its count', () => {
    const lines = text(inventoryOf(fleet(300, (n) => (n < 41 ? { health: 'unhealthy' } : {})))).split('\n');
    expect(lines).toContain(
      '   -> muster restart 0 1 2 3 4 5 6 7 8 9 10 11 … (41 ids; -o json has them all)',
    );
  });

  test('says of whom nothing is to be run for, and why', () => {
    const inventory = inventoryOf(fleet(20, (n) => (n < 14 ? { health: 'unhealthy' } : {})));
    const busy = eventOf({
      status: 'Accepted',
      instances: fleet(14).map(({ id }) => id),
      time: '2026-11-24T05:59:00.000Z',
    });
    expect(renderTriage(triage(inventory, [busy]))).toContain(
      '   -> nothing to run for 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more: restart by ada in hand since 2026-11-24 05:59:00 UTC: wait for it\n',
    );
  });

  test('says when nothing is in common, or too few to tell', () => {
    expect(
      text(inventoryOf(fleet(20, (n) => (n === 1 || n === 2 ? { health: 'unhealthy' } : {})))),
    ).toContain('What they have in common was not asked: fewer than 3 fail (2 failing, 18 healthy).');
    expect(text(inventoryOf(fleet(20, (n) => (n % 7 === 0 ? { health: 'unhealthy' } : {}))))).toMatch(
      /No common factor found: \d+ things compared, none holds up/,
    );
  });

  test('names the nearest where it looks like something and may be chance', () => {
    const nearly = inventoryOf(
      fleet(12, (n) =>
        n % 3 === 1
          ? { health: 'unhealthy', faultDomain: '', updateDomain: '' }
          : { faultDomain: '', updateDomain: '' },
      ).slice(0, 9),
    );
    expect(text(nearly)).toContain(
      'No common factor found: 11 things compared, none holds up. Nearest is zone 2, 3 of 3 failing and 0 of 6 healthy, which may be chance (adjusted p = 0.06).',
    );
  });

  test('tells of all urgent ones together, and ends with its notes', () => {
    const inventory = inventoryOf(
      fleet(30, (n) => (n % 3 === 1 ? (n < 15 ? { health: 'unhealthy' } : { balance: 'out' }) : {})),
    );
    const suspended = eventOf({
      operation: 'Microsoft.Compute/virtualMachineScaleSets/setOrchestrationServiceState/action',
      description: 'Automatic repairs suspended themselves: …',
    });
    const printed = renderTriage(triage(inventory, [suspended]));
    expect(printed).toMatch(
      /\nAll urgent ones together\n {3}In common: zone 2: 10 of 10 failing have it and 0 of 20 healthy ones\. /,
    );
    expect(printed.trimEnd().split('\n').at(-1)).toBe(
      'Note: Automatic repairs have suspended themselves; nothing is repaired until they are resumed.',
    );
  });
});
