// What is asked of a machine that is there. What never happens: a machine as it was read asks for anything, or what is left out does.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inSet, machineBody, setIdOf } from '../../test/testing/machines.ts';
import { SUBSCRIPTION } from '../../test/testing/plane.ts';
import { instanceRow, modelRow, scaleSetRow, THEN } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { changedIdentities, machineChange, type MachineChange, type ThereMachine } from './machine-change.ts';
import { declareMachine } from './machine-declaration.ts';
import { NO_IDENTITIES } from './managed-identity.ts';
import { ownModel } from './new-machine.ts';

const PUT = machineBody({ licenseType: 'RHEL_BYOS' });
const MACHINE = { group: 'rg', name: 'm1' };

/** One that was put by itself. */
function own(body: JsonObject = PUT): ThereMachine {
  const set = { ...scaleSetRow({ name: 'm1' }), type: 'solo' as const, lastOwnModel: -1 };
  const model = ownModel(set, declareMachine('m1', body), THEN);
  const instance = instanceRow({
    machine: MACHINE,
    model: -1,
    wanted: { exists: true, power: 'running', model: -1 },
  });
  return { subscriptionId: SUBSCRIPTION, set, instance, model };
}

/** One that its set made. */
function made(): ThereMachine {
  const machine = { group: 'rg', name: 'web_00000001' };
  return {
    subscriptionId: SUBSCRIPTION,
    set: scaleSetRow(),
    instance: instanceRow({ machine }),
    model: modelRow(),
  };
}

const change = (properties: JsonObject, there = own(), top: JsonObject = {}): MachineChange =>
  machineChange(there, { ...top, properties });

function refusedTarget(properties: JsonObject, there = own(), top: JsonObject = {}): string | undefined {
  try {
    change(properties, there, top);
  } catch (error) {
    if (error instanceof Failure) return error.target;
    throw error;
  }
  return 'nothing';
}

describe('nothing is asked', () => {
  test('by the body that made the machine, in any of its parts', () => {
    const properties = PUT['properties'] as JsonObject;
    fc.assert(
      fc.property(fc.subarray(Object.keys(properties)), (keys) => {
        const part = Object.fromEntries(keys.map((key) => [key, properties[key]]));
        expect(change(part)).toEqual({});
      }),
    );
  });

  test('by what says the same in another case, or null', () => {
    expect(change({ hardwareProfile: { vmSize: 'STANDARD_B1S' }, priority: 'regular' })).toEqual({});
    expect(change({ osProfile: { computerName: 'M1', adminPassword: null }, licenseType: null })).toEqual({});
    expect(change({ storageProfile: { osDisk: { createOption: 'fromimage', osType: 'linux' } } })).toEqual(
      {},
    );
  });
});

test('what is said is asked, and nothing else', () => {
  const asked = change(
    {
      hardwareProfile: { vmSize: 'Standard_B2s' },
      userData: 'aGk=',
      storageProfile: { dataDisks: [{ lun: 0, createOption: 'empty' }] },
      networkProfile: { networkInterfaces: [] },
      ...inSet(setIdOf('flex')),
    },
    own(),
    { tags: { a: 1 }, identity: { type: 'None' }, location: 'West US' },
  );
  expect(asked).toEqual({
    location: 'westus',
    tags: { a: '1' },
    size: 'Standard_B2s',
    userData: 'aGk=',
    dataDisks: [{ lun: 0, createOption: 'Empty' }],
    interfaces: [],
    identity: { type: 'None' },
    membership: { id: setIdOf('flex') },
  });
});

test.for<readonly [string, JsonObject]>([
  ['osProfile.computerName', { osProfile: { computerName: 'other' } }],
  ['osProfile.adminUsername', { osProfile: { adminUsername: 'root' } }],
  ['osProfile.adminPassword', { osProfile: { adminPassword: 'other' } }],
  ['osProfile.customData', { osProfile: { customData: 'aGk=' } }],
  ['linuxConfiguration.ssh.publicKeys', { osProfile: { linuxConfiguration: { ssh: { publicKeys: [] } } } }],
  [
    'linuxConfiguration.disablePasswordAuthentication',
    { osProfile: { linuxConfiguration: { disablePasswordAuthentication: true } } },
  ],
  ['imageReference.version', { storageProfile: { imageReference: { version: '2.0.0' } } }],
  ['imageReference', { storageProfile: { imageReference: { id: 'other' } } }],
  ['osDisk.osType', { storageProfile: { osDisk: { osType: 'Windows' } } }],
  ['osDisk.name', { storageProfile: { osDisk: { name: 'other' } } }],
  ['osDisk.managedDisk.id', { storageProfile: { osDisk: { managedDisk: { id: 'other' } } } }],
  [
    'osDisk.managedDisk.storageAccountType',
    { storageProfile: { osDisk: { managedDisk: { storageAccountType: 'Premium_LRS' } } } },
  ],
  ['evictionPolicy', { evictionPolicy: 'Delete' }],
  ['platformFaultDomain', { platformFaultDomain: 1 }],
  [
    'networkProfile.networkInterfaceConfigurations',
    { networkProfile: { networkInterfaceConfigurations: [{ name: 'x' }] } },
  ],
])('%s may not be changed', ([target, properties]) => {
  expect(refusedTarget(properties)).toBe(target);
});

test('zones may not be changed, and those that are meant may be said', () => {
  expect(refusedTarget({}, own(), { zones: ['1'] })).toBe('zones');
  expect(refusedTarget({}, own(), { zones: [] })).toBe('nothing');
});

test('a machine that its set made keeps the profile, and has a size of its own', () => {
  expect(change({ licenseType: 'other', osProfile: { secrets: [] } }, made())).toEqual({});
  expect(change({ hardwareProfile: { vmSize: 'Standard_B2s' } }, made())).toEqual({ size: 'Standard_B2s' });
  expect(refusedTarget({ osProfile: { computerName: 'other' } }, made())).toBe('osProfile.computerName');
});

describe('identities', () => {
  const id = (name: string): string =>
    `/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  const users = (...names: readonly string[]): JsonObject =>
    Object.fromEntries(names.map((name) => [id(name), {}]));
  const guid = (): string => 'guid';

  test('are added and taken away one by one by a PATCH, and named all by a PUT', () => {
    const type = 'UserAssigned';
    const a = changedIdentities(undefined, { type, userAssignedIdentities: users('a') }, 'put', guid);
    const both = changedIdentities(a, { type, userAssignedIdentities: users('b') }, 'patch', guid);
    expect(Object.keys(both.user)).toEqual([id('a'), id('b')]);
    const less = { type, userAssignedIdentities: { [id('A')]: null } };
    expect(Object.keys(changedIdentities(both, less, 'patch', guid).user)).toEqual([id('b')]);
    const other = { type, userAssignedIdentities: users('c') };
    expect(Object.keys(changedIdentities(both, other, 'put', guid).user)).toEqual([id('c')]);
  });

  test('of the system are made once, and none are none', () => {
    let count = 0;
    const fresh = (): string => `guid ${(count += 1)}`;
    const one = changedIdentities(undefined, { type: 'SystemAssigned' }, 'patch', fresh);
    expect(changedIdentities(one, { type: 'SystemAssigned' }, 'put', fresh)).toEqual(one);
    expect(changedIdentities(one, { type: 'None' }, 'patch', fresh)).toEqual(NO_IDENTITIES);
  });
});
