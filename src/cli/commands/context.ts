// `muster context`: which planes and subscriptions there are, and which one is current.

import { resolve } from 'node:path';
import {
  CLOUDS,
  type Context,
  contextWords,
  formatSetName,
  LOCAL,
  parseSetName,
  type SetName,
} from '../context.ts';
import {
  type Contexts,
  findContext,
  isCloud,
  readContexts,
  withContext,
  writeContexts,
} from '../context-file.ts';
import { readArguments } from '../options.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Environment, Terminal } from '../terminal.ts';
import { formatted, queried, readFormat } from '../view/format.ts';
import { type Column, grid } from '../view/grid.ts';
import type { Command } from './command.ts';

const OPTIONS = {
  subscription: { type: 'string' },
  cloud: { type: 'string' },
  endpoint: { type: 'string' },
  ca: { type: 'string' },
  data: { type: 'string' },
  set: { type: 'string' },
  output: { type: 'string', short: 'o', default: 'table' },
  query: { type: 'string' },
} as const;

type Values = Readonly<Partial<Record<keyof typeof OPTIONS, string>>>;

export const context: Command = {
  summary: 'list, choose, add and remove planes and Azure subscriptions',
  usage: `Usage: muster context list [-o FORM] [--query JMESPATH]
       muster context use NAME
       muster context add NAME --subscription ID [--cloud CLOUD] [--endpoint URL] [--ca FILE]
       muster context add NAME --data DIR
       muster context remove NAME

The context ${LOCAL} is always there: the plane of --data, $MUSTER_HOME or ~/.muster.
Clouds are ${Object.keys(CLOUDS).join(', ')}. On Azure, commands sign in with
what the Azure libraries find: AZURE_* variables, a managed identity, "az login".
--set GROUP/SET chooses a scale set along with it. Contexts are kept in $MUSTER_CONFIG, or in
muster/contexts.json of the user's configuration directory; there is no secret among them.
`,
  async run(args, env, terminal) {
    const { values, positionals } = readArguments('context', args, OPTIONS);
    const [action = 'list', name, ...more] = positionals;
    const needed = action === 'list' ? 0 : 1;
    const perform = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (perform === undefined || more.length > 0 || (name === undefined ? 0 : 1) !== needed) {
      throw new Problem(
        'muster context does list, use NAME, add NAME or remove NAME. See: muster context --help',
        EXIT.misused,
      );
    }
    terminal.out(await perform({ name: name ?? '', values, env, terminal }));
    return EXIT.done;
  },
};

interface Asked {
  readonly name: string;
  readonly values: Values;
  readonly env: Environment;
  readonly terminal: Terminal;
}

const ACTIONS: Readonly<Record<string, (asked: Asked) => Promise<string>>> = {
  list: async ({ env, values }) => await listed(readContexts(env), values),
  use: async ({ env, name }) => {
    const contexts = readContexts(env);
    const chosen = findContext(contexts, name);
    writeContexts(env, { ...contexts, current: name });
    return await Promise.resolve(`Commands go to ${name} now: ${contextWords(chosen)}.\n`);
  },
  add: async ({ env, name, values }) => {
    const contexts = readContexts(env);
    if (!/^[\w.-]+$/.test(name)) throw new Problem(`'${name}' is no name for a context.`, EXIT.misused);
    if (contexts.all.some((known) => known.name === name)) {
      throw new Problem(`There is a context '${name}' already. Remove it first.`, EXIT.misused);
    }
    const added = contextOf(name, values);
    writeContexts(env, withContext(contexts, added));
    return await Promise.resolve(
      `Added ${name}: ${contextWords(added)}. Choose it: muster context use ${name}\n`,
    );
  },
  remove: async ({ env, name }) => {
    const contexts = readContexts(env);
    if (name === LOCAL) throw new Problem(`The context ${LOCAL} is always there.`, EXIT.misused);
    findContext(contexts, name);
    const current = contexts.current === name ? LOCAL : contexts.current;
    writeContexts(env, { current, all: contexts.all.filter((known) => known.name !== name) });
    const now = contexts.current === name ? ` Commands go to ${LOCAL} now.` : '';
    return await Promise.resolve(`Removed ${name}.${now}\n`);
  },
};

function contextOf(name: string, { subscription, cloud, endpoint, ca, data, set }: Values): Context {
  const chosen: { readonly set?: SetName } = set === undefined ? {} : { set: parseSetName(set) };
  if (data !== undefined) {
    if (subscription !== undefined || cloud !== undefined || endpoint !== undefined || ca !== undefined) {
      throw new Problem('--data is a plane’s: it goes with none of the options of Azure.', EXIT.misused);
    }
    return { kind: 'plane', name, data: resolve(data), ...chosen };
  }
  if (subscription === undefined) {
    throw new Problem('A context is a plane, --data DIR, or Azure, --subscription ID.', EXIT.misused);
  }
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscription)) {
    throw new Problem(`--subscription is a subscription's id, a GUID, not '${subscription}'.`, EXIT.misused);
  }
  const known = cloud ?? 'AzureCloud';
  if (!isCloud(known)) {
    throw new Problem(`--cloud is one of ${Object.keys(CLOUDS).join(', ')}, not '${known}'.`, EXIT.misused);
  }
  return {
    kind: 'azure',
    name,
    subscription: subscription.toLowerCase(),
    cloud: known,
    ...(endpoint === undefined ? {} : { endpoint: readEndpoint(endpoint) }),
    ...(ca === undefined ? {} : { ca: resolve(ca) }),
    ...chosen,
  };
}

/** A token goes there: over TLS, and to a host alone. */
function readEndpoint(text: string): string {
  const [, endpoint] = /^(https:\/\/[\w.:[\]-]+)\/?$/.exec(text) ?? [];
  if (endpoint === undefined || !URL.canParse(endpoint)) {
    throw new Problem(`--endpoint is https://HOST or https://HOST:PORT, not '${text}'.`, EXIT.misused);
  }
  return endpoint;
}

async function listed({ all, current }: Contexts, { output = 'table', query }: Values): Promise<string> {
  const records = all.map((known) => ({
    name: known.name,
    current: known.name === current,
    kind: known.kind,
    where: contextWords(known),
    set: known.set === undefined ? '' : formatSetName(known.set),
  }));
  const format = readFormat(query !== undefined && output === 'table' ? 'json' : output);
  if (query !== undefined) return await formatted(await queried(records, query), format);
  if (format !== 'table' && format !== 'wide') return await formatted(records, format);
  const columns: readonly Column<(typeof records)[number]>[] = [
    { title: 'NAME', cell: (row) => ({ text: row.name }) },
    { title: 'CURRENT', cell: (row) => ({ text: row.current ? 'yes' : '' }) },
    { title: 'WHERE', cell: (row) => ({ text: row.where }) },
    { title: 'SET', cell: (row) => ({ text: row.set }) },
  ];
  return grid(columns, records);
}
