// Facts read from what a plane really answers, from what Azure was recorded to answer, and from anything at all.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExtensionRecord } from '../domain/extension-record.ts';
import type { JsonObject } from '../domain/json.ts';
import { mangled } from '../../test/testing/mangled.ts';
import { bodyOf, SET, setBody } from '../../test/testing/operator-rows.ts';
import { BODY } from '../../test/wire/rows.ts';
import { balancersOf, compareIds, instanceFacts, setFacts } from './facts.ts';

const beside = { set: SET, balance: 'none' } as const;

const EXTENSION = {
  name: 'agent',
  properties: { publisher: 'Contoso', type: 'Agent', typeHandlerVersion: '1.0' },
};

const LATER = { name: 'later', properties: { ...EXTENSION.properties, type: 'Later' } };

const RECORD: ExtensionRecord = {
  name: 'agent',
  handler: 'Contoso.Agent',
  version: '1.0',
  print: 'p',
  state: 'failed',
  message: 'exit code 3',
  since: 0,
  endedAt: 1,
} as ExtensionRecord;

describe('a set', () => {
  test('is read from a plane’s answer', () => {
    const { body, ...facts } = setFacts(setBody());
    expect(body).toEqual(setBody());
    expect(facts).toEqual({
      resourceId:
        '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/Rg/providers/Microsoft.Compute/virtualMachineScaleSets/web',
      subscription: '11111111-1111-1111-1111-111111111111',
      group: 'Rg',
      name: 'web',
      location: 'westus',
      mode: 'Uniform',
      capacity: 2,
      provisioning: 'Succeeded',
      upgradeMode: 'Manual',
      tags: { tier: 'front' },
      healthSource: 'none',
      balanced: false,
    });
  });

  test('that is Flexible and has no profile counts its instances', () => {
    const body = {
      name: 'vmss1',
      id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/vmss1',
      location: 'eastus',
      properties: {
        singlePlacementGroup: false,
        orchestrationMode: 'Flexible',
        provisioningState: 'Succeeded',
      },
    };
    expect(setFacts(body, 7)).toMatchObject({ mode: 'Flexible', capacity: 7, upgradeMode: 'unknown' });
  });

  const profile = (virtualMachineProfile: JsonObject): JsonObject => ({
    properties: { virtualMachineProfile },
  });

  test.each([
    ['none', {}],
    ['extension', { extensionProfile: { extensions: [{ properties: { type: 'ApplicationHealthLinux' } }] } }],
    ['probe', { networkProfile: { healthProbe: { id: '/x/probes/p' } } }],
  ] as const)('has its health from: %s', (source, parts) => {
    expect(setFacts(profile(parts as JsonObject)).healthSource).toBe(source);
  });

  test('names each of its balancers once, whatever the case', () => {
    const pool = (id: string): JsonObject => ({
      properties: { ipConfigurations: [{ properties: { loadBalancerBackendAddressPools: [{ id }] } }] },
    });
    const body = profile({
      networkProfile: {
        networkInterfaceConfigurations: [
          pool('/g/loadBalancers/front/backendAddressPools/a'),
          pool('/g/LOADBALANCERS/Front/backendAddressPools/b'),
          pool('/g/loadBalancers/back/backendAddressPools/a'),
          pool('/g/applicationGateways/gw/backendAddressPools/a'),
        ],
      },
    });
    expect(balancersOf(body)).toEqual(['/g/loadBalancers/front', '/g/loadBalancers/back']);
    expect(setFacts(body).balanced).toBe(true);
  });
});

describe('an instance', () => {
  test('is read from a plane’s answer', () => {
    const { body: _body, view: _view, ...facts } = instanceFacts(bodyOf(3), beside);
    expect(facts).toEqual({
      id: '3',
      name: 'web_3',
      resourceId: `${SET.resourceId}/virtualMachines/3`,
      computerName: 'web000003',
      power: 'running',
      provisioning: 'Succeeded',
      health: 'none',
      balance: 'none',
      latestModel: true,
      behind: [],
      zone: '',
      faultDomain: '1',
      updateDomain: '2',
      size: 'Standard_B1s',
      image: 'Canonical:UbuntuServer:18.04-LTS:latest',
      extensions: [],
      protection: { scaleIn: false, scaleSetActions: false },
      tags: { tier: 'front' },
      created: '2026-11-24T06:00:00.1230000+00:00',
      addresses: [],
    });
  });

  test('that was deallocated keeps the computer name of its model', () => {
    const body = bodyOf(3, { observed: { power: 'deallocated', ready: false } });
    expect(instanceFacts(body, beside)).toMatchObject({ power: 'deallocated', computerName: 'web000003' });
  });

  test('that failed says why', () => {
    const failure = {
      code: 'VMStartTimedOut' as const,
      message: "VM 'web_3' did not start in the allotted time.",
    };
    const facts = instanceFacts(bodyOf(3, { failure }), beside);
    expect(facts).toMatchObject({ provisioning: 'Failed', failure: { message: failure.message } });
    const status = { code: 'ProvisioningState/failed/VMStartTimedOut', level: 'Error', message: 'Late.' };
    const azure = { properties: { provisioningState: 'Failed', instanceView: { statuses: [status] } } };
    expect(instanceFacts(azure, beside).failure).toEqual({ code: 'VMStartTimedOut', message: 'Late.' });
    const silent = { properties: { provisioningState: 'Failed' } };
    expect(instanceFacts(silent, beside).failure).toEqual({ code: 'ProvisioningState/failed', message: '' });
  });

  test.each(['healthy', 'unhealthy', 'initializing', 'unknown'] as const)(
    'reports that it is %s',
    (state) => {
      const facts = instanceFacts(bodyOf(3, { health: { state, since: 0, bootedAt: 0 } as never }), beside);
      expect(facts.health).toBe(state);
    },
  );

  test('of a set with a source of health that says nothing is unknown, not well', () => {
    expect(instanceFacts(bodyOf(3), { ...beside, set: { ...SET, healthSource: 'probe' } }).health).toBe(
      'unknown',
    );
  });

  test('behind its set says in which fields', () => {
    const sku = { name: 'Standard_D2s_v5', capacity: 2 };
    const set = setFacts(setBody({ ...BODY, sku }, 2));
    const facts = instanceFacts(bodyOf(3, {}, { setModel: 2 }), { ...beside, set });
    expect(facts).toMatchObject({
      latestModel: false,
      behind: [{ path: 'sku.name', instance: '"Standard_B1s"', set: '"Standard_D2s_v5"' }],
    });
  });

  test('is protected as its policy says', () => {
    const protection = { protectFromScaleIn: true, protectFromScaleSetActions: false };
    expect(instanceFacts(bodyOf(3, { protection }), beside).protection).toEqual({
      scaleIn: true,
      scaleSetActions: false,
    });
  });

  test('shows what became of its extensions, those in its resources that its view has not too', () => {
    const profile = BODY['properties'] as JsonObject;
    const declared = {
      ...BODY,
      properties: {
        ...profile,
        virtualMachineProfile: {
          ...(profile['virtualMachineProfile'] as JsonObject),
          extensionProfile: { extensions: [EXTENSION, LATER] },
        },
      },
    };
    const extensions = { own: [], records: [RECORD] } as never;
    const facts = instanceFacts(bodyOf(3, { extensions }, { declared }), beside);
    expect(facts.extensions).toEqual([
      { name: 'agent', type: 'Contoso.Agent', version: '1.0', state: 'failed', message: 'exit code 3' },
      { name: 'later', type: 'Contoso.Later', version: '1.0', state: 'running', message: '' },
    ]);
  });
});

/** As Azure answers for a virtual machine of a Flexible set: no instanceId, no latestModelApplied. */
const FLEXIBLE = {
  name: 'vmss2000003_356fa42b',
  id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vmss2000003_356fa42b',
  type: 'Microsoft.Compute/virtualMachines',
  location: 'eastus',
  zones: [null],
  etag: '"1"',
  properties: {
    hardwareProfile: { vmSize: 'Standard_D2s_v3' },
    provisioningState: 'Succeeded',
    vmId: 'b3f0a0a0-0000-4000-8000-000000000000',
    storageProfile: {
      imageReference: {
        publisher: 'Canonical',
        offer: 'UbuntuServer',
        sku: '18.04-LTS',
        version: 'latest',
        exactVersion: '18.04.202401161',
      },
    },
    osProfile: { computerName: 'vmss2a0b1c', adminUsername: 'u' },
    virtualMachineScaleSet: { id: '/subscriptions/s/resourceGroups/rg/x' },
    platformFaultDomain: 1,
    timeCreated: '2024-03-01T05:00:00.0000000+00:00',
    instanceView: { statuses: [{ code: 'ProvisioningState/succeeded' }, { code: 'PowerState/running' }] },
  },
};

test('a virtual machine of a Flexible set is called by its name', () => {
  expect(instanceFacts(FLEXIBLE, beside)).toMatchObject({
    id: 'vmss2000003_356fa42b',
    resourceId: FLEXIBLE.id,
    power: 'running',
    faultDomain: '1',
    updateDomain: '',
    zone: '',
    size: 'Standard_D2s_v3',
    image: 'Canonical:UbuntuServer:18.04-LTS:18.04.202401161',
    created: '2024-03-01T05:00:00.0000000+00:00',
  });
});

describe('whatever comes', () => {
  test('no body of an instance throws, and no state is made up', () => {
    const powers = ['starting', 'running', 'stopping', 'stopped', 'deallocating', 'deallocated', 'unknown'];
    fc.assert(
      fc.property(mangled(bodyOf(3)), (body) => {
        const facts = instanceFacts(body, beside);
        expect(powers).toContain(facts.power);
        for (const text of [facts.id, facts.name, facts.resourceId, facts.zone, facts.image, facts.size]) {
          expect(typeof text).toBe('string');
        }
      }),
    );
    const anything = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<JsonObject>;
    fc.assert(fc.property(anything, (body) => void instanceFacts(body, beside)));
  });

  test('no body of a set throws', () => {
    fc.assert(
      fc.property(mangled(setBody()), mangled(bodyOf(3)), (set, body) => {
        const facts = setFacts(set, 3);
        expect(Number.isFinite(facts.capacity)).toBe(true);
        instanceFacts(body, { set: facts, balance: 'unknown' });
      }),
    );
  });
});

test('ids are in the order of numbers, and any ids in some order', () => {
  expect(['10', '9', 'web_b', '2', 'web_a'].toSorted(compareIds)).toEqual(['2', '9', '10', 'web_a', 'web_b']);
  const ids = fc.oneof(fc.nat().map(String), fc.string(), fc.constantFrom('01', '1'));
  fc.assert(
    fc.property(ids, ids, ids, (a, b, c) => {
      expect(Math.sign(compareIds(a, b))).toBe(-Math.sign(compareIds(b, a)) + 0);
      expect(compareIds(a, b) === 0).toBe(a === b);
      if (compareIds(a, b) < 0 && compareIds(b, c) < 0) expect(compareIds(a, c)).toBeLessThan(0);
    }),
  );
});
