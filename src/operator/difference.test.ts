// Differences of an instance's model from its set's: none where there is none, each one where it is, and nothing that ARM fills in.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../domain/json.ts';
import { mangled } from '../../test/testing/mangled.ts';
import { bodyOf, setBody } from '../../test/testing/operator-rows.ts';
import { BODY } from '../../test/wire/rows.ts';
import { difference } from './difference.ts';

type Profile = Readonly<Record<string, JsonObject>>;

/** The declaration with parts of its profile in the place of others. */
function declared(change: (profile: Profile) => JsonObject, more: JsonObject = {}): JsonObject {
  const properties = BODY['properties'] as JsonObject;
  const profile = properties['virtualMachineProfile'] as Profile;
  return {
    ...BODY,
    ...more,
    properties: { ...properties, virtualMachineProfile: { ...profile, ...change(profile) } },
  };
}

const agent = (properties: JsonObject): JsonObject => ({
  name: 'agent',
  properties: { publisher: 'Contoso', type: 'Agent', typeHandlerVersion: '1.0', ...properties },
});
const withAgent = (properties: JsonObject = {}): JsonObject =>
  declared(() => ({ extensionProfile: { extensions: [agent(properties)] } }));

/** What an instance of `from` is behind in, when the set has become `to`. */
const between = (from: JsonObject, to: JsonObject): unknown =>
  difference(bodyOf(3, {}, { declared: from }), setBody(to));

/** As a virtual machine of a Flexible set, which does not say which model it has. */
function silent(from: JsonObject): JsonObject {
  const { instanceId: _id, ...body } = bodyOf(3, {}, { declared: from });
  const { latestModelApplied: _applied, ...properties } = body['properties'] as JsonObject;
  return { ...body, properties };
}

const P = 'virtualMachineProfile';

describe('an instance made of the set’s model', () => {
  test.each([
    ['the plain one', BODY],
    ['one with an extension', withAgent({ settings: { a: [1, { b: 2 }] } })],
    [
      'one with an exact image version',
      declared(() => ({
        storageProfile: { imageReference: { publisher: 'p', offer: 'o', sku: 's', version: '1.2.3' } },
      })),
    ],
    ['one without a network', declared(() => ({ networkProfile: {} }))],
  ])('differs in nothing: %s', (_, body) => {
    expect(between(body, body)).toEqual([]);
  });
});

describe('a difference is seen in', () => {
  test('the size', () => {
    expect(between(BODY, { ...BODY, sku: { name: 'Standard_D2s_v5', capacity: 2 } })).toEqual([
      { path: 'sku.name', instance: '"Standard_B1s"', set: '"Standard_D2s_v5"' },
    ]);
  });

  test('the image', () => {
    const to = declared(({ storageProfile }) => ({
      storageProfile: {
        ...storageProfile,
        imageReference: {
          publisher: 'Canonical',
          offer: 'UbuntuServer',
          sku: '20.04-LTS',
          version: '20.04.1',
        },
      },
    }));
    expect(between(BODY, to)).toEqual([
      { path: `${P}.storageProfile.imageReference.sku`, instance: '"18.04-LTS"', set: '"20.04-LTS"' },
      { path: `${P}.storageProfile.imageReference.version`, instance: '"latest"', set: '"20.04.1"' },
    ]);
  });

  test('the disks: a size, one more, one fewer', () => {
    const disks = (dataDisks: readonly JsonObject[]): JsonObject =>
      declared(({ storageProfile }) => ({ storageProfile: { ...storageProfile, dataDisks } }));
    const [four, eight] = [
      { lun: 0, diskSizeGB: 4, createOption: 'Empty' },
      { lun: 0, diskSizeGB: 8, createOption: 'Empty' },
    ];
    const path = `${P}.storageProfile.dataDisks[lun 0]`;
    expect(between(disks([four]), disks([eight]))).toEqual([
      { path: `${path}.diskSizeGB`, instance: '4', set: '8' },
    ]);
    expect(between(disks([]), disks([four]))).toMatchObject([{ path, instance: '' }]);
    expect(between(disks([four]), disks([]))).toMatchObject([{ path, set: '' }]);
  });

  test('the operating system’s settings, and never in a secret', () => {
    const to = declared(({ osProfile }) => ({
      osProfile: { ...osProfile, adminUsername: 'root2', adminPassword: 'Another-1', customData: 'b3RoZXI=' },
    }));
    expect(between(BODY, to)).toEqual([
      { path: `${P}.osProfile.adminUsername`, instance: '"azureuser"', set: '"root2"' },
    ]);
  });

  test('the network, in both directions', () => {
    const nic = (properties: JsonObject): JsonObject =>
      declared(() => ({
        networkProfile: {
          networkInterfaceConfigurations: [{ name: 'nic', properties: { primary: true, ...properties } }],
        },
      }));
    const path = `${P}.networkProfile.networkInterfaceConfigurations[nic].properties.enableIPForwarding`;
    expect(between(nic({}), nic({ enableIPForwarding: true }))).toEqual([
      { path, instance: '', set: 'true' },
    ]);
    expect(between(nic({ enableIPForwarding: true }), nic({}))).toEqual([
      { path, instance: 'true', set: '' },
    ]);
  });

  test('the extensions: a version, a setting, one more, one fewer', () => {
    const path = `${P}.extensionProfile.extensions[agent]`;
    expect(between(withAgent(), withAgent({ typeHandlerVersion: '1.1' }))).toEqual([
      { path: `${path}.typeHandlerVersion`, instance: '"1.0"', set: '"1.1"' },
    ]);
    expect(between(withAgent({ settings: { a: 1 } }), withAgent({ settings: { a: 1, b: 2 } }))).toEqual([
      { path: `${path}.settings.b`, instance: '', set: '2' },
    ]);
    expect(between(BODY, withAgent())).toMatchObject([{ path, instance: '' }]);
    // Only of an instance that says itself which model it has: of another it may be the machine's own, which is no drift.
    expect(between(withAgent(), BODY)).toMatchObject([{ path, set: '' }]);
    expect(difference(silent(withAgent()), setBody(BODY))).toEqual([]);
  });

  test('user data, of which only the print is told', () => {
    const [mine, theirs] = [bodyOf(3), setBody()];
    const saying = (body: JsonObject, path: 'instance' | 'set', userData: string): JsonObject => {
      const properties = body['properties'] as Profile;
      return path === 'instance'
        ? { ...body, properties: { ...properties, userData } }
        : {
            ...body,
            properties: {
              ...properties,
              virtualMachineProfile: { ...properties['virtualMachineProfile'], userData },
            },
          };
    };
    const found = difference(saying(mine, 'instance', 'c2VjcmV0'), saying(theirs, 'set', 'b3RoZXI='));
    expect(found).toMatchObject([{ path: `${P}.userData` }]);
    expect(JSON.stringify(found)).not.toContain('c2VjcmV0');
    expect(difference(mine, saying(theirs, 'set', 'b3RoZXI='))).toEqual([]);
  });

  test('a part of an address, by its name, and not in what is empty', () => {
    const nic = (ip: JsonObject): JsonObject =>
      declared(() => ({
        networkProfile: {
          networkInterfaceConfigurations: [
            { name: 'nic', properties: { primary: true, ipConfigurations: [ip] } },
          ],
        },
      }));
    const path = `${P}.networkProfile.networkInterfaceConfigurations[nic].properties.ipConfigurations[ip].properties.subnet`;
    const subnet = { id: '/s/1' };
    expect(between(nic({ name: 'ip', properties: {} }), nic({ name: 'ip', properties: { subnet } }))).toEqual(
      [{ path, instance: '', set: '{"id":"/s/1"}' }],
    );
    expect(between(nic({ name: 'ip', properties: {} }), nic({ name: 'ip' }))).toEqual([]);
  });

  test('nothing where the order of keys alone is another', () => {
    const settings = { a: 1, b: [{ c: 1, d: 2 }] };
    const turned = { b: [{ d: 2, c: 1 }], a: 1 };
    expect(between(withAgent({ settings }), withAgent({ settings: turned }))).toEqual([]);
  });
});

test('of a virtual machine without its extensions nothing is said about them', () => {
  const { instanceId: _id, resources: _resources, ...machine } = bodyOf(3);
  expect(difference(machine, setBody(withAgent()))).toEqual([]);
});

describe('of a machine that does not say which model it has', () => {
  const path = `${P}.extensionProfile.extensions[agent]`;
  const given = {
    name: 'cs',
    properties: { publisher: 'Contoso', type: 'Script', typeHandlerVersion: '1.0' },
  };
  const withOwn = (...more: readonly JsonObject[]): JsonObject =>
    declared(() => ({ extensionProfile: { extensions: [...more, given] } }));

  test('an extension that the model does not name is its own, whatever else the model has', () => {
    expect(difference(silent(withOwn()), setBody(BODY))).toEqual([]);
    expect(difference(silent(withOwn(agent({}))), setBody(withAgent()))).toEqual([]);
  });

  test('one that the model names, and another version of one, is drift all the same', () => {
    expect(difference(silent(withOwn()), setBody(withAgent()))).toMatchObject([{ path, instance: '' }]);
    expect(difference(silent(withOwn(agent({}))), setBody(withAgent({ typeHandlerVersion: '1.1' })))).toEqual(
      [{ path: `${path}.typeHandlerVersion`, instance: '"1.0"', set: '"1.1"' }],
    );
  });

  test('no extension of its own makes a difference, whatever both are told besides', () => {
    const settings = fc.dictionary(fc.string(), fc.string());
    fc.assert(
      fc.property(settings, settings, fc.string(), (mine, theirs, name) => {
        fc.pre(name !== 'agent');
        const own = { name, properties: { publisher: 'Contoso', type: 'Script', settings: mine } };
        const body = { ...silent(BODY), resources: [agent({ settings: mine }), own] };
        const found = difference(body, setBody(withAgent({ settings: theirs })));
        expect(found.filter((one) => !one.path.startsWith(path))).toEqual([]);
      }),
    );
  });
});

test('no bodies throw, and no difference has the same on both sides', () => {
  fc.assert(
    fc.property(mangled(bodyOf(3)), mangled(setBody()), (body, set) => {
      for (const { instance, set: wanted } of difference(body, set)) expect(instance).not.toBe(wanted);
    }),
  );
});
