// How extensions go in simulated guests: as their script says, or as it is drawn.
import { expect, test } from 'vitest';
import { manualClock } from '../../../test/testing/manual-clock.ts';
import type { Execution } from '../../domain/guest.ts';
import { openSimulatedGuests } from './guests.ts';
import type { SimulationScript } from './script.ts';

const COUNT = 200;

/** How many of so many guests' extensions ended in which way, an hour later. */
async function endings(
  script: Partial<SimulationScript>,
  command: { readonly extension?: string } = { extension: 'setup' },
): Promise<Record<string, number>> {
  const clock = manualClock();
  const guests = openSimulatedGuests({ clock, seed: 'extensions', script });
  const handles = Array.from({ length: COUNT }, (_, id) => `5e7a0000-0000-4000-8000-000000000001_${id}`);
  for (const handle of handles) {
    await guests.create(handle, { name: handle, computerName: 'c', image: 'base', size: 's', dataDisks: [] });
  }
  clock.advance(60_000);
  for (const handle of handles) {
    await guests.exec(handle, 'extension-1', {
      script: 'echo done',
      parameters: [],
      timeoutMs: 1_800_000,
      ...command,
    });
  }
  clock.advance(3_600_000);
  const counts: Record<string, number> = {};
  for (const handle of handles) {
    const { state, exitCode = '' } = (await guests.execution(handle, 'extension-1')) as Execution;
    const end = `${state} ${exitCode}`;
    counts[end] = (counts[end] ?? 0) + 1;
  }
  await guests.close();
  return counts;
}

test('they do what their script says unless anything else is drawn', async () => {
  expect(await endings({})).toEqual({ 'exited 0': COUNT });
});

test('about as many fail and hang as the script of the simulation says, and the same ones each time', async () => {
  const script = { extensionFails: 0.2, extensionHangs: 0.1 };
  const drawn = await endings(script);
  expect(drawn['exited 1']).toBeGreaterThan(COUNT * 0.1);
  expect(drawn['exited 1']).toBeLessThan(COUNT * 0.3);
  expect(drawn['timedOut ']).toBeGreaterThan(COUNT * 0.04);
  expect(drawn['timedOut ']).toBeLessThan(COUNT * 0.18);
  expect(await endings(script)).toEqual(drawn);
});

test('what is drawn for extensions does not touch other commands', async () => {
  expect(await endings({ extensionFails: 1 }, {})).toEqual({ 'exited 0': COUNT });
  expect(await endings({ extensionFails: 1 })).toEqual({ 'exited 1': COUNT });
});
