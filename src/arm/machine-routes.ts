// Routes by which virtual machines are read: members of Flexible scale sets and those without a set, which are resources of their own.

import type { Route } from './routes.ts';

const SUBSCRIPTION = '/subscriptions/{subscription}';
const PROVIDER = 'providers/Microsoft.Compute';
const MACHINES = `${SUBSCRIPTION}/resourceGroups/{group}/${PROVIDER}/virtualMachines`;
const MACHINE = `${MACHINES}/{machine}`;
const TYPE = 'virtualMachines';

function read(path: string, type: string): Route {
  return {
    method: 'GET',
    path,
    provider: 'Microsoft.Compute',
    type,
    action: `Microsoft.Compute/${type}/read`,
    answers: 'now',
  };
}

export const MACHINE_ROUTES = {
  'machines.listAll': read(`${SUBSCRIPTION}/${PROVIDER}/virtualMachines`, TYPE),
  'machines.listByLocation': read(
    `${SUBSCRIPTION}/${PROVIDER}/locations/{location}/virtualMachines`,
    'locations/virtualMachines',
  ),
  'machines.listByGroup': read(MACHINES, TYPE),
  'machines.get': read(MACHINE, TYPE),
  'machines.instanceView': read(`${MACHINE}/instanceView`, `${TYPE}/instanceView`),
} satisfies Readonly<Record<string, Route>>;
