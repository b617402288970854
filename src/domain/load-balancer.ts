// Load balancer: what was declared of one, as Azure's network provider keeps it. Which instances stand behind it, and
// which of them take new connections, is derived from the scale sets' rows and never stored here.

import { at, isObject, type JsonObject, listAt, textAt } from './json.ts';
import type { Time } from './time.ts';

export interface LoadBalancer {
  /** The wire's `resourceGuid`: one incarnation of the name. */
  readonly uid: string;
  readonly group: string;
  readonly name: string;
  /** The store's lock; not shown. */
  readonly revision: number;
  /** A GUID, new with every accepted write; the wire shows it as a weak tag. */
  readonly etag: string;
  readonly created: Time;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sku: { readonly name: string; readonly tier: string };
  /** The ARM `properties` as declared and completed, without what is read-only. */
  readonly properties: JsonObject;
  /** Whatever else stood at the top. */
  readonly extra: JsonObject;
}

/** The named parts that a balancer has, as the wire spells them. */
export const CHILD_KINDS = [
  'frontendIPConfigurations',
  'backendAddressPools',
  'loadBalancingRules',
  'probes',
  'inboundNatRules',
  'inboundNatPools',
  'outboundRules',
] as const;

export type ChildKind = (typeof CHILD_KINDS)[number];

export interface Child {
  readonly name: string;
  readonly properties: JsonObject;
}

/** The parts of one kind, in the order in which they were declared. */
export function childrenOf(balancer: Pick<LoadBalancer, 'properties'>, kind: ChildKind): readonly Child[] {
  return listAt(balancer.properties, kind)
    .filter(isObject)
    .map((child) => {
      const properties = at(child, 'properties');
      return { name: textAt(child, 'name') ?? '', properties: isObject(properties) ? properties : {} };
    });
}

export function findChild(
  balancer: Pick<LoadBalancer, 'properties'>,
  kind: ChildKind,
  name: string,
): Child | undefined {
  return childrenOf(balancer, kind).find((child) => sameName(child.name, name));
}

/** ARM's names compare without case. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

export function numberIn(properties: JsonObject, member: string, otherwise = 0): number {
  const value = properties[member];
  return typeof value === 'number' ? value : otherwise;
}
