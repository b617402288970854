// The types of parameters and outputs, and the limits that a parameter may set to its value. Must hold: a refusal says which
// limit was broken and never what the value was.
// Source: learn.microsoft.com, "Parameters in ARM templates"; the sentences as users of Azure report them.

import { asText, isObject, type Json, type JsonObject, sameJson } from '../../domain/json.ts';
import { member } from './members.ts';

export type ValueType = 'String' | 'SecureString' | 'Int' | 'Bool' | 'Object' | 'SecureObject' | 'Array';

const TYPES: readonly ValueType[] = [
  'String',
  'SecureString',
  'Int',
  'Bool',
  'Object',
  'SecureObject',
  'Array',
];

/** In any case: templates write `securestring` and `secureString`. */
export function valueType(text: string): ValueType | undefined {
  return TYPES.find((type) => type.toLowerCase() === text.toLowerCase());
}

export function isSecure(type: ValueType): boolean {
  return type === 'SecureString' || type === 'SecureObject';
}

/** What ARM calls the type it expected. */
export const EXPECTED: Readonly<Record<ValueType, string>> = {
  String: 'String, Uri',
  SecureString: 'String, Uri',
  Int: 'Integer',
  Bool: 'Boolean',
  Object: 'Object',
  SecureObject: 'Object',
  Array: 'Array',
};

/** What ARM calls the type it received. */
export function kindOf(value: Json): string {
  if (value === null) return 'Null';
  if (typeof value === 'string') return 'String';
  if (typeof value === 'boolean') return 'Boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'Float';
  return Array.isArray(value) ? 'Array' : 'Object';
}

export function isOfType(value: Json, type: ValueType): boolean {
  return EXPECTED[type].split(', ').includes(kindOf(value));
}

/** The first limit of the declaration that the value breaks, in a sentence; undefined when it keeps them all. */
export function brokenLimit(value: Json, declaration: JsonObject): string | undefined {
  const number = (name: string): number | undefined => {
    const found = member(declaration, name);
    return typeof found === 'number' ? found : undefined;
  };
  const allowed = member(declaration, 'allowedValues');
  if (Array.isArray(allowed) && !isAllowed(value, allowed as readonly Json[])) {
    return 'The parameter value is not part of the allowed value(s).';
  }
  const size = typeof value === 'string' || Array.isArray(value) ? value.length : undefined;
  if (size !== undefined)
    return outside('Length of the value', size, number('minLength'), number('maxLength'));
  if (typeof value !== 'number') return undefined;
  return outside('The value', value, number('minValue'), number('maxValue'));
}

function outside(
  what: string,
  actual: number,
  least: number | undefined,
  most: number | undefined,
): string | undefined {
  if (least !== undefined && actual < least) return `${what} should be greater than or equal to '${least}'.`;
  if (most !== undefined && actual > most) return `${what} should be less than or equal to '${most}'.`;
  return undefined;
}

/** Texts compare without case. A list may be chosen from the allowed values, where those are not lists themselves. */
function isAllowed(value: Json, allowed: readonly Json[]): boolean {
  if (allowed.some((one) => same(one, value))) return true;
  if (!Array.isArray(value) || allowed.some((one) => Array.isArray(one))) return false;
  return (value as readonly Json[]).every((item) => allowed.some((one) => same(one, item)));
}

function same(a: Json, b: Json): boolean {
  if (typeof a === 'string' && typeof b === 'string') return a.toLowerCase() === b.toLowerCase();
  return sameJson(a, b);
}

/** The type that a declaration names, through `$ref` to one of the template's `definitions` too. */
export function declaredType(declaration: JsonObject, definitions: JsonObject): ValueType | undefined {
  let current: JsonObject = declaration;
  // A chain of references ends; one that does not is a mistake of the template.
  for (let step = 0; step < 10; step += 1) {
    const type = member(current, 'type');
    if (typeof type === 'string') return valueType(type);
    const name = /^#\/definitions\/(.+)$/.exec(asText(member(current, '$ref')))?.[1];
    const next = name === undefined ? undefined : member(definitions, name);
    if (!isObject(next)) return undefined;
    current = next;
  }
  return undefined;
}
