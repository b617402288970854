// Mode difference: what an operator should know of where the two orchestration modes differ, as one table of sentences. What the
// plane does differently is `domain/orchestration`'s to say; here is what each difference means to whoever acts, and when it matters.
// What must hold: every rule in which the modes differ has a row here (a test holds the two tables together).

import { objectAt, textAt } from '../domain/json.ts';
import type { OrchestrationRules } from '../domain/orchestration.ts';
import type { InstanceFacts, SetFacts } from './inventory.ts';

export interface ModeDifference {
  readonly about: string;
  readonly uniform: string;
  readonly flexible: string;
  /** The rules of the plane that it tells of; none where it is ARM's paths and bodies that differ. */
  readonly rules: readonly Exclude<keyof OrchestrationRules, 'mode'>[];
  /** Whether it matters for one instance of a Flexible set, in the state that it is in. */
  readonly matters: (one: InstanceFacts, set: SetFacts) => boolean;
}

const always = (): boolean => true;
const never = (): boolean => false;

/** In the order in which a reader needs them. */
export const MODE_DIFFERENCES: readonly ModeDifference[] = [
  {
    about: 'ids',
    uniform: 'numbers, as in `muster restart 3`',
    flexible: "names of virtual machines, `web_1a2b3c4d`; a number is no machine's name and is refused",
    rules: ['instances'],
    matters: never,
  },
  {
    about: 'where an instance is',
    uniform: "below its set: '…/virtualMachineScaleSets/web/virtualMachines/3'",
    flexible:
      "beside its set: '…/virtualMachines/web_1a2b3c4d'; below the set Azure serves a list of names and each one's protection, and refuses most else",
    rules: [],
    matters: never,
  },
  {
    about: 'view of the set',
    uniform: 'how many instances are in which state, in one request',
    flexible:
      'refused: the machines of the set are listed with their views, which is what `muster list` does',
    rules: ['setInstanceView'],
    matters: never,
  },
  {
    about: 'model of an instance',
    uniform: 'each says whether it has the latest',
    flexible:
      'not shown: a machine counts as on the latest model where nothing that it shows differs from it',
    rules: [],
    matters: (one, set) => one.ownModel !== true && hasProfile(set),
  },
  {
    about: 'attached machines',
    uniform: 'there are none',
    flexible:
      'a machine may join with a model of its own and leave again, where the set has one fault domain; `update` and upgrades pass it by',
    rules: ['attach', 'profile'],
    matters: (one) => one.ownModel === true,
  },
  {
    about: 'protection',
    uniform: 'every instance shows it',
    flexible:
      "only the set's entry of a machine shows it, one request for each: `muster list` says unknown unless it is asked for by `protected`; the verbs look before they act",
    rules: [],
    matters: always,
  },
  {
    about: 'health',
    uniform: "the health extension, or a balancer's probe",
    flexible:
      'the health extension alone, of each machine its own: without it nobody knows how it is, and it is not repaired by itself',
    rules: ['healthProbe'],
    matters: (one, set) => set.healthSource === 'none' || one.health === 'none',
  },
  {
    about: 'overprovisioning',
    uniform: 'more instances may come than were asked for, and go again',
    flexible: 'there is none: what comes stays',
    rules: ['overprovision'],
    matters: never,
  },
  {
    about: 'domains',
    uniform: 'up to five fault domains, and update domains',
    flexible: 'one to three fault domains, one where there are zones, and no update domains',
    rules: ['faultDomains', 'updateDomains', 'placementGroup'],
    matters: never,
  },
  {
    about: 'size',
    uniform: 'the one of the model',
    flexible: 'of an instance mix the one that was drawn for the machine: another size is no drift',
    rules: ['instanceMix'],
    matters: (_, set) => textAt(set.body, 'sku', 'name')?.toLowerCase() === 'mix',
  },
  {
    about: 'update',
    uniform: 'by ids, at the set',
    flexible: 'by the names of machines, at the set; a set without a profile has nothing to bring them to',
    rules: [],
    matters: ({ latestModel }) => !latestModel,
  },
  {
    about: 'reimage',
    uniform: 'by the set or by the instance; the system disk is laid anew and the old one is gone',
    flexible:
      'by the machine; on Azure the image stays at the version that it has, and the old system disk goes or stays as its deleteOption says',
    rules: [],
    matters: always,
  },
  {
    about: 'delete and replace',
    uniform: 'disks and interfaces go with the instance; the next has a higher number',
    flexible:
      "disks and interfaces go or stay as each one's deleteOption says; what comes in its place has another name",
    rules: ['deleteOptions'],
    matters: always,
  },
  {
    about: 'upgrades',
    uniform: 'a rolling upgrade may roll back what failed',
    flexible: 'a rolling upgrade stops at what failed, and needs the health extension',
    rules: ['rollback'],
    matters: (_, set) => set.upgradeMode === 'Rolling',
  },
  {
    about: 'identity and name of the set',
    uniform: 'an identity of its own or an assigned one; at most 64 characters',
    flexible: 'assigned identities alone; at most 35 characters',
    rules: ['systemIdentity', 'longestName'],
    matters: never,
  },
  {
    about: 'balancer',
    uniform: 'NAT pools or NAT rules',
    flexible: 'NAT rules alone',
    rules: ['natPools'],
    matters: never,
  },
];

function hasProfile({ body }: SetFacts): boolean {
  return objectAt(body, 'properties', 'virtualMachineProfile') !== undefined;
}

/** As Markdown, and as it is printed: one row each. */
export function modesTable(): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const rows = MODE_DIFFERENCES.map(
    ({ about, uniform, flexible }) => `| ${about} | ${cell(uniform)} | ${cell(flexible)} |`,
  );
  return ['| | Uniform | Flexible |', '| --- | --- | --- |', ...rows].join('\n');
}

export interface ModeNote {
  readonly about: string;
  readonly note: string;
}

/** What is different of this instance because its set is Flexible; nothing of a Uniform one, which is what everything else speaks of. */
export function modeNotes(one: InstanceFacts, set: SetFacts): readonly ModeNote[] {
  if (set.mode === 'Uniform') return [];
  return MODE_DIFFERENCES.filter(({ matters }) => matters(one, set)).map(({ about, flexible }) => ({
    about,
    note: flexible,
  }));
}
