// Machine interfaces: what came with a machine, as resources. What never happens: one of an instance that is no machine, one that
// is a row besides, another name after the machine changed its set.
import { describe, expect, test } from 'vitest';
import { instanceRow, modelRow, networkRow, scaleSetRow, SET_UID } from '../../test/testing/rows.ts';
import { guestHandle } from './guest.ts';
import { interfaceConfiguration } from './interface-resource.ts';
import { machineName } from './machine-name.ts';
import {
  instanceInterfacePath,
  leftBehind,
  machineInterfaces,
  madeResources,
  mayHaveMade,
  namingInterfaces,
} from './machine-interface.ts';

const SUBSCRIPTION = '5ca1ab1e-0000-4000-8000-000000000001';
const NETWORK = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network`;
const plain = instanceRow({
  id: 4,
  zone: '2',
  addresses: [{ nic: 'nic', ipConfiguration: 'ip', subnet: 'vnet/a', address: '10.0.0.4' }],
});
const name = machineName('web', plain.vmId);
const digits = name.slice(-8);
const instance = { ...plain, machine: { group: 'rg', name } };
const set = scaleSetRow();
const row = networkRow({ type: 'networkInterfaces', name: 'own', properties: { ipConfigurations: [] } });
const model = modelRow({
  profile: {
    networkProfile: {
      networkInterfaceConfigurations: [
        {
          name: 'nic',
          properties: {
            primary: true,
            deleteOption: 'Delete',
            networkSecurityGroup: { id: '/nsg', location: 'westus' },
            ipConfigurations: [
              {
                name: 'ip',
                properties: {
                  subnet: { id: '/subnet' },
                  publicIPAddressConfiguration: { name: 'public', properties: { idleTimeoutInMinutes: 10 } },
                },
              },
            ],
          },
        },
        interfaceConfiguration(SUBSCRIPTION, row),
      ],
    },
  },
});
const owner = { set, instance, model };

describe('the network interfaces that came with a machine', () => {
  test('are named after their configuration and the machine', () => {
    expect(instanceInterfacePath(SUBSCRIPTION, set, instance, 'nic')).toBe(
      `${NETWORK}/networkInterfaces/nic-${digits}`,
    );
    expect(instanceInterfacePath(SUBSCRIPTION, set, plain, 'nic')).toContain(
      '/virtualMachineScaleSets/web/virtualMachines/4/networkInterfaces/nic',
    );
  });

  test('are what their machine and its model say, in the form of rows', () => {
    const made = madeResources(SUBSCRIPTION, owner, 'networkInterfaces');
    expect(made.map(({ resource, nic }) => [resource.name, nic])).toEqual([[`nic-${digits}`, 'nic']]);
    expect(made[0]?.resource).toMatchObject({
      type: 'networkInterfaces',
      group: 'rg',
      location: set.declared.location,
      holder: { guest: guestHandle(SET_UID, 4), primary: true, declared: { deleteOption: 'Delete' } },
      addresses: plain.addresses,
      properties: {
        networkSecurityGroup: { id: '/nsg' },
        ipConfigurations: [
          {
            name: 'ip',
            properties: {
              subnet: { id: '/subnet' },
              primary: true,
              privateIPAllocationMethod: 'Dynamic',
              publicIPAddress: { id: `${NETWORK}/publicIPAddresses/public-${digits}` },
            },
          },
        ],
      },
    });
    expect(JSON.stringify(made)).not.toContain('publicIPAddressConfiguration');
  });

  test('have public IP addresses that are resources too', () => {
    expect(madeResources(SUBSCRIPTION, owner, 'publicIPAddresses')).toMatchObject([
      {
        user: `${NETWORK}/networkInterfaces/nic-${digits}/ipConfigurations/ip`,
        resource: {
          name: `public-${digits}`,
          zones: ['2'],
          properties: { publicIPAllocationMethod: 'Static', idleTimeoutInMinutes: 10 },
          extra: { sku: { name: 'Standard' } },
        },
      },
    ]);
    expect(madeResources(SUBSCRIPTION, owner, 'virtualNetworks')).toEqual([]);
  });

  test('are the same after the machine left its set', () => {
    const moved = {
      ...instance,
      set: 'a0a0a0a0-0000-4000-8000-000000000009',
      id: 0,
      guest: guestHandle(SET_UID, 4),
    };
    for (const type of ['networkInterfaces', 'publicIPAddresses'] as const) {
      const after = madeResources(SUBSCRIPTION, { ...owner, instance: moved }, type);
      expect(after.map(({ resource }) => resource)).toEqual(
        madeResources(SUBSCRIPTION, owner, type).map(({ resource }) => resource),
      );
    }
  });

  test('are none of an instance that is no machine', () => {
    for (const type of ['networkInterfaces', 'publicIPAddresses'] as const) {
      expect(madeResources(SUBSCRIPTION, { ...owner, instance: plain }, type)).toEqual([]);
    }
  });
});

describe('when a machine goes', () => {
  const entry = (nicOption: string, ipOption: string) => {
    const publicIPAddressConfiguration = { name: 'public', properties: { deleteOption: ipOption } };
    const ip = { name: 'ip', properties: { subnet: { id: '/subnet' }, publicIPAddressConfiguration } };
    const properties = { primary: true, deleteOption: nicOption, ipConfigurations: [ip] };
    const networkInterfaceConfigurations = [{ name: 'nic', properties }];
    return {
      set,
      instance,
      model: modelRow({ profile: { networkProfile: { networkInterfaceConfigurations } } }),
    };
  };

  test.each([
    ['Delete', 'Delete', []],
    ['Delete', 'Detach', [`public-${digits}`]],
    ['Detach', 'Delete', [`nic-${digits}`]],
    ['Detach', 'Detach', [`public-${digits}`, `nic-${digits}`]],
  ])('its interface by %s and its address by %s', (nicOption, ipOption, names) => {
    const rows = leftBehind(SUBSCRIPTION, entry(nicOption, ipOption));
    expect(rows.map((one) => one.name)).toEqual(names);
    const text = JSON.stringify(rows.filter(({ type }) => type === 'networkInterfaces'));
    expect(text.includes('publicIPAddress')).toBe(names.length === 2);
    expect(rows.every((one) => one.holder === undefined)).toBe(true);
  });

  test('what stays keeps its name, its id and its private address', () => {
    const made = madeResources(SUBSCRIPTION, entry('Detach', 'Detach'), 'networkInterfaces')[0]?.resource;
    const left = leftBehind(SUBSCRIPTION, entry('Detach', 'Detach')).find(({ uid }) => uid === made?.uid);
    expect([left?.name, left?.group, left?.properties]).toEqual([made?.name, made?.group, made?.properties]);
    expect(left?.addresses).toEqual([{ ...plain.addresses?.[0], nic: left?.name }]);
  });
});

test('a machine names all its network interfaces, those that are rows as it declared them', () => {
  expect(machineInterfaces(SUBSCRIPTION, owner)).toEqual([
    {
      id: `${NETWORK}/networkInterfaces/nic-${digits}`,
      properties: { primary: true, deleteOption: 'Delete' },
    },
    { id: `${NETWORK}/networkInterfaces/own` },
  ]);
});

describe('what is read of many machines', () => {
  test('is of the same network interfaces, named and declared as each is shown', () => {
    const shown = madeResources(SUBSCRIPTION, owner, 'networkInterfaces');
    expect(namingInterfaces(SUBSCRIPTION, owner)).toEqual(
      shown.map(({ resource: { type, group, name: called, properties } }) => ({
        type,
        group,
        name: called,
        properties,
      })),
    );
    expect(shown).toHaveLength(1);
    expect(namingInterfaces(SUBSCRIPTION, { ...owner, instance: plain })).toEqual([]);
  });

  test('is told by the end of a name, in any case', () => {
    for (const type of ['networkInterfaces', 'publicIPAddresses'] as const) {
      for (const { resource } of madeResources(SUBSCRIPTION, owner, type)) {
        expect(mayHaveMade(instance, resource.name.toUpperCase())).toBe(true);
        expect(mayHaveMade({ vmId: 'another' }, resource.name)).toBe(false);
      }
    }
  });
});
