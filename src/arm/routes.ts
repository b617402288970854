// Routes: every request that the plane serves, as data: how it is addressed, what ARM calls it (for permissions and the activity
// log) and how it answers when it takes long. Literal segments match without case; `{names}` keep the case they came in.
// What must hold: no two routes share a method and a path; a route's provider and type are what its path says.

import { computeRoute } from './compute-route.ts';
import type { Provider } from './api-version.ts';
import { CATALOG_ROUTES } from './catalog-routes.ts';
import { DEPLOYMENT_ROUTES } from './deployment-routes.ts';
import { INTERFACE_ROUTES } from './interface-routes.ts';
import { DISK_ROUTES } from './disk-routes.ts';
import { LOAD_BALANCER_ROUTES } from './load-balancer-routes.ts';
import { MACHINE_ROUTES } from './machine-routes.ts';
import { MACHINE_ACTION_ROUTES } from './machine-action-routes.ts';
import { MACHINE_WRITE_ROUTES } from './machine-write-routes.ts';
import { NETWORK_ROUTES } from './network-routes.ts';

export type Method = 'GET' | 'HEAD' | 'PUT' | 'PATCH' | 'POST' | 'DELETE';

/**
 * How a route answers.
 * `now`: at once. `put`: 200 or 201 with the resource, and where to poll. `action`: 202, empty, with where to poll and where
 * the result will be. `location`: 202, empty, and only the place that answers 202 until it is done. `refused`: never but with
 * the reason why not.
 */
export type AnswerStyle = 'now' | 'put' | 'action' | 'location' | 'refused';

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly provider: Provider;
  /** The resource type below the provider. */
  readonly type: string;
  /** ARM's name of it: `Microsoft.Compute/virtualMachineScaleSets/restart/action`. */
  readonly action: string;
  readonly answers: AnswerStyle;
}

const SUBSCRIPTION = '/subscriptions/{subscription}';
const GROUP = `${SUBSCRIPTION}/resourceGroups/{group}`;
const LOCATION = `${SUBSCRIPTION}/providers/Microsoft.Compute/locations/{location}`;
const SETS = `${GROUP}/providers/Microsoft.Compute/virtualMachineScaleSets`;
const SET = `${SETS}/{set}`;
const INSTANCES = `${SET}/virtualMachines`;
const INSTANCE = `${INSTANCES}/{instance}`;
const SET_EXTENSIONS = `${SET}/extensions`;
const SET_EXTENSION = `${SET_EXTENSIONS}/{extension}`;
const INSTANCE_EXTENSIONS = `${INSTANCE}/extensions`;
const INSTANCE_EXTENSION = `${INSTANCE_EXTENSIONS}/{extension}`;
const COMMANDS = `${INSTANCE}/runCommands`;
const COMMAND = `${COMMANDS}/{command}`;

function resources(
  method: Method,
  path: string,
  type: string,
  action: string,
  answers: AnswerStyle = 'now',
): Route {
  return {
    method,
    path,
    provider: 'Microsoft.Resources',
    type,
    action: `Microsoft.Resources/${action}`,
    answers,
  };
}

function setAction(segment: string, name: string): Route {
  return computeRoute('POST', `${SET}/${segment}`, 'virtualMachineScaleSets', `${name}/action`, 'action');
}

function instanceAction(segment: string, name: string, answers: AnswerStyle = 'action'): Route {
  return computeRoute(
    'POST',
    `${INSTANCE}/${segment}`,
    'virtualMachineScaleSets/virtualMachines',
    `${name}/action`,
    answers,
  );
}

function setExtension(method: Method, path: string, verb: string, answers: AnswerStyle = 'now'): Route {
  return computeRoute(method, path, 'virtualMachineScaleSets/extensions', verb, answers);
}

function instanceExtension(method: Method, path: string, verb: string, answers: AnswerStyle = 'now'): Route {
  return computeRoute(method, path, 'virtualMachineScaleSets/virtualMachines/extensions', verb, answers);
}

function plane(method: Method, word: string, verb: string): Route {
  const path = `/providers/Muster.Plane/${word}`;
  return {
    method,
    path,
    provider: 'Muster.Plane',
    type: word,
    action: `Muster.Plane/${word}/${verb}`,
    answers: 'now',
  };
}

export const ROUTES = {
  'subscriptions.list': resources('GET', '/subscriptions', 'subscriptions', 'subscriptions/read'),
  'subscriptions.get': resources('GET', SUBSCRIPTION, 'subscriptions', 'subscriptions/read'),
  'locations.list': resources(
    'GET',
    `${SUBSCRIPTION}/locations`,
    'subscriptions/locations',
    'subscriptions/locations/read',
  ),
  'tenants.list': resources('GET', '/tenants', 'tenants', 'tenants/read'),

  'providers.list': resources(
    'GET',
    `${SUBSCRIPTION}/providers`,
    'subscriptions/providers',
    'subscriptions/providers/read',
  ),
  'providers.get': resources(
    'GET',
    `${SUBSCRIPTION}/providers/{namespace}`,
    'subscriptions/providers',
    'subscriptions/providers/read',
  ),
  'providers.register': resources(
    'POST',
    `${SUBSCRIPTION}/providers/{namespace}/register`,
    'subscriptions/providers',
    'subscriptions/providers/register/action',
  ),

  'groups.list': resources(
    'GET',
    `${SUBSCRIPTION}/resourceGroups`,
    'resourceGroups',
    'subscriptions/resourceGroups/read',
  ),
  'groups.put': resources('PUT', GROUP, 'resourceGroups', 'subscriptions/resourceGroups/write'),
  'groups.patch': resources('PATCH', GROUP, 'resourceGroups', 'subscriptions/resourceGroups/write'),
  'groups.get': resources('GET', GROUP, 'resourceGroups', 'subscriptions/resourceGroups/read'),
  'groups.exists': resources('HEAD', GROUP, 'resourceGroups', 'subscriptions/resourceGroups/read'),
  'groups.delete': resources(
    'DELETE',
    GROUP,
    'resourceGroups',
    'subscriptions/resourceGroups/delete',
    'location',
  ),
  'groups.deletion': resources(
    'GET',
    `${SUBSCRIPTION}/operationresults/{operation}`,
    'subscriptions/operationresults',
    'subscriptions/operationresults/read',
  ),
  'resources.listByGroup': resources(
    'GET',
    `${GROUP}/resources`,
    'resources',
    'subscriptions/resourceGroups/resources/read',
  ),
  'resources.list': resources(
    'GET',
    `${SUBSCRIPTION}/resources`,
    'resources',
    'subscriptions/resources/read',
  ),

  'scaleSets.listAll': computeRoute(
    'GET',
    `${SUBSCRIPTION}/providers/Microsoft.Compute/virtualMachineScaleSets`,
    'virtualMachineScaleSets',
    'read',
  ),
  'scaleSets.listByLocation': computeRoute(
    'GET',
    `${LOCATION}/virtualMachineScaleSets`,
    'locations/virtualMachineScaleSets',
    'read',
  ),
  'scaleSets.listByGroup': computeRoute('GET', SETS, 'virtualMachineScaleSets', 'read'),
  'scaleSets.put': computeRoute('PUT', SET, 'virtualMachineScaleSets', 'write', 'put'),
  'scaleSets.patch': computeRoute('PATCH', SET, 'virtualMachineScaleSets', 'write', 'put'),
  'scaleSets.get': computeRoute('GET', SET, 'virtualMachineScaleSets', 'read'),
  'scaleSets.delete': computeRoute('DELETE', SET, 'virtualMachineScaleSets', 'delete', 'action'),
  'scaleSets.skus': computeRoute('GET', `${SET}/skus`, 'virtualMachineScaleSets/skus', 'read'),
  'scaleSets.instanceView': computeRoute(
    'GET',
    `${SET}/instanceView`,
    'virtualMachineScaleSets/instanceView',
    'read',
  ),

  'scaleSets.start': setAction('start', 'start'),
  'scaleSets.restart': setAction('restart', 'restart'),
  'scaleSets.powerOff': setAction('poweroff', 'powerOff'),
  'scaleSets.deallocate': setAction('deallocate', 'deallocate'),
  'scaleSets.redeploy': setAction('redeploy', 'redeploy'),
  'scaleSets.performMaintenance': setAction('performMaintenance', 'performMaintenance'),
  'scaleSets.reimage': setAction('reimage', 'reimage'),
  'scaleSets.reimageAll': setAction('reimageall', 'reimageAll'),
  'scaleSets.updateInstances': setAction('manualupgrade', 'manualUpgrade'),
  'scaleSets.deleteInstances': setAction('delete', 'delete'),
  'scaleSets.setOrchestrationServiceState': setAction(
    'setOrchestrationServiceState',
    'setOrchestrationServiceState',
  ),

  'scaleSets.extensionRollingUpgrade': setAction('extensionRollingUpgrade', 'extensionRollingUpgrade'),
  'scaleSets.osRollingUpgrade': setAction('osRollingUpgrade', 'osRollingUpgrade'),
  'scaleSets.osUpgradeHistory': computeRoute(
    'GET',
    `${SET}/osUpgradeHistory`,
    'virtualMachineScaleSets/osUpgradeHistory',
    'read',
  ),
  'rollingUpgrades.latest': computeRoute(
    'GET',
    `${SET}/rollingUpgrades/latest`,
    'virtualMachineScaleSets/rollingUpgrades',
    'read',
  ),
  'rollingUpgrades.cancel': computeRoute(
    'POST',
    `${SET}/rollingUpgrades/cancel`,
    'virtualMachineScaleSets/rollingUpgrades',
    'cancel/action',
    'action',
  ),

  'setExtensions.list': setExtension('GET', SET_EXTENSIONS, 'read'),
  'setExtensions.put': setExtension('PUT', SET_EXTENSION, 'write', 'put'),
  'setExtensions.patch': setExtension('PATCH', SET_EXTENSION, 'write', 'put'),
  'setExtensions.get': setExtension('GET', SET_EXTENSION, 'read'),
  'setExtensions.delete': setExtension('DELETE', SET_EXTENSION, 'delete', 'action'),

  'instanceExtensions.list': instanceExtension('GET', INSTANCE_EXTENSIONS, 'read'),
  'instanceExtensions.put': instanceExtension('PUT', INSTANCE_EXTENSION, 'write', 'put'),
  'instanceExtensions.patch': instanceExtension('PATCH', INSTANCE_EXTENSION, 'write', 'put'),
  'instanceExtensions.get': instanceExtension('GET', INSTANCE_EXTENSION, 'read'),
  'instanceExtensions.delete': instanceExtension('DELETE', INSTANCE_EXTENSION, 'delete', 'action'),

  'instances.list': computeRoute('GET', INSTANCES, 'virtualMachineScaleSets/virtualMachines', 'read'),
  'instances.get': computeRoute('GET', INSTANCE, 'virtualMachineScaleSets/virtualMachines', 'read'),
  'instances.put': computeRoute('PUT', INSTANCE, 'virtualMachineScaleSets/virtualMachines', 'write', 'put'),
  'instances.delete': computeRoute(
    'DELETE',
    INSTANCE,
    'virtualMachineScaleSets/virtualMachines',
    'delete',
    'action',
  ),
  'instances.instanceView': computeRoute(
    'GET',
    `${INSTANCE}/instanceView`,
    'virtualMachineScaleSets/virtualMachines/instanceView',
    'read',
  ),
  'instances.start': instanceAction('start', 'start'),
  'instances.restart': instanceAction('restart', 'restart'),
  'instances.powerOff': instanceAction('poweroff', 'powerOff'),
  'instances.deallocate': instanceAction('deallocate', 'deallocate'),
  'instances.redeploy': instanceAction('redeploy', 'redeploy'),
  'instances.performMaintenance': instanceAction('performMaintenance', 'performMaintenance'),
  'instances.reimage': instanceAction('reimage', 'reimage'),
  'instances.reimageAll': instanceAction('reimageall', 'reimageAll'),
  'instances.simulateEviction': instanceAction('simulateEviction', 'simulateEviction', 'now'),
  'instances.bootDiagnostics': instanceAction(
    'retrieveBootDiagnosticsData',
    'retrieveBootDiagnosticsData',
    'now',
  ),
  'instances.attachDetachDataDisks': instanceAction('attachDetachDataDisks', 'attachDetachDataDisks'),
  'instances.runCommand': instanceAction('runCommand', 'runCommand'),

  'runCommands.list': computeRoute(
    'GET',
    COMMANDS,
    'virtualMachineScaleSets/virtualMachines/runCommands',
    'read',
  ),
  'runCommands.put': computeRoute(
    'PUT',
    COMMAND,
    'virtualMachineScaleSets/virtualMachines/runCommands',
    'write',
    'put',
  ),
  'runCommands.patch': computeRoute(
    'PATCH',
    COMMAND,
    'virtualMachineScaleSets/virtualMachines/runCommands',
    'write',
    'put',
  ),
  'runCommands.get': computeRoute(
    'GET',
    COMMAND,
    'virtualMachineScaleSets/virtualMachines/runCommands',
    'read',
  ),
  'runCommands.delete': computeRoute(
    'DELETE',
    COMMAND,
    'virtualMachineScaleSets/virtualMachines/runCommands',
    'delete',
    'action',
  ),

  'commandDocuments.list': computeRoute('GET', `${LOCATION}/runCommands`, 'locations/runCommands', 'read'),
  'commandDocuments.get': computeRoute(
    'GET',
    `${LOCATION}/runCommands/{document}`,
    'locations/runCommands',
    'read',
  ),
  'operations.get': computeRoute('GET', `${LOCATION}/operations/{operation}`, 'locations/operations', 'read'),

  ...CATALOG_ROUTES,

  ...DEPLOYMENT_ROUTES,
  ...DISK_ROUTES,
  ...LOAD_BALANCER_ROUTES,
  ...INTERFACE_ROUTES,
  ...MACHINE_ROUTES,
  ...MACHINE_ACTION_ROUTES,
  ...MACHINE_WRITE_ROUTES,
  ...NETWORK_ROUTES,

  'activity.list': {
    method: 'GET',
    path: `${SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values`,
    provider: 'Microsoft.Insights',
    type: 'eventtypes',
    action: 'Microsoft.Insights/eventtypes/values/read',
    answers: 'now',
  },

  'plane.status': plane('GET', 'status', 'read'),
  'plane.shutdown': plane('POST', 'shutdown', 'action'),
} satisfies Readonly<Record<string, Route>>;

export type RouteName = keyof typeof ROUTES;
