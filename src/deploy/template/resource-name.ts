// How a template's resource is called: type, name and id. Must hold: an id is made of as many types as names, and stays in
// the deployment's subscription; ids compare without case.
// Source: learn.microsoft.com, "Set name and type for child resources", "Set scope for extension resources".

import { HELP, refuse } from './refusal.ts';

export interface ResourcePlace {
  readonly subscriptionId: string;
  readonly group: string;
}

/** `Microsoft.Network/loadBalancers/inboundNatRules` and `lb/ssh`: the type has its namespace more than the name. */
export function checkSegments(type: string, name: string, nested: boolean, path: string): void {
  const types = type.split('/');
  const names = name.split('/');
  const more = nested ? 0 : 1;
  if (types.length === names.length + more && ![...types, ...names].includes('')) return;
  refuse(
    `The template resource '${name}' for type '${type}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name. A root resource type must have segment length one greater than its resource name. ${HELP.resources}`,
    path,
  );
}

/** `Microsoft.Network/loadBalancers/lb/inboundNatRules/ssh`. */
export function interleaved(type: string, name: string): string {
  const [namespace, ...types] = type.split('/');
  const names = name.split('/');
  return [namespace, ...types.flatMap((part, index) => [part, names[index] ?? ''])].join('/');
}

export function resourceIdOf(place: ResourcePlace, type: string, name: string, scope?: string): string {
  return `${scope ?? groupIdOf(place)}/providers/${interleaved(type, name)}`;
}

export function groupIdOf({ subscriptionId, group }: ResourcePlace): string {
  return `/subscriptions/${subscriptionId}/resourceGroups/${group}`;
}

/** The place that an id lies in; undefined for one that is not in a resource group. */
export function placeOf(id: string): ResourcePlace | undefined {
  const found = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)(\/|$)/i.exec(id);
  const [, subscriptionId, group] = found ?? [];
  return subscriptionId === undefined || group === undefined ? undefined : { subscriptionId, group };
}

/** What follows the group: `Microsoft.Compute/virtualMachineScaleSets/web`; the whole id where there is none. */
export function shortId(id: string): string {
  return /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/(.+)$/i.exec(id)?.[1] ?? id;
}
