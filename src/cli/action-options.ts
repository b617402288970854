// Action options: what the acting commands have in common on the command line, read strictly.

import type { Flags } from '../operator/guard.ts';
import type { Inventory } from '../operator/inventory.ts';
import { LOGGED } from '../operator/fields.ts';
import { matches } from '../operator/matches.ts';
import { withAsked } from '../operator/member-protection.ts';
import type { Target } from '../operator/selection.ts';
import { parseShare, type Share } from '../operator/serving.ts';
import { fieldsIn, printWhere, type Where } from '../operator/where.ts';
import type { Operating } from './operating.ts';
import { wantsJson } from './output-format.ts';
import { EXIT, Problem } from './problem.ts';
import { readWhere, SELECT_OPTIONS } from './select.ts';
import { SESSION_OPTIONS, type SessionValues } from './session-options.ts';

export const GUARD_OPTIONS = {
  max: { type: 'string' },
  floor: { type: 'string' },
  'whole-set': { type: 'boolean', default: false },
  'include-protected': { type: 'boolean', default: false },
  'include-stateful': { type: 'boolean', default: false },
  'below-floor': { type: 'boolean', default: false },
} as const;

export const ACTION_OPTIONS = {
  ...GUARD_OPTIONS,
  ...SESSION_OPTIONS,
  expect: { type: 'string' },
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
  confirm: { type: 'string' },
  timeout: { type: 'string' },
  output: { type: 'string', short: 'o' },
} as const;

export const TARGET_OPTIONS = { ...SELECT_OPTIONS, batch: { type: 'string' } } as const;

export interface ActionOptions {
  readonly choice: SessionValues;
  readonly flags: Flags;
  readonly expect: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly confirm: string | undefined;
  readonly verifySeconds: number;
  readonly json: boolean;
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

const TIMEOUT = 900;

export function actionOptions(values: Values): ActionOptions {
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    choice: { set: text('set'), context: text('context'), data: text('data') },
    flags: guardFlags(values),
    expect: text('expect') ?? '',
    dryRun: values['dry-run'] === true,
    yes: values['yes'] === true,
    confirm: text('confirm'),
    verifySeconds: wholeNumber('timeout', text('timeout')) ?? TIMEOUT,
    json: wantsJson(text('output') ?? 'table'),
  };
}

export function guardFlags(values: Values): Flags {
  const share = (name: 'max' | 'floor'): { [key in typeof name]?: Share } => {
    const value = values[name];
    if (typeof value !== 'string') return {};
    const read = parseShare(value);
    if (read === undefined)
      throw new Problem(
        `--${name} is a whole number or a percentage up to 100%, not '${value}'.`,
        EXIT.misused,
      );
    // The radius is never below one instance: to answer 0 with one would be more than was allowed.
    if (name === 'max' && read.value === 0)
      throw new Problem(`--max is above 0, not '${value}'. To change nothing: --dry-run`, EXIT.misused);
    return { [name]: read };
  };
  const batch = typeof values['batch'] === 'string' ? wholeNumber('batch', values['batch']) : undefined;
  return {
    ...share('max'),
    ...share('floor'),
    ...(batch === undefined ? {} : { batch }),
    wholeSet: values['whole-set'] === true,
    includeProtected: values['include-protected'] === true,
    includeStateful: values['include-stateful'] === true,
    belowFloor: values['below-floor'] === true,
  };
}

/** What a command line says of which instances are meant. */
export type Meant =
  | { readonly by: 'ids'; readonly ids: readonly string[] }
  | { readonly by: 'where'; readonly where: Where };

/** Ids or an expression, and not both: nothing never means every instance. */
export function meant(ids: readonly string[], where: string | undefined): Meant {
  if (where === undefined) {
    if (ids.length === 0) throw new Problem('Name the instances, or say which with --where.', EXIT.misused);
    return { by: 'ids', ids };
  }
  if (ids.length > 0) throw new Problem('Name the instances or give --where, not both.', EXIT.misused);
  return { by: 'where', where: readWhere(where) };
}

/** The target in one inventory of the set. The log is read where the expression asks for what was done, and only then. */
export async function targetIn(operating: Operating, of: Meant, inventory: Inventory): Promise<Target> {
  if (of.by === 'ids') return of;
  const { where } = of;
  const isLogged = [...fieldsIn(where)].some((field) => LOGGED.has(field));
  const last = isLogged ? await operating.readLastActions(inventory) : undefined;
  const now = Date.parse(inventory.taken);
  const seen = await withAsked(inventory, fieldsIn(where), operating.arm);
  const full = new Map(seen.instances.map((facts) => [facts.id, facts]));
  return {
    by: 'where',
    text: printWhere(where),
    where: (facts) => matches(where, { facts: full.get(facts.id) ?? facts, last: last?.get(facts.id), now }),
  };
}

const MOST = 9_999_999;

/** From 1 on. */
export function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new Problem(`--${name} is a whole number from 1 to ${MOST}, not '${text}'.`, EXIT.misused);
  return Number(text);
}
