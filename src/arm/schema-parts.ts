// Schema parts: the leaves that request bodies are made of, as loosely typed as Azure takes them: booleans and numbers may
// come as words, and null says nothing. A leaf that does not fit says what it must be.

import { z } from 'zod';

type Shape = z.core.$ZodLooseShape;

/** Null and absent pass; anything else is read, or refused with "must be …". */
function leaf<T>(what: string, read: (value: unknown) => T | undefined) {
  const present = z.unknown().transform((value, context): T => {
    const found = read(value);
    if (found !== undefined) return found;
    context.issues.push({ code: 'custom', message: `must be ${what}`, input: value });
    return z.NEVER;
  });
  return present.nullish();
}

export const text = leaf('a string', (value) => (typeof value === 'string' ? value : undefined));

/** A tag's or a parameter's value: numbers and booleans are written out. */
export const scalarText = leaf('a string', (value) => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
});

export const flag = leaf('a boolean', (value) => {
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'string' ? value.toLowerCase() : undefined;
  if (word === 'true') return true;
  return word === 'false' ? false : undefined;
});

export const whole = leaf('a whole number', (value) => {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
});

/** An object with these members, their names in any case, as Azure reads them; what else is in it is kept. */
export function members(shape: Shape): z.ZodType {
  return folded(shape, z.looseObject(shape, { error: 'must be an object' })).nullish();
}

/** An object with these members and no other: where a word that is overlooked would mean something else. */
export function only(shape: Shape): z.ZodType {
  return folded(
    shape,
    z.strictObject(shape, {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `must not have a member '${issue.keys[0]}'`
          : 'must be an object',
    }),
  );
}

/** Gives known members the names they have here. Two that differ in case only are refused: one of them would be lost. */
function folded(shape: Shape, schema: z.ZodType): z.ZodType {
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return z.preprocess((value, context) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const entries = new Map<string, unknown>();
    for (const [given, member] of Object.entries(value)) {
      const name = names.get(given.toLowerCase()) ?? given;
      if (entries.has(name)) {
        context.issues.push({ code: 'custom', message: `must have '${name}' only once`, input: value });
        return z.NEVER;
      }
      entries.set(name, member);
    }
    return Object.fromEntries(entries);
  }, schema);
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: 'must be an array' }).nullish();
}

/** A list member that must be there. */
export function required<Part extends z.ZodType>(part: Part) {
  return part.refine((value) => value !== null && value !== undefined, { error: 'must not be null' });
}

export const anyObject = members({});

export const tags = z.record(z.string(), scalarText, { error: 'must be an object of strings' }).nullish();
