// Network interfaces as they are read out of a model and a row. What never happens: two of them share a hardware address, or
// one changes it while its instance is there.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceRow, taskRow, vmIdOf } from '../../test/testing/rows.ts';
import type { JsonObject } from './json.ts';
import { macAddress, networkInterfaces } from './network-interface.ts';

const address = { nic: 'nic', ipConfiguration: 'ip', subnet: 'net/web', address: '10.0.0.4' };
const guest = { power: 'running', ready: true, address: { host: '127.0.0.7', port: 8080 } } as const;

function profile(...nics: readonly JsonObject[]): JsonObject {
  return { networkProfile: { networkInterfaceConfigurations: nics } };
}

function nic(name: string, properties: JsonObject, ...ips: readonly JsonObject[]): JsonObject {
  return { name, properties: { ...properties, ipConfigurations: ips } };
}

describe('an ip configuration', () => {
  test('has the private address that its instance was given for it', () => {
    const model = profile(nic('nic', {}, { name: 'ip', properties: {} }, { name: 'other', properties: {} }));
    const [found] = networkInterfaces(instanceRow({ addresses: [address], observed: guest }), model);
    expect(found?.ipConfigurations.map(({ privateAddress }) => privateAddress)).toEqual([
      '10.0.0.4',
      // It has no subnet: what is there is the guest's own.
      '127.0.0.7',
    ]);
  });

  test('has the address of the model that it has, until an update to another has come true', () => {
    const model = profile(nic('nic', {}, { name: 'ip', properties: {} }));
    const shown = (given: Parameters<typeof instanceRow>[0]): string | undefined =>
      networkInterfaces(instanceRow(given), model)[0]?.ipConfigurations[0]?.privateAddress;
    const fresh = [{ ...address, address: '10.0.1.4' }];
    const wanted = { exists: true, power: 'running', model: 2 } as const;
    const undo = { dataDisks: [], ownModel: false, addresses: [address] };
    expect(shown({ addresses: fresh, wanted, task: taskRow('update', { undo }) })).toBe('10.0.0.4');
    expect(shown({ addresses: fresh, wanted, model: 2 })).toBe('10.0.1.4');
  });

  test('has none while its guest has none, and none of version 6 that was not given', () => {
    const six = { name: 'six', properties: { privateIPAddressVersion: 'IPv6' } };
    const model = profile(nic('nic', {}, { name: 'ip' }, six));
    const [off] = networkInterfaces(instanceRow({ observed: { ready: false } }), model);
    expect(off?.ipConfigurations[0]).not.toHaveProperty('privateAddress');
    const [on] = networkInterfaces(instanceRow({ observed: guest }), model);
    expect(on?.ipConfigurations[1]).toMatchObject({ version: 6 });
    expect(on?.ipConfigurations[1]).not.toHaveProperty('privateAddress');
  });

  test('has a public address where the model says so, which is where the guest is', () => {
    const publicIPAddressConfiguration = {
      name: 'own',
      sku: { name: 'Standard' },
      properties: { ipTags: [] },
    };
    const model = profile(nic('nic', {}, { name: 'ip', properties: { publicIPAddressConfiguration } }));
    const [found] = networkInterfaces(instanceRow({ addresses: [address], observed: guest }), model);
    expect(found?.ipConfigurations[0]?.publicAddress).toEqual({
      name: 'own',
      address: '127.0.0.7',
      properties: { ipTags: [] },
      extra: { sku: { name: 'Standard' } },
    });
  });
});

test('the primary one is the one that the model calls so, or the first', () => {
  const primaries = (...nics: readonly JsonObject[]): readonly boolean[] =>
    networkInterfaces(instanceRow(), profile(...nics)).map(({ primary }) => primary);
  expect(primaries(nic('a', {}), nic('b', {}))).toEqual([true, false]);
  expect(primaries(nic('a', { primary: 'false' }), nic('b', { primary: 'true' }))).toEqual([false, true]);
  expect(networkInterfaces(instanceRow(), {})).toEqual([]);
});

describe('a hardware address', () => {
  test('is six bytes, of one receiver and of no maker', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.string(), (vmId, name) => {
        expect(macAddress(vmId, name)).toMatch(/^02(-[0-9A-F]{2}){5}$/);
        expect(macAddress(vmId, name)).toBe(macAddress(vmId, name.toUpperCase().toLowerCase()));
      }),
    );
  });

  test('is another for each of ten thousand instances, and for each of their interfaces', () => {
    const all = Array.from({ length: 10_000 }, (_, id) => [
      macAddress(vmIdOf(id), 'a'),
      macAddress(vmIdOf(id), 'b'),
    ]);
    expect(new Set(all.flat()).size).toBe(20_000);
  });
});
