// Context: where commands go. A plane by its data directory, or a subscription of Azure; and which scale set is meant when
// none is named. The context `local` is always there: the plane of --data, $MUSTER_HOME or ~/.muster.

import { EXIT, Problem } from './problem.ts';

export const LOCAL = 'local';

export interface SetName {
  readonly group: string;
  readonly set: string;
}

export interface PlaneContext {
  readonly kind: 'plane';
  readonly name: string;
  /** Absolute; undefined means that --data, $MUSTER_HOME or ~/.muster say it. */
  readonly data?: string;
  readonly set?: SetName;
}

export interface AzureContext {
  readonly kind: 'azure';
  readonly name: string;
  readonly subscription: string;
  readonly cloud: CloudName;
  /** In place of the cloud's. */
  readonly endpoint?: string;
  /** The file of an authority to trust in place of those that the machine trusts. */
  readonly ca?: string;
  readonly set?: SetName;
}

export type Context = PlaneContext | AzureContext;

interface Cloud {
  readonly endpoint: string;
  readonly authority: string;
}

/** Azure's own clouds, by az's names for them. */
export const CLOUDS = {
  AzureCloud: {
    endpoint: 'https://management.azure.com',
    authority: 'https://login.microsoftonline.com',
  },
  AzureUSGovernment: {
    endpoint: 'https://management.usgovcloudapi.net',
    authority: 'https://login.microsoftonline.us',
  },
  AzureChinaCloud: {
    endpoint: 'https://management.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
  },
} as const satisfies Readonly<Record<string, Cloud>>;

export type CloudName = keyof typeof CLOUDS;

/** Throws a Problem where the words are not GROUP/SET. */
export function parseSetName(text: string): SetName {
  const [group = '', set = '', ...more] = text.split('/');
  const word = /^[\w.()-]+$/;
  if (more.length > 0 || !word.test(group) || !word.test(set)) {
    throw new Problem(`A scale set is named GROUP/SET, not '${text}'.`, EXIT.misused);
  }
  return { group, set };
}

export function formatSetName({ group, set }: SetName): string {
  return `${group}/${set}`;
}

/** What a context points at, in a few words. */
export function contextWords(context: Context): string {
  if (context.kind === 'plane')
    return context.data === undefined ? 'the local plane' : `plane in ${context.data}`;
  const endpoint = context.endpoint === undefined ? context.cloud : context.endpoint;
  return `subscription ${context.subscription} (${endpoint})`;
}
