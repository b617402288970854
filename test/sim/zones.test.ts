// Zones in simulated time: whatever a set does by itself (growing, shrinking, repairs that replace, upgrades that surge, guests
// that never come up), whenever it has come to rest its members are spread over their zones to within one; to within two only
// where a surplus instance had to take the place of one in another zone, because there was none in its own.

import { afterEach, describe, expect, test } from 'vitest';

import { type Instance, isMember } from '../../src/domain/instance.ts';
import { MINUTE, SECOND } from '../../src/domain/time.ts';
import { VM_SIZES } from '../../src/domain/vm-size.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { healthExtension } from '../testing/health.ts';
import { seededIds } from '../testing/seeded.ts';
import { groupPath, setPath } from './deeds.ts';
import { wholeLog } from './invariants.ts';
import { rows } from './insist.ts';
import { alternating, type Modes } from './modes.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const ZONES = ['1', '2', '3'];
const SEEDS = 30;
const DEEDS = 12;
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

const body = (maxSurge: boolean): object => ({
  location: 'westeurope',
  zones: ZONES,
  sku: { name: 'Standard_B1s', capacity: 7 },
  properties: {
    overprovision: true,
    upgradePolicy: {
      mode: 'Rolling',
      rollingUpgradePolicy: {
        maxBatchInstancePercent: 40,
        maxUnhealthyInstancePercent: 100,
        maxUnhealthyUpgradedInstancePercent: 100,
        maxSurge,
      },
    },
    automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT10M', repairAction: 'Replace' },
    virtualMachineProfile: {
      extensionProfile: { extensions: [healthExtension()] },
      storageProfile: {
        imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
      },
    },
  },
});

async function insist(universe: Universe, method: string, path: string, content: unknown): Promise<void> {
  const answer = await universe.ask(method, path, content);
  must(answer !== undefined && answer.status < 300, `${method} ${path}: ${String(answer?.body)}`);
  await universe.settle();
}

async function fleet(seed: string, modes: Modes): Promise<Universe> {
  const script = { fallsIll: 0.2, fallsIllAfter: [MINUTE, 60 * MINUTE], neverReady: 0.05 } as const;
  const universe = new Universe({
    modes,
    guests: (clock) => openSimulatedGuests({ clock, seed, script }),
    ids: seededIds(seed),
    random: seededRandom(seed),
    crash: () => undefined,
  });
  universes.push(universe);
  await insist(universe, 'PUT', groupPath('red'), { location: 'westeurope' });
  await insist(universe, 'PUT', SET, body(seededRandom(seed)() < 0.5));
  await universe.rest();
  return universe;
}

async function members(universe: Universe): Promise<readonly Instance[]> {
  return (await rows(universe)).filter(isMember);
}

async function hasPromoted(universe: Universe): Promise<boolean> {
  return (await wholeLog(universe)).some(({ description }) => description.startsWith('Kept '));
}

function spread(instances: readonly Instance[]): number {
  const counts = ZONES.map((name) => instances.filter(({ zone }) => zone === name).length);
  return Math.max(...counts) - Math.min(...counts);
}

describe('zones are within one', () => {
  test.each(alternating(SEEDS, 'zones'))('%s of a %s set', async (seed, _mode, modes) => {
    const universe = await fleet(seed, modes);
    const random = seededRandom(`${seed}, deeds`);
    let sizes = 1;
    for (let count = 0; count < DEEDS; count += 1) {
      const draw = random();
      if (draw < 0.5) {
        await insist(universe, 'PATCH', SET, { sku: { capacity: Math.floor(random() * 14) } });
      } else if (draw < 0.75) {
        sizes += 1;
        await insist(universe, 'PATCH', SET, { sku: { name: VM_SIZES[sizes]?.name } });
      } else {
        await universe.pass(Math.floor(random() * 40) * MINUTE);
      }
      if (random() < 0.3) await universe.pass(Math.floor(random() * 60) * SECOND);
      await universe.rest();
      const [set] = await universe.store.scaleSets();
      const now = await members(universe);
      const limit = (await hasPromoted(universe)) ? 2 : 1;
      // A repair may have given one up at this very moment: its replacement is on its way.
      if (now.length === set?.declared.sku.capacity) expect(spread(now)).toBeLessThanOrEqual(limit);
      for (const { zone } of now) expect(ZONES).toContain(zone);
    }
  });
});
