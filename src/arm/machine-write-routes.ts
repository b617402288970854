// Routes that make, change and delete virtual machines.

import { computeRoute } from './compute-route.ts';
import type { Route } from './routes.ts';

const MACHINE =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{machine}';

const TYPE = 'virtualMachines';

export const MACHINE_WRITE_ROUTES = {
  'machines.put': computeRoute('PUT', MACHINE, TYPE, 'write', 'put'),
  'machines.patch': computeRoute('PATCH', MACHINE, TYPE, 'write', 'put'),
  'machines.delete': computeRoute('DELETE', MACHINE, TYPE, 'delete', 'action'),
} satisfies Readonly<Record<string, Route>>;
