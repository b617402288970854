// Orchestration: where the two modes of a scale set differ, as one table. Everything else is the same code for both: what a
// mode has of its own is asked of its rules here, never of its name.
// Sources: Azure's page on orchestration modes (azure-fleet), and recorded bodies (azure-wire 2 to 4).

import { type JsonObject, textAt } from './json.ts';
import type { Declared } from './scale-set.ts';

export type OrchestrationMode = 'Uniform' | 'Flexible';

/** How clients call the instances of a set: by their numbers in it, or by the names of the machines that they are. */
export type InstanceNames = 'numbered' | 'machines';

export interface OrchestrationRules {
  readonly mode: OrchestrationMode;
  /** `machines`: each is a `Microsoft.Compute/virtualMachines` beside its set, with interfaces and disks of its own. */
  readonly instances: InstanceNames;
  /** Whether there may be a set without a profile, whose members all joined it. */
  readonly profile: 'required' | 'optional';
  /** Whether all instances may be in one placement group; else they never are. */
  readonly placementGroup: 'singleOrMany' | 'many';
  readonly faultDomains: { readonly most: number; readonly usual: number; readonly mostInZones: number };
  /** Instances have update domains, and say so. */
  readonly updateDomains: boolean;
  /** More may be made than are wanted, to be given up again. */
  readonly overprovision: boolean;
  /** A balancer's probe may be the source of health; the extension always may. */
  readonly healthProbe: boolean;
  /** A balancer's NAT pools may be named; its NAT rules for a backend pool always reach the instances. */
  readonly natPools: boolean;
  /** `skuProfile`: instances of several sizes. */
  readonly instanceMix: boolean;
  /** A rolling upgrade may take back what it did to instances that failed. */
  readonly rollback: boolean;
  /** The set may have an identity of its own; one that was assigned it always may. */
  readonly systemIdentity: boolean;
  /** The longest name of a set, in characters. */
  readonly longestName: number;
  /** The set has a view of all its instances together. */
  readonly setInstanceView: boolean;
  /** What becomes of an instance's interfaces and disks is declared with each (`deleteOption`), and shown. */
  readonly deleteOptions: boolean;
  /** Existing machines may join, and members leave, where the set has one fault domain. */
  readonly attach: boolean;
}

const UNIFORM: OrchestrationRules = {
  mode: 'Uniform',
  instances: 'numbered',
  profile: 'required',
  placementGroup: 'singleOrMany',
  faultDomains: { most: 5, usual: 5, mostInZones: 5 },
  updateDomains: true,
  overprovision: true,
  healthProbe: true,
  natPools: true,
  instanceMix: false,
  rollback: true,
  systemIdentity: true,
  longestName: 64,
  setInstanceView: true,
  deleteOptions: false,
  attach: false,
};

const FLEXIBLE: OrchestrationRules = {
  mode: 'Flexible',
  instances: 'machines',
  profile: 'optional',
  placementGroup: 'many',
  faultDomains: { most: 3, usual: 1, mostInZones: 1 },
  updateDomains: false,
  overprovision: false,
  healthProbe: false,
  natPools: false,
  instanceMix: true,
  rollback: false,
  systemIdentity: false,
  // Its machines' names have at most 44.
  longestName: 35,
  setInstanceView: false,
  deleteOptions: true,
  attach: true,
};

/** Undefined for a word that is no mode. Modes compare without case; none means Uniform, as in Azure's API. */
export function orchestrationRules(properties: JsonObject): OrchestrationRules | undefined {
  const word = (textAt(properties, 'orchestrationMode') ?? 'Uniform').toLowerCase();
  return [UNIFORM, FLEXIBLE].find(({ mode }) => mode.toLowerCase() === word);
}

/** Of a set that was accepted. */
export function rulesOf({ properties }: Pick<Declared, 'properties'>): OrchestrationRules {
  return orchestrationRules(properties) ?? UNIFORM;
}
