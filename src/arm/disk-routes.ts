// Routes of managed disks.

import type { AnswerStyle, Method, Route } from './routes.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const DISKS = `${SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.Compute/disks`;
const DISK = `${DISKS}/{disk}`;

function disk(method: Method, path: string, verb: string, answers: AnswerStyle = 'now'): Route {
  return {
    method,
    path,
    provider: 'Microsoft.Compute',
    type: 'disks',
    action: `Microsoft.Compute/disks/${verb}`,
    answers,
  };
}

export const DISK_ROUTES = {
  'disks.listAll': disk('GET', `${SUBSCRIPTION}/providers/Microsoft.Compute/disks`, 'read'),
  'disks.listByGroup': disk('GET', DISKS, 'read'),
  'disks.put': disk('PUT', DISK, 'write'),
  'disks.patch': disk('PATCH', DISK, 'write'),
  'disks.get': disk('GET', DISK, 'read'),
  'disks.delete': disk('DELETE', DISK, 'delete', 'action'),
} satisfies Readonly<Record<string, Route>>;
