// Nested deployments: the request that a deployment inside a template becomes. Must hold: with scope `outer` (the default) every
// expression of the nested template is evaluated here, and what comes of it is a literal there; with `inner` the nested
// template is left as it is. A secure value stays secure in there: the parameter or output that takes it is made secure.
// Source: learn.microsoft.com, "Using linked and nested templates".

import { asText, isObject, type Json, type JsonObject } from '../../domain/json.ts';
import { literalOf } from '../expression/parse.ts';
import type { Subject } from './evaluation.ts';
import { member, objectMember, textMember } from './members.ts';
import { HELP, refuse } from './refusal.ts';
import { DEPLOYMENTS } from './resources.ts';
import { type Place, type Reader, walk, within } from './walk.ts';

/** `properties` of a deployment, evaluated. @param place of `properties` */
export function nestedProperties(
  properties: JsonObject,
  place: Place,
  reader: Reader,
  subject: Subject,
): JsonObject {
  for (const link of ['templateLink', 'parametersLink']) {
    if (member(properties, link) === undefined) continue;
    refuse(
      `${subject.name} is not valid: it has a '${link}', and there is nowhere to fetch it from; put what it leads to into the template. ${HELP.resources}`,
      `${place.path}.${link}`,
    );
  }
  const template = objectMember(properties, 'template', place.path);
  if (template === undefined) {
    refuse(`${subject.name} is not valid: it has no template. ${HELP.resources}`, place.path);
  }
  if (textMember(properties, 'mode', place.path)?.toLowerCase() === 'complete') {
    refuse(
      `${subject.name} is not valid: a nested deployment must have the mode 'Incremental'. ${HELP.resources}`,
      `${place.path}.mode`,
    );
  }
  const members = Object.entries(properties).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    members.map(([key, value]) => {
      const at = within(place, `.${key}`);
      if (value !== template) return [key, walk(value ?? null, at, reader)];
      return [key, isInner(properties) ? template : outer(template, at, escaping(reader))];
    }),
  );
}

function isInner(properties: JsonObject): boolean {
  const options = member(properties, 'expressionEvaluationOptions');
  const scope = isObject(options) ? member(options, 'scope') : undefined;
  return typeof scope === 'string' && scope.toLowerCase() === 'inner';
}

export function isDeployment(type: Json | undefined): boolean {
  return typeof type === 'string' && is(type, DEPLOYMENTS);
}

function is(word: string, other: string): boolean {
  return word.toLowerCase() === other.toLowerCase();
}

/** A text that is worth `[x]` must be written `[[x]`, or the nested deployment would evaluate it again. */
function escaping(reader: Reader): Reader {
  const text: Reader['text'] = (found, place) => {
    const value = reader.text(found, place);
    return typeof value === 'string' ? escaped(value) : escapedWithin(value);
  };
  return { ...reader, text };
}

function escaped(text: string): string {
  const literal = text.startsWith('[') && text.endsWith(']') ? `[${text}` : text;
  return literalOf(literal) === text ? literal : text;
}

function escapedWithin(value: Json): Json {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map(escapedWithin);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [escaped(key), escapedWithin(part ?? null)]),
  );
}

function outer(template: JsonObject, place: Place, reader: Reader): JsonObject {
  return mapped(template, place, (key, value, at) =>
    is(key, 'resources') ? outerResources(value, at, reader) : walk(value, at, reader),
  );
}

function outerResources(resources: Json, place: Place, reader: Reader): Json {
  const one = (resource: Json, at: Place): Json =>
    isObject(resource) ? outerResource(resource, at, reader) : walk(resource, at, reader);
  if (Array.isArray(resources)) {
    return (resources as readonly Json[]).map((item, index) => one(item, within(place, `[${index}]`)));
  }
  return isObject(resources) ? mapped(resources, place, (_, value, at) => one(value, at)) : resources;
}

/** A deployment further inside decides for its own template. */
function outerResource(resource: JsonObject, place: Place, reader: Reader): JsonObject {
  const deployment = isDeployment(member(resource, 'type'));
  return mapped(resource, place, (key, value, at) => {
    if (is(key, 'resources')) return outerResources(value, at, reader);
    if (!is(key, 'properties') || !deployment || !isObject(value)) return walk(value, at, reader);
    return mapped(value, at, (inside, part, there) => {
      if (!is(inside, 'template') || !isObject(part)) return walk(part, there, reader);
      return isInner(value) ? part : outer(part, there, reader);
    });
  });
}

function mapped(
  object: JsonObject,
  place: Place,
  map: (key: string, value: Json, place: Place) => Json,
): JsonObject {
  const members = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    members.map(([key, value]) => [key, map(key, value ?? null, within(place, `.${key}`))]),
  );
}

/**
 * The same, every parameter and output that a secure value went into declared secure.
 * @param path of `properties`
 * @param securePaths where secure values had a part
 */
export function keptSecure(
  properties: JsonObject,
  path: string,
  securePaths: readonly string[],
  subject: Subject,
): JsonObject {
  const shown = securePaths.find((one) => SHOWN.test(one.slice(path.length)));
  if (shown !== undefined) {
    refuse(
      `${subject.name} is not valid: '${shown}' reads a secure parameter, and would show it. ${HELP.resources}`,
      shown,
    );
  }
  return securePaths.length === 0 ? properties : secured(properties, path, securePaths);
}

const ENTRY = String.raw`\.resources(\[\d+\]|\.[^.]+)`;
const NAMES = String.raw`(${ENTRY})+\.(name|type|apiVersion|scope|resourceGroup|subscriptionId|dependsOn\[\d+\])`;
const SECTIONS = String.raw`\.(parameters|outputs|variables|definitions)\.\[.*|\.functions.*`;
const HEADER = String.raw`\.(\$schema|contentVersion|languageVersion|apiProfile)`;
/** What everybody sees of a nested deployment: what its resources, sections and given parameters are called. */
const SHOWN = new RegExp(
  String.raw`^(\.template(${ENTRY})+\.properties)*(\.template(${NAMES}|${SECTIONS}|${HEADER})|\.parameters\.\[.*)$`,
  'i',
);

function secured(properties: JsonObject, path: string, securePaths: readonly string[]): JsonObject {
  const template = member(properties, 'template');
  if (!isObject(template)) return properties;
  const took = (...prefixes: readonly string[]): boolean =>
    prefixes.some((prefix) => securePaths.some((one) => startsWith(one, `${path}${prefix}.`)));
  const declared = (section: string, prefixes: (name: string) => readonly string[]): JsonObject => {
    const found = member(template, section);
    if (!isObject(found)) return {};
    const members = Object.entries(found).map(([name, value]) => [
      name,
      isObject(value) && took(...prefixes(name)) ? declaredSecure(value) : value,
    ]);
    return { [section]: Object.fromEntries(members) as JsonObject };
  };
  return {
    ...properties,
    template: {
      ...template,
      ...declared('parameters', (name) => [`.parameters.${name}`, `.template.parameters.${name}`]),
      ...declared('outputs', (name) => [`.template.outputs.${name}`]),
      resources: securedResources(
        member(template, 'resources') ?? [],
        `${path}.template.resources`,
        securePaths,
      ),
    },
  };
}

function startsWith(text: string, prefix: string): boolean {
  return text.toLowerCase().startsWith(prefix.toLowerCase());
}

/** The deployments further inside. */
function securedResources(resources: Json, path: string, securePaths: readonly string[]): Json {
  const one = (resource: Json, at: string): Json => {
    if (!isObject(resource)) return resource;
    const properties = member(resource, 'properties');
    const children = member(resource, 'resources');
    return {
      ...resource,
      ...(isDeployment(member(resource, 'type')) && isObject(properties)
        ? { properties: secured(properties, `${at}.properties`, securePaths) }
        : {}),
      ...(children === undefined
        ? {}
        : { resources: securedResources(children, `${at}.resources`, securePaths) }),
    };
  };
  if (Array.isArray(resources)) {
    return (resources as readonly Json[]).map((item, index) => one(item, `${path}[${index}]`));
  }
  if (!isObject(resources)) return resources;
  return Object.fromEntries(
    Object.entries(resources).map(([name, item]) => [name, one(item ?? null, `${path}.${name}`)]),
  );
}

function declaredSecure(declaration: JsonObject): JsonObject {
  const type = asText(member(declaration, 'type')).toLowerCase();
  if (type === 'string') return { ...declaration, type: 'securestring' };
  return type === 'object' ? { ...declaration, type: 'secureObject' } : declaration;
}
