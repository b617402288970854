// The resources of a template, called by their names: children taken out of their parents, loops expanded, in the order in
// which they are written. Must hold: what a resource is called follows from parameters and variables alone, and never from a
// secure one (a name is shown to everybody).
// Source: learn.microsoft.com, "Resource declaration", "Resource iteration", "Set name and type for child resources",
// "Use symbolic names".

import { isObject, type Json, type JsonObject, textAt } from '../../domain/json.ts';
import { loopCount, MOST_RESOURCES } from './count.ts';
import { evaluateAt, type Sight, type Subject } from './evaluation.ts';
import type { DeploymentFacts } from './facts.ts';
import { limit, member, objectMember, textMember } from './members.ts';
import { HELP, refuse, ROOT } from './refusal.ts';
import { checkSegments, groupIdOf, placeOf, resourceIdOf, type ResourcePlace } from './resource-name.ts';
import type { Loop } from './walk.ts';

export const DEPLOYMENTS = 'Microsoft.Resources/deployments';

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly apiVersion: string;
  readonly group: string;
  readonly condition: boolean;
  /** It is not made, only named, so that others can refer to it. */
  readonly existing: boolean;
  readonly symbol?: string;
  readonly loop?: ResourceLoop;
  readonly loops: readonly Loop[];
  readonly body: JsonObject;
  readonly path: string;
}

export interface ResourceLoop {
  readonly name: string;
  readonly index: number;
  /** How many of a serial loop are made at once; undefined for a parallel one. */
  readonly batch?: number;
}

interface Context {
  readonly sight: Sight;
  readonly facts: DeploymentFacts;
  readonly symbolic: boolean;
  readonly found: Resource[];
}

/** One resource as it is written, before its loop is expanded. */
interface Declaration {
  readonly body: JsonObject;
  readonly path: string;
  readonly symbol?: string;
  readonly parent?: Resource;
}

export function readResources(
  template: JsonObject,
  sight: Sight,
  facts: DeploymentFacts,
): readonly Resource[] {
  const resources = member(template, 'resources');
  const symbolic = isObject(resources);
  if (symbolic && textMember(template, 'languageVersion', ROOT) !== '2.0') {
    refuse(
      `The template's resources have symbolic names, which need languageVersion '2.0'. ${HELP.resources}`,
      `${ROOT}.resources`,
    );
  }
  const context: Context = { sight, facts, symbolic, found: [] };
  readAll(resources, `${ROOT}.resources`, undefined, context);
  return context.found;
}

function readAll(
  resources: Json | undefined,
  path: string,
  parent: Resource | undefined,
  context: Context,
): void {
  for (const { body, at, symbol } of entriesOf(resources, path)) {
    if (!isObject(body)) refuse(`A template resource must be an object. ${HELP.resources}`, at);
    const declaration: Declaration = {
      body,
      path: at,
      ...(symbol === undefined ? {} : { symbol }),
      ...(parent === undefined ? {} : { parent }),
    };
    for (const loop of loopsOf(declaration, context)) {
      const resource = named(declaration, loop, context);
      context.found.push(resource);
      limit('resources', MOST_RESOURCES, context.found.length, at);
      readAll(member(body, 'resources'), `${at}.resources`, resource, context);
    }
  }
}

interface Entry {
  readonly body: Json | undefined;
  readonly at: string;
  readonly symbol?: string;
}

function entriesOf(resources: Json | undefined, path: string): readonly Entry[] {
  if (resources === undefined || resources === null) return [];
  if (Array.isArray(resources)) {
    return (resources as readonly Json[]).map((body, index) => ({ body, at: `${path}[${index}]` }));
  }
  if (!isObject(resources)) {
    refuse(`Expected a value of type 'Array' for 'resources'. ${HELP.resources}`, path);
  }
  return Object.entries(resources).map(([symbol, body]) => {
    const at = `${path}.${symbol}`;
    // Those signs are how a copy is chosen and how a path is written.
    if (/[.[\]]/.test(symbol)) {
      refuse(`The symbolic name '${symbol}' is not valid: it has a dot or a bracket. ${HELP.resources}`, at);
    }
    return { body, at, symbol };
  });
}

/** What a refusal calls it as long as its name is not known: the name as it is written. */
function subjectOf({ body, symbol }: Declaration): Subject {
  return { name: `The template resource '${textAt(body, 'name') ?? symbol ?? ''}'` };
}

/** One turn for each copy; a single one without a loop where there is none. */
function loopsOf(declaration: Declaration, context: Context): readonly (ResourceLoop | undefined)[] {
  const { body, path, parent } = declaration;
  const copy = objectMember(body, 'copy', path);
  if (copy === undefined) return [undefined];
  const subject = subjectOf(declaration);
  const at = `${path}.copy`;
  if (parent !== undefined) {
    refuse(
      `${subject.name} is not valid: a resource inside another one cannot have a copy loop; define it at the top. ${HELP.copy}`,
      at,
    );
  }
  const name = textMember(copy, 'name', at);
  if (name === undefined)
    refuse(`${subject.name} is not valid: its copy loop needs a name. ${HELP.copy}`, at);
  const number = (key: string): number | undefined => {
    const value = member(copy, key);
    if (value === undefined) return undefined;
    const text = typeof value === 'string';
    const place = { path: `${at}.${key}`, loops: [] };
    const found = text ? evaluateAt(value, place, context.sight, subject).value : value;
    return loopCount(found, subject.name, place.path);
  };
  const count = number('count') ?? loopCount(undefined, subject.name, at);
  const serial = textMember(copy, 'mode', at)?.toLowerCase() === 'serial';
  const batch = serial ? (number('batchSize') ?? 1) : undefined;
  if (batch === 0) refuse(`${subject.name} is not valid: batchSize must be at least 1. ${HELP.copy}`, at);
  return Array.from({ length: count }, (_, index) => ({
    name,
    index,
    ...(batch === undefined ? {} : { batch }),
  }));
}

function named(declaration: Declaration, loop: ResourceLoop | undefined, context: Context): Resource {
  const { body, path, symbol, parent } = declaration;
  const { facts, sight } = context;
  const own = loop === undefined ? [] : [{ name: loop.name, index: loop.index, whole: true }];
  const loops = [...(parent?.loops ?? []), ...own];
  const subject = subjectOf(declaration);
  const said = (key: string): string | undefined => {
    const text = textMember(body, key, path);
    if (text === undefined) return undefined;
    return shownText(evaluateAt(text, { path: `${path}.${key}`, loops }, sight, subject), key, subject, path);
  };
  const needed = (key: string): string =>
    said(key) ?? refuse(`${subject.name} is not valid: '${key}' is required. ${HELP.resources}`, path);
  const name = needed('name');
  const type = needed('type');
  checkSegments(type, name, parent !== undefined, `${path}.type`);
  const full = parent === undefined ? { type, name } : joined(parent, type, name);
  const known = { name: `The template resource '${full.name}'` };
  const { place, scope } = placeFor(full.type, { said, facts, subject: known, path, parent });
  return {
    id: resourceIdOf(place, full.type, full.name, scope),
    ...full,
    apiVersion: needed('apiVersion'),
    group: place.group,
    condition: conditionOf(body, { path: `${path}.condition`, loops }, sight, known),
    existing: context.symbolic && member(body, 'existing') === true,
    ...(symbol === undefined ? {} : { symbol }),
    ...(loop === undefined ? {} : { loop }),
    loops,
    body,
    path,
  };
}

function joined(parent: Resource, type: string, name: string): Pick<Resource, 'type' | 'name'> {
  return { type: `${parent.type}/${type}`, name: `${parent.name}/${name}` };
}

/** A text that everybody will see. */
export function shownText(
  held: { readonly value: Json; readonly secure: boolean },
  key: string,
  subject: Subject,
  path: string,
): string {
  if (held.secure) {
    refuse(
      `${subject.name} is not valid: its '${key}' reads a secure parameter, and would show it. ${HELP.resources}`,
      `${path}.${key}`,
    );
  }
  if (typeof held.value !== 'string') {
    refuse(`${subject.name} is not valid: '${key}' must be a string. ${HELP.resources}`, `${path}.${key}`);
  }
  return held.value;
}

function conditionOf(
  body: JsonObject,
  place: { path: string; loops: readonly Loop[] },
  sight: Sight,
  subject: Subject,
): boolean {
  const condition = member(body, 'condition') ?? true;
  const value =
    typeof condition === 'string' ? evaluateAt(condition, place, sight, subject).value : condition;
  if (typeof value === 'boolean') return value;
  refuse(`${subject.name} is not valid: the condition must be a boolean. ${HELP.resources}`, place.path);
}

interface Placing {
  readonly said: (key: string) => string | undefined;
  readonly facts: DeploymentFacts;
  readonly subject: Subject;
  readonly path: string;
  readonly parent: Resource | undefined;
}

/** Where it lies: in the deployment's group; a nested deployment may name another; an extension lies on what it extends. */
function placeFor(type: string, placing: Placing): { place: ResourcePlace; scope?: string } {
  const { said, facts, subject, path, parent } = placing;
  const { subscriptionId } = facts;
  const home = { subscriptionId, group: textAt(facts.group, 'name') ?? '' };
  const scope = said('scope');
  const elsewhere = (where: string): never =>
    refuse(
      `${subject.name} is not valid: it lies in ${where}, and a deployment here stays in its subscription. ${HELP.resources}`,
      path,
    );
  if (type.toLowerCase() === DEPLOYMENTS.toLowerCase()) {
    if (scope !== undefined) elsewhere(`scope '${scope}'`);
    const other = said('subscriptionId') ?? subscriptionId;
    if (other.toLowerCase() !== subscriptionId.toLowerCase()) elsewhere(`subscription '${other}'`);
    return { place: { subscriptionId, group: said('resourceGroup') ?? home.group } };
  }
  // A child lies where its parent does.
  if (parent !== undefined) {
    const [above] = parent.id.split(`/providers/${parent.type.split('/')[0]}/`);
    return {
      place: { subscriptionId, group: parent.group },
      ...(above === undefined ? {} : { scope: above }),
    };
  }
  if (scope === undefined) return { place: home };
  const id = scope.startsWith('/') ? scope : `${groupIdOf(home)}/providers/${scope}`;
  const place = placeOf(id);
  if (place?.subscriptionId.toLowerCase() !== subscriptionId.toLowerCase())
    return elsewhere(`scope '${scope}'`);
  return { place, scope: id.replace(/\/$/, '') };
}
