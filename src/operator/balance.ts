// Balance: whether the balancers send an instance anything. Muster's plane says it (`…/backendHealth`); Azure says it only as a
// metric, so that there it is `unknown`.

import { at, isObject, type Json, type JsonObject, listAt, textAt } from '../domain/json.ts';
import type { Arm } from './arm.ts';
import type { Balance } from './inventory.ts';

const API_VERSION = '2026-11-01';

/** What each balancer said: its body, or undefined where it does not say. */
export interface BalanceRead {
  readonly bodies: readonly (JsonObject | undefined)[];
  readonly calls: number;
}

/** @param balancers their resource ids */
export async function readBalance(arm: Arm, balancers: readonly string[]): Promise<BalanceRead> {
  const bodies = await Promise.all(
    balancers.map(async (id) => {
      const path = `${id}/providers/Muster.Network/backendHealth`;
      const { status, body } = await arm.send({ method: 'GET', path, apiVersion: API_VERSION });
      return status === 200 ? body : undefined;
    }),
  );
  return { bodies, calls: balancers.length };
}

/**
 * What an instance's balance is, by its resource id. One that every listener which knows it counts as up is in; one that a balancer
 * does not know is out; where a balancer says nothing at all, nobody knows. Where none
 * listens for anybody, there is nothing to be in.
 */
export function balanceOf({ bodies }: BalanceRead, balanced: boolean): (resourceId: string) => Balance {
  if (!balanced) return () => 'none';
  const known = bodies.filter((body) => body !== undefined).filter((body) => listenersOf(body) !== undefined);
  if (known.length < bodies.length || known.length === 0) return () => 'unknown';
  if (known.every((body) => listenersOf(body)?.length === 0)) return () => 'none';
  const up = new Map<string, boolean>();
  for (const backend of known.flatMap(backendsOf)) {
    const id = (textAt(backend, 'instance', 'id') ?? '').toLowerCase();
    const isUp = textAt(backend, 'state') === 'Up';
    up.set(id, isUp && up.get(id) !== false);
  }
  return (resourceId) => (up.get(resourceId.toLowerCase()) === true ? 'in' : 'out');
}

/** A body without the list says nothing. */
function listenersOf(body: JsonObject): readonly Json[] | undefined {
  const listeners = at(body, 'properties', 'listeners');
  return Array.isArray(listeners) ? listeners : undefined;
}

function backendsOf(body: JsonObject): readonly JsonObject[] {
  return (listenersOf(body) ?? []).flatMap((listener) => listAt(listener, 'backends').filter(isObject));
}
