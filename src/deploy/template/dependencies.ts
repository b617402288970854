// The order of a deployment: which resource waits for which. Must hold: there is no ring; a resource whose condition is false
// is waited for by nobody; a serial loop makes no more at once than its batch.
// Source: learn.microsoft.com, "Define the order for deploying resources", "Resource iteration", "Conditional deployment".

import { evaluateAt, type Sight, type Subject } from './evaluation.ts';
import { listMember } from './members.ts';
import { HELP, refuse } from './refusal.ts';
import type { ResourceIndex } from './resource-index.ts';
import { type Resource, shownText } from './resources.ts';

/** What `dependsOn` says: ids, names and loops. */
export function explicitDependencies(
  resource: Resource,
  index: ResourceIndex,
  sight: Sight,
  subject: Subject,
): readonly Resource[] {
  const { body, path, loops } = resource;
  return listMember(body, 'dependsOn', path).flatMap((entry, at) => {
    const key = `dependsOn[${at}]`;
    const place = { path: `${path}.${key}`, loops };
    const held =
      typeof entry === 'string' ? evaluateAt(entry, place, sight, subject) : { value: entry, secure: false };
    const call = shownText(held, key, subject, path);
    return index.find(call, place.path).filter(({ existing }) => !existing);
  });
}

/** Each batch of a serial loop waits for the one before it. Copies that are not made take no place in a batch. */
export function serialDependencies(
  resources: readonly Resource[],
): ReadonlyMap<Resource, readonly Resource[]> {
  const loops = new Map<string, Resource[]>();
  for (const resource of resources) {
    if (resource.loop?.batch === undefined || !resource.condition) continue;
    const copies = loops.get(resource.path) ?? [];
    copies.push(resource);
    loops.set(resource.path, copies);
  }
  const before = new Map<Resource, readonly Resource[]>();
  for (const copies of loops.values()) {
    for (const [index, copy] of copies.entries()) {
      const size = copy.loop?.batch ?? 1;
      const first = Math.floor(index / size) * size;
      before.set(copy, copies.slice(Math.max(0, first - size), first));
    }
  }
  return before;
}

/** Refuses a ring, naming a resource in it. */
export function refuseRings(edges: ReadonlyMap<Resource, ReadonlySet<Resource>>): void {
  const done = new Set<Resource>();
  const underway = new Set<Resource>();
  const visit = (resource: Resource): void => {
    if (done.has(resource)) return;
    if (underway.has(resource)) {
      refuse(
        `Circular dependency detected on resource: '${resource.id}'. ${HELP.resources}`,
        `${resource.path}.dependsOn`,
      );
    }
    underway.add(resource);
    for (const next of edges.get(resource) ?? []) visit(next);
    underway.delete(resource);
    done.add(resource);
  };
  for (const resource of edges.keys()) visit(resource);
}
