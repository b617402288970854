// The functions that a template defines for itself. Must hold: the body sees its own parameters and nothing else of the
// template (so it cannot call itself either), and an argument that is secure is so in there.
// Source: learn.microsoft.com, "User-defined functions in ARM templates".

import { isObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { Held, Sight } from './evaluation.ts';
import { listMember, member, objectMember, textMember } from './members.ts';
import { evaluateValue } from './reader.ts';
import { HELP, refuse, ROOT } from './refusal.ts';

interface Definition {
  /** `contoso.uniqueName`. */
  readonly name: string;
  readonly parameters: readonly string[];
  readonly value: Json;
  readonly path: string;
}

export function readFunctions(
  template: JsonObject,
  sight: Omit<Sight, 'parameter' | 'variable' | 'reference' | 'call'>,
): NonNullable<Sight['call']> {
  const definitions = definitionsOf(template);
  return (namespace, name, args) => {
    const definition = definitions.get(`${namespace}.${name}`.toLowerCase());
    return definition === undefined ? undefined : called(definition, args, sight);
  };
}

function definitionsOf(template: JsonObject): ReadonlyMap<string, Definition> {
  const definitions = new Map<string, Definition>();
  for (const [index, entry] of listMember(template, 'functions', ROOT).entries()) {
    const path = `${ROOT}.functions[${index}]`;
    const namespace = isObject(entry) ? textMember(entry, 'namespace', path) : undefined;
    if (!isObject(entry) || namespace === undefined) {
      refuse(`Each of a template's functions needs a namespace. ${HELP.template}`, path);
    }
    for (const [key, body] of Object.entries(objectMember(entry, 'members', path) ?? {})) {
      const name = `${namespace}.${key}`;
      const definition = definitionOf(name, body, `${path}.members.${key}`);
      if (definitions.has(name.toLowerCase())) {
        refuse(`The template function '${name}' is defined twice. ${HELP.functions}`, definition.path);
      }
      definitions.set(name.toLowerCase(), definition);
    }
  }
  return definitions;
}

function definitionOf(name: string, body: Json | undefined, path: string): Definition {
  const what = `The template function '${name}' is not valid`;
  if (!isObject(body)) refuse(`${what}: it must be an object. ${HELP.functions}`, path);
  const parameters = listMember(body, 'parameters', path).map((parameter) => {
    const given = isObject(parameter) ? member(parameter, 'name') : undefined;
    if (typeof given !== 'string') refuse(`${what}: each parameter needs a name. ${HELP.functions}`, path);
    return given.toLowerCase();
  });
  const value = member(objectMember(body, 'output', path) ?? {}, 'value');
  if (value === undefined) refuse(`${what}: it has no output. ${HELP.functions}`, path);
  return { name, parameters, value, path };
}

function called(definition: Definition, args: readonly Held[], sight: Omit<Sight, 'parameter'>): Held {
  const { name, parameters, value, path } = definition;
  const subject = { name: `The template function '${name}'` };
  if (args.length !== parameters.length) {
    refuse(
      `${subject.name} is not valid: it requires ${parameters.length} argument(s) while ${args.length} were provided. ${HELP.functions}`,
      path,
    );
  }
  const given = new Map(parameters.map((parameter, index) => [parameter, args[index]] as const));
  const body: Sight = { ...sight, parameter: (wanted) => given.get(wanted.toLowerCase()) };
  return evaluateValue(value, { path: `${path}.output.value`, loops: [] }, body, subject);
}
