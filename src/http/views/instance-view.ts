// The instance view: what was last seen of an instance. A deallocated one has no name, system or agent on any host.

import { createHash } from 'node:crypto';
import type { JsonObject } from '../../arm/json.ts';
import { osDiskName } from '../../domain/disk-name.ts';
import { type Instance, instanceProvisioningState } from '../../domain/instance.ts';
import { flagAt } from '../../domain/json.ts';
import { computerNameOf } from '../../domain/model.ts';
import { rulesOf } from '../../domain/orchestration.ts';
import { isSolo, type ModelVersion, type ScaleSet } from '../../domain/scale-set.ts';
import { azureTime, type Time } from '../../domain/time.ts';
import { extensionViews, handlerViews } from './extension.ts';
import { modelFacts } from './model-facts.ts';
import { healthStatus, powerStatus, provisioningStatus } from './statuses.ts';

/** The guests' own agent, in the four numbers that Azure's has. */
const AGENT_VERSION = '1.0.0.0';

export function instanceViewBody(set: ScaleSet, model: ModelVersion, instance: Instance): JsonObject {
  const { power } = instance.observed;
  const facts = modelFacts(model);
  const settled = instance.settledAt ?? instance.created;
  const group = placementGroupOf(set);
  const extensions = power === undefined || power === 'deallocated' ? [] : extensionViews(instance);
  return {
    ...(group === undefined ? {} : { placementGroupId: group }),
    ...domainsOf(set, instance),
    ...(power === undefined || power === 'deallocated'
      ? {}
      : {
          computerName: computerNameOf(model, instance),
          ...facts.os,
          vmAgent: agentOf(instance, settled),
        }),
    disks: diskNames(set, instance).map((name) => ({
      name,
      statuses: [provisioningStatus('Succeeded', instance.created)],
    })),
    ...bootDiagnosticsOf(model, instance),
    ...(instance.health === undefined ? {} : { vmHealth: healthStatus(instance.health) }),
    ...(extensions.length === 0 ? {} : { extensions }),
    hyperVGeneration: facts.hyperVGeneration,
    statuses: [
      provisioningStatus(instanceProvisioningState(instance), settled, instance.failure),
      ...(power === undefined ? [] : [powerStatus(power)]),
    ],
  };
}

/** A machine without a set is in none that would mean anything. */
function domainsOf(set: ScaleSet, { updateDomain, faultDomain }: Instance): JsonObject {
  if (isSolo(set)) return {};
  return {
    ...(rulesOf(set.declared).updateDomains ? { platformUpdateDomain: updateDomain } : {}),
    platformFaultDomain: faultDomain,
  };
}

/** Their guests write a log, wherever it is asked for. The log itself is fetched with a call of its own. */
function bootDiagnosticsOf(model: ModelVersion, { machine }: Instance): JsonObject {
  const enabled = flagAt(model.profile, 'diagnosticsProfile', 'bootDiagnostics', 'enabled');
  return machine !== undefined && enabled === true ? { bootDiagnostics: {} } : {};
}

/** A guest that boots has not been heard of yet; one that was stopped is remembered as it was last heard. */
function agentOf(instance: Instance, settled: Time): JsonObject {
  const { power, ready, bootedAt } = instance.observed;
  const waiting = !ready && (power === 'starting' || power === 'running');
  const time = azureTime(bootedAt ?? settled);
  if (waiting) {
    return {
      vmAgentVersion: 'Unknown',
      statuses: [
        {
          code: 'ProvisioningState/Unavailable',
          level: 'Warning',
          displayStatus: 'Not Ready',
          message: 'VM status blob is found but not yet populated.',
          time,
        },
      ],
    };
  }
  return {
    vmAgentVersion: AGENT_VERSION,
    statuses: [
      {
        code: 'ProvisioningState/succeeded',
        level: 'Info',
        displayStatus: 'Ready',
        message: 'Guest Agent is running',
        time,
      },
    ],
    extensionHandlers: handlerViews(instance),
  };
}

function diskNames(set: ScaleSet, instance: Instance): readonly string[] {
  return [osDiskName(set.name, instance), ...instance.dataDisks.map((disk) => disk.name)];
}

const groupsOf = new WeakMap<ScaleSet, string>();

/** One for the whole set, where it has a single placement group: a guid that follows from the set's own. */
function placementGroupOf(set: ScaleSet): string | undefined {
  if (rulesOf(set.declared).placementGroup === 'many') return undefined;
  if (flagAt(set.declared.properties, 'singlePlacementGroup') !== true) return undefined;
  const found = groupsOf.get(set);
  if (found !== undefined) return found;
  const hex = createHash('sha256').update(`placement group of ${set.uid}`).digest('hex');
  const group = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
  groupsOf.set(set, group);
  return group;
}
