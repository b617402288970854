// Interface resources and machines: what never happens: a network interface with two machines, a machine with no primary one or
// two, an interface that stays with a machine that names it no longer.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceRow, modelRow, networkRow, SET_UID } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import { guestHandle } from './guest.ts';
import {
  addressesOf,
  type Attached,
  type Attaching,
  type Attachment,
  attachTo,
  checkInterfaceFree,
  interfaceConfiguration,
  namingProfile,
  released,
} from './interface-resource.ts';
import { modelReferences } from './balancer-reference.ts';
import { networkInterfaces } from './network-interface.ts';
import type { NetworkResource } from './network-resource.ts';
import { addressWishes } from './private-address.ts';

const SUBSCRIPTION = '5ca1ab1e-0000-4000-8000-000000000001';
const BELOW = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers`;
const POOL = `${BELOW}/Microsoft.Network/loadBalancers/lb/backendAddressPools/pool`;
const SUBNET = `${BELOW}/Microsoft.Network/virtualNetworks/vnet/subnets/a`;
const idOf = (name: string): string => `${BELOW}/Microsoft.Network/networkInterfaces/${name}`;
const pathOf = (guest: string): string => `${BELOW}/Microsoft.Compute/virtualMachines/${guest}`;

function machine(guest = guestHandle(SET_UID, 1)): Attaching {
  return { subscriptionId: SUBSCRIPTION, path: pathOf(guest), location: 'westus', guest };
}

function nic(name: string, given: Partial<NetworkResource> = {}): NetworkResource {
  const properties = {
    subnet: { id: SUBNET },
    primary: true,
    loadBalancerBackendAddressPools: [{ id: POOL }],
  };
  return networkRow({
    uid: `uid of ${name}`,
    type: 'networkInterfaces',
    name,
    properties: { enableIPForwarding: true, ipConfigurations: [{ name: 'ip', properties }] },
    addresses: [{ nic: name, ipConfiguration: 'ip', subnet: 'vnet/a', address: `10.0.0.${name.length}` }],
    ...given,
  });
}

function refusal(attachments: readonly Attachment[], rows: readonly NetworkResource[]): Failure {
  try {
    attachTo(machine(), attachments, rows, pathOf);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a machine with network interfaces of their own', () => {
  const attached = attachTo(machine(), [{ id: idOf('ETH0') }], [nic('eth0'), nic('other')], pathOf);

  test('has entries in its own model that read as those of a set do', () => {
    const profile = { networkProfile: { networkInterfaceConfigurations: attached.configurations } };
    const instance = instanceRow({ id: 1, addresses: attached.addresses });
    expect(networkInterfaces(instance, profile)).toMatchObject([
      {
        name: 'eth0',
        primary: true,
        properties: { enableIPForwarding: true },
        ipConfigurations: [{ name: 'ip', primary: true, privateAddress: '10.0.0.4' }],
      },
    ]);
    expect(addressWishes(profile)).toEqual([
      { nic: 'eth0', ipConfiguration: 'ip', version: 4, subnetId: SUBNET },
    ]);
    expect(modelReferences(profile)).toEqual([
      { kind: 'backendAddressPools', id: POOL, ipConfiguration: `${idOf('eth0')}/ipConfigurations/ip` },
    ]);
    // The interface names all that itself: the own model does not name it a second time.
    expect(modelReferences(namingProfile(modelRow({ version: -1, profile })))).toEqual([]);
    expect(namingProfile(modelRow({ version: 1, profile }))).toBe(profile);
  });

  test('is the holder in their rows, with the option that was given for each', () => {
    expect(attached.changed).toEqual([
      nic('eth0', { holder: { guest: machine().guest, primary: true, declared: {} } }),
    ]);
    const again = attachTo(
      machine(),
      [{ id: idOf('eth0'), deleteOption: 'Delete' }],
      attached.changed,
      pathOf,
    );
    expect(again.changed[0]?.holder?.declared).toEqual({ deleteOption: 'Delete' });
    expect([attached, again].map(({ configurations }) => configurations[0]?.['reference'])).toEqual([
      { id: idOf('eth0') },
      { id: idOf('eth0'), properties: { deleteOption: 'Delete' } },
    ]);
    const same: Attachment = { id: idOf('eth0'), deleteOption: 'Delete' };
    expect(attachTo(machine(), [same], again.changed, pathOf)).toEqual({ ...again, changed: [] });
  });

  test('lets go of what it names no longer', () => {
    const next = attachTo(machine(), [{ id: idOf('other') }], [...attached.changed, nic('other')], pathOf);
    expect(next.changed.map(({ name, holder }) => [name, holder?.guest])).toEqual([
      ['other', machine().guest],
      ['eth0', undefined],
    ]);
  });
});

describe('is refused', () => {
  test('what is not there, or in another region', () => {
    expect(refusal([{ id: idOf('none') }], [nic('eth0')])).toMatchObject({
      code: 'invalidResourceReference',
      message: `Resource ${idOf('none')} referenced by resource ${machine().path} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    });
    const elsewhere = nic('eth0', { location: 'eastus' });
    expect(refusal([{ id: idOf('eth0') }], [elsewhere]).code).toBe('invalidResourceReference');
  });

  test('what another machine has, by its name', () => {
    const holder = { guest: 'other', primary: true, declared: {} };
    expect(refusal([{ id: idOf('eth0') }], [nic('eth0', { holder })])).toMatchObject({
      code: 'networkInterfaceInUse',
      message: `Network Interface ${idOf('eth0')} is used by existing resource ${pathOf('other')}. In order to delete the network interface, it must be dissociated from the resource. To learn more, see aka.ms/deletenic.`,
    });
    expect(() => checkInterfaceFree(SUBSCRIPTION, nic('eth0', { holder }), pathOf('other'))).toThrow(
      `Network Interface ${idOf('eth0')} is used by existing resource ${pathOf('other')}. In order to delete the network interface, it must be dissociated from the resource.`,
    );
    expect(() => checkInterfaceFree(SUBSCRIPTION, nic('eth0'), '')).not.toThrow();
  });

  test.each([
    ['none', [false, false], 'Network interface a must have Primary property set.'],
    ['two', [true, true], 'Only one network interface'],
  ])('a machine of which %s is the primary one', (_, said, message) => {
    const asked = said.map((primary, index) => ({ id: idOf(['a', 'b'][index] ?? ''), primary }));
    const failure = refusal(asked, [nic('a'), nic('b')]);
    expect([failure.code, failure.message.includes(message)]).toEqual(['primaryInterfaceUnclear', true]);
  });

  test('two of one name, of two groups', () => {
    const other = nic('a', { uid: 'of other', group: 'other' });
    const asked = [{ id: idOf('a'), primary: true }, { id: idOf('a').replace('/rg/', '/other/') }];
    expect(refusal(asked, [nic('a'), other]).code).toBe('badRequest');
  });
});

test('a machine that goes away takes along what it was told to, and lets go of the rest', () => {
  const asked: readonly Attachment[] = [
    { id: idOf('a'), primary: true, deleteOption: 'Delete' },
    { id: idOf('b') },
  ];
  const { changed } = attachTo(machine(), asked, [nic('a'), nic('b')], pathOf);
  const { kept, gone } = released([...changed, nic('c')], machine().guest);
  expect([kept, gone.map(({ name }) => name)]).toEqual([[nic('b')], ['a']]);
  expect(released([...kept, nic('c')], machine().guest)).toEqual({ kept: [], gone: [] });
});

const NAMES = ['a', 'b', 'c', 'd'] as const;
const wish = fc.record({
  guest: fc.constantFrom('one', 'two', 'three'),
  ids: fc.subarray([...NAMES]),
  primary: fc.nat({ max: 3 }),
  leaves: fc.boolean(),
});

function applied(rows: readonly NetworkResource[], { changed }: Attached): readonly NetworkResource[] {
  return rows.map((row) => changed.find(({ uid }) => uid === row.uid) ?? row);
}

test('however machines come and go, an interface has one, and a machine one primary interface', () => {
  let refused = 0;
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 12 }), (wishes) => {
      let rows: readonly NetworkResource[] = NAMES.map((name) => nic(name));
      for (const { guest, ids, primary, leaves } of wishes) {
        const before = rows;
        if (leaves) {
          const { kept } = released(rows, guest);
          rows = rows.map((row) => kept.find(({ uid }) => uid === row.uid) ?? row);
          expect(rows.filter(({ holder }) => holder?.guest === guest)).toEqual([]);
          continue;
        }
        const asked = ids.map((name, index) => ({ id: idOf(name), primary: index === primary }));
        try {
          const attached = attachTo(machine(guest), asked, rows, pathOf);
          rows = applied(rows, attached);
          accepted += 1;
          const own = rows.filter(({ holder }) => holder?.guest === guest);
          expect(own.map(({ name }) => name)).toEqual(ids);
          expect(own.filter(({ holder }) => holder?.primary)).toHaveLength(ids.length === 0 ? 0 : 1);
          expect(attached.configurations).toEqual(
            own.map((row) => interfaceConfiguration(SUBSCRIPTION, row)),
          );
          expect(attached.addresses).toEqual(addressesOf(own));
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          refused += 1;
          expect(rows).toBe(before);
        }
        // Nobody else lost one by it.
        for (const [index, row] of rows.entries()) {
          const had = before[index]?.holder?.guest;
          if (had !== undefined && had !== guest) expect(row.holder?.guest).toBe(had);
        }
      }
    }),
  );
  expect(accepted).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(20);
});
