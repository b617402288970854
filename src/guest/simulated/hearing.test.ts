// How simulated guests take the news that they are to go: as the script has it, once for each event.
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../../test/testing/manual-clock.ts';
import { openSimulatedGuests } from './guests.ts';
import type { SimulationScript } from './script.ts';

const SPEC = { name: 'web_0', computerName: 'web000000', image: 'base', size: 'S', dataDisks: [] };
const MINUTE = 60_000;

async function up(script: Partial<SimulationScript>, count = 1) {
  const clock = manualClock();
  const guests = openSimulatedGuests({ clock, seed: 3, script });
  const handles = Array.from({ length: count }, (_, id) => `set_${id}`);
  for (const name of handles) await guests.create(name, { ...SPEC, name });
  clock.advance(MINUTE);
  const acknowledged = async () =>
    (await guests.list()).filter((guest) => guest.acknowledged !== undefined).length;
  const tell = (event: string) => Promise.all(handles.map(async (handle) => guests.tell?.(handle, event)));
  return { clock, guests, tell, acknowledged };
}

describe('a simulated guest that is told of an event', () => {
  test('acknowledges after its time, says which, and is told of', async () => {
    const { clock, guests, tell } = await up({ acknowledges: 1, acknowledgesAfter: [MINUTE, MINUTE] });
    const changed: string[] = [];
    guests.watch((handle) => changed.push(handle));
    await tell('e');
    clock.advance(MINUTE - 1);
    expect((await guests.get('set_0'))?.acknowledged).toBeUndefined();
    await tell('e');
    clock.advance(1);
    expect((await guests.get('set_0'))?.acknowledged).toBe('e');
    await Promise.resolve();
    expect(changed).toEqual(['set_0']);
  });

  test('never does where the script says so, and about as often as it says', async () => {
    const never = await up({ acknowledges: 0 });
    await never.tell('e');
    never.clock.advance(600 * MINUTE);
    expect(await never.acknowledged()).toBe(0);
    const some = await up({ acknowledges: 0.5, acknowledgesAfter: [0, MINUTE] }, 200);
    await some.tell('e');
    some.clock.advance(MINUTE);
    expect(await some.acknowledged()).toBeGreaterThan(70);
    expect(await some.acknowledged()).toBeLessThan(130);
  });

  test('hears nothing when it is off', async () => {
    const { clock, guests, tell, acknowledged } = await up({ acknowledges: 1, acknowledgesAfter: [1, 1] });
    await guests.stop('set_0', { graceful: false, release: false });
    clock.advance(MINUTE);
    await tell('e');
    clock.advance(MINUTE);
    expect(await acknowledged()).toBe(0);
  });
});
