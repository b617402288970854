// Routes of what is done to a virtual machine, and of what stands below it: verbs, run commands, extensions.

import { computeRoute } from './compute-route.ts';
import type { AnswerStyle, Method, Route } from './routes.ts';

const MACHINE =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{machine}';
const TYPE = 'virtualMachines';
const COMMANDS = `${MACHINE}/runCommands`;
const COMMAND = `${COMMANDS}/{command}`;
const EXTENSIONS = `${MACHINE}/extensions`;
const EXTENSION = `${EXTENSIONS}/{extension}`;

function action(name: string, answers: AnswerStyle = 'action'): Route {
  return computeRoute('POST', `${MACHINE}/${name}`, TYPE, `${name}/action`, answers);
}

function command(method: Method, path: string, verb: string, answers: AnswerStyle = 'now'): Route {
  return computeRoute(method, path, `${TYPE}/runCommands`, verb, answers);
}

function extension(method: Method, path: string, verb: string, answers: AnswerStyle = 'now'): Route {
  return computeRoute(method, path, `${TYPE}/extensions`, verb, answers);
}

export const MACHINE_ACTION_ROUTES = {
  'machines.start': action('start'),
  'machines.restart': action('restart'),
  'machines.powerOff': action('powerOff'),
  'machines.deallocate': action('deallocate'),
  'machines.reimage': action('reimage'),
  'machines.redeploy': action('redeploy'),
  'machines.reapply': action('reapply'),
  'machines.performMaintenance': action('performMaintenance'),
  'machines.simulateEviction': action('simulateEviction', 'now'),
  'machines.bootDiagnostics': action('retrieveBootDiagnosticsData', 'now'),
  'machines.attachDetachDataDisks': action('attachDetachDataDisks'),
  'machines.runCommand': action('runCommand'),
  'machines.vmSizes': computeRoute('GET', `${MACHINE}/vmSizes`, `${TYPE}/vmSizes`, 'read'),

  'machines.generalize': action('generalize', 'refused'),
  'machines.capture': action('capture', 'refused'),
  'machines.convertToManagedDisks': action('convertToManagedDisks', 'refused'),
  'machines.migrate': action('migrateToVirtualMachineScaleSet', 'refused'),
  'machines.assessPatches': action('assessPatches', 'refused'),
  'machines.installPatches': action('installPatches', 'refused'),

  'machineRunCommands.list': command('GET', COMMANDS, 'read'),
  'machineRunCommands.put': command('PUT', COMMAND, 'write', 'put'),
  'machineRunCommands.patch': command('PATCH', COMMAND, 'write', 'put'),
  'machineRunCommands.get': command('GET', COMMAND, 'read'),
  'machineRunCommands.delete': command('DELETE', COMMAND, 'delete', 'action'),

  'machineExtensions.list': extension('GET', EXTENSIONS, 'read'),
  'machineExtensions.put': extension('PUT', EXTENSION, 'write', 'put'),
  'machineExtensions.patch': extension('PATCH', EXTENSION, 'write', 'put'),
  'machineExtensions.get': extension('GET', EXTENSION, 'read'),
  'machineExtensions.delete': extension('DELETE', EXTENSION, 'delete', 'action'),
} satisfies Readonly<Record<string, Route>>;
