// The README's transcript "From nothing to a scale set", typed as it stands there: every command prints what it is said to print,
// but for addresses, and for which ids the instances got.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guestProcesses } from './guests.ts';
import { isAzInstalled } from './installed-az.ts';
import { type Muster, startMuster } from './muster.ts';
import { transcript } from './transcript.ts';

const ADDRESS = /127\.[\d.]+:\d+/;

/** Overprovisioning leaves gaps between the ids. */
function lasting(text: string): string {
  return text
    .replaceAll(new RegExp(ADDRESS, 'g'), 'ADDRESS')
    .replaceAll(/instance \d+/g, 'instance N')
    .replaceAll(/shop_\d+/g, 'shop_N')
    .trim();
}

describe.skipIf(!isAzInstalled())('the README’s way from nothing to a scale set', () => {
  let muster: Muster;

  beforeAll(async () => {
    muster = await startMuster();
  });
  afterAll(() => muster?.close());

  test('goes as it stands there, and leaves nothing', async () => {
    let address = '';
    let id = '';
    for (const { command, printed } of transcript('From nothing to a scale set')) {
      const own = command.replace(ADDRESS, address).replace(/--instance-ids \d+/, `--instance-ids ${id}`);
      const said = await muster.shell(own);
      // The first run says on standard error that it signs in, and nothing here says anything else.
      expect(lasting(said)).toBe(lasting(printed));
      address = ADDRESS.exec(said)?.[0] ?? address;
      id = /instance (\d+)/.exec(said)?.[1] ?? id;
    }
    expect([...guestProcesses(muster.data).keys()]).toEqual([]);
  });
});
