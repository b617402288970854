// Serving: how much of a set does its work. What cannot be seen is not counted against an instance; what is seen to be
// wrong is.

import type { InstanceFacts, Inventory } from './inventory.ts';

/** What is kept of an instance beside its id to judge whether it serves. */
export type ServingFacts = Pick<InstanceFacts, 'power' | 'provisioning' | 'health' | 'balance'>;

export function isServing({ power, provisioning, health, balance }: ServingFacts): boolean {
  if (power !== 'running' || balance === 'out') return false;
  if (health === 'none') return provisioning !== 'Failed';
  return health === 'healthy';
}

/** How many serve, out of all. */
export function servingCount({ instances }: Pick<Inventory, 'instances'>): number {
  return instances.filter(isServing).length;
}

/** Running, provisioned, healthy and on duty where that is known, and no extension of it has failed. */
export function isWell(instance: ServingFacts & Pick<InstanceFacts, 'extensions'>): boolean {
  const { provisioning, extensions } = instance;
  return (
    isServing(instance) && provisioning === 'Succeeded' && !extensions.some(({ state }) => state === 'failed')
  );
}

/** `12` or `40%`. */
export interface Share {
  readonly value: number;
  readonly unit: 'count' | 'percent';
}

/** Undefined when it is neither a whole number nor a percentage up to 100. */
export function parseShare(text: string): Share | undefined {
  const [, digits, percent] = /^(\d{1,6})(%)?$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const value = Number(digits);
  if (percent === undefined) return { value, unit: 'count' };
  return value <= 100 ? { value, unit: 'percent' } : undefined;
}

/** How many of `all` a share is. A part of an instance counts as `part` says: a floor needs it whole, a limit leaves it out. */
export function countOf({ value, unit }: Share, all: number, part: 'up' | 'down'): number {
  if (unit === 'count') return value;
  const exact = (value * all) / 100;
  return part === 'up' ? Math.ceil(exact) : Math.floor(exact);
}
