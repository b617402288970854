// Deeds: the random things that people and machines ask of a simulated plane. Each says which instances it names, so that the
// invariants can tell whether anything else was touched.

import type { Random } from '../../src/domain/random.ts';
import { healthExtension } from '../testing/health.ts';
import { deploymentDeed } from './deployment-deeds.ts';
import { machineDeed } from './machine-deeds.ts';
import { SUBSCRIPTION } from './universe.ts';

export interface Deed {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

const GROUPS = ['red', 'blue'];
const SETS = ['web', 'db'];
/** Each raises an instance's generation by one. */
const LASTING = ['restart', 'redeploy', 'reimage', 'reimageall', 'performMaintenance'];
const POWER = ['start', 'poweroff', 'deallocate'];

export function groupPath(group: string): string {
  return `/subscriptions/${SUBSCRIPTION}/resourceGroups/${group}`;
}

export function setPath(group: string, name: string): string {
  return `${groupPath(group)}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;
}

export function balancerPath(group: string): string {
  return `${groupPath(group)}/providers/Microsoft.Network/loadBalancers/lb`;
}

function networkPath(group: string): string {
  return `${groupPath(group)}/providers/Microsoft.Network/virtualNetworks/vnet`;
}

/** So that there is something to act on from the beginning. */
export function firstDeeds(): readonly Deed[] {
  return GROUPS.flatMap((group) => [
    { method: 'PUT', path: groupPath(group), body: { location: 'westeurope' } },
    { method: 'PUT', path: networkPath(group), body: virtualNetwork(() => 0) },
  ]);
}

export function randomDeed(random: Random): Deed {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const chance = (probability: number): boolean => random() < probability;
  const id = (): string => String(Math.floor(random() * 9));
  const group = pick(GROUPS);
  const set = setPath(group, pick(SETS));
  const instance = `${set}/virtualMachines/${id()}`;
  const verb = (): string => pick([...LASTING, ...POWER, 'manualupgrade', 'delete']);
  const ids = (): object => {
    if (chance(0.1)) return { instanceIds: ['*'] };
    if (chance(0.03)) return { instanceIds: [] };
    if (chance(0.05)) return { InstanceIDs: [id()] };
    if (chance(0.05)) return { vmIds: [id()] };
    if (chance(0.05)) return { instanceIds: [id(), 'x'] };
    return { instanceIds: Array.from({ length: 1 + Math.floor(random() * 3) }, id) };
  };
  const table: readonly (readonly [weight: number, deed: () => Deed])[] = [
    [3, () => ({ method: 'PUT', path: groupPath(group), body: { location: 'westeurope' } })],
    [10, () => ({ method: 'PUT', path: set, body: model(random, balancerPath(group)) })],
    [8, () => ({ method: 'PUT', path: balancerPath(group), body: balancer(random, balancerPath(group)) })],
    [1, () => ({ method: 'DELETE', path: balancerPath(group) })],
    [4, () => ({ method: 'PUT', path: networkPath(group), body: virtualNetwork(random) })],
    [0.5, () => ({ method: 'DELETE', path: networkPath(group) })],
    [6, () => ({ method: 'PATCH', path: set, body: { sku: { capacity: Math.floor(random() * 6) } } })],
    [1, () => ({ method: 'DELETE', path: chance(0.7) ? set : `${set}?forceDeletion=true` })],
    [0.5, () => ({ method: 'DELETE', path: groupPath(group) })],
    [14, () => ({ method: 'POST', path: `${set}/${verb()}`, body: ids() })],
    [2, () => ({ method: 'POST', path: `${set}/reimage`, body: { ...ids(), exactVersion: '1.0.0' } })],
    [10, () => ({ method: 'POST', path: `${instance}/${pick([...LASTING, ...POWER])}` })],
    [3, () => ({ method: 'DELETE', path: chance(0.5) ? instance : `${instance}?forceDeletion=true` })],
    [4, () => ({ method: 'PUT', path: instance, body: protection(random) })],
    [
      3,
      () => ({
        method: 'POST',
        path: `${instance}/runCommand`,
        body: { commandId: 'RunShellScript', script: ['echo hello'] },
      }),
    ],
    [
      3,
      () => ({ method: 'PUT', path: `${instance}/runCommands/${pick(['a', 'b'])}`, body: command(random) }),
    ],
    [1, () => ({ method: 'DELETE', path: `${instance}/runCommands/${pick(['a', 'b'])}` })],
    [1, () => ({ method: 'POST', path: `${instance}/simulateEviction` })],
    [
      1,
      () => ({
        method: 'POST',
        path: `${set}/setOrchestrationServiceState`,
        body: { serviceName: 'AutomaticRepairs', action: pick(['Suspend', 'Resume', 'Resume']) },
      }),
    ],
    [
      2,
      () => ({
        method: 'PUT',
        path: `${set}/extensions/${pick(['setup', 'late'])}`,
        body: extension(random),
      }),
    ],
    [1, () => ({ method: 'DELETE', path: `${set}/extensions/${pick(['setup', 'late'])}` })],
    [
      2,
      () => ({
        method: 'PUT',
        path: `${instance}/extensions/${pick(['setup', 'own'])}`,
        body: extension(random),
      }),
    ],
    [1, () => ({ method: 'DELETE', path: `${instance}/extensions/${pick(['setup', 'own'])}` })],
    [1, () => ({ method: 'POST', path: `${set}/extensionRollingUpgrade` })],
    [1, () => ({ method: 'POST', path: `${set}/osRollingUpgrade` })],
    [1, () => ({ method: 'POST', path: `${set}/rollingUpgrades/cancel` })],
    [1, () => ({ method: 'GET', path: `${set}/rollingUpgrades/latest` })],
    [1, () => ({ method: 'GET', path: `${set}/osUpgradeHistory` })],
    [5, () => deploymentDeed(random, groupPath(group), GROUPS)],
    [
      18,
      () =>
        machineDeed(
          random,
          groupPath(group),
          SETS.map((name) => setPath(group, name)),
        ),
    ],
    [2, () => ({ method: 'GET', path: `${set}/virtualMachines?$expand=instanceView` })],
    [1, () => ({ method: 'GET', path: `${set}/instanceView` })],
    [1, () => ({ method: 'GET', path: `${instance}/instanceView` })],
  ];
  let left = random() * table.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, deed] of table) {
    left -= weight;
    if (left <= 0) return deed();
  }
  throw new Error('unreachable: the weights add up');
}

/** Always with the same names, at times without some of them. */
function balancer(random: Random, path: string): object {
  const id = (kind: string, name: string): object => ({ id: `${path}/${kind}/${name}` });
  const frontendIPConfigurations = [{ name: 'front' }];
  const backendAddressPools = random() < 0.8 ? [{ name: 'pool' }] : [];
  if (backendAddressPools.length === 0 || random() < 0.1) {
    return { location: 'westeurope', properties: { frontendIPConfigurations, backendAddressPools } };
  }
  const health = {
    protocol: 'Http',
    port: 8080,
    requestPath: '/health',
    intervalInSeconds: 5 + Math.floor(random() * 20),
    numberOfProbes: 1 + Math.floor(random() * 3),
  };
  const rule = {
    protocol: 'Tcp',
    frontendPort: 80,
    backendPort: 8080,
    frontendIPConfiguration: id('frontendIPConfigurations', 'front'),
    backendAddressPool: id('backendAddressPools', 'pool'),
    probe: id('probes', 'health'),
  };
  return {
    location: 'westeurope',
    properties: {
      frontendIPConfigurations,
      backendAddressPools,
      probes: [{ name: 'health', properties: health }],
      loadBalancingRules: [{ name: 'http', properties: rule }],
    },
  };
}

/** @param path of the balancer behind which the set may stand */
function model(random: Random, path: string): object {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const networkOf = path.replace(/loadBalancers.*/, 'virtualNetworks/vnet');
  const within = pick([undefined, `${networkOf}/subnets/small`, `${networkOf}/subnets/large`]);
  const network = random() < 0.5 ? behind(path, random() < 0.5, within) : {};
  const isProbed = 'healthProbe' in network;
  return {
    location: 'westeurope',
    ...(random() < 0.3 ? { identity: { type: 'SystemAssigned' } } : {}),
    tags: pick<object>([
      {},
      {},
      { 'muster:rollingUpgradeCanary': '1', 'muster:rollingUpgradeBakeTime': 'PT2M' },
      { 'muster:rollingUpgradeCheckpoints': '50', 'muster:rollingUpgradeBakeTime': 'PT1M' },
    ]),
    sku: {
      name: pick(['Standard_B1s', 'Standard_B2s']),
      tier: 'Standard',
      capacity: Math.floor(random() * 6),
    },
    properties: {
      overprovision: random() < 0.3,
      scaleInPolicy: {
        rules: ['Default'],
        prioritizeUnhealthyVMs: random() < 0.5,
        forceDeletion: random() < 0.2,
      },
      automaticRepairsPolicy: {
        enabled: random() < 0.7,
        gracePeriod: 'PT10M',
        repairAction: pick(['Replace', 'Restart', 'Reimage']),
      },
      doNotRunExtensionsOnOverprovisionedVMs: random() < 0.5,
      upgradePolicy: upgradePolicy(random),
      virtualMachineProfile: {
        ...(random() < 0.5
          ? { priority: 'Spot', evictionPolicy: pick(['Delete', 'Deallocate']) }
          : { scheduledEventsProfile: { terminateNotificationProfile: notification(random) } }),
        osProfile: { computerNamePrefix: 'vm', adminUsername: 'someone' },
        extensionProfile: {
          extensions: [
            ...(isProbed ? [] : [healthExtension({}, pick(['1.0', '2.0']))]),
            ...(random() < 0.4 ? [{ name: 'setup', ...extension(random) }] : []),
          ],
        },
        networkProfile: { networkInterfaceConfigurations: [], ...network },
        storageProfile: {
          imageReference: {
            publisher: 'muster',
            offer: 'base',
            sku: '1',
            version: pick(['2.0.0', 'latest']),
          },
          ...(random() < 0.3 ? { dataDisks: [{ lun: 0, createOption: 'Empty', diskSizeGB: 1 }] } : {}),
        },
      },
    },
  };
}

function notification(random: Random): object {
  return { enable: random() < 0.8, notBeforeTimeout: random() < 0.5 ? 'PT5M' : 'PT15M' };
}

/** Half of them rolling, by all the means that there are. */
function upgradePolicy(random: Random): object {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  return {
    mode: pick(['Manual', 'Automatic', 'Rolling', 'Rolling']),
    rollingUpgradePolicy: {
      maxBatchInstancePercent: pick([5, 40, 100]),
      maxUnhealthyInstancePercent: pick([40, 100]),
      maxUnhealthyUpgradedInstancePercent: pick([0, 50, 100]),
      pauseTimeBetweenBatches: pick(['PT0S', 'PT30S']),
      enableCrossZoneUpgrade: random() < 0.5,
      prioritizeUnhealthyInstances: random() < 0.5,
      maxSurge: random() < 0.4,
      rollbackFailedInstancesOnPolicyBreach: random() < 0.5,
    },
  };
}

/** Of a few kinds of handlers, at times one that fails. */
function extension(random: Random): object {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const [publisher, type, settings] = pick([
    [
      'Microsoft.Azure.Extensions',
      'CustomScript',
      { commandToExecute: pick(['echo hello', 'sleep 30', 'fail']) },
    ],
    ['Microsoft.CPlat.Core', 'RunCommandLinux', { script: ['echo hello'] }],
    ['Contoso', 'Agent', {}],
  ]);
  const properties = {
    publisher,
    type,
    typeHandlerVersion: '1.0',
    settings,
    ...(random() < 0.3 ? { suppressFailures: true } : {}),
    ...(random() < 0.2 ? { provisionAfterExtensions: ['setup'] } : {}),
  };
  return { properties };
}

/** Room for three, and for eleven; at times something else is in the way of what there is. */
function virtualNetwork(random: Random): object {
  const small = { name: 'small', properties: { addressPrefix: '10.0.0.0/29' } };
  const large = { name: 'large', properties: { addressPrefix: '10.0.1.0/28' } };
  return {
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: random() < 0.8 ? [small, large] : [large],
    },
  };
}

/** @param probed its probe is the health of the set */
function behind(path: string, probed: boolean, within: string | undefined): object {
  const pools = [{ id: `${path}/backendAddressPools/pool` }];
  const subnet = within === undefined ? {} : { subnet: { id: within } };
  const ip = { name: 'ip', properties: { loadBalancerBackendAddressPools: pools, ...subnet } };
  return {
    ...(probed ? { healthProbe: { id: `${path}/probes/health` } } : {}),
    networkInterfaceConfigurations: [{ name: 'nic', properties: { primary: true, ipConfigurations: [ip] } }],
  };
}

function protection(random: Random): object {
  const scaleSetActions = random() < 0.3;
  return {
    properties: {
      protectionPolicy: {
        protectFromScaleIn: scaleSetActions || random() < 0.5,
        protectFromScaleSetActions: scaleSetActions,
      },
      ...(random() < 0.3
        ? { storageProfile: { dataDisks: [{ lun: 1, createOption: 'Empty', diskSizeGB: 2 }] } }
        : {}),
    },
  };
}

function command(random: Random): object {
  return {
    location: 'westeurope',
    properties: {
      source: { script: random() < 0.5 ? 'echo hello' : 'sleep 5' },
      asyncExecution: random() < 0.3,
    },
  };
}
