// Modes: which of the sets of a simulated plane are Flexible, and what a deed that was drawn without regard to that is in the
// words of the set that it is about. A deed numbers its instances; members of a Flexible set go by their machines' names.

import type { Random } from '../../src/domain/random.ts';
import { seededRandom } from '../../src/system/random.ts';
import { healthExtension } from '../testing/health.ts';

export interface Traits {
  readonly mode: 'Uniform' | 'Flexible';
  /** Of a Flexible set; none can be changed later. */
  readonly faultDomains?: 1 | 2 | 3;
  readonly zones?: readonly string[];
  /** Without a profile: its members all joined it. */
  readonly bare?: boolean;
}

export type Modes = (group: string, set: string) => Traits;

export const UNIFORM: Modes = () => ({ mode: 'Uniform' });
export const FLEXIBLE: Modes = () => ({ mode: 'Flexible', faultDomains: 1 });

/** For `describe.each`: what is told of the one is told of the other. */
export const BOTH = [
  ['Uniform', UNIFORM],
  ['Flexible', FLEXIBLE],
] as const;

/** Half of the sets are Flexible, each for the whole of a life: with fault domains, with zones, or without a profile. */
export function modesOf(seed: string): Modes {
  return (group, set) => {
    const random = seededRandom(`mode of ${group}/${set} ${seed}`);
    return random() < 0.5 ? { mode: 'Uniform' } : flexible(random);
  };
}

/** The same, but no set is without a profile: each makes its members. */
export function madeModesOf(seed: string): Modes {
  const modes = modesOf(seed);
  return (group, set) => {
    const { bare: _without, ...traits } = modes(group, set);
    return traits;
  };
}

/** So many seeds, each second one of which lives with Flexible sets. */
export function alternating(count: number, name: string): readonly (readonly [string, string, Modes])[] {
  return Array.from(
    { length: count },
    (_, index) => [`${name} ${index}`, ...(BOTH[index % 2] ?? BOTH[0])] as const,
  );
}

function flexible(random: Random): Traits {
  const draw = random();
  if (draw < 0.15) return { mode: 'Flexible', faultDomains: 1, bare: true };
  if (draw < 0.35) return { mode: 'Flexible', zones: ['1', '2', '3'] };
  return { mode: 'Flexible', faultDomains: draw < 0.6 ? 1 : draw < 0.8 ? 2 : 3 };
}

type Body = Readonly<Record<string, unknown>>;

/** The declaration of a set, as one of these traits has it. */
export function declaredWith(traits: Traits, body: Body): Body {
  if (traits.mode === 'Uniform' || body['properties'] === undefined) return body;
  const {
    overprovision: _o,
    doNotRunExtensionsOnOverprovisionedVMs: _d,
    ...rest
  } = inner(body, 'properties');
  const profile = inner(rest, 'virtualMachineProfile');
  const { identity: _i, ...top } = body;
  const properties = {
    ...rest,
    ...(rest['upgradePolicy'] === undefined
      ? {}
      : { upgradePolicy: withoutRollback(inner(rest, 'upgradePolicy')) }),
    orchestrationMode: 'Flexible',
    singlePlacementGroup: false,
    ...(traits.faultDomains === undefined ? {} : { platformFaultDomainCount: traits.faultDomains }),
    virtualMachineProfile: machineProfile(profile),
  };
  const zones = traits.zones === undefined ? {} : { zones: traits.zones };
  if (traits.bare !== true) return { ...top, ...zones, properties };
  const { sku: _s, ...bare } = top;
  return { ...bare, ...zones, properties: withoutProfile(properties) };
}

/** Only the extension tells how a machine is. */
function machineProfile(profile: Body): Body {
  const { healthProbe, ...network } = inner(profile, 'networkProfile');
  if (healthProbe === undefined) return profile;
  const extensions = inner(profile, 'extensionProfile')['extensions'] as readonly unknown[] | undefined;
  return {
    ...profile,
    networkProfile: network,
    extensionProfile: { extensions: [healthExtension({}, '1.0'), ...(extensions ?? [])] },
  };
}

function withoutRollback(policy: Body): Body {
  const { rollbackFailedInstancesOnPolicyBreach: _r, ...rolling } = inner(policy, 'rollingUpgradePolicy');
  return { ...policy, rollingUpgradePolicy: rolling };
}

function withoutProfile(properties: Body): Body {
  const { virtualMachineProfile: _p, automaticRepairsPolicy: _r, scaleInPolicy: _s, ...rest } = properties;
  return rest;
}

function inner(body: Body, member: string): Body {
  return (body[member] ?? {}) as Body;
}

/** The resources of a template, each set as it is to be in this group. */
export function templateWith(modes: Modes, group: string, body: Body): Body {
  const properties = inner(body, 'properties');
  const template = inner(properties, 'template');
  const resources = (template['resources'] ?? []) as readonly Body[];
  const declared = resources.map((one) => {
    if (one['type'] !== 'Microsoft.Compute/virtualMachineScaleSets') return one;
    return declaredWith(modes(group, String(one['name'])), one);
  });
  return { ...body, properties: { ...properties, template: { ...template, resources: declared } } };
}
