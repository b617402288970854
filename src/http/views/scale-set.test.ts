// The scale set's body: Azure's members in Azure's order, at each era of the wire.
import { describe, expect, test } from 'vitest';
import { wireEra } from '../../arm/api-version.ts';
import { BODY, scaleSet, SUBSCRIPTION } from '../../../test/wire/rows.ts';
import { scaleSetBody } from './scale-set.ts';

const show = { subscriptionId: SUBSCRIPTION, tenantId: 'the tenant', era: wireEra('2024-07-01') };

describe('a scale set', () => {
  test('has the recorded members in the recorded order', () => {
    const body = scaleSetBody(scaleSet(), show);
    expect(Object.keys(body)).toEqual([
      'name',
      'id',
      'type',
      'location',
      'tags',
      'sku',
      'etag',
      'properties',
    ]);
    expect(Object.keys(body['properties'] as object)).toEqual([
      'singlePlacementGroup',
      'orchestrationMode',
      'upgradePolicy',
      'virtualMachineProfile',
      'provisioningState',
      'overprovision',
      'doNotRunExtensionsOnOverprovisionedVMs',
      'uniqueId',
      'platformFaultDomainCount',
      'timeCreated',
    ]);
    expect(body).toMatchObject({
      name: 'web',
      id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/Rg/providers/Microsoft.Compute/virtualMachineScaleSets/web`,
      location: 'westus',
      sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 2 },
      etag: '"2"',
      properties: {
        upgradePolicy: { mode: 'Manual' },
        provisioningState: 'Succeeded',
        uniqueId: 'aaaaaaaa-0000-4000-8000-000000000001',
        timeCreated: '2026-11-24T06:00:00.1230000+00:00',
      },
    });
  });

  test('shows no secret, and its user data only when that is asked for', () => {
    const plain = JSON.stringify(scaleSetBody(scaleSet(), show));
    expect(plain).not.toMatch(/S3cret-password|c2VjcmV0IGRhdGE=|dXNlciBkYXRh/);
    const asked = JSON.stringify(scaleSetBody(scaleSet(), { ...show, userData: true }));
    expect(asked).toContain('"userData":"dXNlciBkYXRh"');
    expect(asked).not.toMatch(/S3cret-password|c2VjcmV0IGRhdGE=/);
  });

  test('has neither etag nor times before there were any', () => {
    const body = scaleSetBody(scaleSet(), { ...show, era: wireEra('2020-06-01') });
    expect(body).not.toHaveProperty('etag');
    expect(body['properties']).not.toHaveProperty('timeCreated');
  });

  test('keeps what was declared and is not known, and shows its zones and plan', () => {
    const properties = BODY['properties'] as object;
    const set = scaleSet({
      ...BODY,
      zones: ['1', '2'],
      plan: { name: 'p' },
      properties: { ...properties, brandNew: { a: 1 } },
    });
    const body = scaleSetBody(set, show);
    expect(Object.keys(body)).toEqual([
      'name',
      'id',
      'type',
      'location',
      'tags',
      'sku',
      'zones',
      'plan',
      'etag',
      'properties',
    ]);
    expect(body['properties']).toMatchObject({ brandNew: { a: 1 } });
  });

  test.each([
    [{ settled: 0 }, 'Creating'],
    [{ generation: 2 }, 'Updating'],
    [{ deleting: true }, 'Deleting'],
    [{ failure: { code: 'AllocationFailed', message: 'no' } as const }, 'Failed'],
  ])('%j is %s', (changes, provisioningState) => {
    expect(scaleSetBody(scaleSet(BODY, changes), show)['properties']).toMatchObject({ provisioningState });
  });
});
