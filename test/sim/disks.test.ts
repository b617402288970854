// Data disks on a simulated plane: attached, detached, deleted and left behind, with faults of guests and crashes in the
// middle of commits. What never happens: a disk is attached twice, a disk is lost, or what is on it is somebody else's.

import { describe, expect, test } from 'vitest';

import type { Random } from '../../src/domain/random.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { seededIds } from '../testing/seeded.ts';
import { crashAtEachCommit } from './crashes.ts';
import { type Deed, groupPath, setPath } from './deeds.ts';
import { DiskWitness } from './disk-witness.ts';
import { checkAtRest } from './invariants.ts';
import type { CrashPlan } from './mortal.ts';
import { BOTH, FLEXIBLE, type Modes, UNIFORM } from './modes.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SEEDS = 120;
const DEEDS = 50;
const NAMES = ['a', 'b', 'c', 'd'];

const chosen = process.env['MUSTER_SIM_SEED'];
const seeds =
  chosen === undefined ? Array.from({ length: SEEDS }, (_, index) => String(index + 1)) : [chosen];

const diskPath = (name: string): string => `${groupPath('red')}/providers/Microsoft.Compute/disks/${name}`;

test.each(seeds)(
  'whatever is done to disks, each is in one place with its content (seed %s)',
  async (seed) => {
    const random = seededRandom(`disk deeds ${seed}`);
    const crashes = seededRandom(`disk crashes ${seed}`);
    const universe = makeUniverse(seed, () => drawn(crashes()), {
      script: { transient: 0.1, exits: 0.05 },
      modes: Number(seed) % 2 === 0 ? FLEXIBLE : UNIFORM,
    });
    const witness = new DiskWitness(universe);
    const contents = new Contents(universe, witness);
    try {
      await ask(universe, { method: 'PUT', path: groupPath('red'), body: { location: 'westeurope' } });
      for (let count = 0; count < DEEDS; count += 1) {
        await ask(universe, randomDeed(random));
        if (random() < 0.5) await universe.settle();
        if (random() < 0.3) await universe.pass(Math.floor(random() * MINUTE));
        if (random() < 0.3) await contents.look();
      }
      await universe.rest();
      await contents.look();
      await checkAtRest(universe);
      // What guests hold for nobody is a disk's that there is, and nothing else.
      const known = new Set(witness.uids);
      expect((await universe.guests.disks()).filter((uid) => !known.has(uid))).toEqual([]);
      await untilGone(universe);
      expect(witness.uids).toEqual([]);
      expect(await universe.guests.disks()).toEqual([]);
      expect(witness.broken).toEqual([]);
      expect(universe.errors).toEqual([]);
    } finally {
      await universe.close();
    }
  },
);

describe('a crash at each commit of a disk’s way from one instance to another', () => {
  const moments = BOTH.flatMap(([mode, modes]) =>
    (['before', 'after'] as const).map((moment) => ({ mode, modes, moment })),
  );
  test.each(moments)(
    '$moment it is on disk leaves it where it was asked to be, in a $mode set',
    async ({ moment, modes }) => {
      await crashAtEachCommit(moment, (crash) => story(crash, modes));
    },
  );
});

async function story(crash: CrashPlan, modes: Modes): Promise<void> {
  const universe = makeUniverse('disk story', crash, { script: {}, modes });
  const witness = new DiskWitness(universe);
  const contents = new Contents(universe, witness);
  const deeds: readonly Deed[] = [
    { method: 'PUT', path: groupPath('red'), body: { location: 'westeurope' } },
    { method: 'PUT', path: setPath('red', 'web'), body: model(2, true) },
    { method: 'PUT', path: diskPath('a'), body: emptyDisk() },
    { method: 'PUT', path: instancePath(0), body: having({ lun: 0 }, attached(1, 'a')) },
    { method: 'PUT', path: instancePath(0), body: having({ lun: 0 }) },
    {
      method: 'POST',
      path: `${instancePath(1)}/attachDetachDataDisks`,
      body: { dataDisksToAttach: [{ diskId: diskPath('a') }] },
    },
    { method: 'DELETE', path: instancePath(1) },
    { method: 'PUT', path: instancePath(0), body: having(attached(2, 'a')) },
    { method: 'DELETE', path: setPath('red', 'web') },
    { method: 'DELETE', path: diskPath('a') },
  ];
  try {
    for (const deed of deeds) {
      await ask(universe, deed);
      await universe.rest();
      await contents.look();
    }
    await untilGone(universe);
    expect(witness.uids).toEqual([]);
    expect(await universe.guests.disks()).toEqual([]);
    expect(witness.broken).toEqual([]);
    expect(universe.errors).toEqual([]);
  } finally {
    await universe.close();
  }
}

/** Writes each disk's own name on it, where it is attached, and finds it again wherever it is later. */
class Contents {
  readonly #universe: Universe;
  readonly #witness: DiskWitness;
  readonly #marked = new Set<string>();
  #runs = 0;

  constructor(universe: Universe, witness: DiskWitness) {
    this.#universe = universe;
    this.#witness = witness;
  }

  async look(): Promise<void> {
    await this.#universe.rest();
    for (const { handle, lun, uid } of this.#witness.attached) {
      const note = `/mnt/data/lun${lun}/note`;
      const found = await this.#run(handle, `cat ${note}`);
      if (found === undefined) continue;
      if (this.#marked.has(uid)) must(found === uid, `disk ${uid} is at ${handle} and says '${found}'`);
      else if ((await this.#run(handle, `write ${note} ${uid}; cat ${note}`)) === uid) this.#marked.add(uid);
    }
  }

  /** What it printed; undefined when the guest could not be asked, or did not come to an end. */
  async #run(handle: string, script: string): Promise<string | undefined> {
    const { guests } = this.#universe;
    this.#runs += 1;
    const key = `contents ${this.#runs}`;
    try {
      await guests.exec(handle, key, { script, parameters: [], timeoutMs: MINUTE });
    } catch {
      return undefined;
    }
    await this.#universe.pass(MINUTE);
    const ended = await guests.execution(handle, key);
    return ended?.state === 'exited' ? ended.stdout : undefined;
  }
}

/** A request that a crash swallowed is asked again: in the end there is nothing left. */
async function untilGone(universe: Universe): Promise<void> {
  while ((await universe.store.group('red')) !== undefined) {
    await ask(universe, { method: 'DELETE', path: groupPath('red') });
    await universe.rest();
  }
}

function randomDeed(random: Random): Deed {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const id = Math.floor(random() * 4);
  const name = pick(NAMES);
  const lun = Math.floor(random() * 4);
  const verb = pick(['restart', 'reimageall', 'deallocate', 'start', 'redeploy', 'poweroff']);
  const reference = { diskId: diskPath(name) };
  const table: readonly (readonly [weight: number, deed: () => Deed])[] = [
    [4, () => ({ method: 'PUT', path: setPath('red', 'web'), body: model(pick([2, 3]), random() < 0.7) })],
    [6, () => ({ method: 'PUT', path: diskPath(name), body: emptyDisk() })],
    [2, () => ({ method: 'DELETE', path: diskPath(name) })],
    [1, () => ({ method: 'PATCH', path: diskPath(name), body: { tags: { a: 'b' } } })],
    [8, () => ({ method: 'PUT', path: instancePath(id), body: having(attached(lun, name)) })],
    [4, () => ({ method: 'PUT', path: instancePath(id), body: having({ lun }, { lun: (lun + 1) % 4 }) })],
    [3, () => ({ method: 'PUT', path: instancePath(id), body: having({ lun, name, diskSizeGB: 1 }) })],
    [3, () => ({ method: 'PUT', path: instancePath(id), body: having() })],
    [8, () => ({ method: 'POST', path: action(id), body: { dataDisksToAttach: [reference] } })],
    [6, () => ({ method: 'POST', path: action(id), body: { dataDisksToDetach: [reference] } })],
    [3, () => ({ method: 'POST', path: `${instancePath(id)}/${verb}` })],
    [
      2,
      () => ({
        method: 'POST',
        path: `${setPath('red', 'web')}/manualupgrade`,
        body: { instanceIds: ['*'] },
      }),
    ],
    [1, () => ({ method: 'DELETE', path: instancePath(id) })],
    [1, () => ({ method: 'DELETE', path: `${instancePath(id)}?forceDeletion=true` })],
    [0.3, () => ({ method: 'DELETE', path: setPath('red', 'web') })],
  ];
  let left = random() * table.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, deed] of table) {
    left -= weight;
    if (left <= 0) return deed();
  }
  throw new Error('unreachable: the weights add up');
}

const instancePath = (id: number): string => `${setPath('red', 'web')}/virtualMachines/${id}`;
const action = (id: number): string => `${instancePath(id)}/attachDetachDataDisks`;
const having = (...dataDisks: readonly object[]): object => ({
  properties: { storageProfile: { dataDisks } },
});
const attached = (lun: number, name: string): object => ({
  lun,
  createOption: 'Attach',
  managedDisk: { id: diskPath(name) },
});

function emptyDisk(): object {
  const properties = { creationData: { createOption: 'Empty' }, diskSizeGB: 4 };
  return { location: 'westeurope', properties };
}

function model(capacity: number, withDisk: boolean): object {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_D4s_v3', capacity },
    properties: {
      overprovision: false,
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: {
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
          dataDisks: withDisk ? [{ lun: 0, createOption: 'Empty', diskSizeGB: 1 }] : [],
        },
      },
    },
  };
}

function drawn(draw: number): 'before' | 'after' | undefined {
  if (draw < 1 / 60) return 'before';
  return draw < 1 / 30 ? 'after' : undefined;
}

function makeUniverse(
  seed: string,
  crash: CrashPlan,
  { script, modes }: { readonly script: object; readonly modes: Modes },
): Universe {
  return new Universe({
    modes,
    guests: (clock) => openSimulatedGuests({ clock, seed, script }),
    ids: seededIds(seed),
    random: seededRandom(seed),
    crash,
  });
}

async function ask(universe: Universe, { method, path, body }: Deed): Promise<void> {
  const answer = await universe.ask(method, path, body);
  must(answer === undefined || answer.status < 500, `${method} ${path} answered ${answer?.status}`);
}
