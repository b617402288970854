// Neighbours: in which fields one instance stands alone among the healthy instances of its set. Pure.
// What must hold: a field is named only when no healthy neighbour has this instance's value; what every instance has for itself (ids,
// names, times) is never named.

import { isObject, listAt, textAt } from '../domain/json.ts';
import type { InstanceFacts } from './inventory.ts';

export interface Alone {
  /** `image`, `extension agent` */
  readonly field: string;
  readonly mine: string;
  /** What most of the healthy neighbours have. */
  readonly theirs: string;
  /** How many of them have that, of how many. */
  readonly have: number;
  readonly of: number;
}

/** What is compared, as text; an empty one says that there is nothing. */
const READERS: Readonly<Record<string, (facts: InstanceFacts) => string>> = {
  power: ({ power }) => power,
  provisioning: ({ provisioning }) => provisioning,
  balance: ({ balance }) => balance,
  zone: ({ zone }) => zone,
  'fault domain': ({ faultDomain }) => faultDomain,
  'update domain': ({ updateDomain }) => updateDomain,
  size: ({ size }) => size,
  image: ({ image }) => image,
  model: ({ latestModel }) => (latestModel ? 'latest' : 'behind'),
  'model defined by': ({ body }) => textAt(body, 'properties', 'modelDefinitionApplied') ?? '',
  protection: ({ protection }) =>
    [protection.scaleIn ? 'scale-in' : '', protection.scaleSetActions ? 'actions' : '']
      .filter((word) => word !== '')
      .join(', '),
  'operating system': ({ view }) =>
    [textAt(view, 'osName'), textAt(view, 'osVersion')].filter((word) => word !== undefined).join(' '),
  agent: ({ view }) => textAt(view, 'vmAgent', 'vmAgentVersion') ?? '',
  'agent status': ({ view }) =>
    textAt(listAt(view, 'vmAgent', 'statuses').find(isObject), 'displayStatus') ?? '',
  host: ({ view }) => textAt(view, 'assignedHost') ?? '',
  'data disks': ({ body }) => String(listAt(body, 'properties', 'storageProfile', 'dataDisks').length),
};

/** Healthy is what says so; where nothing has a source of health, what runs and was provisioned. */
export function isHealthy({ health, power, provisioning }: InstanceFacts): boolean {
  if (power !== 'running' || provisioning !== 'Succeeded') return false;
  return health === 'healthy' || health === 'none';
}

/** Empty where there is no healthy neighbour to compare with. */
export function standsAlone(instance: InstanceFacts, instances: readonly InstanceFacts[]): readonly Alone[] {
  const neighbours = instances.filter((other) => other.id !== instance.id && isHealthy(other));
  if (neighbours.length === 0) return [];
  return readersFor([instance, ...neighbours]).flatMap(([field, read]) => {
    const mine = read(instance);
    const counts = new Map<string, number>();
    for (const neighbour of neighbours) counts.set(read(neighbour), (counts.get(read(neighbour)) ?? 0) + 1);
    // Where each has a value of its own, as of few instances each has a domain, one more says nothing.
    const allOwn = neighbours.length > 1 && counts.size === neighbours.length;
    if (counts.has(mine) || allOwn) return [];
    const [theirs, have] = most(counts);
    return [{ field, mine, theirs, have, of: neighbours.length }];
  });
}

type Reader = (facts: InstanceFacts) => string;

/** Extensions and tags have a field for each name. */
function readersFor(all: readonly InstanceFacts[]): readonly (readonly [string, Reader])[] {
  const extensions = new Set(all.flatMap((facts) => facts.extensions.map(({ name }) => name)));
  const tags = new Set(all.flatMap((facts) => Object.keys(facts.tags)));
  return [
    ...Object.entries(READERS),
    ...[...extensions].map((name) => [`extension ${name}`, extensionReader(name)] as const),
    ...[...tags].map((name) => [`tag ${name}`, tagReader(name)] as const),
  ];
}

function extensionReader(name: string): Reader {
  return ({ extensions }) => {
    const found = extensions.find((extension) => extension.name === name);
    return found === undefined ? '' : `${found.version} ${found.state}`.trim();
  };
}

function tagReader(name: string): Reader {
  return ({ tags }) => (Object.hasOwn(tags, name) ? (tags[name] ?? '') : '');
}

function most(counts: ReadonlyMap<string, number>): readonly [string, number] {
  const [first = ['', 0] as const] = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return first;
}
