// Match: finds the route of a method and a path, and the names in it.

import { type Method, type Route, type RouteName, ROUTES } from './routes.ts';

export type Match =
  | {
      readonly kind: 'found';
      readonly name: RouteName;
      readonly route: Route;
      readonly names: Readonly<Record<string, string>>;
    }
  /** There is such a path, but not with this method. */
  | { readonly kind: 'otherMethod'; readonly allowed: readonly Method[] }
  | { readonly kind: 'none' }
  /** The path cannot be decoded. */
  | { readonly kind: 'malformed' };

/** One step of the paths, as a tree: literal steps by their lower-case word, and the one that takes any name. */
interface Step {
  readonly literal: Map<string, Step>;
  any?: { readonly label: string; readonly step: Step };
  readonly routes: Map<Method, RouteName>;
}

function emptyStep(): Step {
  return { literal: new Map(), routes: new Map() };
}

const ROOT = grow();

function grow(): Step {
  const root = emptyStep();
  for (const [name, route] of Object.entries(ROUTES) as [RouteName, Route][]) {
    let step = root;
    for (const segment of route.path.slice(1).split('/')) step = next(step, segment);
    if (step.routes.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`);
    step.routes.set(route.method, name);
  }
  return root;
}

function next(step: Step, segment: string): Step {
  const label = /^\{(.+)\}$/.exec(segment)?.[1];
  if (label === undefined) {
    const word = segment.toLowerCase();
    const found = step.literal.get(word) ?? emptyStep();
    step.literal.set(word, found);
    return found;
  }
  step.any ??= { label, step: emptyStep() };
  if (step.any.label !== label)
    throw new Error(`one place of a path is called {${step.any.label}} and {${label}}`);
  return step.any.step;
}

/**
 * A path cut into decoded segments. A trailing slash is nothing; a doubled one is an empty segment, which no route has.
 * Only right after a provider's namespace it is nothing too, as in ARM: generic clients (`az resource show`) put the path
 * of a parent there, and a resource without one leaves it empty. No name can come to stand in another's place by that.
 * Undefined when an escape is malformed, or hides a slash or a control character.
 */
export function pathSegments(path: string): readonly string[] | undefined {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  try {
    const segments = trimmed.slice(1).split('/').map(decodeURIComponent);
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    if (segments.some((segment) => /[/\u0000-\u001f\u007f]/.test(segment))) return undefined;
    return segments.filter((segment, index) => segment !== '' || !isAfterNamespace(segments, index));
  } catch {
    return undefined;
  }
}

function isAfterNamespace(segments: readonly string[], index: number): boolean {
  return segments[index - 2]?.toLowerCase() === 'providers' && segments[index - 1] !== '';
}

/** @param path still percent-encoded, without the query */
export function matchRoute(method: string, path: string): Match {
  const segments = pathSegments(path);
  if (segments === undefined) return { kind: 'malformed' };
  const ends = endsOf(ROOT, segments, {});
  for (const { step, names } of ends) {
    const name = step.routes.get(method as Method);
    if (name !== undefined) return { kind: 'found', name, route: ROUTES[name], names };
  }
  if (ends.length === 0) return { kind: 'none' };
  return { kind: 'otherMethod', allowed: ends.flatMap(({ step }) => [...step.routes.keys()]) };
}

/** Every way through the tree that ends at a route, literal words first: a provider's name may be either. */
function endsOf(
  step: Step,
  [segment, ...rest]: readonly string[],
  names: Readonly<Record<string, string>>,
): readonly { readonly step: Step; readonly names: Readonly<Record<string, string>> }[] {
  if (segment === undefined) return step.routes.size === 0 ? [] : [{ step, names }];
  const literal = step.literal.get(segment.toLowerCase());
  return [
    ...(literal === undefined ? [] : endsOf(literal, rest, names)),
    ...(step.any === undefined || segment === ''
      ? []
      : endsOf(step.any.step, rest, { ...names, [step.any.label]: segment })),
  ];
}
