// Balancer use: which scale sets and network interfaces stand behind a balancer's parts, and what may therefore not be taken away.
// What must hold: no part that a model names, be it the latest, one that an instance still has or one that a rolling
// upgrade may go back to, ever goes.

import {
  balancerPath,
  type ChildReference,
  isOf,
  type ModelReference,
  modelReferences,
  parseChildReference,
} from './balancer-reference.ts';
import type { Fleet } from './balancing.ts';
import { Failure, type FailureCode } from './failure.ts';
import { interfaceConfiguration, namingProfile } from './interface-resource.ts';
import type { JsonObject } from './json.ts';
import { type ChildKind, findChild, type LoadBalancer, sameName } from './load-balancer.ts';
import type { NetworkResource } from './network-resource.ts';
import { setPath } from './resource-path.ts';

export interface Use {
  readonly kind: ChildKind;
  readonly name: string;
  /** The ARM id of the set, or of the network interface's IP configuration. */
  readonly by: string;
  /** What the messages call the one that uses it. */
  readonly user: 'virtual machine scale set' | 'network interface IP configuration';
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
    const by = setPath(subscriptionId, set);
    return models
      .filter((model) => versions.has(model.version))
      .flatMap((model) => modelReferences(namingProfile(model)))
      .flatMap(({ id }): readonly Use[] => {
        const reference = parseChildReference(id);
        return reference === undefined || !isOf(reference, balancer)
          ? []
          : [{ kind: reference.kind, name: reference.name, by, user: 'virtual machine scale set' }];
      });
  });
}

/** By network interfaces that are resources of their own, be there a machine that has them or not. */
export function interfaceUses(
  subscriptionId: string,
  balancer: Pick<LoadBalancer, 'group' | 'name'>,
  rows: readonly NetworkResource[],
): readonly Use[] {
  return rows.flatMap((row) =>
    interfaceReferences(subscriptionId, row).flatMap(({ id, ipConfiguration: by = '' }): readonly Use[] => {
      const reference = parseChildReference(id);
      if (reference === undefined || !isOf(reference, balancer)) return [];
      const { kind, name } = reference;
      return [{ kind, name, by, user: 'network interface IP configuration' }];
    }),
  );
}

/** What a network interface names of balancers. */
export function interfaceReferences(subscriptionId: string, row: NetworkResource): readonly ModelReference[] {
  const networkInterfaceConfigurations = [interfaceConfiguration(subscriptionId, row)];
  return modelReferences({ networkProfile: { networkInterfaceConfigurations } });
}

/** Azure's words, as `az network lb delete` shows them. */
export function checkDeletable(subscriptionId: string, balancer: LoadBalancer, uses: readonly Use[]): void {
  const [first] = uses;
  if (first === undefined) return;
  const names = new Set(uses.filter(({ by }) => by === first.by).map(({ name }) => name));
  const path = balancerPath(subscriptionId, balancer.group, balancer.name);
  throw new Failure(
    codeOf(first),
    `Cannot delete load balancer ${path} since its child resources ${[...names].join(', ')} are in use by ${first.user} ${first.by}.`,
  );
}

function codeOf({ user }: Use): FailureCode {
  return user === 'virtual machine scale set' ? 'loadBalancerInUse' : 'balancerPartInUse';
}

const WORDS: Partial<Record<ChildKind, string>> = {
  backendAddressPools: 'backend address pool',
  inboundNatPools: 'inbound nat pool',
  inboundNatRules: 'inbound nat rule',
  probes: 'probe',
};

/** The declaration keeps every part that is named. */
export function checkKept(next: Pick<LoadBalancer, 'properties'>, uses: readonly Use[]): void {
  const lost = uses.find(({ kind, name }) => findChild(next, kind, name) === undefined);
  if (lost === undefined) return;
  throw new Failure(
    codeOf(lost),
    `Cannot remove ${WORDS[lost.kind] ?? lost.kind} ${lost.name} from load balancer since it is in use by ${lost.user} ${lost.by}.`,
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
