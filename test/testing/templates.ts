// Templates for tests: the facts of a deployment to the group `lab`, the types that are served there, small resources, and how a
// refusal reads.

import { Failure } from '../../src/domain/failure.ts';
import { isObject, type Json, type JsonObject } from '../../src/domain/json.ts';
import {
  type DeploymentFacts,
  type Lookup,
  type Plan,
  planTemplate,
} from '../../src/deploy/template/plan.ts';

export const SUBSCRIPTION = '11111111-1111-4111-8111-111111111111';
export const GROUP_ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/lab`;

const SERVED: Readonly<Record<string, readonly string[]>> = {
  'microsoft.compute/virtualmachinescalesets': ['2024-11-01', '2019-03-01'],
  'microsoft.network/virtualnetworks': ['2024-05-01', '2015-06-15'],
  'microsoft.network/virtualnetworks/subnets': ['2024-05-01', '2015-06-15'],
  'microsoft.network/publicipaddresses': ['2024-05-01', '2015-06-15'],
  'microsoft.network/networksecuritygroups': ['2024-05-01', '2015-06-15'],
  'microsoft.network/loadbalancers': ['2024-05-01', '2015-06-15'],
  'microsoft.network/loadbalancers/inboundnatrules': ['2024-05-01', '2015-06-15'],
  'microsoft.resources/deployments': ['2024-11-01', '2014-04-01'],
};

function provider(namespace: string): JsonObject | undefined {
  const resourceTypes = Object.entries(SERVED)
    .filter(([type]) => type.startsWith(`${namespace.toLowerCase()}/`))
    .map(([type, apiVersions]) => ({
      resourceType: type.slice(namespace.length + 1),
      locations: ['westus', 'eastus'],
      apiVersions,
    }));
  return resourceTypes.length === 0 ? undefined : { namespace, resourceTypes };
}

export function deploymentFacts(given: Partial<DeploymentFacts> = {}): DeploymentFacts {
  return {
    subscriptionId: SUBSCRIPTION,
    tenantId: '22222222-2222-4222-8222-222222222222',
    group: {
      id: GROUP_ID,
      name: 'lab',
      type: 'Microsoft.Resources/resourceGroups',
      location: 'westus',
      tags: { team: 'sre' },
      properties: { provisioningState: 'Succeeded' },
    },
    subscription: { id: `/subscriptions/${SUBSCRIPTION}`, subscriptionId: SUBSCRIPTION, displayName: 'Lab' },
    deploymentName: 'first',
    environment: { name: 'AzureCloud' },
    now: Date.UTC(2026, 10, 24, 12, 0, 0),
    seed: 'a-seed-of-a-row',
    provider,
    served: (type) => SERVED[type.toLowerCase()],
    ...given,
  };
}

/** A template with these sections. */
export function template(sections: JsonObject): JsonObject {
  return {
    $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#',
    contentVersion: '1.0.0.0',
    resources: [],
    ...sections,
  };
}

export function plan(
  sections: JsonObject,
  values: JsonObject = {},
  facts: Partial<DeploymentFacts> = {},
): Plan {
  return planTemplate(template(sections), valuesGiven(values), deploymentFacts(facts));
}

/** `{name: value}` as a request gives it: `{name: {value}}`. */
export function valuesGiven(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }] as const));
}

/** A small resource of a type that is served. */
export function vnet(name: string, more: JsonObject = {}): JsonObject {
  return { type: 'Microsoft.Network/virtualNetworks', apiVersion: '2024-05-01', name, ...more };
}

export function publicIp(name: string, more: JsonObject = {}): JsonObject {
  return { type: 'Microsoft.Network/publicIPAddresses', apiVersion: '2024-05-01', name, ...more };
}

export function vnetId(name: string): string {
  return `${GROUP_ID}/providers/Microsoft.Network/virtualNetworks/${name}`;
}

/** Nothing is there yet. */
export const nowhere: Lookup = () => undefined;

/** What an expression is worth in the body of a resource. */
export function worth(
  expression: Json,
  sections: JsonObject = {},
  values: JsonObject = {},
): Json | undefined {
  const resources = [vnet('probe', { properties: { value: expression } })];
  const [only] = plan({ ...sections, resources }, values).resources;
  const { properties } = only?.body(nowhere) ?? {};
  return isObject(properties) ? properties.value : undefined;
}

/** The failure that it throws, which must be one. */
export function refusal(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('Nothing was refused.');
}

/** Everything that a failure shows. */
export function shown(failure: Failure): string {
  const { message, details, target, additionalInfo } = failure;
  return JSON.stringify([message, details, target, additionalInfo]);
}

/** The path that a refusal of a template names. */
export function pathOf(failure: Failure): Json | undefined {
  return failure.additionalInfo[0]?.info.path;
}
