// The view of a managed disk: where it is, and what was declared.

import { expect, test } from 'vitest';
import { diskRow, instanceRow, scaleSetRow } from '../../../test/testing/rows.ts';
import type { PowerState } from '../../domain/instance.ts';
import type { ManagedDisk } from '../../domain/managed-disk.ts';
import { diskBody } from './disk.ts';

const disk = diskRow({ name: 'notes', sizeGiB: 4 });
const of = (power: PowerState): NonNullable<ManagedDisk['attachment']> => ({
  set: scaleSetRow(),
  instance: instanceRow({ id: 3, observed: { power, ready: false } }),
  isDetaching: false,
});

test.each([
  ['Unattached', undefined],
  ['Attached', of('running')],
  ['Attached', of('stopped')],
  ['Reserved', of('deallocated')],
] as const)('its state is %s', (diskState, attachment) => {
  const body = diskBody(attachment === undefined ? { disk } : { disk, attachment }, 'sub');
  expect(body).toMatchObject({ properties: { diskState, diskSizeGB: 4, diskSizeBytes: 4_294_967_296 } });
  const owner =
    '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web/virtualMachines/3';
  expect(body['managedBy']).toBe(attachment === undefined ? undefined : owner);
});

test('what was declared stands in it, over what a disk has by itself, and not over what the plane says', () => {
  const properties = { networkAccessPolicy: 'DenyAll', creationData: { createOption: 'Empty' } };
  const body = diskBody(
    { disk: diskRow({ properties, zones: ['2'], extra: { sku: { name: 'Premium_LRS' } }, deleting: 'x' }) },
    'sub',
  );
  expect(body).toMatchObject({
    id: '/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Compute/disks/disk',
    zones: ['2'],
    sku: { name: 'Premium_LRS', tier: 'Premium' },
    properties: {
      networkAccessPolicy: 'DenyAll',
      publicNetworkAccess: 'Enabled',
      provisioningState: 'Deleting',
      uniqueId: diskRow().uid,
    },
  });
});
