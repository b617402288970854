// Schemas: what az and the SDKs really send passes, unknown members survive, and a wrong type is named by its path.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  groupBody,
  instanceBody,
  instanceIdsBody,
  parseBody,
  runCommandBody,
  runCommandResourceBody,
  scaleSetBody,
} from './schemas.ts';

function accepted(schema: Parameters<typeof parseBody>[0], value: unknown): unknown {
  const result = parseBody(schema, value);
  if (!result.ok) throw new Error(`${result.path} ${result.problem}`);
  return result.body;
}

describe('the body of a scale set', () => {
  test('may be as little as az sends to scale', () => {
    const body = { location: 'westus', sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 4 } };
    expect(accepted(scaleSetBody, body)).toEqual(body);
    expect(accepted(scaleSetBody, { sku: { capacity: 3 } })).toEqual({ sku: { capacity: 3 } });
  });

  test('is as loosely typed as az writes it', () => {
    const nic = (primary: unknown) => ({
      name: 'nic',
      properties: { primary, ipConfigurations: [{ name: 'ip' }] },
    });
    const sent = {
      sku: { capacity: '3' },
      zones: [1, '2'],
      properties: {
        singlePlacementGroup: null,
        overprovision: 'False',
        upgradePolicy: { mode: 'manual' },
        virtualMachineProfile: {
          networkProfile: { networkInterfaceConfigurations: [nic('true')] },
          storageProfile: { osDisk: { managedDisk: { storageAccountType: null }, diskSizeGB: '64' } },
        },
      },
    };
    expect(accepted(scaleSetBody, sent)).toEqual({
      sku: { capacity: 3 },
      zones: ['1', '2'],
      properties: {
        singlePlacementGroup: null,
        overprovision: false,
        upgradePolicy: { mode: 'manual' },
        virtualMachineProfile: {
          networkProfile: { networkInterfaceConfigurations: [nic(true)] },
          storageProfile: { osDisk: { managedDisk: { storageAccountType: null }, diskSizeGB: 64 } },
        },
      },
    });
  });

  test('keeps what it does not know, at every depth', () => {
    const body = {
      extendedLocation: { name: 'edge' },
      properties: {
        brandNew: [{ a: 1 }],
        virtualMachineProfile: { osProfile: { other: { b: null } }, more: 'x' },
      },
    };
    expect(accepted(scaleSetBody, body)).toEqual(body);
  });

  test.each([
    [[], '', 'must be an object'],
    ['text', '', 'must be an object'],
    [{ location: 5 }, 'location', 'must be a string'],
    [{ tags: [] }, 'tags', 'must be an object of strings'],
    [{ tags: { a: { b: 1 } } }, 'tags.a', 'must be a string'],
    [{ sku: 'Standard_B1s' }, 'sku', 'must be an object'],
    [{ sku: { capacity: 'many' } }, 'sku.capacity', 'must be a whole number'],
    [{ sku: { capacity: 1.5 } }, 'sku.capacity', 'must be a whole number'],
    [{ sku: { capacity: 1e300 } }, 'sku.capacity', 'must be a whole number'],
    [{ zones: '1' }, 'zones', 'must be an array'],
    [{ zones: [null] }, 'zones[0]', 'must not be null'],
    [{ properties: { overprovision: 1 } }, 'properties.overprovision', 'must be a boolean'],
    [{ properties: { overprovision: 'yes' } }, 'properties.overprovision', 'must be a boolean'],
    [{ properties: { virtualMachineProfile: [] } }, 'properties.virtualMachineProfile', 'must be an object'],
    [
      { properties: { virtualMachineProfile: { storageProfile: { dataDisks: [{ lun: 0 }, { lun: {} }] } } } },
      'properties.virtualMachineProfile.storageProfile.dataDisks[1].lun',
      'must be a whole number',
    ],
    [
      { properties: { virtualMachineProfile: { storageProfile: { dataDisks: [null] } } } },
      'properties.virtualMachineProfile.storageProfile.dataDisks[0]',
      'must not be null',
    ],
  ])('%j is refused at %j: %s', (body, path, problem) => {
    expect(parseBody(scaleSetBody, body)).toEqual({ ok: false, path, problem });
  });

  test('of any JSON passes or is refused at a path, and never harms the prototype of anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const result = parseBody(scaleSetBody, { properties: value, __proto__x: 1 });
        if (!result.ok) expect(result.path).toMatch(/^properties/);
      }),
    );
    const hostile: unknown = JSON.parse(
      '{"properties":{"__proto__":{"polluted":true}},"__proto__":{"polluted":true}}',
    );
    expect((accepted(scaleSetBody, hostile) as { polluted?: boolean }).polluted).toBeUndefined();
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('other bodies', () => {
  test('instance ids are texts; numbers are taken for them', () => {
    expect(accepted(instanceIdsBody, { instanceIds: ['*'] })).toEqual({ instanceIds: ['*'] });
    expect(accepted(instanceIdsBody, { instanceIds: [0, '3'] })).toEqual({ instanceIds: ['0', '3'] });
    expect(accepted(instanceIdsBody, { instanceIds: null })).toEqual({ instanceIds: null });
    expect(accepted(instanceIdsBody, {})).toEqual({});
    expect(accepted(instanceIdsBody, { InstanceIDs: ['3'] })).toEqual({ instanceIds: ['3'] });
    expect(parseBody(instanceIdsBody, { vmIds: ['3'] })).toMatchObject({
      ok: false,
      problem: "must not have a member 'vmIds'",
    });
    expect(parseBody(instanceIdsBody, { instanceIds: ['3'], instanceids: ['4'] })).toMatchObject({
      ok: false,
      problem: "must have 'instanceIds' only once",
    });
    expect(parseBody(instanceIdsBody, { instanceIds: '*' })).toMatchObject({
      path: 'instanceIds',
      problem: 'must be an array',
    });
    expect(parseBody(instanceIdsBody, { instanceIds: [['0']] })).toMatchObject({ path: 'instanceIds[0]' });
  });

  test('an instance is protected with booleans', () => {
    const protectionPolicy = { protectFromScaleIn: true, protectFromScaleSetActions: 'false' };
    expect(accepted(instanceBody, { name: 'web_0', properties: { protectionPolicy } })).toEqual({
      name: 'web_0',
      properties: { protectionPolicy: { protectFromScaleIn: true, protectFromScaleSetActions: false } },
    });
    expect(
      parseBody(instanceBody, { properties: { protectionPolicy: { protectFromScaleIn: 'on' } } }),
    ).toMatchObject({
      path: 'properties.protectionPolicy.protectFromScaleIn',
    });
  });

  test('a run command has a script of lines and parameters of texts', () => {
    const body = { commandId: 'RunShellScript', script: ['echo $1'], parameters: [{ name: 'a', value: 1 }] };
    expect(accepted(runCommandBody, body)).toEqual({ ...body, parameters: [{ name: 'a', value: '1' }] });
    expect(parseBody(runCommandBody, { script: 'echo' })).toMatchObject({
      path: 'script',
      problem: 'must be an array',
    });
    expect(parseBody(runCommandResourceBody, { properties: { timeoutInSeconds: 'soon' } })).toMatchObject({
      path: 'properties.timeoutInSeconds',
    });
  });

  test('a group has a location and tags', () => {
    expect(accepted(groupBody, { location: 'westus', tags: { n: 1, b: true } })).toEqual({
      location: 'westus',
      tags: { n: '1', b: 'true' },
    });
    expect(parseBody(groupBody, { location: ['westus'] })).toMatchObject({
      path: 'location',
      problem: 'must be a string',
    });
  });
});
