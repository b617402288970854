// Finding a resource of the template by whatever a template may call it: symbolic name, id, loop, `type/name`, or name alone.
// Must hold: case never matters, and one call never means two things (of several resources with one id, which only conditions
// can tell apart, the one that is made counts).
// Source: learn.microsoft.com, "Define the order for deploying resources"; az sends `Type/name`, in a case of its own.

import { HELP, refuse } from './refusal.ts';
import { interleaved, shortId } from './resource-name.ts';
import type { Resource } from './resources.ts';

export interface ResourceIndex {
  readonly byId: (id: string) => Resource | undefined;
  /** All that a call means: a loop's name means every copy. Refuses one that means nothing, or several things. */
  readonly find: (call: string, path: string) => readonly Resource[];
}

export function indexResources(resources: readonly Resource[]): ResourceIndex {
  const ids = new Map<string, Resource>();
  for (const resource of resources) {
    const known = ids.get(resource.id.toLowerCase());
    if (known === undefined || (!known.condition && resource.condition)) {
      ids.set(resource.id.toLowerCase(), resource);
    }
  }
  const single = [...ids.values()];
  const symbols = grouped(resources, ({ symbol, loop }) => symbolsOf(symbol, loop?.index));
  const loops = grouped(resources, ({ loop }) => (loop === undefined ? [] : [loop.name]));
  const types = grouped(single, ({ type, name }) => [interleaved(type, name), `${type}/${name}`]);
  const names = grouped(single, ({ name }) => [name]);
  const byId = (id: string): Resource | undefined => ids.get(id.toLowerCase().replace(/\/$/, ''));
  return {
    byId,
    find: (call, path) => {
      const symbol = symbols.get(call.toLowerCase());
      if (symbol !== undefined) return symbol;
      if (call.startsWith('/')) {
        return [
          byId(call) ??
            refuse(`The resource '${shortId(call)}' is not defined in the template. ${HELP.template}`, path),
        ];
      }
      const key = call.toLowerCase();
      const found = loops.get(key) ?? types.get(key) ?? names.get(key) ?? [];
      if (found.length === 0) refuseUnknown(call, path);
      if (found.length > 1 && !loops.has(key)) {
        refuse(
          `The template reference '${call}' is not valid: there are several resources with this name; use the resource id. ${HELP.functions}`,
          path,
        );
      }
      return found;
    },
  };
}

function refuseUnknown(call: string, path: string): never {
  if (/^[^/]+\.[^/]+\/[^/]+\/./.test(call)) {
    refuse(`The resource '${call}' is not defined in the template. ${HELP.template}`, path);
  }
  refuse(
    `The template reference '${call}' is not valid: could not find template resource or resource copy with this name. ${HELP.functions}`,
    path,
  );
}

/** `web`, and `web[2]` for one copy of a loop. */
function symbolsOf(symbol: string | undefined, index: number | undefined): readonly string[] {
  if (symbol === undefined) return [];
  return index === undefined ? [symbol] : [symbol, `${symbol}[${index}]`];
}

function grouped(
  resources: readonly Resource[],
  keysOf: (resource: Resource) => readonly string[],
): ReadonlyMap<string, readonly Resource[]> {
  const groups = new Map<string, Resource[]>();
  for (const resource of resources) {
    for (const key of new Set(keysOf(resource).map((text) => text.toLowerCase()))) {
      const group = groups.get(key) ?? [];
      group.push(resource);
      groups.set(key, group);
    }
  }
  return groups;
}
