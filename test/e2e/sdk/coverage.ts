// Which method of which SDK asks for each route. It does not compile while a route is missing, and the tests fail while a
// method has not been seen to ask for its route.
import { expect, test } from 'vitest';
import type { RouteName } from '../../../src/arm/routes.ts';
import type { Fleet } from './fleet.ts';

/**
 * The plane's own providers are in no SDK: they are tested with the command line and with the load balancer. Where the
 * operations of a deployment belong, no SDK asks for them.
 */
type Public = Exclude<
  RouteName,
  `plane.${string}` | `backendHealth.${string}` | `deploymentOperationsBelow.${string}`
>;

const SETS = 'compute.virtualMachineScaleSets';
const INSTANCES = 'compute.virtualMachineScaleSetVMs';
const SET_EXTENSIONS = 'compute.virtualMachineScaleSetExtensions';
const INSTANCE_EXTENSIONS = 'compute.virtualMachineScaleSetVMExtensions';
const COMMANDS = 'compute.virtualMachineScaleSetVMRunCommands';
const ROLLING_UPGRADES = 'compute.virtualMachineScaleSetRollingUpgrades';
const DOCUMENTS = 'compute.virtualMachineRunCommands';
const IMAGES = 'compute.virtualMachineImages';
const EXTENSION_IMAGES = 'compute.virtualMachineExtensionImages';
const DISKS = 'compute.disks';
const BALANCERS = 'network.loadBalancers';
const DEPLOYMENTS = 'deployments.deployments';
const DEPLOYMENT_OPERATIONS = 'deployments.deploymentOperations';
const INTERFACES = 'network.networkInterfaces';
const ADDRESSES = 'network.publicIPAddresses';
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
  'instances.attachDetachDataDisks': `${INSTANCES}.attachDetachDataDisks`,
  'instances.runCommand': `${INSTANCES}.runCommand`,
  'runCommands.list': `${COMMANDS}.list`,
  'runCommands.put': `${COMMANDS}.createOrUpdate`,
  'runCommands.patch': `${COMMANDS}.update`,
  'runCommands.get': `${COMMANDS}.get`,
  'runCommands.delete': `${COMMANDS}.delete`,
  'commandDocuments.list': `${DOCUMENTS}.list`,
  'commandDocuments.get': `${DOCUMENTS}.get`,
  'operations.get': `${SETS}.restart`,
  'publishers.list': `${IMAGES}.listPublishers`,
  'imageOffers.list': `${IMAGES}.listOffers`,
  'imageSkus.list': `${IMAGES}.listSkus`,
  'imageVersions.list': `${IMAGES}.list`,
  'imageVersions.get': `${IMAGES}.get`,
  'extensionTypes.list': `${EXTENSION_IMAGES}.listTypes`,
  'extensionVersions.list': `${EXTENSION_IMAGES}.listVersions`,
  'extensionVersions.get': `${EXTENSION_IMAGES}.get`,
  'vmSizes.list': 'compute.virtualMachineSizes.list',
  'resourceSkus.list': 'compute.resourceSkus.list',
  'usages.list': 'compute.usage.list',
  'deployments.list': `${DEPLOYMENTS}.listByResourceGroup`,
  'deployments.put': `${DEPLOYMENTS}.createOrUpdate`,
  'deployments.get': `${DEPLOYMENTS}.get`,
  'deployments.exists': `${DEPLOYMENTS}.checkExistence`,
  'deployments.delete': `${DEPLOYMENTS}.delete`,
  'deployments.validate': `${DEPLOYMENTS}.validate`,
  'deployments.cancel': `${DEPLOYMENTS}.cancel`,
  'deployments.exportTemplate': `${DEPLOYMENTS}.exportTemplate`,
  'deployments.status': `${DEPLOYMENTS}.createOrUpdate`,
  'deploymentOperations.list': `${DEPLOYMENT_OPERATIONS}.list`,
  'deploymentOperations.get': `${DEPLOYMENT_OPERATIONS}.get`,
  'disks.listAll': `${DISKS}.list`,
  'disks.listByGroup': `${DISKS}.listByResourceGroup`,
  'disks.put': `${DISKS}.createOrUpdate`,
  'disks.patch': `${DISKS}.update`,
  'disks.get': `${DISKS}.get`,
  'disks.delete': `${DISKS}.delete`,
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
  'backendAddressPools.put': 'network.loadBalancerBackendAddressPools.beginCreateOrUpdateAndWait',
  'backendAddressPools.delete': 'network.loadBalancerBackendAddressPools.beginDeleteAndWait',
  'loadBalancingRules.list': 'network.loadBalancerLoadBalancingRules.list',
  'loadBalancingRules.get': 'network.loadBalancerLoadBalancingRules.get',
  'loadBalancingRules.health': 'network.loadBalancerLoadBalancingRules.beginHealthAndWait',
  'probes.list': 'network.loadBalancerProbes.list',
  'probes.get': 'network.loadBalancerProbes.get',
  'inboundNatRules.list': 'network.inboundNatRules.list',
  'inboundNatRules.get': 'network.inboundNatRules.get',
  'inboundNatRules.put': 'network.inboundNatRules.beginCreateOrUpdateAndWait',
  'inboundNatRules.delete': 'network.inboundNatRules.beginDeleteAndWait',
  'outboundRules.list': 'network.loadBalancerOutboundRules.list',
  'outboundRules.get': 'network.loadBalancerOutboundRules.get',
  'virtualNetworks.listAll': 'network.virtualNetworks.listAll',
  'virtualNetworks.listByGroup': 'network.virtualNetworks.list',
  'virtualNetworks.put': 'network.virtualNetworks.beginCreateOrUpdateAndWait',
  'virtualNetworks.patch': 'network.virtualNetworks.updateTags',
  'virtualNetworks.get': 'network.virtualNetworks.get',
  'virtualNetworks.delete': 'network.virtualNetworks.beginDeleteAndWait',
  'publicIPAddresses.listAll': 'network.publicIPAddresses.listAll',
  'publicIPAddresses.listByGroup': 'network.publicIPAddresses.list',
  'publicIPAddresses.put': 'network.publicIPAddresses.beginCreateOrUpdateAndWait',
  'publicIPAddresses.patch': 'network.publicIPAddresses.updateTags',
  'publicIPAddresses.get': 'network.publicIPAddresses.get',
  'publicIPAddresses.delete': 'network.publicIPAddresses.beginDeleteAndWait',
  'networkSecurityGroups.listAll': 'network.networkSecurityGroups.listAll',
  'networkSecurityGroups.listByGroup': 'network.networkSecurityGroups.list',
  'networkSecurityGroups.put': 'network.networkSecurityGroups.beginCreateOrUpdateAndWait',
  'networkSecurityGroups.patch': 'network.networkSecurityGroups.updateTags',
  'networkSecurityGroups.get': 'network.networkSecurityGroups.get',
  'networkSecurityGroups.delete': 'network.networkSecurityGroups.beginDeleteAndWait',
  'natGateways.listAll': 'network.natGateways.listAll',
  'natGateways.listByGroup': 'network.natGateways.list',
  'natGateways.put': 'network.natGateways.beginCreateOrUpdateAndWait',
  'natGateways.patch': 'network.natGateways.updateTags',
  'natGateways.get': 'network.natGateways.get',
  'natGateways.delete': 'network.natGateways.beginDeleteAndWait',
  'subnets.list': 'network.subnets.list',
  'subnets.get': 'network.subnets.get',
  'subnets.put': 'network.subnets.beginCreateOrUpdateAndWait',
  'subnets.delete': 'network.subnets.beginDeleteAndWait',
  'securityRules.list': 'network.securityRules.list',
  'securityRules.get': 'network.securityRules.get',
  'securityRules.put': 'network.securityRules.beginCreateOrUpdateAndWait',
  'securityRules.delete': 'network.securityRules.beginDeleteAndWait',
  'defaultSecurityRules.list': 'network.defaultSecurityRules.list',
  'defaultSecurityRules.get': 'network.defaultSecurityRules.get',
  'backendAddressPools.queryPortMappings': `${BALANCERS}.beginListInboundNatRulePortMappingsAndWait`,
  'setInterfaces.list': `${INTERFACES}.listVirtualMachineScaleSetNetworkInterfaces`,
  'interfaces.list': `${INTERFACES}.listVirtualMachineScaleSetVMNetworkInterfaces`,
  'interfaces.get': `${INTERFACES}.getVirtualMachineScaleSetNetworkInterface`,
  'ipConfigurations.list': `${INTERFACES}.listVirtualMachineScaleSetIpConfigurations`,
  'ipConfigurations.get': `${INTERFACES}.getVirtualMachineScaleSetIpConfiguration`,
  'setPublicAddresses.list': `${ADDRESSES}.listVirtualMachineScaleSetPublicIPAddresses`,
  'publicAddresses.list': `${ADDRESSES}.listVirtualMachineScaleSetVMPublicIPAddresses`,
  'publicAddresses.get': `${ADDRESSES}.getVirtualMachineScaleSetPublicIPAddress`,
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
