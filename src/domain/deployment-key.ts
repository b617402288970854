// Deployment keys: the ids by which a deployment's operations are addressed, and the hash by which two templates are told
// apart. Both follow from what they name, so that nothing has to be drawn or kept.

import type { Deployment, DeploymentStep } from './deployment.ts';
import type { JsonObject } from './json.ts';

type Named = Pick<Deployment, 'group' | 'name'>;

/**
 * Of one step, sixteen hexadecimal digits as Azure's. The same resource has the same id in every run of a deployment.
 */
export function stepKey(deployment: Named, { action, id }: Pick<DeploymentStep, 'action' | 'id'>): string {
  return key(deployment, `${action} ${id.replace(/^\/subscriptions\/[^/]+/i, '')}`);
}

/** Of what evaluates the outputs, which is an operation of its own. */
export function outputsKey(deployment: Named): string {
  return key(deployment, 'outputs');
}

function key({ group, name }: Named, what: string): string {
  const hash = fnv(`${group}/${name} ${what}`.toLowerCase());
  return hash.toString(16).toUpperCase().padStart(16, '0');
}

/** A decimal number, as Azure's. The order of members counts, white space does not. */
export function templateHash(template: JsonObject): string {
  return fnv(JSON.stringify(template)).toString();
}

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** FNV-1a, 64 bits. */
function fnv(text: string): bigint {
  let hash = OFFSET;
  for (const character of text) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(character.codePointAt(0) ?? 0)) * PRIME);
  }
  return hash;
}
