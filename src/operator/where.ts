// Where: which instances are meant, as a small language: `health=unhealthy and zone=2`, `not (power=running or age<10m)`,
// `id in (1, 4, 7)`, `failed~agent`. What must hold: what is not understood is refused, whole: an unknown field, a value that a field
// never has, a number that is none. Printed and read again it is the same.

import { type Field, type FieldName, fieldOf, isField } from './fields.ts';
import { printWord } from './where-tokens.ts';

export type Operator = '=' | '!=' | '<' | '>' | '~';

export type Where =
  | { readonly kind: 'all'; readonly of: readonly Where[] }
  | { readonly kind: 'any'; readonly of: readonly Where[] }
  | { readonly kind: 'not'; readonly of: Where }
  | { readonly kind: 'is'; readonly field: FieldName; readonly operator: Operator; readonly value: string }
  | { readonly kind: 'in'; readonly field: FieldName; readonly values: readonly string[] };

/** Why an expression or an order is refused, in one sentence. */
export class WhereProblem extends Error {
  override readonly name = 'WhereProblem';
}

/** Every field that an expression names. */
export function fieldsIn(where: Where): ReadonlySet<FieldName> {
  switch (where.kind) {
    case 'all':
    case 'any':
      return new Set(where.of.flatMap((part) => [...fieldsIn(part)]));
    case 'not':
      return fieldsIn(where.of);
    case 'is':
    case 'in':
      return new Set([where.field]);
  }
}

/** Text that `parseWhere` reads as the same expression. */
export function printWhere(where: Where): string {
  switch (where.kind) {
    case 'all':
      return where.of.map((part) => grouped(part, part.kind === 'any' || part.kind === 'all')).join(' and ');
    case 'any':
      return where.of.map((part) => grouped(part, part.kind === 'any')).join(' or ');
    case 'not':
      return `not ${grouped(where.of, where.of.kind === 'any' || where.of.kind === 'all')}`;
    case 'is':
      return `${where.field}${where.operator}${printWord(where.value)}`;
    case 'in':
      return `${where.field} in (${where.values.map(printWord).join(', ')})`;
  }
}

function grouped(where: Where, isGroup: boolean): string {
  return isGroup ? `(${printWhere(where)})` : printWhere(where);
}

/** The field of that name; refused where there is none. */
export function knownField(name: string): FieldName {
  if (isField(name)) return name;
  throw new WhereProblem(`There is no field '${name}'. The fields are listed by: muster list --help`);
}

/** Refuses a comparison that could never mean anything. */
export function checkComparison(name: FieldName, operator: Operator, value: string): void {
  const why = objectionTo(name, operator, value);
  if (why !== undefined) throw new WhereProblem(`${name}${operator}${printWord(value)}: ${why}`);
}

function objectionTo(name: FieldName, operator: Operator, value: string): string | undefined {
  const field = fieldOf(name);
  const isText = field.kind === 'text' || field.kind === 'id';
  if (operator === '~') {
    if (!isText) return `~ compares text, and ${name} is a ${field.kind}.`;
    return pattern(value) === undefined ? 'that is no regular expression.' : undefined;
  }
  const orders = operator === '<' || operator === '>';
  if (orders && (field.kind === 'text' || field.kind === 'flag')) return `${name} has no order.`;
  if (orders && field.kind === 'id' && !/^\d{1,15}$/.test(value)) return 'ids are ordered by number.';
  return isValueOf(field, value) ? undefined : `${name} is ${VALUES[field.kind](field)}.`;
}

function isValueOf(field: Field, value: string): boolean {
  switch (field.kind) {
    case 'number':
      return /^\d{1,9}$/.test(value);
    case 'duration':
      return milliseconds(value) !== undefined;
    case 'flag':
      return truth(value) !== undefined;
    case 'id':
      return true;
    case 'text':
      return field.values === undefined || field.values.includes(value.toLowerCase());
  }
}

const VALUES: Readonly<Record<Field['kind'], (field: Field) => string>> = {
  number: () => 'a whole number',
  duration: () => 'a duration: 90s, 15m, 2h, 3d',
  flag: () => 'yes or no',
  id: () => 'an instance id',
  text: ({ values = [] }) => `one of ${values.join(', ')}`,
};

export function pattern(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'iu');
  } catch {
    return undefined;
  }
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `90s`, `15m`, `2h`, `3d`, `1h30m`; undefined for anything else. */
export function milliseconds(text: string): number | undefined {
  if (!/^(\d{1,6}[smhd])+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([smhd])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ''] ?? 0),
    0,
  );
}

export function truth(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (word === 'yes' || word === 'true') return true;
  return word === 'no' || word === 'false' ? false : undefined;
}
