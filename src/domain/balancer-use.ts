// Balancer use: which scale sets stand behind a balancer's parts, and what may therefore not be taken away.
// What must hold: no part that a model names, be it the latest, one that an instance still has or one that a rolling
// upgrade may go back to, ever goes.

import {
  balancerPath,
  type ChildReference,
  isOf,
  modelReferences,
  parseChildReference,
} from './balancer-reference.ts';
import type { Fleet } from './balancing.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { type ChildKind, findChild, type LoadBalancer, sameName } from './load-balancer.ts';
import { scaleSetPath } from './resource-path.ts';

export interface Use {
  readonly kind: ChildKind;
  readonly name: string;
  /** The set's ARM id. */
  readonly by: string;
}

export function usesOf(
  subscriptionId: string,
  balancer: Pick<LoadBalancer, 'group' | 'name'>,
  fleets: readonly Fleet[],
): readonly Use[] {
  return fleets.flatMap(({ set, models, instances, held }) => {
    const versions = new Set([
      set.model,
      ...held,
      ...instances.flatMap((one) => [one.model, one.wanted.model]),
    ]);
    const by = scaleSetPath(subscriptionId, set.group, set.name);
    return models
      .filter((model) => versions.has(model.version))
      .flatMap((model) => modelReferences(model.profile))
      .flatMap(({ id }): readonly Use[] => {
        const reference = parseChildReference(id);
        return reference === undefined || !isOf(reference, balancer)
          ? []
          : [{ kind: reference.kind, name: reference.name, by }];
      });
  });
}

/** Azure's words, as `az network lb delete` shows them. */
export function checkDeletable(subscriptionId: string, balancer: LoadBalancer, uses: readonly Use[]): void {
  const [first] = uses;
  if (first === undefined) return;
  const names = new Set(uses.filter(({ by }) => by === first.by).map(({ name }) => name));
  const path = balancerPath(subscriptionId, balancer.group, balancer.name);
  throw new Failure(
    'loadBalancerInUse',
    `Cannot delete load balancer ${path} since its child resources ${[...names].join(', ')} are in use by virtual machine scale set ${first.by}.`,
  );
}

const WORDS: Partial<Record<ChildKind, string>> = {
  backendAddressPools: 'backend address pool',
  inboundNatPools: 'inbound nat pool',
  probes: 'probe',
};

/** The declaration keeps every part that a scale set names. */
export function checkKept(next: Pick<LoadBalancer, 'properties'>, uses: readonly Use[]): void {
  const lost = uses.find(({ kind, name }) => findChild(next, kind, name) === undefined);
  if (lost === undefined) return;
  throw new Failure(
    'loadBalancerInUse',
    `Cannot remove ${WORDS[lost.kind] ?? lost.kind} ${lost.name} from load balancer since it is in use by virtual machine scale set ${lost.by}.`,
  );
}

export interface Need {
  readonly kind: ChildKind;
  readonly id: string;
  /** Absent where the id can be of no such part in this subscription. */
  readonly reference?: ChildReference;
}

/**
 * The balancers' parts that a set's model names.
 * @param profile `properties.virtualMachineProfile`
 */
export function needsOf(subscriptionId: string, profile: JsonObject): readonly Need[] {
  return modelReferences(profile).map(({ id, kind }) => {
    const reference = parseChildReference(id);
    const fits = reference?.kind === kind && sameName(reference.subscriptionId, subscriptionId);
    return { id, kind, ...(fits ? { reference } : {}) };
  });
}
