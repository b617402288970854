// Network format: what the network provider refuses before it looks at what was meant. The same words for every type.

import { Failure } from './failure.ts';
import { asText, isObject, type Json, type JsonObject, textAt } from './json.ts';
import { sameName } from './load-balancer.ts';

const NAME = /^\w([\w.-]{0,78}\w)?$/;

export function checkNetworkName(name: string): void {
  if (NAME.test(name)) return;
  throw new Failure(
    'invalidResourceName',
    `Resource name ${name} is invalid. The name can be up to 80 characters long. It must begin with a word character, and it must end with a word character or with '_'. The name may contain word characters or '.', '-', '_'.`,
  );
}

/** The name of a part, which it must have. */
export function childName(part: Json, kind: string): string {
  const name = textAt(part, 'name');
  if (isObject(part) && name !== undefined && NAME.test(name)) return name;
  throw unreadable('InvalidResourceName', `Resource name ${name ?? ''} in ${kind} is invalid.`);
}

export function checkChildNames(path: string, parts: readonly { readonly name: string }[]): void {
  const twice = parts.find(({ name }, index) =>
    parts.slice(0, index).some((other) => sameName(other.name, name)),
  );
  if (twice === undefined) return;
  throw new Failure(
    'duplicateResourceName',
    `Resource ${path} has two child resources with the same name (${twice.name}).`,
  );
}

/** Of what these members name, the id only: clients send back all that they read of it. */
export function withBareReferences(properties: JsonObject, ...members: readonly string[]): JsonObject {
  const bare = (value: Json | undefined): Json | undefined => {
    if (Array.isArray(value)) return value.map((item: Json) => bare(item) ?? null);
    return isObject(value) ? { id: value['id'] } : value;
  };
  return Object.fromEntries(
    Object.entries(properties).map(([key, value]) => [key, members.includes(key) ? bare(value) : value]),
  );
}

export function lacking(member: string, where: string): Failure {
  return unreadable('MissingJsonProperty', `Required property '${member}' of ${where} is missing.`);
}

/** One of the words, as Azure spells it; a member that is not there is the first. */
export function wordOf(
  properties: JsonObject,
  member: string,
  words: readonly [string, ...(readonly string[])],
  where: string,
): string {
  const given = properties[member];
  if (given === undefined) return words[0];
  const found = words.find((word) => sameName(word, asText(given)));
  if (found !== undefined) return found;
  throw unreadable(
    'InvalidPropertyValue',
    `The value '${asText(given)}' of '${member}' of ${where} is not allowed. It is one of: ${words.join(', ')}.`,
  );
}

export function numberOf(
  properties: JsonObject,
  member: string,
  [least, most, otherwise]: readonly [least: number, most: number, otherwise: number],
  where: string,
): number {
  const value = properties[member] ?? otherwise;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw unreadable(
    'InvalidPropertyValue',
    `The value ${asText(value)} of '${member}' of ${where} must be a whole number from ${least} to ${most}.`,
  );
}

export function unreadable(code: string, message: string): Failure {
  return new Failure('invalidRequestFormat', 'Cannot parse the request.', { details: [{ code, message }] });
}
