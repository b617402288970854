// The contexts that a user has, in one file of the configuration directory: $MUSTER_CONFIG, else muster/contexts.json below
// $XDG_CONFIG_HOME or ~/.config. Only its owner can read it; there is no secret in it. A file that is damaged is said to be so
// and never replaced.

import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CLOUDS, type CloudName, type Context, LOCAL, parseSetName, type SetName } from './context.ts';
import { type Fields, isFields, readJsonFile, replaceFile } from './json-file.ts';
import { EXIT, Problem } from './problem.ts';
import type { Environment } from './terminal.ts';

export interface Contexts {
  readonly current: string;
  /** In the order of their names; `local` among them. */
  readonly all: readonly Context[];
}

export function contextFile(env: Environment): string {
  const { MUSTER_CONFIG: own, XDG_CONFIG_HOME: xdg, HOME: home } = env;
  if (own !== undefined && own !== '') return resolve(own);
  // A relative XDG_CONFIG_HOME is to be ignored: its specification says so.
  const config = xdg?.startsWith('/') === true ? xdg : join(home ?? homedir(), '.config');
  return join(config, 'muster', 'contexts.json');
}

export function readContexts(env: Environment): Contexts {
  const path = contextFile(env);
  const fields = readJsonFile(path) ?? {};
  const saved = Object.entries(isFields(fields.contexts) ? fields.contexts : {});
  const contexts = new Map<string, Context>([[LOCAL, { kind: 'plane', name: LOCAL }]]);
  for (const [name, value] of saved) contexts.set(name, contextFrom(name, value, path));
  const current = typeof fields.current === 'string' ? fields.current : LOCAL;
  const all = [...contexts.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return { current, all };
}

export function writeContexts(env: Environment, { current, all }: Contexts): void {
  const path = contextFile(env);
  const contexts = Object.fromEntries(
    all.map(({ name, set, ...rest }) => [name, { ...rest, ...setField(set) }]),
  );
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    replaceFile(path, `${JSON.stringify({ current, contexts }, null, 2)}\n`);
  } catch (error) {
    throw new Problem(
      `${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)}).`,
    );
  }
}

/** The context of that name. Throws a Problem that names those there are. */
export function findContext({ all }: Contexts, name: string): Context {
  const found = all.find((context) => context.name === name);
  if (found !== undefined) return found;
  const names = all.map((context) => context.name).join(', ');
  throw new Problem(`There is no context '${name}'. There are: ${names}.`, EXIT.notFound);
}

/** The contexts with this one added, or in the place of the one of its name. */
export function withContext({ current, all }: Contexts, context: Context): Contexts {
  return { current, all: [...all.filter(({ name }) => name !== context.name), context] };
}

function setField(set: SetName | undefined): { readonly set?: string } {
  return set === undefined ? {} : { set: `${set.group}/${set.set}` };
}

function contextFrom(name: string, value: unknown, path: string): Context {
  const damaged = (what: string): Problem =>
    new Problem(`${path} is damaged: ${what} of the context ${name}.`);
  if (!isFields(value)) throw damaged('there is nothing');
  const text = textsOf(value);
  const set = text.set === undefined ? {} : { set: parseSetName(text.set) };
  if (value.kind === 'plane') {
    return { kind: 'plane', name, ...(text.data === undefined ? {} : { data: text.data }), ...set };
  }
  if (value.kind !== 'azure') throw damaged('the kind');
  if (text.subscription === undefined) throw damaged('the subscription');
  if (!isCloud(text.cloud)) throw damaged('the cloud');
  return {
    kind: 'azure',
    name,
    subscription: text.subscription,
    cloud: text.cloud,
    ...(text.endpoint === undefined ? {} : { endpoint: text.endpoint }),
    ...(text.ca === undefined ? {} : { ca: text.ca }),
    ...set,
  };
}

function textsOf(fields: Fields): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function isCloud(name: string | undefined): name is CloudName {
  return name !== undefined && Object.hasOwn(CLOUDS, name);
}
