// What a PUT says of a virtual machine that it makes. What never happens: a null says something, or what the plane says itself is kept.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IMAGE, inSet, machineBody, setIdOf } from '../../test/testing/machines.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { checkMachineName, declareMachine, type MachineDeclaration } from './machine-declaration.ts';

const declare = (properties: JsonObject = {}, top: JsonObject = {}): MachineDeclaration =>
  declareMachine('m_1', machineBody(properties, top));

function refusal(work: () => unknown): Pick<Failure, 'code' | 'target' | 'message'> {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a machine as az sends it', () => {
  test('has the model of a profile, with what Azure fills in', () => {
    const { profile, size, location } = declare();
    expect({ size, location }).toEqual({ size: 'Standard_B1s', location: 'westus' });
    expect(profile).toMatchObject({
      osProfile: {
        computerName: 'm1',
        adminPassword: 'S3cret!word',
        secrets: [],
        allowExtensionOperations: true,
        linuxConfiguration: { provisionVMAgent: true, patchSettings: { patchMode: 'ImageDefault' } },
      },
      storageProfile: {
        imageReference: IMAGE,
        osDisk: {
          createOption: 'FromImage',
          deleteOption: 'Delete',
          caching: 'ReadWrite',
          diskSizeGB: 30,
          managedDisk: { storageAccountType: 'Standard_LRS' },
        },
      },
      networkProfile: { networkInterfaceConfigurations: [] },
    });
  });

  test('keeps nothing that the plane says itself, or that is kept elsewhere', () => {
    const said = {
      provisioningState: 'Failed',
      vmId: 'x',
      instanceView: {},
      timeCreated: 'x',
      userData: 'aGk=',
    };
    const { profile, userData, extra } = declare(
      { ...said, licenseType: 'RHEL_BYOS', ...inSet(setIdOf('flex')) },
      { id: 'x', name: 'x', etag: 'x', resources: [], plan: { name: 'p' } },
    );
    expect(Object.keys(profile).toSorted()).toEqual([
      'licenseType',
      'networkProfile',
      'osProfile',
      'storageProfile',
    ]);
    expect(userData).toBe('aGk=');
    expect(extra).toEqual({ plan: { name: 'p' } });
  });

  test('says a fault domain as a number or as a word, and minus one is none', () => {
    expect(declare({ platformFaultDomain: '2' }).faultDomain).toBe(2);
    expect(declare({ platformFaultDomain: 2 }).profile['platformFaultDomain']).toBe(2);
    expect(declare({ platformFaultDomain: -1 })).not.toHaveProperty('faultDomain');
  });

  test('may name its set, or say that there is none', () => {
    expect(declare(inSet(setIdOf('flex'))).setId).toBe(setIdOf('flex'));
    expect(declare(inSet(undefined))).not.toHaveProperty('setId');
    expect(declare({ virtualMachineScaleSet: null })).not.toHaveProperty('setId');
  });

  test('names interfaces that are there, or has some of its own, and never both', () => {
    const named = [{ id: 'a', properties: { primary: 'true', deleteOption: 'delete' } }, { id: 'b' }];
    expect(declare({ networkProfile: { networkInterfaces: named } }).interfaces.named).toEqual([
      { id: 'a', primary: true, deleteOption: 'Delete' },
      { id: 'b' },
    ]);
    const networkInterfaceConfigurations = [{ name: 'nic', properties: { primary: true } }];
    expect(declare({ networkProfile: { networkInterfaceConfigurations } }).profile['networkProfile']).toEqual(
      {
        networkInterfaceConfigurations: [
          { name: 'nic', properties: { primary: true, deleteOption: 'Delete' } },
        ],
      },
    );
    const both = { networkProfile: { networkInterfaces: named, networkInterfaceConfigurations } };
    expect(refusal(() => declare(both)).target).toBe('networkProfile.networkInterfaceConfigurations');
  });

  test.for<readonly [string, JsonObject]>([
    [
      'osDisk.createOption',
      { storageProfile: { imageReference: IMAGE, osDisk: { createOption: 'Attach' } } },
    ],
    ['osDisk.name', { storageProfile: { imageReference: IMAGE, osDisk: { name: 'mine' } } }],
    [
      'osDisk.deleteOption',
      { storageProfile: { imageReference: IMAGE, osDisk: { deleteOption: 'Detach' } } },
    ],
    [
      'dataDisk.createOption',
      { storageProfile: { imageReference: IMAGE, dataDisks: [{ createOption: 'Copy' }] } },
    ],
    ['imageReference', { storageProfile: {} }],
    ['vmSize', { hardwareProfile: {} }],
    ['availabilitySet', { availabilitySet: { id: 'x' } }],
    ['id', { networkProfile: { networkInterfaces: [{}] } }],
    [
      'networkInterfaces.deleteOption',
      { networkProfile: { networkInterfaces: [{ id: 'a', properties: { deleteOption: 'Keep' } }] } },
    ],
    [
      'networkInterfaceConfigurations.deleteOption',
      {
        networkProfile: {
          networkInterfaceConfigurations: [{ name: 'a', properties: { deleteOption: 'Detach' } }],
        },
      },
    ],
    ['userData', { userData: '?' }],
    ['customData', { osProfile: { customData: '?' } }],
  ])('is refused for its %s', ([target, properties]) => {
    expect(refusal(() => declare(properties))).toMatchObject({ code: 'invalidParameter', target });
  });
});

describe('a computer is called', () => {
  const named = (name: string, osProfile: JsonObject = {}): JsonObject =>
    declareMachine(name, machineBody({ osProfile })).profile['osProfile'] as JsonObject;

  test('as it is said, or as its machine without what a host name may not have', () => {
    expect(named('web_1a.b')['computerName']).toBe('web1ab');
    expect(named('m', { computerName: 'host-1.lab' })['computerName']).toBe('host-1.lab');
  });

  test.for(['a_b', 'a b', 'a/b', '', 'x'.repeat(65)])('never %j', (computerName) => {
    expect(refusal(() => named('m', { computerName }))).toMatchObject({ target: 'computerName' });
  });

  test('on Windows by at most fifteen characters that are not digits alone', () => {
    const windowsConfiguration = {};
    for (const computerName of ['x'.repeat(16), '123', 'a.b']) {
      const { message } = refusal(() => named('m', { computerName, windowsConfiguration }));
      expect(message).toMatch(/^Windows computer name/);
    }
    expect(named('m', { computerName: 'win-1', windowsConfiguration })['computerName']).toBe('win-1');
  });
});

test.for(['', '_a', '-a', 'a-', 'a.', 'a/b', 'a b', 'x'.repeat(65)])('a machine is not called %j', (name) => {
  expect(refusal(() => checkMachineName(name))).toMatchObject({ target: 'vmName' });
});

test('a null anywhere is the same as nothing there', () => {
  const member = fc.constantFrom(
    'licenseType',
    'priority',
    'evictionPolicy',
    'userData',
    'platformFaultDomain',
  );
  fc.assert(
    fc.property(fc.uniqueArray(member), (names) => {
      const nulls = Object.fromEntries(names.map((name) => [name, null]));
      expect(declare(nulls)).toEqual(declare());
    }),
  );
});
