// Disk schemas: what bodies about managed disks must look like where the plane reads them.

import { anyObject, listOf, members, only, required, scalarText, tags, text, whole } from './schema-parts.ts';

/** PUT and PATCH of a disk. */
export const diskBody = members({
  location: text,
  tags,
  sku: members({ name: text }),
  zones: listOf(required(scalarText)),
  properties: members({
    creationData: members({ createOption: text }),
    diskSizeGB: whole,
    encryption: anyObject,
    networkAccessPolicy: text,
    publicNetworkAccess: text,
  }),
});

/** The action `attachDetachDataDisks`. */
export const attachDetachBody = only({
  dataDisksToAttach: listOf(
    required(members({ diskId: text, lun: whole, caching: text, deleteOption: text })),
  ),
  dataDisksToDetach: listOf(required(members({ diskId: text, detachOption: text }))),
});
