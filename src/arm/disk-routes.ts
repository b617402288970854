// Routes of managed disks.

import { computeRoute } from './compute-route.ts';
import type { Route } from './routes.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const DISKS = `${SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Compute/disks`;
const DISK = `${DISKS}/{disk}`;

const TYPE = 'disks';

export const DISK_ROUTES = {
  'disks.listAll': computeRoute('GET', `${SUBSCRIPTION}/providers/Microsoft.Compute/disks`, TYPE, 'read'),
  'disks.listByGroup': computeRoute('GET', DISKS, TYPE, 'read'),
  'disks.put': computeRoute('PUT', DISK, TYPE, 'write'),
  'disks.patch': computeRoute('PATCH', DISK, TYPE, 'write'),
  'disks.get': computeRoute('GET', DISK, TYPE, 'read'),
  'disks.delete': computeRoute('DELETE', DISK, TYPE, 'delete', 'action'),
} satisfies Readonly<Record<string, Route>>;
