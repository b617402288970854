// What a declaration becomes in each mode, and what each refuses.
import { isDeepStrictEqual } from 'node:util';

import { describe, expect, test } from 'vitest';

import { merge } from './declaration.ts';
import { complete } from './declaration-rules.ts';
import { Failure } from './failure.ts';
import { type JsonObject, objectAt } from './json.ts';
import { orchestrationRules, type OrchestrationRules } from './orchestration.ts';
import type { Declared } from './scale-set.ts';

const PROFILE: JsonObject = {
  storageProfile: { imageReference: { publisher: 'muster', offer: 'images', sku: 'web', version: 'latest' } },
  networkProfile: { networkInterfaceConfigurations: [{ name: 'nic', properties: {} }] },
};

function declare(properties: JsonObject, rest: JsonObject = {}, current?: Declared): Declared {
  const sku = properties['virtualMachineProfile'] === undefined ? {} : { sku: { name: 'Standard_B1s' } };
  const body = { location: 'eastus', ...sku, ...rest, properties };
  return complete('web', merge(current, body, 'put'), current);
}

const flexible = (properties: JsonObject, rest: JsonObject = {}): Declared =>
  declare({ orchestrationMode: 'flexible', ...properties }, rest);

function refused(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('it was not refused');
}

test('modes compare without case, and none is Uniform', () => {
  expect(orchestrationRules({ orchestrationMode: 'FLEXIBLE' })?.mode).toBe('Flexible');
  expect(orchestrationRules({})?.mode).toBe('Uniform');
  expect(orchestrationRules({ orchestrationMode: 'Elastic' })).toBeUndefined();
});

test('the table is whole: both modes answer every question, and no question has the same answer in both', () => {
  const [one, other] = ['Uniform', 'Flexible'].map((mode) => orchestrationRules({ orchestrationMode: mode }));
  if (one === undefined || other === undefined) throw new Error('a mode has no rules');
  expect(Object.keys(other).toSorted()).toEqual(Object.keys(one).toSorted());
  const same = Object.entries(one)
    .filter(([column, answer]) => isDeepStrictEqual(answer, other[column as keyof OrchestrationRules]))
    .map(([column]) => column);
  // What does not differ is no rule of a mode.
  expect(same).toEqual([]);
  const domains = Object.entries(one.faultDomains).filter(
    ([column, count]) => other.faultDomains[column as keyof OrchestrationRules['faultDomains']] === count,
  );
  expect(domains).toEqual([]);
});

describe('a Flexible set', () => {
  test('gets what Azure fills in, and nothing that only a Uniform one has', () => {
    const { properties } = flexible({ virtualMachineProfile: PROFILE });
    expect(properties).toMatchObject({
      singlePlacementGroup: false,
      orchestrationMode: 'Flexible',
      upgradePolicy: { mode: 'Manual' },
      constrainedMaximumCapacity: false,
      platformFaultDomainCount: 1,
    });
    expect(Object.keys(properties)).not.toContain('overprovision');
    const profile = objectAt(properties, 'virtualMachineProfile');
    expect(objectAt(profile, 'storageProfile', 'osDisk')).toMatchObject({ deleteOption: 'Delete' });
    expect(objectAt(profile, 'networkProfile')).toMatchObject({
      networkApiVersion: '2020-11-01',
      networkInterfaceConfigurations: [
        { name: 'nic', properties: { deleteOption: 'Delete', auxiliaryMode: 'None', auxiliarySku: 'None' } },
      ],
    });
  });

  test('needs no profile, and then has no size to declare', () => {
    const bare = flexible({ upgradePolicy: { mode: 'manual' }, singlePlacementGroup: null });
    expect(bare.sku).toEqual({ name: '', tier: '', capacity: 0 });
    expect(bare.properties['virtualMachineProfile']).toBeUndefined();
    expect(refused(() => flexible({}, { sku: { name: 'Standard_B1s', capacity: 2 } })).code).toBe(
      'invalidParameter',
    );
  });

  test('does not become Uniform, whatever else the request lacks', () => {
    expect(refused(() => declare({ orchestrationMode: 'Uniform' }, {}, flexible({}))).message).toBe(
      "Changing property 'orchestrationMode' is not allowed.",
    );
  });

  test('may get its profile later, and not lose it again', () => {
    const bare = flexible({});
    const whole = declare({ virtualMachineProfile: PROFILE }, { sku: { name: 'Standard_B1s' } }, bare);
    expect(whole.sku).toEqual({ name: 'Standard_B1s', tier: 'Standard', capacity: 0 });
  });

  test.each([
    ['more fault domains than three', { platformFaultDomainCount: 4 }, 'must fall in the range 1 to 3'],
    ['one placement group', { singlePlacementGroup: true }, "'singlePlacementGroup' is not allowed"],
    ['overprovisioning', { overprovision: true }, "'overprovision' is not allowed"],
    [
      'a probe as the source of health',
      { virtualMachineProfile: { ...PROFILE, networkProfile: { healthProbe: { id: '/p' } } } },
      "'healthProbe' is not allowed",
    ],
    [
      'to take a failed upgrade back',
      {
        virtualMachineProfile: PROFILE,
        upgradePolicy: { rollingUpgradePolicy: { rollbackFailedInstancesOnPolicyBreach: true } },
      },
      "'rollbackFailedInstancesOnPolicyBreach' is not allowed",
    ],
  ])('refuses %s', (_what, properties, words) => {
    const { message } = refused(() => flexible({ virtualMachineProfile: PROFILE, ...properties }));
    expect(message).toContain(words);
  });

  test('has one fault domain where it has zones', () => {
    const zonal = (count: number) => (): Declared =>
      flexible({ virtualMachineProfile: PROFILE, platformFaultDomainCount: count }, { zones: ['1', '2'] });
    expect(zonal(1)().properties['platformFaultDomainCount']).toBe(1);
    expect(refused(zonal(2)).message).toContain('Specifying Availability Zones is not allowed');
  });
});

test('a Flexible set has no identity of its own, and a name that leaves room for those of its machines', () => {
  const identity = { type: 'SystemAssigned' };
  expect(refused(() => flexible({ virtualMachineProfile: PROFILE }, { identity })).message).toContain(
    'user-assigned identities only',
  );
  const body = { location: 'eastus', properties: { orchestrationMode: 'Flexible' } };
  const named = (name: string) => (): Declared => complete(name, merge(undefined, body, 'put'), undefined);
  expect(named('w'.repeat(35))().properties['orchestrationMode']).toBe('Flexible');
  expect(refused(named('w'.repeat(36))).message).toContain('at most 35 characters');
});

test('a Uniform set refuses a mix of sizes and needs a profile', () => {
  expect(refused(() => declare({}, { sku: { name: 'Standard_B1s' } })).message).toContain(
    'virtualMachineProfile',
  );
  const mixed = { virtualMachineProfile: PROFILE, skuProfile: { vmSizes: [] } };
  expect(refused(() => declare(mixed)).message).toContain("'skuProfile' is not allowed");
});
