// Routes that make, change and delete virtual machines.

import type { Method, Route, AnswerStyle } from './routes.ts';

const MACHINE =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{machine}';

function machine(method: Method, verb: string, answers: AnswerStyle): Route {
  return {
    method,
    path: MACHINE,
    provider: 'Microsoft.Compute',
    type: 'virtualMachines',
    action: `Microsoft.Compute/virtualMachines/${verb}`,
    answers,
  };
}

export const MACHINE_WRITE_ROUTES = {
  'machines.put': machine('PUT', 'write', 'put'),
  'machines.patch': machine('PATCH', 'write', 'put'),
  'machines.delete': machine('DELETE', 'delete', 'action'),
} satisfies Readonly<Record<string, Route>>;
