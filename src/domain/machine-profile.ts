// Machine profile: what Azure fills in in the profile of a set whose instances are machines of their own, and what it does not
// take there. Source: recorded bodies (azure-wire section 2); refusals without recorded words are Muster's.

import { Failure } from './failure.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, textAt } from './json.ts';
import type { OrchestrationRules } from './orchestration.ts';

const NETWORK_API_VERSION = '2020-11-01';

/** Of a Uniform set it is what was given. */
export function completeMachineProfile(profile: JsonObject, rules: OrchestrationRules): JsonObject {
  if (!rules.deleteOptions) return profile;
  const storage = objectAt(profile, 'storageProfile') ?? {};
  const network = objectAt(profile, 'networkProfile');
  return {
    ...profile,
    ...withPatchSettings(profile),
    storageProfile: {
      ...storage,
      osDisk: { deleteOption: 'Delete', ...objectAt(storage, 'osDisk') },
      ...(storage['dataDisks'] === undefined
        ? {}
        : { dataDisks: objects(storage, 'dataDisks').map((disk) => ({ deleteOption: 'Delete', ...disk })) }),
    },
    ...(network === undefined
      ? {}
      : {
          networkProfile: {
            networkApiVersion: NETWORK_API_VERSION,
            ...network,
            networkInterfaceConfigurations: objects(network, 'networkInterfaceConfigurations').map(
              completeInterface,
            ),
          },
        }),
  };
}

function withPatchSettings(profile: JsonObject): JsonObject {
  const osProfile = objectAt(profile, 'osProfile');
  const linux = objectAt(osProfile, 'linuxConfiguration');
  if (osProfile === undefined || linux === undefined) return {};
  const patchSettings = {
    patchMode: 'ImageDefault',
    assessmentMode: 'ImageDefault',
    ...objectAt(linux, 'patchSettings'),
  };
  return { osProfile: { ...osProfile, linuxConfiguration: { ...linux, patchSettings } } };
}

function completeInterface(nic: JsonObject): JsonObject {
  return {
    ...nic,
    properties: {
      deleteOption: 'Delete',
      auxiliaryMode: 'None',
      auxiliarySku: 'None',
      ...objectAt(nic, 'properties'),
    },
  };
}

function objects(value: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  return listAt(value, ...path).filter(isObject);
}

/** What the mode does not have. `properties`: of the set, as declared; `zones`: it has some. */
export function checkMode(properties: JsonObject, zones: boolean, rules: OrchestrationRules): void {
  checkZonal(properties, zones, rules);
  const profile = objectAt(properties, 'virtualMachineProfile') ?? {};
  if (!rules.overprovision && properties['overprovision'] === true) throw notAllowed('overprovision', rules);
  if (!rules.healthProbe && objectAt(profile, 'networkProfile', 'healthProbe') !== undefined) {
    throw notAllowed('networkProfile.healthProbe', rules);
  }
  const rolling = objectAt(properties, 'upgradePolicy', 'rollingUpgradePolicy');
  if (!rules.rollback && rolling?.['rollbackFailedInstancesOnPolicyBreach'] === true) {
    throw notAllowed('rollingUpgradePolicy.rollbackFailedInstancesOnPolicyBreach', rules);
  }
  if (!rules.instanceMix && properties['skuProfile'] !== undefined) throw notAllowed('skuProfile', rules);
  if (
    !rules.natPools &&
    objects(profile, 'networkProfile', 'networkInterfaceConfigurations').some(hasNatPool)
  )
    throw notAllowed('loadBalancerInboundNatPools', rules);
}

/** Azure's words. */
function checkZonal(
  properties: JsonObject,
  zones: boolean,
  { faultDomains, mode }: OrchestrationRules,
): void {
  if (!zones || Number(properties['platformFaultDomainCount'] ?? 1) <= faultDomains.mostInZones) return;
  throw new Failure(
    'badRequest',
    `Specifying Availability Zones is not allowed when Virtual Machine Scale Set has platformFaultDomainCount higher than ${faultDomains.mostInZones} with OrchestrationMode: '${mode}'.`,
  );
}

export function checkIdentity(extra: JsonObject, { systemIdentity, mode }: OrchestrationRules): void {
  const type = textAt(extra, 'identity', 'type') ?? '';
  if (systemIdentity || !type.toLowerCase().includes('systemassigned')) return;
  throw new Failure(
    'invalidParameter',
    `The value '${type}' of parameter 'identity.type' is not allowed: a scale set with ${mode} orchestration mode has user-assigned identities only.`,
    { target: 'identity.type' },
  );
}

function hasNatPool(nic: JsonObject): boolean {
  return objects(nic, 'properties', 'ipConfigurations').some(
    (ip) => listAt(ip, 'properties', 'loadBalancerInboundNatPools').length > 0,
  );
}

function notAllowed(target: string, { mode }: OrchestrationRules): Failure {
  const name = target.split('.').at(-1) as string;
  return new Failure(
    'invalidParameter',
    `Parameter '${name}' is not allowed: a scale set with ${mode} orchestration mode does not have it.`,
    { target },
  );
}
