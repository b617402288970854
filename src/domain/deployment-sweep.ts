// Deployment sweep: what Complete mode deletes once everything of the template is made, as steps of the deployment. Must hold:
// nothing that the template has is deleted, deployments never, and nothing before what uses it.
// Source: learn.microsoft.com, "Azure Resource Manager deployment modes".

import type { Deployment, DeploymentStep } from './deployment.ts';

/** A resource of the group, as the generic list shows it. */
export interface Present {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** Of a disk in use: the instance that it belongs to. */
  readonly managedBy?: string;
}

/**
 * Users before what they use: sets and network interfaces stand in networks and behind balancers, balancers in networks and on addresses, networks
 * use gateways and security groups, gateways use addresses.
 */
const ORDER: Readonly<Record<string, number>> = {
  'microsoft.compute/virtualmachinescalesets': 0,
  'microsoft.network/networkinterfaces': 1,
  'microsoft.network/loadbalancers': 2,
  'microsoft.network/virtualnetworks': 3,
  'microsoft.network/natgateways': 4,
  'microsoft.network/networksecuritygroups': 5,
  'microsoft.network/publicipaddresses': 5,
};
/** Of what is not named: disks, which sets use and take along; those that are left are deleted after them. */
const OTHER = 1;

/** From this version on, a resource whose condition is false is deleted like one that the template does not have. */
const CONDITION_COUNTS = '2019-05-10';

export function sweep(row: Deployment, present: readonly Present[]): Deployment {
  const counts = row.apiVersion.slice(0, 10) >= CONDITION_COUNTS;
  const kept = new Set(
    row.steps.filter(({ state }) => !counts || state !== 'Skipped').map(({ id }) => id.toLowerCase()),
  );
  const unnamed = present.filter(({ id, type }) => !kept.has(id.toLowerCase()) && !isDeployment(type));
  const surplus = unnamed.filter((one) => !belongsToStaying(one, unnamed));
  const steps = surplus.map(({ id, type, name }): DeploymentStep => ({
    action: 'Delete',
    id,
    type,
    name,
    dependsOn: surplus.filter((other) => rank(other.type) < rank(type)).map((other) => other.id),
    state: 'NotStarted',
  }));
  // A step that was skipped gives way to the one that deletes the same resource.
  const deleted = new Set(steps.map(({ id }) => id.toLowerCase()));
  const others = row.steps.filter(({ id }) => !deleted.has(id.toLowerCase()));
  return { ...row, steps: [...others, ...steps], swept: true };
}

/** The disk of an instance goes with the instance's set, or it stays with it. */
function belongsToStaying({ managedBy }: Present, going: readonly Present[]): boolean {
  if (managedBy === undefined) return false;
  const owner = managedBy.toLowerCase();
  return !going.some(({ id }) => owner === id.toLowerCase() || owner.startsWith(`${id.toLowerCase()}/`));
}

function rank(type: string): number {
  return ORDER[type.toLowerCase()] ?? OTHER;
}

function isDeployment(type: string): boolean {
  return type.toLowerCase() === 'microsoft.resources/deployments';
}
