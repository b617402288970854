// Balancing plan: from a load balancer's declaration and the instances behind it to the listeners that there are to be. Pure.
// What must hold: no two listeners of a frontend share a port; the port by which one instance is reached does not change
// while other instances come and go, as long as the range is wider than the ids are apart.

import { type BackendProbe, backendProbe } from './backend-probe.ts';
import { isOf, modelReferences, namedParts, parseChildReference, poolsOf } from './balancer-reference.ts';
import type { Distribution } from './distribution.ts';
import { frontendPlace } from './frontend-place.ts';
import { type GuestAddress, type GuestHandle, handleOf } from './guest.ts';
import { declaredSources } from './health-source.ts';
import type { Instance } from './instance.ts';
import { type JsonObject, textAt } from './json.ts';
import { type Child, childrenOf, findChild, type LoadBalancer, numberIn } from './load-balancer.ts';
import type { ModelVersion, ScaleSet } from './scale-set.ts';
import { MINUTE } from './time.ts';

/** An instance behind a balancer, whether or not it takes new connections now. */
export interface Member {
  readonly handle: GuestHandle;
  readonly set: ScaleSet;
  readonly instance: Instance;
  /** Names of pools and NAT pools that its model names, in lower case. */
  readonly pools: ReadonlySet<string>;
  readonly natPools: ReadonlySet<string>;
  /** NAT rules of one port that its network interfaces name, in lower case. */
  readonly natRules: ReadonlySet<string>;
  /** Its model has a source of health: it is in rotation only while it is healthy. */
  readonly watched: boolean;
  /** The balancer's probe that is this source, in lower case. */
  readonly healthProbe?: string;
  /** Of its network interface, as `nic/ipConfigurations/ip` or as an ARM id, by pool. */
  readonly ipConfigurations: ReadonlyMap<string, string>;
  /** The same, by NAT pool. */
  readonly natIpConfigurations: ReadonlyMap<string, string>;
}

export interface Fleet {
  readonly set: ScaleSet;
  readonly models: readonly ModelVersion[];
  readonly instances: readonly Instance[];
  /** Model versions that a running upgrade leads to, or may have to go back to. */
  readonly held: readonly number[];
}

/** The instances whose own model version names one of the balancer's pools. Surplus ones never stand behind one. */
export function membersOf(balancer: LoadBalancer, fleets: readonly Fleet[]): readonly Member[] {
  return fleets.flatMap(({ set, models, instances }) => {
    const named = new Map(models.map((model) => [model.version, namesIn(balancer, model)]));
    return instances.flatMap((instance): readonly Member[] => {
      const names = named.get(instance.model);
      if (names === undefined || instance.surplus) return [];
      if (names.pools.size + names.natPools.size + names.natRules.size === 0) return [];
      return [{ handle: handleOf(instance), set, instance, ...names }];
    });
  });
}

function namesIn(balancer: LoadBalancer, model: ModelVersion): Omit<Member, 'handle' | 'set' | 'instance'> {
  const pools = new Set<string>();
  const natPools = new Set<string>();
  const natRules = new Set<string>();
  const ipConfigurations = new Map<string, string>();
  const natIpConfigurations = new Map<string, string>();
  const { extension, probe } = declaredSources(model.profile);
  let healthProbe: string | undefined;
  for (const { id, kind, ipConfiguration } of modelReferences(model.profile)) {
    const reference = parseChildReference(id);
    if (reference === undefined || reference.kind !== kind || !isOf(reference, balancer)) continue;
    const name = reference.name.toLowerCase();
    if (kind === 'inboundNatPools') natPools.add(name);
    if (kind === 'inboundNatRules') natRules.add(name);
    if (kind === 'probes' && !extension) healthProbe = name;
    if (kind === 'backendAddressPools') pools.add(name);
    if (ipConfiguration === undefined) continue;
    if (kind === 'backendAddressPools') ipConfigurations.set(name, ipConfiguration);
    if (kind === 'inboundNatPools') natIpConfigurations.set(name, ipConfiguration);
  }
  const watched = extension || probe;
  return {
    pools,
    natPools,
    natRules,
    ipConfigurations,
    natIpConfigurations,
    watched,
    ...(healthProbe === undefined ? {} : { healthProbe }),
  };
}

export interface Listener {
  /** The part that it serves, `loadBalancingRules/http`; of one instance also its handle. Unique within the balancer. */
  readonly key: string;
  /** The part's kind and name. */
  readonly rule: string;
  /** Of its frontend (`domain/frontend-place`). */
  readonly place: string;
  /** As declared; where it cannot be bound, another is taken. */
  readonly port: number;
  readonly backendPort: number;
  readonly distribution: Distribution;
  /** Milliseconds without a byte after which a connection ends. */
  readonly idleTimeout: number;
  readonly probe?: BackendProbe;
  /** Of the backends, those of which the health of their instance says what the probe would: they are not asked again. */
  readonly judged?: readonly GuestHandle[];
  readonly backends: readonly GuestHandle[];
}

export function planListeners(balancer: LoadBalancer, members: readonly Member[]): readonly Listener[] {
  return [
    ...childrenOf(balancer, 'loadBalancingRules').flatMap((rule) => ofRule(balancer, rule, members)),
    ...planNat(balancer, members).map(({ listener }) => listener),
  ];
}

/** One instance's port of a NAT pool or a NAT rule. */
export interface NatPlace {
  readonly kind: 'inboundNatPools' | 'inboundNatRules';
  /** The pool or the rule. */
  readonly part: Child;
  readonly member: Member;
  readonly listener: Listener;
}

export function planNat(balancer: LoadBalancer, members: readonly Member[]): readonly NatPlace[] {
  return [
    ...childrenOf(balancer, 'inboundNatPools').flatMap((part) =>
      ofRange(balancer, { kind: 'inboundNatPools', part }, ofNatPool(part.name, members)),
    ),
    ...childrenOf(balancer, 'inboundNatRules').flatMap((part) => {
      const pool = nameIn(part.properties, 'backendAddressPool');
      return pool === undefined
        ? ofNatRule(balancer, part, members)
        : ofRange(balancer, { kind: 'inboundNatRules', part }, ofPools([pool], members));
    }),
  ];
}

function ofRule(balancer: LoadBalancer, rule: Child, members: readonly Member[]): readonly Listener[] {
  const { properties } = rule;
  const port = numberIn(properties, 'frontendPort');
  // HA ports (port 0, all protocols) and UDP have no listener here.
  if (!isTcp(properties) || port === 0) return [];
  const probe = nameIn(properties, 'probe');
  const declared = probe === undefined ? undefined : findChild(balancer, 'probes', probe);
  const backends = ofPools(poolsOf(properties), members);
  return [
    {
      key: `loadBalancingRules/${rule.name}`,
      rule: `loadBalancingRules/${rule.name}`,
      place: placeOf(balancer, properties),
      port,
      backendPort: numberIn(properties, 'backendPort'),
      distribution: distributionOf(properties),
      idleTimeout: idleTimeoutOf(properties),
      ...(declared === undefined
        ? {}
        : { probe: backendProbe(declared), judged: judgedBy(declared, backends) }),
      backends: backends.map(({ handle }) => handle),
    },
  ];
}

/** A part that has no listener, and why: it is kept and shown, and carries nothing. */
export interface Unserved {
  readonly rule: string;
  readonly reason: string;
}

export function unservedRules(balancer: LoadBalancer, members: readonly Member[] = []): readonly Unserved[] {
  const reasons = [
    ...childrenOf(balancer, 'loadBalancingRules').map(
      (rule) => ['loadBalancingRules', rule, ruleLacks(rule)] as const,
    ),
    ...childrenOf(balancer, 'inboundNatPools').map(
      (pool) => ['inboundNatPools', pool, protocolLacks(pool)] as const,
    ),
    ...childrenOf(balancer, 'inboundNatRules').map(
      (rule) => ['inboundNatRules', rule, natRuleLacks(rule, members)] as const,
    ),
  ];
  return reasons.flatMap(([kind, { name }, reason]) =>
    reason === undefined ? [] : [{ rule: `${kind}/${name}`, reason }],
  );
}

const NOTHING = 'it carries nothing here';

function protocolLacks({ properties }: Child): string | undefined {
  if (isTcp(properties)) return undefined;
  return `Only TCP is balanced: a rule of protocol ${textAt(properties, 'protocol')} is kept, and ${NOTHING}.`;
}

function ruleLacks(rule: Child): string | undefined {
  if (numberIn(rule.properties, 'frontendPort') > 0) return protocolLacks(rule);
  return `A rule of all ports is kept, and ${NOTHING}.`;
}

function natRuleLacks(rule: Child, members: readonly Member[]): string | undefined {
  const leads =
    nameIn(rule.properties, 'backendAddressPool') !== undefined ||
    members.some(({ natRules }) => natRules.has(rule.name.toLowerCase()));
  if (leads) return protocolLacks(rule);
  return `A NAT rule without a backend pool is kept, and ${NOTHING}: no virtual machine's network interface names it.`;
}

/** Those whose health is what this probe says: it is asked once, on behalf of both. */
function judgedBy({ name }: Child, members: readonly Member[]): readonly GuestHandle[] {
  const key = name.toLowerCase();
  return members.filter(({ healthProbe }) => healthProbe === key).map(({ handle }) => handle);
}

/** The one port of a NAT rule without a pool, for the one machine whose network interface names it. */
function ofNatRule(balancer: LoadBalancer, part: Child, members: readonly Member[]): readonly NatPlace[] {
  const { properties } = part;
  const member = members.find(({ natRules }) => natRules.has(part.name.toLowerCase()));
  if (member === undefined || !isTcp(properties)) return [];
  const rule = `inboundNatRules/${part.name}`;
  const listener = natListener(balancer, properties, {
    rule,
    handle: member.handle,
    port: numberIn(properties, 'frontendPort'),
  });
  return [{ kind: 'inboundNatRules', part, member, listener }];
}

/** A port of the range for each instance. */
function ofRange(
  balancer: LoadBalancer,
  { kind, part }: Pick<NatPlace, 'kind' | 'part'>,
  members: readonly Member[],
): readonly NatPlace[] {
  const { properties } = part;
  if (!isTcp(properties)) return [];
  const rule = `${kind}/${part.name}`;
  const byHandle = new Map(members.map((member) => [member.handle, member]));
  const ports = portsOf(
    members.map(({ handle, instance }) => ({ handle, id: instance.id })),
    numberIn(properties, 'frontendPortRangeStart'),
    numberIn(properties, 'frontendPortRangeEnd'),
  );
  return ports.flatMap(({ handle, port }): readonly NatPlace[] => {
    const member = byHandle.get(handle);
    if (member === undefined) return [];
    return [{ kind, part, member, listener: natListener(balancer, properties, { rule, handle, port }) }];
  });
}

function natListener(
  balancer: LoadBalancer,
  properties: JsonObject,
  { rule, handle, port }: { readonly rule: string; readonly handle: GuestHandle; readonly port: number },
): Listener {
  return {
    key: `${rule}/${handle}`,
    rule,
    place: placeOf(balancer, properties),
    port,
    backendPort: numberIn(properties, 'backendPort'),
    distribution: 'Default',
    idleTimeout: idleTimeoutOf(properties),
    backends: [handle],
  };
}

/**
 * Each gets the port that its id says, counted from the first and round the range; where that is taken, the next free one.
 * Those that the range has no port for get none.
 */
export function portsOf(
  instances: readonly { readonly handle: GuestHandle; readonly id: number }[],
  first: number,
  last: number,
): readonly { readonly handle: GuestHandle; readonly port: number }[] {
  const size = last - first + 1;
  const taken = new Set<number>();
  return instances.slice(0, Math.max(0, size)).map(({ handle, id }) => {
    let offset = id % size;
    while (taken.has(offset)) offset = (offset + 1) % size;
    taken.add(offset);
    return { handle, port: first + offset };
  });
}

/**
 * Where a backend port of a declaration is on this guest. A guest without an address of its own has one port only, and no
 * guest can listen below 1024: there its own port stands for whatever was declared.
 */
export function backendAddress(guest: GuestAddress, port: number): GuestAddress {
  return guest.host === '127.0.0.1' || port < 1024 ? guest : { host: guest.host, port };
}

function ofPools(names: readonly string[], members: readonly Member[]): readonly Member[] {
  const wanted = names.map((name) => name.toLowerCase());
  return members.filter(({ pools }) => wanted.some((name) => pools.has(name)));
}

function ofNatPool(name: string, members: readonly Member[]): readonly Member[] {
  return members.filter(({ natPools }) => natPools.has(name.toLowerCase()));
}

function placeOf(balancer: LoadBalancer, rule: JsonObject): string {
  return frontendPlace(balancer, nameIn(rule, 'frontendIPConfiguration') ?? '');
}

function distributionOf(properties: JsonObject): Distribution {
  const word = (textAt(properties, 'loadDistribution') ?? '').toLowerCase();
  if (word === 'sourceip') return 'SourceIP';
  return word === 'sourceipprotocol' ? 'SourceIPProtocol' : 'Default';
}

function idleTimeoutOf(properties: JsonObject): number {
  return numberIn(properties, 'idleTimeoutInMinutes', 4) * MINUTE;
}

function isTcp(properties: JsonObject): boolean {
  const word = (textAt(properties, 'protocol') ?? 'Tcp').toLowerCase();
  return word === 'tcp';
}

function nameIn(properties: JsonObject, member: string): string | undefined {
  return namedParts(properties, member)[0];
}
