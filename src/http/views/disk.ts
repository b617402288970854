// The managed disk as clients see it: what was declared, and where it is.

import type { JsonObject } from '../../arm/json.ts';
import { textAt } from '../../domain/json.ts';
import type { Attachment, ManagedDisk } from '../../domain/managed-disk.ts';
import { diskPath, instancePath } from '../../domain/resource-path.ts';
import { azureTime } from '../../domain/time.ts';

const GIB = 1024 ** 3;

export function diskBody({ disk, attachment }: ManagedDisk, subscriptionId: string): JsonObject {
  const { group, name, location, tags, zones, sizeGiB, properties, extra } = disk;
  const sku = textAt(extra, 'sku', 'name') ?? 'Standard_LRS';
  return {
    name,
    id: diskPath(subscriptionId, group, name),
    type: 'Microsoft.Compute/disks',
    location,
    tags,
    ...extra,
    sku: { name: sku, tier: tierOf(sku) },
    ...(zones.length === 0 ? {} : { zones }),
    ...(attachment === undefined ? {} : { managedBy: ownerPath(attachment, subscriptionId) }),
    properties: {
      encryption: { type: 'EncryptionAtRestWithPlatformKey' },
      networkAccessPolicy: 'AllowAll',
      publicNetworkAccess: 'Enabled',
      ...properties,
      diskSizeGB: sizeGiB,
      diskSizeBytes: sizeGiB * GIB,
      timeCreated: azureTime(disk.created),
      provisioningState: disk.deleting === undefined ? 'Succeeded' : 'Deleting',
      diskState: stateOf(attachment),
      uniqueId: disk.uid,
    },
  };
}

function ownerPath({ set, instance }: Attachment, subscriptionId: string): string {
  return instancePath(subscriptionId, set, instance);
}

/** Of a VM without a host it is kept in reserve (Azure: "The disk is attached to a stopped-deallocated VM"). */
function stateOf(attachment: Attachment | undefined): 'Unattached' | 'Attached' | 'Reserved' {
  if (attachment === undefined) return 'Unattached';
  return attachment.instance.observed.power === 'deallocated' ? 'Reserved' : 'Attached';
}

function tierOf(sku: string): string {
  if (sku.startsWith('Premium')) return 'Premium';
  return sku.startsWith('Ultra') ? 'Ultra' : 'Standard';
}
