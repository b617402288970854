// What the metadata service says of the network: the addresses that the views of network interfaces show, in Azure's shape.
import { describe, expect, test } from 'vitest';
import { instanceRow, modelRow, scaleSetRow } from '../../test/testing/rows.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { macAddress } from '../domain/network-interface.ts';
import { instanceDocument } from './instance-document.ts';

const observed = { power: 'running', ready: true, address: { host: '127.0.0.7', port: 8080 } } as const;

function networkOf(nics: readonly JsonObject[], given: Parameters<typeof instanceRow>[0] = {}): Json {
  const instance = instanceRow({ observed, ...given });
  const profile = { networkProfile: { networkInterfaceConfigurations: nics } };
  const prefixes = new Map([['10.0.7.4', '10.0.7.0/24']]);
  const self = { set: scaleSetRow(), instance, model: modelRow({ profile }), prefixes };
  return instanceDocument(self, 'sub')['network'] ?? null;
}

const given = (ipConfiguration: string, address: string) => ({
  nic: 'nic',
  ipConfiguration,
  subnet: 'net/web',
  address,
});

describe('a network interface', () => {
  test('is told with its private address, its subnet, its public address and its hardware address', () => {
    const ip = { name: 'ip', properties: { publicIPAddressConfiguration: { name: 'own' } } };
    const six = { name: 'six', properties: { privateIPAddressVersion: 'IPv6' } };
    const addresses = [given('ip', '10.0.7.4'), given('six', 'fd00::4')];
    expect(networkOf([{ name: 'nic', properties: { ipConfigurations: [ip, six] } }], { addresses })).toEqual({
      interface: [
        {
          ipv4: {
            ipAddress: [{ privateIpAddress: '10.0.7.4', publicIpAddress: '127.0.0.7' }],
            subnet: [{ address: '10.0.7.0', prefix: '24' }],
          },
          ipv6: { ipAddress: [{ privateIpAddress: 'fd00::4' }] },
          macAddress: macAddress(instanceRow().vmId, 'nic').replaceAll('-', ''),
        },
      ],
    });
  });

  test('without a subnet has the address at which the guest is', () => {
    const nic = { name: 'nic', properties: { ipConfigurations: [{ name: 'ip' }] } };
    expect(networkOf([nic])).toMatchObject({
      interface: [
        {
          ipv4: {
            ipAddress: [{ privateIpAddress: '127.0.0.7', publicIpAddress: '' }],
            subnet: [{ address: '127.0.0.0', prefix: '8' }],
          },
        },
      ],
    });
  });
});

test('a guest whose model declares no network interface has one all the same, and none while it has no address', () => {
  expect(networkOf([])).toMatchObject({
    interface: [{ ipv4: { ipAddress: [{ privateIpAddress: '127.0.0.7' }] }, macAddress: '' }],
  });
  expect(networkOf([], { observed: { ready: false } })).toEqual({ interface: [] });
});

describe('the set of an instance', () => {
  const setsOf = (set: ReturnType<typeof scaleSetRow>, machine?: string) => {
    const instance = instanceRow(machine === undefined ? {} : { machine: { group: 'rg', name: machine } });
    const self = { set, instance, model: modelRow(), prefixes: new Map<string, string>() };
    const { vmScaleSetName, virtualMachineScaleSet, resourceId } = instanceDocument(self, 'sub')[
      'compute'
    ] as JsonObject;
    return { vmScaleSetName, virtualMachineScaleSet, resourceId };
  };
  const COMPUTE = '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Compute';

  test('is told by its name, and to a machine by its id too', () => {
    expect(setsOf(scaleSetRow())).toEqual({
      vmScaleSetName: 'web',
      virtualMachineScaleSet: { id: '' },
      resourceId: `${COMPUTE}/virtualMachineScaleSets/web/virtualMachines/0`,
    });
    expect(setsOf(scaleSetRow(), 'web_1a2b3c4d')).toEqual({
      vmScaleSetName: 'web',
      virtualMachineScaleSet: { id: `${COMPUTE}/virtualMachineScaleSets/web` },
      resourceId: `${COMPUTE}/virtualMachines/web_1a2b3c4d`,
    });
  });

  test('is told to no machine that is in none', () => {
    expect(setsOf(scaleSetRow({ type: 'solo', name: 'm1' }), 'm1')).toEqual({
      vmScaleSetName: '',
      virtualMachineScaleSet: { id: '' },
      resourceId: `${COMPUTE}/virtualMachines/m1`,
    });
  });
});
