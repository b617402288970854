// The README's transcript "Flexible sets and virtual machines", typed as it stands there: every command prints what it is said
// to print, but for the names that the machines got.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Arm } from './arm.ts';
import { guestProcesses } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';
import { transcript } from './transcript.ts';

const NAME = /shop_[0-9a-f]{8}/g;
const MACHINES = '/resourceGroups/lab/providers/Microsoft.Compute/virtualMachines';

describe.skipIf(!isAzInstalled())('the README’s Flexible set', () => {
  let muster: Muster;

  beforeAll(async () => {
    muster = await startMuster();
  });
  afterAll(() => muster?.close());

  test('goes as it stands there', async () => {
    /** The README's names, as they are here. */
    const names = new Map<string, string>();
    const here = (text: string): string => text.replaceAll(NAME, (name) => names.get(name) ?? name);
    const typed = transcript('Flexible sets and virtual machines');
    expect(typed.length).toBeGreaterThan(5);
    for (const { command, printed } of typed) {
      const said = await muster.shell(here(command));
      const got = said.match(NAME) ?? [];
      for (const [index, name] of (printed.match(NAME) ?? []).entries())
        if (!names.has(name)) names.set(name, got[index] ?? '');
      expect(said.trim()).toBe(here(printed).trim());
    }
    expect(names.size).toBe(3);
    const arm = await Arm.connect(muster);
    const [gone = '', restarted = '', other = ''] = names.values();
    expect((await arm.send('GET', `${MACHINES}/${gone}`)).status).toBe(404);
    const boots = await Promise.all(
      [restarted, other, 'extra'].map((name) =>
        arm.inside(`${MACHINES}/${name}`, 'curl -s http://$MUSTER_ADDRESS:$MUSTER_PORT/'),
      ),
    );
    expect(boots.map((text) => (JSON.parse(text) as { boots: number }).boots)).toEqual([2, 1, 1]);
    expect(guestProcesses(muster.data).size).toBe(3);
  });
});
