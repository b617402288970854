// Which method of which SDK asks for each route. It does not compile while a route is missing, and the tests fail while a
// method has not been seen to ask for its route.
import { expect, test } from 'vitest';
import type { RouteName } from '../../../src/arm/routes.ts';
import type { Fleet } from './fleet.ts';

/** The plane's own providers are in no SDK: they are tested with the command line and with the load balancer. */
type Public = Exclude<RouteName, `plane.${string}` | `backendHealth.${string}`>;

const SETS = 'compute.virtualMachineScaleSets';
const INSTANCES = 'compute.virtualMachineScaleSetVMs';
const SET_EXTENSIONS = 'compute.virtualMachineScaleSetExtensions';
const INSTANCE_EXTENSIONS = 'compute.virtualMachineScaleSetVMExtensions';
const COMMANDS = 'compute.virtualMachineScaleSetVMRunCommands';
const ROLLING_UPGRADES = 'compute.virtualMachineScaleSetRollingUpgrades';
const DOCUMENTS = 'compute.virtualMachineRunCommands';
const BALANCERS = 'network.loadBalancers';
const GROUPS = 'resources.resourceGroups';

const METHODS: Readonly<Record<Public, string>> = {
  'subscriptions.list': 'resources.sendRequest',
  'subscriptions.get': 'resources.sendRequest',
  'locations.list': 'resources.sendRequest',
  'tenants.list': 'resources.sendRequest',
  'providers.list': 'resources.providers.list',
  'providers.get': 'resources.providers.get',
  'providers.register': 'resources.providers.register',
  'groups.list': `${GROUPS}.list`,
  'groups.put': `${GROUPS}.createOrUpdate`,
  'groups.patch': `${GROUPS}.update`,
  'groups.get': `${GROUPS}.get`,
  'groups.exists': `${GROUPS}.checkExistence`,
  'groups.delete': `${GROUPS}.beginDeleteAndWait`,
  'groups.deletion': `${GROUPS}.beginDeleteAndWait`,
  'resources.listByGroup': 'resources.resources.listByResourceGroup',
  'resources.list': 'resources.resources.list',
  'scaleSets.listAll': `${SETS}.listAll`,
  'scaleSets.listByLocation': `${SETS}.listByLocation`,
  'scaleSets.listByGroup': `${SETS}.list`,
  'scaleSets.put': `${SETS}.createOrUpdate`,
  'scaleSets.patch': `${SETS}.update`,
  'scaleSets.get': `${SETS}.get`,
  'scaleSets.delete': `${SETS}.delete`,
  'scaleSets.skus': `${SETS}.listSkus`,
  'scaleSets.instanceView': `${SETS}.getInstanceView`,
  'scaleSets.start': `${SETS}.start`,
  'scaleSets.restart': `${SETS}.restart`,
  'scaleSets.powerOff': `${SETS}.powerOff`,
  'scaleSets.deallocate': `${SETS}.deallocate`,
  'scaleSets.redeploy': `${SETS}.redeploy`,
  'scaleSets.performMaintenance': `${SETS}.performMaintenance`,
  'scaleSets.reimage': `${SETS}.reimage`,
  'scaleSets.reimageAll': `${SETS}.reimageAll`,
  'scaleSets.updateInstances': `${SETS}.updateInstances`,
  'scaleSets.deleteInstances': `${SETS}.deleteInstances`,
  'scaleSets.setOrchestrationServiceState': `${SETS}.setOrchestrationServiceState`,
  'scaleSets.extensionRollingUpgrade': `${ROLLING_UPGRADES}.startExtensionUpgrade`,
  'scaleSets.osRollingUpgrade': `${ROLLING_UPGRADES}.startOSUpgrade`,
  'scaleSets.osUpgradeHistory': `${SETS}.listOSUpgradeHistory`,
  'rollingUpgrades.latest': `${ROLLING_UPGRADES}.getLatest`,
  'rollingUpgrades.cancel': `${ROLLING_UPGRADES}.cancel`,
  'setExtensions.list': `${SET_EXTENSIONS}.list`,
  'setExtensions.put': `${SET_EXTENSIONS}.createOrUpdate`,
  'setExtensions.patch': `${SET_EXTENSIONS}.update`,
  'setExtensions.get': `${SET_EXTENSIONS}.get`,
  'setExtensions.delete': `${SET_EXTENSIONS}.delete`,
  'instanceExtensions.list': `${INSTANCE_EXTENSIONS}.list`,
  'instanceExtensions.put': `${INSTANCE_EXTENSIONS}.createOrUpdate`,
  'instanceExtensions.patch': `${INSTANCE_EXTENSIONS}.update`,
  'instanceExtensions.get': `${INSTANCE_EXTENSIONS}.get`,
  'instanceExtensions.delete': `${INSTANCE_EXTENSIONS}.delete`,
  'instances.list': `${INSTANCES}.list`,
  'instances.get': `${INSTANCES}.get`,
  'instances.put': `${INSTANCES}.update`,
  'instances.delete': `${INSTANCES}.delete`,
  'instances.instanceView': `${INSTANCES}.getInstanceView`,
  'instances.start': `${INSTANCES}.start`,
  'instances.restart': `${INSTANCES}.restart`,
  'instances.powerOff': `${INSTANCES}.powerOff`,
  'instances.deallocate': `${INSTANCES}.deallocate`,
  'instances.redeploy': `${INSTANCES}.redeploy`,
  'instances.performMaintenance': `${INSTANCES}.performMaintenance`,
  'instances.reimage': `${INSTANCES}.reimage`,
  'instances.reimageAll': `${INSTANCES}.reimageAll`,
  'instances.simulateEviction': `${INSTANCES}.simulateEviction`,
  'instances.bootDiagnostics': `${INSTANCES}.retrieveBootDiagnosticsData`,
  'instances.runCommand': `${INSTANCES}.runCommand`,
  'runCommands.list': `${COMMANDS}.list`,
  'runCommands.put': `${COMMANDS}.createOrUpdate`,
  'runCommands.patch': `${COMMANDS}.update`,
  'runCommands.get': `${COMMANDS}.get`,
  'runCommands.delete': `${COMMANDS}.delete`,
  'commandDocuments.list': `${DOCUMENTS}.list`,
  'commandDocuments.get': `${DOCUMENTS}.get`,
  'operations.get': `${SETS}.restart`,
  'loadBalancers.listAll': `${BALANCERS}.listAll`,
  'loadBalancers.listByGroup': `${BALANCERS}.list`,
  'loadBalancers.put': `${BALANCERS}.beginCreateOrUpdateAndWait`,
  'loadBalancers.patch': `${BALANCERS}.updateTags`,
  'loadBalancers.get': `${BALANCERS}.get`,
  'loadBalancers.delete': `${BALANCERS}.beginDeleteAndWait`,
  'frontendIPConfigurations.list': 'network.loadBalancerFrontendIPConfigurations.list',
  'frontendIPConfigurations.get': 'network.loadBalancerFrontendIPConfigurations.get',
  'backendAddressPools.list': 'network.loadBalancerBackendAddressPools.list',
  'backendAddressPools.get': 'network.loadBalancerBackendAddressPools.get',
  'loadBalancingRules.list': 'network.loadBalancerLoadBalancingRules.list',
  'loadBalancingRules.get': 'network.loadBalancerLoadBalancingRules.get',
  'loadBalancingRules.health': 'network.loadBalancerLoadBalancingRules.beginHealthAndWait',
  'probes.list': 'network.loadBalancerProbes.list',
  'probes.get': 'network.loadBalancerProbes.get',
  'inboundNatRules.list': 'network.inboundNatRules.list',
  'inboundNatRules.get': 'network.inboundNatRules.get',
  'outboundRules.list': 'network.loadBalancerOutboundRules.list',
  'outboundRules.get': 'network.loadBalancerOutboundRules.get',
  'activity.list': 'monitor.activityLogs.list',
};

/** Comes last. */
export function coverageTest(fleet: () => Fleet): void {
  test('every route of the plane was asked for by the SDK method that is there for it', () => {
    const { seen } = fleet();
    const missing = Object.entries(METHODS).filter(
      ([route, method]) => seen.get(route as RouteName)?.has(method) !== true,
    );
    expect(missing).toEqual([]);
  });
}
