// Matches: whether an instance is one that an expression means, and the order of instances by their fields.

import { type Field, type FieldName, fieldOf, type FieldValue, type InstanceRow } from './fields.ts';
import { compareIds } from './facts.ts';
import {
  knownField,
  milliseconds,
  type Operator,
  pattern,
  truth,
  type Where,
  WhereProblem,
} from './where.ts';

export function matches(where: Where, row: InstanceRow): boolean {
  switch (where.kind) {
    case 'all':
      return where.of.every((part) => matches(part, row));
    case 'any':
      return where.of.some((part) => matches(part, row));
    case 'not':
      return !matches(where.of, row);
    case 'is':
      return compared(where.field, where.operator, where.value, row);
    case 'in':
      return where.values.some((value) => compared(where.field, '=', value, row));
  }
}

function compared(name: FieldName, operator: Operator, value: string, row: InstanceRow): boolean {
  const field = fieldOf(name);
  const found = field.read(row);
  if (operator === '!=') return !equal(field, found, value);
  if (operator === '=') return equal(field, found, value);
  if (operator === '~') return texts(found).some((text) => pattern(value)?.test(text) === true);
  const [mine, theirs] = [quantity(field, found), quantity(field, value)];
  if (mine === undefined || theirs === undefined) return false;
  return operator === '<' ? mine < theirs : mine > theirs;
}

/** Ids as whole strings. Text without regard to case, as ARM compares names. */
function equal(field: Field, found: FieldValue, value: string): boolean {
  switch (field.kind) {
    case 'id':
      return found === value;
    case 'flag':
      return found === truth(value);
    case 'number':
    case 'duration':
      return found !== undefined && quantity(field, found) === quantity(field, value);
    case 'text':
      // None of nothing: `failed=''` holds where no extension has failed.
      if (Array.isArray(found) && found.length === 0) return value === '';
      return texts(found).some((text) => text.toLowerCase() === value.toLowerCase());
  }
}

function texts(found: FieldValue): readonly string[] {
  return typeof found === 'string' ? [found] : Array.isArray(found) ? (found as readonly string[]) : [];
}

function quantity(field: Field, value: FieldValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (field.kind === 'duration') return milliseconds(value);
  return /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}

export interface SortKey {
  readonly field: FieldName;
  readonly descending: boolean;
}

/** `-age,id`. Throws a WhereProblem for a field that is not there. */
export function parseSort(text: string): readonly SortKey[] {
  return text.split(',').map((part) => {
    const word = part.trim();
    if (word === '')
      throw new WhereProblem(`'${text}' is no order: it is fields with commas between, -age,id.`);
    const descending = word.startsWith('-');
    return { field: knownField(descending ? word.slice(1) : word), descending };
  });
}

/** Instances that are alike in every key stay in the order of their ids. What is unknown comes last. */
export function sorted(rows: readonly InstanceRow[], keys: readonly SortKey[]): readonly InstanceRow[] {
  return rows.toSorted((a, b) => {
    for (const { field, descending } of keys) {
      const [left, right] = [fieldOf(field).read(a), fieldOf(field).read(b)];
      if (left === undefined || right === undefined) {
        if (left === right) continue;
        return left === undefined ? 1 : -1;
      }
      const order = compareValues(fieldOf(field), left, right);
      if (order !== 0) return descending ? -order : order;
    }
    return compareIds(a.facts.id, b.facts.id);
  });
}

function compareValues(field: Field, left: FieldValue, right: FieldValue): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  const [a, b] = [texts(left).join(','), texts(right).join(',')];
  // Zones and domains are numbers as often as not.
  if (field.kind === 'id' || (/^\d+$/.test(a) && /^\d+$/.test(b))) return compareIds(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}
