// A surplus instance that takes the place of a member: it gets a verb in hand only where an extension is left to run.

import { afterEach, expect, test } from 'vitest';

import { GuestError, type Guests } from '../../src/app/ports/guests.ts';
import { extensionsState } from '../../src/domain/extension-record.ts';
import { parseGuestHandle } from '../../src/domain/guest.ts';
import { type Instance, isMember, type Verb } from '../../src/domain/instance.ts';
import type { Json } from '../../src/domain/json.ts';
import { openSimulatedGuests } from '../../src/guest/simulated/guests.ts';
import { seededRandom } from '../../src/system/random.ts';
import { seededIds } from '../testing/seeded.ts';
import { groupPath, setPath } from './deeds.ts';
import { checkAtRest } from './invariants.ts';
import { must } from './must.ts';
import { Universe } from './universe.ts';

const SET = setPath('red', 'web');
const universes: Universe[] = [];

afterEach(async () => {
  for (const universe of universes.splice(0)) await universe.close();
});

const SETUP = {
  name: 'setup',
  properties: {
    publisher: 'Microsoft.Azure.Extensions',
    type: 'CustomScript',
    typeHandlerVersion: '2.1',
    settings: { commandToExecute: 'echo hello' },
  },
};

function body(extensions: Json[], doNotRunExtensionsOnOverprovisionedVMs: boolean): Json {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', capacity: 2 },
    properties: {
      overprovision: true,
      doNotRunExtensionsOnOverprovisionedVMs,
      virtualMachineProfile: {
        extensionProfile: { extensions },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: '1.0.0' },
        },
      },
    },
  };
}

/** There is room for none but the surplus. */
function cramped(guests: Guests, surplus: ReadonlySet<number>): Guests {
  const create = guests.create.bind(guests);
  guests.create = (handle, spec) =>
    surplus.has(parseGuestHandle(handle)?.id ?? -1)
      ? create(handle, spec)
      : Promise.reject(new GuestError('capacity', 'There is no room.'));
  return guests;
}

/** The members that a set ends with, and the verbs that those had in hand that were surplus. */
async function promoted(content: Json): Promise<{ members: readonly Instance[]; verbs: readonly Verb[] }> {
  const surplus = new Set<number>();
  const universe = new Universe({
    guests: (clock) => cramped(openSimulatedGuests({ clock, seed: 'surplus' }), surplus),
    ids: seededIds('surplus'),
    random: seededRandom('surplus'),
    crash: () => undefined,
  });
  universes.push(universe);
  const verbs: Verb[] = [];
  universe.store.onCommit((changes) => {
    for (const change of changes) {
      if (change.kind !== 'put' || change.table !== 'instance') continue;
      const { id, surplus: isSurplus, task } = change.row;
      if (isSurplus) surplus.add(id);
      else if (surplus.has(id) && task !== undefined) verbs.push(task.verb);
    }
  });
  for (const [path, given] of [
    [groupPath('red'), { location: 'westeurope' }],
    [SET, content],
  ] as const) {
    const answer = await universe.ask('PUT', path, given);
    must(answer !== undefined && answer.status < 300, `PUT ${path}: ${String(answer?.body)}`);
  }
  await universe.rest();
  await checkAtRest(universe);
  const [set] = await universe.store.scaleSets();
  const members = (await universe.store.instances(set?.uid ?? '')).filter(isMember);
  // Or nothing was promoted and nothing is shown.
  expect(members.filter(({ id }) => surplus.has(id)).length).toBeGreaterThan(0);
  return { members, verbs };
}

const runs = (members: readonly Instance[]): readonly string[] =>
  members.map((member) =>
    extensionsState(member)
      .records.map(({ run, state }) => `${run} ${state}`)
      .join(),
  );

test('where there are no extensions, it is a member and has nothing in hand', async () => {
  const { members, verbs } = await promoted(body([], false));
  expect(verbs).toEqual([]);
  expect(members.map(({ task, failure }) => [task, failure])).toEqual(
    members.map(() => [undefined, undefined]),
  );
});

test('where its extensions have run while it was surplus, it has nothing in hand either', async () => {
  const { members, verbs } = await promoted(body([SETUP], false));
  expect(verbs).toEqual([]);
  expect(runs(members)).toEqual(members.map(() => '1 succeeded'));
});

test('where it was kept from its extensions, it is Updating until it has run them', async () => {
  const { members, verbs } = await promoted(body([SETUP], true));
  expect(new Set(verbs)).toEqual(new Set(['update']));
  expect(runs(members)).toEqual(members.map(() => '1 succeeded'));
});
