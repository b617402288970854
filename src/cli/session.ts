// Session: one command's connection to ARM, from the options that every operator's command takes. Nothing is sent before a
// command asks for something.

import { azureSignIn } from './arm/azure-sign-in.ts';
import { ArmClient } from './arm/client.ts';
import { openExchange } from './arm/exchange.ts';
import { planeSignIn, rememberTokens } from './arm/tokens.ts';
import { authorityOf } from './client.ts';
import {
  type AzureContext,
  CLOUDS,
  type Context,
  type PlaneContext,
  parseSetName,
  type SetName,
} from './context.ts';
import { findContext, readContexts } from './context-file.ts';
import { dataDirectory } from './data-directory.ts';
import { readIdentity } from './identity-file.ts';
import { readTextFile } from './json-file.ts';
import { requirePlane } from './plane-file.ts';
import { EXIT, Problem } from './problem.ts';
import type { SessionValues } from './session-options.ts';
import type { Environment, Terminal } from './terminal.ts';

export interface Session {
  readonly context: Context;
  readonly subscription: string;
  /** The directory of the plane, where the context is one. */
  readonly data?: string;
  /** PEM to trust beside nothing else; for URLs that ARM hands out, such as boot logs. */
  readonly ca?: string;
  readonly arm: ArmClient;
  /** What --set or "muster use" say. */
  readonly set: SetName | undefined;
}

/** Throws a Problem where the context is unknown or its plane does not run. */
export function openSession(values: SessionValues, env: Environment, terminal: Terminal): Session {
  const contexts = readContexts(env);
  const chosen = values.context ?? (values.data === undefined ? contexts.current : 'local');
  const context = findContext(contexts, chosen);
  const set = values.set === undefined ? context.set : parseSetName(values.set);
  if (context.kind === 'plane') return { ...planeSession(context, values, env, terminal), set };
  if (values.data !== undefined) {
    throw new Problem(`--data goes with a plane, and ${context.name} is Azure.`, EXIT.misused);
  }
  return { ...azureSession(context, env, terminal), set };
}

/** Throws a Problem where no scale set is chosen. */
export function requireSet({ set, context }: Session): SetName {
  if (set !== undefined) return set;
  throw new Problem(
    `No scale set is chosen in the context ${context.name}: muster use GROUP/SET, or --set GROUP/SET. ` +
      'See what there is: muster sets',
    EXIT.misused,
  );
}

type Connected = Omit<Session, 'set'>;

function planeSession(
  context: PlaneContext,
  values: SessionValues,
  env: Environment,
  terminal: Terminal,
): Connected {
  if (context.data !== undefined && values.data !== undefined) {
    throw new Problem(`--data goes with the context local, and ${context.name} has its own.`, EXIT.misused);
  }
  const data = context.data ?? dataDirectory(values.data, env);
  const { endpoint } = requirePlane(data);
  const ca = authorityOf(data);
  const exchange = openExchange({ endpoint, ca, kind: 'plane' });
  const tokens = rememberTokens(planeSignIn(exchange, data, terminal.now), terminal.now);
  const arm = new ArmClient({ exchange, tokens, now: terminal.now, pause: terminal.pause });
  return { context, subscription: readIdentity(data).subscriptionId, data, ca, arm };
}

function azureSession(context: AzureContext, env: Environment, terminal: Terminal): Connected {
  const cloud = CLOUDS[context.cloud];
  const endpoint = context.endpoint ?? cloud.endpoint;
  const ca = context.ca === undefined ? undefined : readTextFile(context.ca);
  if (context.ca !== undefined && ca === undefined) {
    throw new Problem(`${context.ca}, which the context ${context.name} trusts, is missing.`);
  }
  const trust = ca === undefined ? {} : { ca };
  // A variable that is set is the user's word, and an endpoint of one's own has an authority of its own.
  const authority =
    env.AZURE_AUTHORITY_HOST !== undefined || context.endpoint !== undefined
      ? {}
      : { authority: cloud.authority };
  const exchange = openExchange({ endpoint, ...trust, kind: 'Azure' });
  const signIn = azureSignIn({ context: context.name, endpoint, ...authority, ...trust });
  const tokens = rememberTokens(signIn, terminal.now);
  const arm = new ArmClient({ exchange, tokens, now: terminal.now, pause: terminal.pause });
  return { context, subscription: context.subscription, ...trust, arm };
}
