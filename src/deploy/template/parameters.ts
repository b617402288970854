// The parameters of a deployment: what the template declares, what was given, and the values that follow. Must hold: nothing
// unknown is taken, nothing that is needed is missing, each value is of its type and within its limits, and the value of a
// secure one leaves here only as a `Held` that says so.
// Source: learn.microsoft.com, "Parameters in ARM templates"; the sentences as users of Azure report them.

import { isObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { Held, Sight } from './evaluation.ts';
import { limit, member, objectMember, section } from './members.ts';
import { evaluateValue } from './reader.ts';
import { HELP, refuse, ROOT } from './refusal.ts';
import {
  brokenLimit,
  declaredType,
  EXPECTED,
  isOfType,
  isSecure,
  kindOf,
  type ValueType,
} from './value-type.ts';

const MOST_PARAMETERS = 256;

interface Declaration {
  readonly name: string;
  readonly type: ValueType;
  readonly body: JsonObject;
  readonly path: string;
}

export interface Parameters {
  /** By name in any case. */
  readonly get: (name: string) => Held | undefined;
  /** `{name: {type, value}}`; what came of a secure value has no `value`. */
  readonly shown: JsonObject;
  /** `{name: {value}}` of the others: given, or by default. */
  readonly secret: JsonObject;
}

/** What defaults may read besides other parameters: `utcNow` and `newGuid` are for them alone. */
export type DefaultSight = Omit<Sight, 'parameter' | 'variable' | 'reference' | 'newGuid'> & {
  /** Of the parameter of that name; the count tells several of one default apart. */
  readonly newGuidFor: (name: string, count: number) => string;
};

/** @param given `{name: {value}}`, the deployment's `properties.parameters` */
export function readParameters(template: JsonObject, given: JsonObject, sight: DefaultSight): Parameters {
  const declarations = declarationsOf(template);
  const values = givenValues(given, declarations);
  refuseMissing(declarations, values);
  const get = valuesOf(declarations, values, sight);
  const all = [...declarations.values()];
  const shown = Object.fromEntries(
    all.map(({ name, type }) => {
      const held = get(name);
      const value = held === undefined || held.secure ? {} : { value: held.value };
      return [name, { type, ...value }];
    }),
  );
  const secret = Object.fromEntries(
    all.flatMap(({ name }) => {
      const held = get(name);
      return held?.secure === true ? [[name, { value: held.value }]] : [];
    }),
  );
  return { get, shown, secret };
}

function declarationsOf(template: JsonObject): ReadonlyMap<string, Declaration> {
  const declared = section(template, 'parameters', ROOT);
  limit('parameters', MOST_PARAMETERS, declared.length, `${ROOT}.parameters`);
  const definitions = objectMember(template, 'definitions', ROOT) ?? {};
  return new Map(
    declared.map(([name, body]) => {
      const path = `${ROOT}.parameters.${name}`;
      const type = declaredType(body, definitions);
      if (type === undefined) {
        refuse(
          `The template parameter '${name}' is not valid: its type must be one of 'string, secureString, int, bool, object, secureObject, array'. ${HELP.parameters}`,
          `${path}.type`,
        );
      }
      return [name.toLowerCase(), { name, type, body, path }];
    }),
  );
}

function givenValues(
  given: JsonObject,
  declarations: ReadonlyMap<string, Declaration>,
): ReadonlyMap<string, Json> {
  const unknown = Object.keys(given).filter((name) => !declarations.has(name.toLowerCase()));
  if (unknown.length > 0) {
    const known = [...declarations.values()].map(({ name }) => name).join(', ');
    refuse(
      `The template parameters '${unknown.join(', ')}' in the parameters file are not valid; they are not present in the original template and can therefore not be provided at deployment time. The only supported parameters for this template are '${known}'. ${HELP.givenParameters}`,
    );
  }
  const values = new Map<string, Json>();
  for (const [name, entry] of Object.entries(given)) {
    const path = `properties.parameters.${name}`;
    if (values.has(name.toLowerCase())) {
      refuse(`The template parameter '${name}' is provided twice. ${HELP.parameterFile}`, path);
    }
    if (!isObject(entry)) {
      refuse(
        `The provided value for the template parameter '${name}' is not valid. It must be an object with a member 'value'. ${HELP.parameterFile}`,
        path,
      );
    }
    const value = member(entry, 'value');
    if (value === undefined && member(entry, 'reference') !== undefined) {
      refuse(
        `The template parameter '${name}' refers to a key vault, and there are no key vaults here. Give its value. ${HELP.parameterFile}`,
        path,
      );
    }
    if (value !== undefined) values.set(name.toLowerCase(), value);
  }
  return values;
}

function isOptional({ body }: Declaration): boolean {
  return member(body, 'defaultValue') !== undefined || member(body, 'nullable') === true;
}

function refuseMissing(
  declarations: ReadonlyMap<string, Declaration>,
  values: ReadonlyMap<string, Json>,
): void {
  const missing = [...declarations]
    .filter(([key, declaration]) => !values.has(key) && !isOptional(declaration))
    .map(([, declaration]) => declaration);
  const [first] = missing;
  if (first === undefined) return;
  const names = missing.map(({ name }) => name).join(', ');
  const what =
    missing.length === 1
      ? `The value for the template parameter '${names}' is`
      : `The values for the template parameters '${names}' are`;
  refuse(`${what} not provided. ${HELP.parameterFile}`, first.path);
}

/** Every value, checked; defaults are evaluated when they are first read, since they may read one another. */
function valuesOf(
  declarations: ReadonlyMap<string, Declaration>,
  values: ReadonlyMap<string, Json>,
  sight: DefaultSight,
): Parameters['get'] {
  const held = new Map<string, Held>();
  const underway = new Set<string>();
  const get = (name: string): Held | undefined => {
    const key = name.toLowerCase();
    const declaration = declarations.get(key);
    if (declaration === undefined) return undefined;
    const known = held.get(key);
    if (known !== undefined) return known;
    if (underway.has(key)) {
      refuse(
        `The template parameter '${declaration.name}' is not valid: Circular dependency detected in its default value. ${HELP.parameters}`,
        `${declaration.path}.defaultValue`,
      );
    }
    underway.add(key);
    const value = checked(
      declaration,
      fromGiven(values.get(key), declaration) ?? fromDefault(declaration, sight, get),
    );
    underway.delete(key);
    held.set(key, value);
    return value;
  };
  for (const name of declarations.keys()) get(name);
  return get;
}

/** Null says "not given" where there is something else to take. */
function fromGiven(value: Json | undefined, declaration: Declaration): Held | undefined {
  if (value === undefined || (value === null && isOptional(declaration))) return undefined;
  return { value, secure: isSecure(declaration.type) };
}

function fromDefault(declaration: Declaration, sight: DefaultSight, get: Parameters['get']): Held {
  const { name, body, type, path } = declaration;
  const value = member(body, 'defaultValue');
  if (value === undefined) return { value: null, secure: isSecure(type) };
  const secure = isSecure(type);
  const subject = { name: `The template parameter '${name}'`, hidden: secure };
  const { newGuidFor, ...rest } = sight;
  let count = 0;
  const newGuid = (): string => newGuidFor(name.toLowerCase(), (count += 1));
  const place = { path: `${path}.defaultValue`, loops: [] };
  const held = evaluateValue(value, place, { ...rest, parameter: get, newGuid }, subject);
  return { value: held.value, secure: held.secure || secure };
}

function checked(declaration: Declaration, held: Held): Held {
  const { name, type, body, path } = declaration;
  const what = `The provided value for the template parameter '${name}' is not valid.`;
  if (held.value === null && member(body, 'nullable') === true) return held;
  if (!isOfType(held.value, type)) {
    refuse(
      `${what} Expected a value of type '${EXPECTED[type]}', but received a value of type '${kindOf(held.value)}'. ${HELP.parameterFile}`,
      path,
    );
  }
  const broken = brokenLimit(held.value, body);
  if (broken !== undefined) refuse(`${what} ${broken} ${HELP.parameters}`, path);
  return held;
}
