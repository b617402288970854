// Extension handler: what an extension of a publisher and type means in a guest: a script to run there, or nothing to do.
// Handlers that Azure has keep Azure's settings; any other is a script of the user's, or is accepted and does nothing.

import { customScript } from './custom-script.ts';
import { type Extension, handlerName } from './extension.ts';
import type { GuestCommand } from './guest.ts';
import { asText, flagAt, isObject, type JsonObject, listAt, objectAt, textAt } from './json.ts';

/** A user's own handler. */
export interface CustomHandler {
  readonly script: string;
  /** In full, as it is shown. */
  readonly version?: string;
}

/** By `publisher.type` in lower case. */
export type HandlerTable = ReadonlyMap<string, CustomHandler>;

export type Handling =
  | { readonly kind: 'run'; readonly script: string; readonly parameters: GuestCommand['parameters'] }
  /** There is nothing to run; the message says so. */
  | { readonly kind: 'nothing'; readonly message: string }
  /** Its settings cannot be carried out. */
  | { readonly kind: 'refused'; readonly message: string };

/** The newest version of each handler that the plane has itself, by its major number. */
export const BUILT_IN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'microsoft.azure.extensions.customscript': { '2': '2.1.13' },
  'microsoft.cplat.core.runcommandlinux': { '1': '1.0.5' },
  'microsoft.managedservices.applicationhealthlinux': { '1': '1.0.4', '2': '2.0.20' },
  'microsoft.managedservices.applicationhealthwindows': { '1': '1.0.11', '2': '2.0.15' },
};

/** @param run the number of the run, from which its directory in the guest has its name */
export function handlingOf(extension: Extension, table: HandlerTable, run: number): Handling {
  const name = handlerName(extension).toLowerCase();
  const own = table.get(name);
  if (own !== undefined) return { kind: 'run', script: own.script, parameters: environmentOf(extension) };
  const { properties } = extension;
  const open = objectAt(properties, 'settings') ?? {};
  const secret = objectAt(properties, 'protectedSettings') ?? {};
  switch (name) {
    case 'microsoft.azure.extensions.customscript':
      return customScript(open, secret, run);
    case 'microsoft.cplat.core.runcommandlinux':
      return runCommand({ ...open, ...secret });
    case 'microsoft.managedservices.applicationhealthlinux':
    case 'microsoft.managedservices.applicationhealthwindows':
      return { kind: 'nothing', message: 'The application health extension is ready.' };
    default:
      return {
        kind: 'nothing',
        message: `Nothing was done: this plane has no handler for '${handlerName(extension)}'. Name a script for it in extensions.json.`,
      };
  }
}

/** With `autoUpgradeMinorVersion` the newest minor version of the one that was asked for, where the plane knows it. */
export function handlerVersion(extension: Extension, table: HandlerTable): string {
  const asked = textAt(extension.properties, 'typeHandlerVersion') ?? '1.0';
  const name = handlerName(extension).toLowerCase();
  const own = table.get(name)?.version;
  if (own !== undefined) return own;
  if (flagAt(extension.properties, 'autoUpgradeMinorVersion') !== true) return asked;
  return BUILT_IN[name]?.[asked.split('.')[0] ?? ''] ?? asked;
}

function runCommand(settings: JsonObject): Handling {
  const given = settings['script'] ?? objectAt(settings, 'source')?.['script'];
  const script = Array.isArray(given) ? given.map(asText).join('\n') : asText(given);
  if (script === '') return { kind: 'refused', message: "invalid configuration: 'script' is not specified" };
  const parameters = [...listAt(settings, 'parameters'), ...listAt(settings, 'protectedParameters')]
    .filter(isObject)
    .map((parameter) => ({ name: asText(parameter['name']), value: asText(parameter['value']) }));
  return { kind: 'run', script, parameters };
}

/** What a user's script is told, in its environment. */
function environmentOf({ name, properties }: Extension): GuestCommand['parameters'] {
  return [
    { name: 'MUSTER_EXTENSION_NAME', value: name },
    { name: 'MUSTER_EXTENSION_VERSION', value: asText(properties['typeHandlerVersion']) },
    { name: 'MUSTER_EXTENSION_TAG', value: asText(properties['forceUpdateTag']) },
    { name: 'MUSTER_EXTENSION_SETTINGS', value: JSON.stringify(properties['settings'] ?? {}) },
    {
      name: 'MUSTER_EXTENSION_PROTECTED_SETTINGS',
      value: JSON.stringify(properties['protectedSettings'] ?? {}),
    },
  ];
}
