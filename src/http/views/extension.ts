// Extensions as clients see them: as parts of a set's model, as resources of an instance, and in the views what became of
// them. Protected settings are in none of it.

import type { JsonObject } from '../../arm/json.ts';
import { type Extension, extensionPrint, modelExtensions, named, withOwn } from '../../domain/extension.ts';
import { type ExtensionRecord, extensionsState } from '../../domain/extension-record.ts';
import { type Instance, nameOf } from '../../domain/instance.ts';
import { groupPath, instancePath, instanceType, setPath } from '../../domain/resource-path.ts';
import { type ModelVersion, provisioningState, type ScaleSet } from '../../domain/scale-set.ts';
import { azureTime } from '../../domain/time.ts';
import { withoutSecrets } from './secrets.ts';

export interface ExtensionShow {
  readonly subscriptionId: string;
  /** `$expand=instanceView`. */
  readonly instanceView?: boolean;
}

/** No location and no tags (azure-wire section 2). */
export function setExtensionBody(
  set: ScaleSet,
  extension: Extension,
  show: ExtensionShow & { readonly created?: boolean },
): JsonObject {
  const state = provisioningState(set);
  return {
    name: extension.name,
    id: `${setPath(show.subscriptionId, set)}/extensions/${extension.name}`,
    type: 'Microsoft.Compute/virtualMachineScaleSets/extensions',
    properties: {
      provisioningState: show.created ? 'Creating' : state,
      ...withoutSecrets(extension.properties),
    },
  };
}

export function instanceExtensionBody(
  set: ScaleSet,
  instance: Instance,
  extension: Extension,
  show: ExtensionShow,
): JsonObject {
  const path = instancePath(show.subscriptionId, set, instance);
  const record = recordOf(instance, extension);
  return {
    name: extension.name,
    id: `${path}/extensions/${extension.name}`,
    type: `${instanceType(instance)}/extensions`,
    location: set.declared.location,
    properties: {
      ...propertiesOf(instance, extension),
      ...(show.instanceView && record !== undefined ? { instanceView: recordView(record) } : {}),
    },
  };
}

/**
 * What an instance repeats of its extensions. Their ids are those of a virtual machine beside the set, not of one below it
 * (azure-wire section 3).
 */
export function extensionResources(
  set: ScaleSet,
  model: ModelVersion,
  instance: Instance,
  subscriptionId: string,
): readonly JsonObject[] {
  const { group, name, declared } = set;
  const machine = `${groupPath(subscriptionId, group)}/providers/Microsoft.Compute/virtualMachines/${nameOf(name, instance)}`;
  return withOwn(modelExtensions(model), extensionsState(instance).own).map((extension) => ({
    name: extension.name,
    id: `${machine}/extensions/${extension.name}`,
    type: 'Microsoft.Compute/virtualMachines/extensions',
    location: declared.location,
    properties: propertiesOf(instance, extension),
  }));
}

function propertiesOf(instance: Instance, extension: Extension): JsonObject {
  return { ...withoutSecrets(extension.properties), provisioningState: stateOf(instance, extension) };
}

function recordOf(instance: Instance, { name }: Extension): ExtensionRecord | undefined {
  return named(extensionsState(instance).records, name);
}

/** One that has not come to its turn is still being created, or updated when it ran as it was declared before. */
function stateOf(instance: Instance, extension: Extension): string {
  const record = recordOf(instance, extension);
  if (record !== undefined && record.print !== extensionPrint(extension)) return 'Updating';
  switch (record?.state) {
    case 'succeeded':
      return 'Succeeded';
    case 'failed':
      return 'Failed';
    case 'running':
      return 'Updating';
    case undefined:
      return 'Creating';
  }
}

/** `extensions` of an instance view. */
export function extensionViews(instance: Instance): readonly JsonObject[] {
  return extensionsState(instance).records.map(recordView);
}

/** `vmAgent.extensionHandlers` of an instance view. */
export function handlerViews(instance: Instance): readonly JsonObject[] {
  return extensionsState(instance).records.map((record) => ({
    type: record.handler,
    typeHandlerVersion: record.version,
    status:
      record.state === 'running'
        ? {
            code: 'ProvisioningState/transitioning',
            level: 'Info',
            displayStatus: 'Not Ready',
            message: 'Plugin is being enabled',
          }
        : {
            code: 'ProvisioningState/succeeded',
            level: 'Info',
            displayStatus: 'Ready',
            message: 'Plugin enabled',
          },
  }));
}

function recordView(record: ExtensionRecord): JsonObject {
  const { name, handler, version, output } = record;
  return {
    name,
    type: handler,
    typeHandlerVersion: version,
    ...(output === undefined
      ? {}
      : { substatuses: [streamView('StdOut', output.stdout), streamView('StdErr', output.stderr)] }),
    statuses: [statusOf(record)],
  };
}

function streamView(stream: 'StdOut' | 'StdErr', message: string): JsonObject {
  return {
    code: `ComponentStatus/${stream}/succeeded`,
    level: 'Info',
    displayStatus: 'Provisioning succeeded',
    message,
  };
}

const DISPLAYED = {
  running: ['transitioning', 'Info', 'Transitioning'],
  succeeded: ['succeeded', 'Info', 'Provisioning succeeded'],
  failed: ['failed', 'Error', 'Provisioning failed'],
} as const;

function statusOf({ state, message, since, endedAt }: ExtensionRecord): JsonObject {
  const [code, level, displayStatus] = DISPLAYED[state];
  return {
    code: `ProvisioningState/${code}`,
    level,
    displayStatus,
    ...(message === undefined ? {} : { message }),
    time: azureTime(endedAt ?? since),
  };
}

/** `extensions` of a set's instance view: of each, how many instances have it in which state. */
export function extensionSummary(instances: readonly Instance[]): readonly JsonObject[] {
  const counts = new Map<string, Map<string, number>>();
  for (const instance of instances) {
    for (const { name, state } of extensionsState(instance).records) {
      const code = `ProvisioningState/${DISPLAYED[state][0]}`;
      const ofName = counts.get(name) ?? new Map<string, number>();
      ofName.set(code, (ofName.get(code) ?? 0) + 1);
      counts.set(name, ofName);
    }
  }
  return [...counts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, codes]) => ({
      name,
      statusesSummary: [...codes]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([code, count]) => ({ code, count })),
    }));
}
