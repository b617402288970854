// Following machine: what never happens: a version that is changed or used twice, an address held that the network interface does
// not have, another interface's entry or address lost.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { instanceRow, modelRow, networkRow, taskRow } from '../../test/testing/rows.ts';
import { following } from './following-machine.ts';
import type { Instance } from './instance.ts';
import { interfaceConfiguration } from './interface-resource.ts';
import { listAt, textAt } from './json.ts';
import type { NetworkResource } from './network-resource.ts';
import type { ModelVersion } from './scale-set.ts';

const SUBSCRIPTION = '5ca1ab1e-0000-4000-8000-000000000001';
const FACTS = { subscriptionId: SUBSCRIPTION, now: 9, lastOwnModel: -4 };
const held = (of: string, address: string) => ({
  nic: of,
  ipConfiguration: 'ip',
  subnet: 'vnet/a',
  address,
});

function nic(
  name: string,
  address: string,
  more: { readonly enableIPForwarding?: boolean } = {},
): NetworkResource {
  return networkRow({
    type: 'networkInterfaces',
    name,
    properties: { ...more, ipConfigurations: [{ name: 'ip', properties: { primary: true } }] },
    addresses: [held(name, address)],
  });
}

function model(version: number, ...rows: readonly NetworkResource[]): ModelVersion {
  const networkInterfaceConfigurations = rows.map((row) => interfaceConfiguration(SUBSCRIPTION, row));
  return modelRow({ version, profile: { networkProfile: { networkInterfaceConfigurations } } });
}

function machine(given: Partial<Instance>): Instance {
  const { model: version = -4 } = given;
  return instanceRow({ model: version, wanted: { ...instanceRow().wanted, model: version }, ...given });
}

test('a machine says and holds what its network interface does', () => {
  const before = [nic('a', '10.0.0.4'), nic('b', '10.0.0.5')] as const;
  const instance = machine({ addresses: [held('a', '10.0.0.4'), held('b', '10.0.0.5')] });
  const changed = nic('a', '10.0.0.9', { enableIPForwarding: true });
  const { instance: next, models } = following(instance, [model(-4, ...before)], changed, FACTS);
  expect(models).toEqual([{ ...model(-5, changed, before[1]), created: 9 }]);
  expect([next.model, next.wanted.model]).toEqual([-5, -5]);
  expect(next.addresses).toEqual([held('a', '10.0.0.9'), held('b', '10.0.0.5')]);
  expect(next.etag).toBe(instance.etag);
});

test('another address alone makes no new version', () => {
  const before = nic('a', '10.0.0.4');
  const instance = machine({ addresses: [held('a', '10.0.0.4')] });
  const followed = following(instance, [model(-4, before)], nic('a', '10.0.0.9'), FACTS);
  expect(followed.models).toEqual([]);
  expect(followed.instance).toEqual({ ...instance, addresses: [held('a', '10.0.0.9')] });
});

test('while an update is under way, what it would go back to follows too', () => {
  const undo = { dataDisks: [], ownModel: true, addresses: [held('a', '10.0.0.4')] };
  const instance = machine({
    model: -3,
    wanted: { ...instanceRow().wanted, model: -4 },
    addresses: [held('a', '10.0.0.4'), held('b', '10.0.0.5')],
    task: taskRow('update', { undo }),
  });
  const a = nic('a', '10.0.0.4');
  const changed = nic('a', '10.0.0.9', { enableIPForwarding: true });
  const versions = [model(-3, a), model(-4, a, nic('b', '10.0.0.5'))];
  const { instance: next, models } = following(instance, versions, changed, FACTS);
  expect([next.model, next.wanted.model]).toEqual([-5, -6]);
  expect(models.map(({ version }) => version)).toEqual([-5, -6]);
  expect(next.addresses).toEqual([held('a', '10.0.0.9'), held('b', '10.0.0.5')]);
  expect(next.task?.undo?.addresses).toEqual([held('a', '10.0.0.9')]);
});

test('a machine of a set, or one that does not have it, stays as it is', () => {
  const instance = machine({ model: 1, addresses: [held('a', '10.0.0.4')] });
  const changed = nic('a', '10.0.0.9', { enableIPForwarding: true });
  expect(following(instance, [model(1, nic('a', '10.0.0.4'))], changed, FACTS)).toEqual({
    instance,
    models: [],
  });
  const own = machine({ addresses: [held('b', '10.0.0.4')] });
  expect(following(own, [model(-4, nic('b', '10.0.0.4'))], changed, FACTS)).toEqual({
    instance: own,
    models: [],
  });
});

test('whatever is declared in whichever order, the machine agrees with its interfaces', () => {
  const write = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    host: fc.integer({ min: 4, max: 200 }),
    forwarding: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
      const rows = new Map(['a', 'b'].map((name, index) => [name, nic(name, `10.0.0.${index + 4}`)]));
      let models: readonly ModelVersion[] = [model(-4, ...rows.values())];
      let instance = machine({ addresses: [...rows.values()].flatMap(({ addresses = [] }) => addresses) });
      for (const { name, host, forwarding } of writes) {
        const row = nic(name, `10.0.0.${host}`, { enableIPForwarding: forwarding });
        const lastOwnModel = Math.min(...models.map(({ version }) => version));
        const current = models.filter(({ version }) => version === instance.model);
        const next = following(instance, current, row, { ...FACTS, lastOwnModel });
        expect(next.models.every(({ version }) => version < lastOwnModel)).toBe(true);
        models = [...models, ...next.models];
        instance = next.instance;
        if (rows.has(name)) rows.set(name, row);
        const now = models.find(({ version }) => version === instance.model);
        const entries = listAt(now?.profile ?? {}, 'networkProfile', 'networkInterfaceConfigurations');
        expect(entries).toEqual([...rows.values()].map((one) => interfaceConfiguration(SUBSCRIPTION, one)));
        expect(entries.map((entry) => textAt(entry, 'name'))).toEqual(['a', 'b']);
        expect(instance.addresses).toEqual([...rows.values()].flatMap(({ addresses = [] }) => addresses));
      }
    }),
  );
});
