// Deployment deeds: templates that make a balancer and a set behind it, with a part of their own in this group or another, some
// in Complete mode, some that must be refused whole; and what else can be asked of a deployment.

import type { Random } from '../../src/domain/random.ts';
import type { Deed } from './deeds.ts';

/** In what every template is given, and in nothing that is ever shown. */
export const SECRET = 'S3cret-of-a-deployment';
/** What only refused templates have: nothing of that name may ever be there. */
export const REFUSED = 'refused';

const NAMES = ['one', 'two', 'three'];

export function deploymentDeed(random: Random, group: string, groups: readonly string[]): Deed {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const path = `${group}/providers/Microsoft.Resources/deployments/${pick(NAMES)}`;
  const draw = random();
  if (draw < 0.1) return { method: 'POST', path: `${path}/cancel` };
  if (draw < 0.2) return { method: 'DELETE', path };
  if (draw < 0.25) return { method: 'GET', path: `${path}/operations` };
  const body = deploymentBody(random, groups);
  return draw < 0.35 ? { method: 'POST', path: `${path}/validate`, body } : { method: 'PUT', path, body };
}

function deploymentBody(random: Random, groups: readonly string[]): object {
  const resources = [balancer('lb'), ...(random() < 0.7 ? [scaleSet(random)] : [])];
  if (random() < 0.3) resources.push(part(random, groups));
  if (random() < 0.2) resources.push(balancer(REFUSED), broken(random));
  return {
    properties: {
      mode: random() < 0.15 ? 'Complete' : 'Incremental',
      parameters: { word: { value: SECRET } },
      template: template(resources, {
        parameters: { word: { type: 'secureString' } },
        outputs: {
          pool: { type: 'string', value: "[reference('lb').backendAddressPools[0].id]" },
          word: { type: 'secureString', value: "[parameters('word')]" },
        },
      }),
    },
  };
}

export function template(resources: readonly object[], more: object = {}): object {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    ...more,
    resources,
  };
}

export function balancer(name: string, more: object = {}): object {
  return {
    type: 'Microsoft.Network/loadBalancers',
    apiVersion: '2024-05-01',
    name,
    location: 'westeurope',
    properties: { frontendIPConfigurations: [{ name: 'front' }], backendAddressPools: [{ name: 'pool' }] },
    ...more,
  };
}

/** One of those that are asked for directly as well. */
function scaleSet(random: Random): object {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  return templateSet(pick(['web', 'db']), Math.floor(random() * 4), { dependsOn: ['lb'] });
}

export function templateSet(name: string, capacity: number, more: object = {}): object {
  const pool = "[resourceId('Microsoft.Network/loadBalancers/backendAddressPools', 'lb', 'pool')]";
  const ip = { name: 'ip', properties: { loadBalancerBackendAddressPools: [{ id: pool }] } };
  return {
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    apiVersion: '2024-07-01',
    name,
    location: 'westeurope',
    sku: { name: 'Standard_B1s', tier: 'Standard', capacity },
    properties: {
      overprovision: false,
      virtualMachineProfile: {
        osProfile: {
          computerNamePrefix: 'vm',
          adminUsername: 'someone',
          adminPassword: "[parameters('word')]",
        },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
        },
        networkProfile: {
          networkInterfaceConfigurations: [
            { name: 'nic', properties: { primary: true, ipConfigurations: [ip] } },
          ],
        },
      },
    },
    ...more,
  };
}

/** A deployment inside the deployment, whose template has the secret in it when it is of the outer scope. */
function part(random: Random, groups: readonly string[]): object {
  const isInner = random() < 0.5;
  const word = isInner ? 'nothing' : "[parameters('word')]";
  const resourceGroup = random() < 0.5 ? { resourceGroup: groups[Math.floor(random() * groups.length)] } : {};
  return {
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name: 'part',
    ...resourceGroup,
    properties: {
      mode: 'Incremental',
      ...(isInner ? { expressionEvaluationOptions: { scope: 'inner' } } : {}),
      template: template([templateBalancerOf(word)]),
    },
  };
}

function templateBalancerOf(word: string): object {
  return balancer('inner', {
    properties: { frontendIPConfigurations: [{ name: 'front' }], adminPassword: word },
  });
}

/** A reason to refuse the whole. */
function broken(random: Random): object {
  const other = balancer('broken');
  const reasons = [
    { ...other, type: 'Microsoft.Storage/storageAccounts' },
    { ...other, name: "[nonsense('x')]" },
    { ...other, dependsOn: ['nothing'] },
    { ...other, tags: { a: "[parameters('none')]" } },
    { ...other, dependsOn: ['broken'] },
  ];
  return reasons[Math.floor(random() * reasons.length)] as object;
}
