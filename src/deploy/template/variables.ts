// The variables of a template. Must hold: each is evaluated once, in whatever order they read one another; a ring of them is
// refused; what came of a secure parameter stays marked so.
// Source: learn.microsoft.com, "Variables in ARM templates", "Variable iteration in ARM templates".

import type { Json, JsonObject } from '../../domain/json.ts';
import type { Held, Sight } from './evaluation.ts';
import { limit, objectMember } from './members.ts';
import { evaluating } from './reader.ts';
import { HELP, refuse, ROOT } from './refusal.ts';
import { iterate, type Place, propertyLoops, type Reader, walk } from './walk.ts';

const MOST_VARIABLES = 256;

/** How a variable's value is made with a reader of texts. */
interface Declaration {
  readonly name: string;
  readonly place: Place;
  readonly make: (reader: Reader) => Json;
}

/** All of them, evaluated; by name in any case. */
export function readVariables(
  template: JsonObject,
  sight: Omit<Sight, 'variable' | 'reference'>,
): (name: string) => Held | undefined {
  const declarations = declarationsOf(template);
  const held = new Map<string, Held>();
  const underway: string[] = [];
  const get = (name: string): Held | undefined => {
    const key = name.toLowerCase();
    const declaration = declarations.get(key);
    if (declaration === undefined) return undefined;
    const known = held.get(key);
    if (known !== undefined) return known;
    if (underway.includes(declaration.name)) {
      const ring = [...underway.slice(underway.indexOf(declaration.name)), declaration.name];
      refuse(
        `The template variable '${declaration.name}' is not valid: Circular dependency detected in template language expression: '${ring.join(' -> ')}'. ${HELP.variables}`,
        declaration.place.path,
      );
    }
    underway.push(declaration.name);
    const value = evaluated(declaration, { ...sight, variable: get });
    underway.pop();
    held.set(key, value);
    return value;
  };
  for (const name of declarations.keys()) get(name);
  return get;
}

function declarationsOf(template: JsonObject): ReadonlyMap<string, Declaration> {
  const variables = objectMember(template, 'variables', ROOT) ?? {};
  const declarations = new Map<string, Declaration>();
  const declare = (name: string, path: string, make: (place: Place, reader: Reader) => Json): void => {
    if (declarations.has(name.toLowerCase())) {
      refuse(`The template variable '${name}' is defined twice. ${HELP.variables}`, path);
    }
    const place = { path, loops: [] };
    declarations.set(name.toLowerCase(), { name, place, make: (reader) => make(place, reader) });
  };
  for (const [name, value] of Object.entries(variables)) {
    if (value === undefined) continue;
    const path = `${ROOT}.variables.${name}`;
    const loops = propertyLoops(name, value);
    if (loops === undefined) {
      declare(name, path, (place, reader) => walk(value, place, reader));
      continue;
    }
    for (const [index, loop] of loops.entries()) {
      declare(loop.name, `${path}[${index}]`, (place, reader) => iterate(loop, place, reader));
    }
  }
  limit('variables', MOST_VARIABLES, declarations.size, `${ROOT}.variables`);
  return declarations;
}

function evaluated({ name, make }: Declaration, sight: Sight): Held {
  let secure = false;
  const reader = evaluating(sight, { name: `The template variable '${name}'` }, (held) => {
    secure ||= held.secure;
  });
  return { value: make(reader), secure };
}
