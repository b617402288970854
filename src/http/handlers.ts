// Handlers: which function answers each route. Does not compile while a route has none.

import type { RouteName } from '../arm/routes.ts';
import type { Handler } from './context.ts';
import { numbered } from './numbered.ts';
import { deleteInstanceRoute, onInstance, onSet } from './routes/actions.ts';
import { listActivityRoute } from './routes/activity.ts';
import { CATALOG_HANDLERS } from './routes/catalog.ts';
import { DEPLOYMENT_HANDLERS } from './routes/deployments.ts';
import { attachDetachRoute, DISK_HANDLERS } from './routes/disks.ts';
import {
  deleteInstanceExtensionRoute,
  deleteSetExtensionRoute,
  getInstanceExtensionRoute,
  getSetExtensionRoute,
  listInstanceExtensionsRoute,
  listSetExtensionsRoute,
  writeInstanceExtensionRoute,
  writeSetExtensionRoute,
} from './routes/extensions.ts';
import {
  deleteResourceGroup,
  getResourceGroup,
  listResourceGroups,
  patchResourceGroup,
  putResourceGroup,
  resourceGroupDeletion,
  resourceGroupExists,
} from './routes/groups.ts';
import {
  bootDiagnostics,
  getInstanceRoute,
  getInstanceView,
  listInstancesRoute,
  putInstanceRoute,
  simulateEvictionRoute,
} from './routes/instances.ts';
import { LOAD_BALANCER_HANDLERS } from './routes/load-balancers.ts';
import { MACHINE_HANDLERS } from './routes/machines.ts';
import { MACHINE_ACTION_HANDLERS } from './routes/machine-actions.ts';
import { MACHINE_WRITE_HANDLERS } from './routes/machine-writes.ts';
import { NETWORK_HANDLERS } from './routes/network-resources.ts';
import { INTERFACE_HANDLERS } from './routes/network-interfaces.ts';
import { getOperationRoute } from './routes/operations.ts';
import { setOrchestrationServiceState } from './routes/orchestration-services.ts';
import { planeShutdown, planeStatus } from './routes/plane.ts';
import { getProvider, listProviders } from './routes/providers.ts';
import { listResources, listResourcesByGroup } from './routes/resources.ts';
import {
  cancelRollingUpgrade,
  latestRollingUpgrade,
  osUpgradeHistory,
  startRollingUpgrade,
} from './routes/rolling-upgrades.ts';
import {
  deleteRunCommandRoute,
  getCommandDocument,
  getRunCommandRoute,
  listCommandDocuments,
  listRunCommandsRoute,
  patchRunCommandRoute,
  putRunCommandRoute,
  runCommandRoute,
} from './routes/run-commands.ts';
import {
  deleteScaleSetRoute,
  getScaleSetRoute,
  getScaleSetView,
  listAllScaleSets,
  listScaleSetsByGroup,
  listScaleSetsByLocation,
  listScaleSetSkus,
  patchScaleSetRoute,
  putScaleSetRoute,
} from './routes/scale-sets.ts';
import { getSubscription, listLocations, listSubscriptions, listTenants } from './routes/subscriptions.ts';

export const HANDLERS: Readonly<Record<RouteName, Handler>> = {
  'subscriptions.list': listSubscriptions,
  'subscriptions.get': getSubscription,
  'locations.list': listLocations,
  'tenants.list': listTenants,
  'providers.list': listProviders,
  'providers.get': getProvider,
  'providers.register': getProvider,
  'groups.list': listResourceGroups,
  'groups.put': putResourceGroup,
  'groups.patch': patchResourceGroup,
  'groups.get': getResourceGroup,
  'groups.exists': resourceGroupExists,
  'groups.delete': deleteResourceGroup,
  'groups.deletion': resourceGroupDeletion,
  'resources.listByGroup': listResourcesByGroup,
  'resources.list': listResources,
  'scaleSets.listAll': listAllScaleSets,
  'scaleSets.listByLocation': listScaleSetsByLocation,
  'scaleSets.listByGroup': listScaleSetsByGroup,
  'scaleSets.put': putScaleSetRoute,
  'scaleSets.patch': patchScaleSetRoute,
  'scaleSets.get': getScaleSetRoute,
  'scaleSets.delete': deleteScaleSetRoute,
  'scaleSets.skus': listScaleSetSkus,
  'scaleSets.instanceView': getScaleSetView,
  'scaleSets.start': onSet('start'),
  'scaleSets.restart': onSet('restart'),
  'scaleSets.powerOff': onSet('powerOff'),
  'scaleSets.deallocate': onSet('deallocate'),
  'scaleSets.redeploy': onSet('redeploy'),
  'scaleSets.performMaintenance': onSet('performMaintenance'),
  'scaleSets.reimage': onSet('reimage'),
  'scaleSets.reimageAll': onSet('reimageAll'),
  'scaleSets.updateInstances': onSet('update', 'refused'),
  'scaleSets.deleteInstances': onSet('delete', 'refused'),
  'scaleSets.setOrchestrationServiceState': setOrchestrationServiceState,
  'scaleSets.extensionRollingUpgrade': startRollingUpgrade('extension'),
  'scaleSets.osRollingUpgrade': startRollingUpgrade('os'),
  'scaleSets.osUpgradeHistory': osUpgradeHistory,
  'rollingUpgrades.latest': latestRollingUpgrade,
  'rollingUpgrades.cancel': cancelRollingUpgrade,
  'setExtensions.list': listSetExtensionsRoute,
  'setExtensions.put': writeSetExtensionRoute('put'),
  'setExtensions.patch': writeSetExtensionRoute('patch'),
  'setExtensions.get': getSetExtensionRoute,
  'setExtensions.delete': deleteSetExtensionRoute,
  'instanceExtensions.list': numbered(listInstanceExtensionsRoute),
  'instanceExtensions.put': numbered(writeInstanceExtensionRoute('put')),
  'instanceExtensions.patch': numbered(writeInstanceExtensionRoute('patch')),
  'instanceExtensions.get': numbered(getInstanceExtensionRoute),
  'instanceExtensions.delete': numbered(deleteInstanceExtensionRoute),
  'instances.list': listInstancesRoute,
  'instances.get': getInstanceRoute,
  'instances.put': putInstanceRoute,
  'instances.delete': deleteInstanceRoute,
  'instances.instanceView': numbered(getInstanceView),
  'instances.start': onInstance('start'),
  'instances.restart': onInstance('restart'),
  'instances.powerOff': onInstance('powerOff'),
  'instances.deallocate': onInstance('deallocate'),
  'instances.redeploy': onInstance('redeploy'),
  'instances.performMaintenance': onInstance('performMaintenance'),
  'instances.reimage': onInstance('reimage'),
  'instances.reimageAll': onInstance('reimageAll'),
  'instances.simulateEviction': simulateEvictionRoute,
  'instances.bootDiagnostics': bootDiagnostics,
  'instances.attachDetachDataDisks': attachDetachRoute,
  'instances.runCommand': numbered(runCommandRoute),
  'runCommands.list': numbered(listRunCommandsRoute),
  'runCommands.put': numbered(putRunCommandRoute),
  'runCommands.patch': numbered(patchRunCommandRoute),
  'runCommands.get': numbered(getRunCommandRoute),
  'runCommands.delete': numbered(deleteRunCommandRoute),
  'commandDocuments.list': listCommandDocuments,
  'commandDocuments.get': getCommandDocument,
  'operations.get': getOperationRoute,
  ...CATALOG_HANDLERS,
  ...DEPLOYMENT_HANDLERS,
  ...DISK_HANDLERS,
  ...LOAD_BALANCER_HANDLERS,
  ...INTERFACE_HANDLERS,
  ...MACHINE_HANDLERS,
  ...MACHINE_ACTION_HANDLERS,
  ...MACHINE_WRITE_HANDLERS,
  ...NETWORK_HANDLERS,
  'activity.list': listActivityRoute,
  'plane.status': planeStatus,
  'plane.shutdown': planeShutdown,
};
