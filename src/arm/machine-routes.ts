// Routes by which virtual machines are read: members of Flexible scale sets and those without a set, which are resources of their own.

import { computeRead } from './compute-route.ts';
import type { Route } from './routes.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const PROVIDER = 'providers/Microsoft.Compute';
const MACHINES = `${SUBSCRIPTION}/resourceGroups/{group}/${PROVIDER}/virtualMachines`;
const MACHINE = `${MACHINES}/{machine}`;
const TYPE = 'virtualMachines';

export const MACHINE_ROUTES = {
  'machines.listAll': computeRead(`${SUBSCRIPTION}/${PROVIDER}/virtualMachines`, TYPE),
  'machines.listByLocation': computeRead(
    `${SUBSCRIPTION}/${PROVIDER}/locations/{location}/virtualMachines`,
    'locations/virtualMachines',
  ),
  'machines.listByGroup': computeRead(MACHINES, TYPE),
  'machines.get': computeRead(MACHINE, TYPE),
  'machines.instanceView': computeRead(`${MACHINE}/instanceView`, `${TYPE}/instanceView`),
} satisfies Readonly<Record<string, Route>>;
