// Health probe: a load balancer's probe as the source of a scale set's health (`networkProfile.healthProbe`).
// What must hold: the probe serves a rule that sends traffic to the set, from the request that names it until the set names it
// no more; what the balancer makes of an answer and what the set's health makes of it is the same.
// Sources: Azure's page on the codes CannotUseHealthProbeWithoutLoadBalancing, CannotUseInactiveHealthProbe and
// CannotRemoveRuleUsedByProbeUsedByVMSS, and their messages as users of Azure report them.

import { type BackendProbe, backendProbe } from './backend-probe.ts';
import {
  childPath,
  modelReferences,
  namedParts,
  parseChildReference,
  poolsOf,
} from './balancer-reference.ts';
import type { Use } from './balancer-use.ts';
import { Failure } from './failure.ts';
import type { HealthSource } from './health-source.ts';
import { type JsonObject, listAt, textAt } from './json.ts';
import { type Child, childrenOf, findChild, type LoadBalancer, sameName } from './load-balancer.ts';
import { SECOND } from './time.ts';

const known = new WeakMap<JsonObject, Map<string, HealthSource>>();

/** The same object for as long as the balancer is declared the same. Undefined when it has no such probe. */
export function probeSource(
  balancer: Pick<LoadBalancer, 'properties'>,
  name: string,
): HealthSource | undefined {
  const sources = known.get(balancer.properties) ?? new Map<string, HealthSource>();
  known.set(balancer.properties, sources);
  const key = name.toLowerCase();
  const child = findChild(balancer, 'probes', name);
  if (child !== undefined && !sources.has(key)) sources.set(key, sourceOf(backendProbe(child)));
  return sources.get(key);
}

/** A guest is ready a little before what runs in it is: until it has been well once it is asked that often, as the balancer asks. */
const UNKNOWN_INTERVAL = SECOND;

function sourceOf({ protocol, port, path, interval, up, down }: BackendProbe): HealthSource {
  return {
    states: 'binary',
    request: { protocol, port, path },
    interval,
    firstInterval: Math.min(interval, UNKNOWN_INTERVAL),
    probes: down,
    recovers: up,
    grace: 0,
  };
}

function rulesWith(balancer: Pick<LoadBalancer, 'properties'>, probe: string): readonly Child[] {
  return childrenOf(balancer, 'loadBalancingRules').filter(({ properties }) =>
    namedParts(properties, 'probe').some((name) => sameName(name, probe)),
  );
}

/**
 * Refuses a set whose health probe is none of a rule that sends traffic to it.
 * @param set its ARM id
 * @param profile `properties.virtualMachineProfile`
 * @param balancer has the probe
 */
export function checkHealthProbe(
  set: string,
  profile: JsonObject,
  probe: { readonly id: string; readonly name: string },
  balancer: LoadBalancer,
): void {
  const pools = modelReferences(profile).flatMap(({ id, kind }) => {
    const reference = kind === 'backendAddressPools' ? parseChildReference(id) : undefined;
    const own = reference && sameName(reference.group, balancer.group);
    return own === true && sameName(reference?.balancer ?? '', balancer.name) ? [reference?.name ?? ''] : [];
  });
  const cannot = `VM scale set ${set} cannot use probe ${probe.id} as a HealthProbe because`;
  if (pools.length === 0) {
    const [nic] = listAt(profile, 'networkProfile', 'networkInterfaceConfigurations');
    const ip = textAt(listAt(nic, 'properties', 'ipConfigurations')[0], 'name') ?? '';
    throw new Failure(
      'healthProbeWithoutLoadBalancing',
      `${cannot} primary IP configuration ${ip} of the scale set does not use load balancing. LoadBalancerBackendAddressPools property of the IP configuration must reference backend address pool of the load balancer that contains the probe.`,
    );
  }
  const serves = rulesWith(balancer, probe.name).some(({ properties }) =>
    poolsOf(properties).some((name) => pools.some((pool) => sameName(pool, name))),
  );
  if (serves) return;
  throw new Failure(
    'inactiveHealthProbe',
    `${cannot} load balancing rules that send traffic to this scale set do not use this probe.`,
  );
}

/** Every rule stays that has a probe which is a scale set's health. `path`: the balancer's ARM id. */
export function checkRulesKept(
  path: string,
  current: Pick<LoadBalancer, 'properties'>,
  next: Pick<LoadBalancer, 'properties'>,
  uses: readonly Use[],
): void {
  for (const { name, by } of uses.filter(({ kind }) => kind === 'probes')) {
    const stay = rulesWith(next, name);
    const lost = rulesWith(current, name).find(
      (rule) => !stay.some((other) => sameName(other.name, rule.name)),
    );
    if (lost === undefined) continue;
    throw new Failure(
      'ruleOfHealthProbe',
      `Load balancer rule ${childPath(path, 'loadBalancingRules', lost.name)} cannot be removed because the rule references the load balancer probe ${childPath(path, 'probes', name)} that is used as health probe by VM scale set ${by}. To remove this rule, please update VM scale set to remove the reference to the probe.`,
    );
  }
}
