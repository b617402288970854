// Facts of the virtual machines of a Flexible set: what a machine does not show is not made up, and one that was attached is measured by
// itself and not by the set's profile.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../domain/json.ts';
import { instanceFacts, setFacts } from './facts.ts';
import type { InstanceFacts } from './inventory.ts';

const HEALTH = { publisher: 'Microsoft.ManagedServices', type: 'ApplicationHealthLinux' };
const PROFILE = { extensionProfile: { extensions: [{ name: 'health', properties: HEALTH }] } };
const setOf = (sku: string, profile: JsonObject | undefined = PROFILE) =>
  setFacts({
    name: 'Web',
    sku: { name: sku, capacity: 3 },
    properties: {
      orchestrationMode: 'Flexible',
      ...(profile === undefined ? {} : { virtualMachineProfile: profile }),
    },
  });

const TYPE = 'Microsoft.Compute/virtualMachines';
function factsOf(name: string, more: JsonObject = {}, set = setOf('Standard_B1s')): InstanceFacts {
  const body = { name, type: TYPE, properties: { hardwareProfile: { vmSize: 'Standard_B2s' } }, ...more };
  return instanceFacts(body, { set, balance: 'unknown' });
}

describe('whose model it has', () => {
  test.each(['web_1a2b3c4d', 'WEB_00000000'])('%s was made by the set', (name) => {
    expect(factsOf(name)).toMatchObject({ latestModel: false, behind: [{ path: 'sku.name' }] });
    expect(factsOf(name).ownModel).toBeUndefined();
  });

  test.each(['guest', 'web_1a2b3c4', 'web_1a2b3c4d5', 'web_1a2b3c4g', 'other_1a2b3c4d', 'web-1a2b3c4d'])(
    '%s was attached: it is behind nothing',
    (name) => {
      expect(factsOf(name)).toMatchObject({ ownModel: true, latestModel: true, behind: [] });
    },
  );

  test('a set without a profile makes none, whatever they are called', () => {
    const bare = setFacts({ name: 'web', properties: { orchestrationMode: 'Flexible' } });
    expect(factsOf('web_1a2b3c4d', {}, bare)).toMatchObject({ ownModel: true, latestModel: true });
  });

  test('a size that was drawn from a mix is no difference', () => {
    expect(factsOf('web_1a2b3c4d', {}, setOf('Mix'))).toMatchObject({ latestModel: true, behind: [] });
  });
});

describe('health of one that was attached', () => {
  test('has no source of its own unless it has the extension itself', () => {
    expect(factsOf('guest').health).toBe('none');
    expect(factsOf('web_1a2b3c4d').health).toBe('unknown');
    const resources = [{ name: 'h', properties: HEALTH }];
    expect(factsOf('guest', { resources }).health).toBe('unknown');
  });

  test('is believed wherever it says so', () => {
    const instanceView = { vmHealth: { status: { code: 'HealthState/unhealthy' } } };
    expect(factsOf('guest', { properties: { instanceView } }).health).toBe('unhealthy');
  });
});

describe('protection', () => {
  test('of a virtual machine is not seen; the set’s entry of it says it, or that there is none', () => {
    expect(factsOf('guest').protection).toEqual({ scaleIn: false, scaleSetActions: false, unseen: true });
    const type = 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines';
    expect(factsOf('guest', { type }).protection).toEqual({ scaleIn: false, scaleSetActions: false });
    const properties = { protectionPolicy: { protectFromScaleSetActions: true } };
    expect(factsOf('guest', { type, properties }).protection).toEqual({
      scaleIn: false,
      scaleSetActions: true,
    });
  });
});

test('a machine is never both its own and behind the set', () => {
  const name = fc.oneof(fc.string(), fc.stringMatching(/^web_[0-9a-f]{7,9}$/));
  fc.assert(
    fc.property(name, (one) => {
      const { ownModel, behind } = factsOf(one);
      expect(ownModel === true && behind.length > 0).toBe(false);
    }),
  );
});
