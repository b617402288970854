// Private addresses. What never happens: an address is handed out twice, one outside its subnet, one that Azure keeps; what
// somebody has is taken away although it is still asked for; a subnet is called full while it has room.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceRow, networkRow, taskRow } from '../../test/testing/rows.ts';
import { isInside, parseAddress, parsePrefix } from './address-prefix.ts';
import type { JsonObject } from './json.ts';
import {
  AddressDesk,
  addressWishes,
  type Given,
  heldBy,
  type PrivateAddress,
  type Subnet,
  subnetIsFull,
  subnetOf,
  type Taken,
  type Wish,
} from './private-address.ts';

const ID = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/web';

function subnet(...prefixes: readonly string[]): Subnet {
  return { key: `net/${prefixes.join(' ')}`, name: 'web', prefixes };
}

function wish(of: Subnet, nic = 'nic', version: 4 | 6 = 4): Wish {
  return { subnet: of, wish: { nic, ipConfiguration: 'ip', version, subnetId: ID } };
}

function one(given: Given): string {
  if (given.full !== undefined) throw new Error(`${given.full.name} is full`);
  return given.addresses[0]?.address ?? '';
}

function asking(...wishes: readonly Wish[]): { has: readonly PrivateAddress[]; wishes: readonly Wish[] } {
  return { has: [], wishes };
}

describe('what a model asks for', () => {
  const nic = (name: string, ...ips: readonly JsonObject[]): JsonObject => ({
    name,
    properties: { ipConfigurations: ips },
  });

  test('is an address for each ip configuration that names a subnet', () => {
    const networkInterfaceConfigurations = [
      nic(
        'a',
        { name: 'four', properties: { subnet: { id: ID } } },
        { name: 'six', properties: { subnet: { id: ID }, privateIPAddressVersion: 'IPv6' } },
      ),
      nic('b', { name: 'none', properties: {} }),
    ];
    expect(addressWishes({ networkProfile: { networkInterfaceConfigurations } })).toEqual([
      { nic: 'a', ipConfiguration: 'four', version: 4, subnetId: ID },
      { nic: 'a', ipConfiguration: 'six', version: 6, subnetId: ID },
    ]);
    expect(addressWishes({})).toEqual([]);
  });

  test('is of a subnet that is found by its name in any case, with one prefix or several', () => {
    const subnets = [
      { name: 'Web', properties: { addressPrefix: '10.0.0.0/24' } },
      { name: 'dual', properties: { addressPrefixes: ['10.0.1.0/24', 'fd00::/64'] } },
    ];
    const network = networkRow({ properties: { subnets } });
    expect(subnetOf(network, 'web')).toEqual({
      key: `${network.uid}/web`,
      name: 'Web',
      prefixes: ['10.0.0.0/24'],
    });
    expect(subnetOf(network, 'dual')?.prefixes).toEqual(['10.0.1.0/24', 'fd00::/64']);
    expect(subnetOf(network, 'other')).toBeUndefined();
  });
});

describe('an address', () => {
  test('is the first free one after the four that Azure keeps', () => {
    const web = subnet('10.0.0.0/24');
    const taken = ['10.0.0.4', '10.0.0.5', '10.0.0.7'].map((address) => ({ subnet: web.key, address }));
    const desk = new AddressDesk([web], taken);
    expect([1, 2, 3].map(() => one(desk.give(asking(wish(web)))))).toEqual([
      '10.0.0.6',
      '10.0.0.8',
      '10.0.0.9',
    ]);
  });

  test('of another subnet takes none away', () => {
    const [web, db] = [subnet('10.0.0.0/29'), subnet('10.0.1.0/29')];
    const desk = new AddressDesk([web, db], [{ subnet: db.key, address: '10.0.1.4' }]);
    expect(one(desk.give(asking(wish(web))))).toBe('10.0.0.4');
    expect(one(desk.give(asking(wish(db))))).toBe('10.0.1.5');
  });

  test('is of the version that is asked for, and of the next prefix when the first is full', () => {
    const both = subnet('10.0.0.0/29', '10.0.0.8/29', 'fd00::/64');
    const desk = new AddressDesk([both], []);
    const four = Array.from({ length: 4 }, () => one(desk.give(asking(wish(both)))));
    expect(four).toEqual(['10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.12']);
    expect(one(desk.give(asking(wish(both, 'nic', 6))))).toBe('fd00::4');
  });

  test('stays with who has it, and goes with the subnet or the ip configuration that it was for', () => {
    const [web, db] = [subnet('10.0.0.0/24'), subnet('10.0.1.0/24')];
    const has = [{ nic: 'nic', ipConfiguration: 'ip', subnet: web.key, address: '10.0.0.9' }];
    const desk = new AddressDesk([web, db], has);
    const kept = desk.give({ has, wishes: [wish(web)] });
    expect(kept.full === undefined && kept.addresses[0]).toBe(has[0]);
    expect(one(desk.give({ has, wishes: [wish(db)] }))).toBe('10.0.1.4');
    expect(one(desk.give({ has, wishes: [wish(web, 'other')] }))).toBe('10.0.0.4');
  });

  test('that an update would give up is held until the update has come true', () => {
    const [old, fresh] = ['10.0.0.4', '10.0.1.4'].map((address): PrivateAddress => ({
      nic: 'nic',
      ipConfiguration: 'ip',
      subnet: 'net/web',
      address,
    }));
    const undo = { dataDisks: [], ownModel: false, addresses: old === undefined ? [] : [old] };
    const addresses = fresh === undefined ? [] : [fresh];
    expect(heldBy(instanceRow({ addresses }))).toEqual([fresh]);
    expect(heldBy(instanceRow({ addresses, task: taskRow('update', { undo }) }))).toEqual([fresh, old]);
    expect(heldBy(instanceRow())).toEqual([]);
  });
});

describe('a full subnet', () => {
  const web = subnet('10.0.0.0/29');

  test('has room for three, and says so before anything is given', () => {
    const desk = new AddressDesk([web], [{ subnet: web.key, address: '10.0.0.5' }]);
    expect(desk.shortage([wish(web)], 2)).toBeUndefined();
    expect(desk.shortage([wish(web)], 3)).toEqual({ subnet: web, family: 4, needed: 3 });
    expect(desk.shortage([wish(web), wish(web, 'second')], 2)).toMatchObject({ needed: 4 });
  });

  test('gives nothing, also not of what else was asked for in the same breath', () => {
    const other = subnet('10.0.1.0/29');
    const desk = new AddressDesk(
      [web, other],
      [4, 5, 6].map((n) => ({ subnet: web.key, address: `10.0.0.${n}` })),
    );
    expect(desk.give(asking(wish(other), wish(web, 'second')))).toEqual({ full: web });
    expect(one(desk.give(asking(wish(other))))).toBe('10.0.1.4');
  });

  test('is told of in Azure’s words', () => {
    expect(subnetIsFull(web, 5)).toEqual({
      code: 'SubnetIsFull',
      message: 'Subnet web with address prefix 10.0.0.0/29 does not have enough capacity for 5 IP addresses.',
    });
  });
});

describe('whatever is asked and given back, in whatever order', () => {
  const prefixes = fc.constantFrom<readonly string[]>(
    ['10.0.0.0/29'],
    ['10.0.0.16/28'],
    ['10.0.0.0/29', '10.0.0.64/28'],
    ['fd00::/124', '10.9.0.0/28'],
  );
  const steps = fc.array(
    fc.record({
      leaves: fc.nat(),
      asks: fc.array(fc.constantFrom<4 | 6>(4, 4, 6), { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 40 },
  );

  test('no address is given twice, none outside, none that is kept, and none is refused while there is room', () => {
    fc.assert(
      fc.property(prefixes, steps, (list, all) => {
        const web = subnet(...list);
        let holders: (readonly PrivateAddress[])[] = [];
        for (const { leaves, asks } of all) {
          if (leaves % 3 === 0)
            holders = holders.filter((_, index) => index !== leaves % (holders.length + 1));
          const wishes = asks.map((version, index) => wish(web, `nic${index}`, version));
          const desk = new AddressDesk([web], holders.flat());
          const short = desk.shortage(wishes, 1);
          const given = desk.give(asking(...wishes));
          expect(given.full === undefined).toBe(short === undefined);
          if (given.full === undefined) holders.push(given.addresses);
          checkHeld(list, holders.flat());
        }
      }),
    );
  });
});

function checkHeld(prefixes: readonly string[], held: readonly Taken[]): void {
  const addresses = held.map(({ address }) => address);
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const text of addresses) {
    const address = parseAddress(text);
    const inside = prefixes.flatMap((prefix) => {
      const parsed = parsePrefix(prefix)?.prefix;
      return parsed !== undefined && address !== undefined && isInside(parsed, address) ? [parsed] : [];
    });
    expect(inside).toHaveLength(1);
    for (const { first, last } of inside) {
      expect((address?.value ?? 0n) >= first + 4n && (address?.value ?? 0n) < last).toBe(true);
    }
  }
}
