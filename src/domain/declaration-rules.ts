// Declaration rules: the defaults that Azure fills in, and what it refuses in a declared scale set.
// Sources: azure-wire section 2 (recorded bodies), azure-fleet (limits), Azure's page of common VM error messages.

import { type Draft, without } from './declaration.ts';
import { completeSku } from './declared-sku.ts';
import { completeExtensionProfile } from './extension-rules.ts';
import { Failure } from './failure.ts';
import { checkHealthExtension } from './health-source.ts';
import {
  asText,
  at,
  flagAt,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  sameJson,
  textAt,
} from './json.ts';
import { completeIdentity } from './managed-identity.ts';
import { checkIdentity, checkMode, completeMachineProfile } from './machine-profile.ts';
import { type OrchestrationRules, orchestrationRules, rulesOf } from './orchestration.ts';
import { checkOwnTags } from './own-tags.ts';
import { missing, notChangeable } from './parameter-failure.ts';
import { ZONES } from './placement.ts';
import { checkRepairLimit, completeRepairPolicy } from './repair-policy.ts';
import { checkRollingTags } from './rolling-tags.ts';
import { type Declared, hasProfile } from './scale-set.ts';
import { completeSkuProfile } from './sku-profile.ts';
import { completeSpot, priorityOf } from './spot.ts';
import { isNoticeTime } from './terminate-notice.ts';
import { completeUpgradePolicy } from './upgrade-policy.ts';

/** Instances in one placement group; a set of one group holds no more. */
const PLACEMENT_GROUP = 100;
const SCALE_IN_RULES = ['Default', 'OldestVM', 'NewestVM'];
/** Base64 of 65,535 bytes. */
const MAX_CUSTOM_DATA = 87_380;
const MAX_OS_DISK = 4095;

export function checkScaleSetName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/.test(name) || /[.-]$/.test(name)) {
    throw new Failure(
      'invalidParameter',
      `The entity name '${name}' is invalid according to its validation rule: ^[^_\\W][\\w-._]{0,63}(?<![-.])$.`,
      { target: 'vmScaleSetName' },
    );
  }
}

/**
 * Makes a merged draft whole, or refuses it.
 * @param name the set's name, from which the computer names begin where none was given
 */
export function complete(name: string, draft: Draft, current: Declared | undefined): Declared {
  const { location } = draft;
  if (location === undefined) throw missing('location');
  const rules = completeMode(draft.properties, current);
  const sku = completeSku(draft, current);
  const properties = completeProperties(name, draft, { capacity: sku.capacity, rules }, current);
  const skuProfile = completeSkuProfile(sku, properties);
  const declared: Declared = {
    location,
    tags: draft.tags,
    sku,
    zones: [...draft.zones],
    properties: skuProfile === undefined ? properties : { ...properties, skuProfile },
    extra: completeIdentity(draft.extra),
  };
  checkZones(declared.zones);
  checkTags(declared.tags);
  checkOwnTags(declared.tags);
  checkRepairLimit(declared.tags);
  checkRollingTags(declared.tags);
  if (current !== undefined) checkChange(current, declared);
  return declared;
}

function completeMode(properties: JsonObject, current: Declared | undefined): OrchestrationRules {
  const rules = orchestrationRules(properties);
  if (rules === undefined) {
    throw new Failure(
      'invalidParameter',
      `The value '${asText(properties['orchestrationMode'])}' of parameter 'orchestrationMode' is not allowed. Allowed values are: Uniform, Flexible.`,
      { target: 'orchestrationMode' },
    );
  }
  if (current !== undefined && rules !== rulesOf(current)) throw notChangeable('orchestrationMode');
  return rules;
}

function completeProperties(
  name: string,
  draft: Draft,
  { capacity, rules }: { readonly capacity: number; readonly rules: OrchestrationRules },
  current: Declared | undefined,
): JsonObject {
  const given = draft.properties;
  checkName(name, rules, current);
  checkMode(given, draft.zones.length > 0, rules);
  checkIdentity(draft.extra, rules);
  const profile = objectAt(given, 'virtualMachineProfile');
  if (profile === undefined && rules.profile === 'required') throw missing('virtualMachineProfile');
  return {
    ...given,
    singlePlacementGroup: placementGroup(given, capacity, rules, current),
    orchestrationMode: rules.mode,
    upgradePolicy: completeUpgradePolicy(given, profile ?? {}),
    ...(profile === undefined ? {} : ofProfile(name, given, profile, rules, current)),
    ...(rules.overprovision
      ? {
          overprovision: flagAt(given, 'overprovision') ?? true,
          doNotRunExtensionsOnOverprovisionedVMs:
            flagAt(given, 'doNotRunExtensionsOnOverprovisionedVMs') ?? false,
        }
      : { constrainedMaximumCapacity: false }),
    platformFaultDomainCount: faultDomains(given, draft.zones.length > 0, rules),
  };
}

function checkName(
  name: string,
  { longestName, mode }: OrchestrationRules,
  current: Declared | undefined,
): void {
  if (current !== undefined || name.length <= longestName) return;
  throw new Failure(
    'invalidParameter',
    `The name '${name}' of a scale set with ${mode} orchestration mode is too long: it has at most ${longestName} characters.`,
    { target: 'vmScaleSetName' },
  );
}

/** What only a set that makes its instances has, or needs a profile for. */
function ofProfile(
  name: string,
  given: JsonObject,
  profile: JsonObject,
  rules: OrchestrationRules,
  current: Declared | undefined,
): JsonObject {
  return {
    ...(isObject(given['scaleInPolicy']) ? { scaleInPolicy: scaleInPolicy(given['scaleInPolicy']) } : {}),
    ...(isObject(given['automaticRepairsPolicy'])
      ? { automaticRepairsPolicy: completeRepairPolicy(given['automaticRepairsPolicy'], profile) }
      : {}),
    virtualMachineProfile: completeExtensionProfile(
      name,
      completeMachineProfile(completeProfile(name, profile), rules),
      objectAt(current?.properties, 'virtualMachineProfile'),
    ),
  };
}

function placementGroup(
  given: JsonObject,
  capacity: number,
  { placementGroup: groups, mode }: OrchestrationRules,
  current: Declared | undefined,
): boolean {
  const asked = flagAt(given, 'singlePlacementGroup');
  if (groups === 'many') {
    if (asked !== true) return false;
    throw new Failure(
      'invalidParameter',
      `The value 'true' of parameter 'singlePlacementGroup' is not allowed with ${mode} orchestration mode.`,
      { target: 'singlePlacementGroup' },
    );
  }
  if (asked === true && flagAt(current?.properties, 'singlePlacementGroup') === false) {
    throw notChangeable('singlePlacementGroup');
  }
  if (asked === true && capacity > PLACEMENT_GROUP) {
    throw new Failure(
      'invalidParameter',
      `A scale set with singlePlacementGroup true holds at most ${PLACEMENT_GROUP} instances: ${capacity} were asked for. Set singlePlacementGroup to false.`,
      { target: 'sku.capacity' },
    );
  }
  return asked ?? capacity <= PLACEMENT_GROUP;
}

/** The rules may be left out, but not be empty: these are Azure's words. */
function scaleInPolicy(policy: JsonObject): JsonObject {
  if (policy['rules'] === undefined) return policy;
  const rules = listAt(policy, 'rules').map(asText);
  const [asked] = rules;
  if (asked === undefined) {
    throw new Failure(
      'badRequest',
      'Virtual Machine Scale Sets scale in policy must contain at least one rule.',
    );
  }
  const rule = SCALE_IN_RULES.find((known) => known.toLowerCase() === asked.toLowerCase());
  if (rule === undefined || rules.length > 1) {
    throw new Failure(
      'invalidParameter',
      `The value '${rules.join(', ')}' of parameter 'scaleInPolicy.rules' is not allowed. It is one of: ${SCALE_IN_RULES.join(', ')}.`,
      { target: 'scaleInPolicy.rules' },
    );
  }
  return { ...policy, rules: [rule] };
}

function faultDomains(
  given: JsonObject,
  zonal: boolean,
  { faultDomains: domains }: OrchestrationRules,
): number {
  const asked = given['platformFaultDomainCount'];
  if (asked === undefined) return zonal ? 1 : domains.usual;
  const count = Number(asked);
  const { most } = domains;
  if (!Number.isInteger(count) || count < 1 || count > most) {
    throw new Failure(
      'invalidParameter',
      `The specified fault domain count ${asText(asked)} must fall in the range 1 to ${most}.`,
      { target: 'platformFaultDomainCount' },
    );
  }
  return count;
}

function completeProfile(name: string, profile: JsonObject): JsonObject {
  const image = objectAt(profile, 'storageProfile', 'imageReference');
  if (image === undefined) throw missing('imageReference');
  const prefix = textAt(profile, 'osProfile', 'computerNamePrefix') ?? name.slice(0, 9);
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,57}$/.test(prefix)) {
    throw new Failure(
      'invalidParameter',
      `The computer name prefix '${prefix}' is not valid: it has 1 to 58 letters, digits, hyphens, underscores and periods, and begins with a letter or a digit.`,
      { target: 'osProfile.computerNamePrefix' },
    );
  }
  checkBase64(profile, ['osProfile', 'customData']);
  checkBase64(profile, ['userData']);
  checkHealthExtension(profile);
  const osProfile = objectAt(profile, 'osProfile') ?? {};
  return {
    ...completeSpot(profile),
    osProfile: {
      secrets: [],
      allowExtensionOperations: true,
      requireGuestProvisionSignal: true,
      ...osProfile,
      computerNamePrefix: prefix,
    },
    storageProfile: completeStorage(objectAt(profile, 'storageProfile') ?? {}, isWindows(profile)),
    ...(isObject(profile['scheduledEventsProfile'])
      ? { scheduledEventsProfile: scheduledEvents(profile['scheduledEventsProfile']) }
      : {}),
  };
}

/** A notification that is turned off is gone (recorded). */
function scheduledEvents(events: JsonObject): JsonObject {
  const off = flagAt(events, 'terminateNotificationProfile', 'enable') === false;
  if (off) return without(events, 'terminateNotificationProfile');
  const given = at(events, 'terminateNotificationProfile', 'notBeforeTimeout');
  if (given === undefined || isNoticeTime(given)) return events;
  throw new Failure(
    'invalidParameter',
    `The value '${asText(given)}' of parameter 'terminateNotificationProfile.notBeforeTimeout' must be an ISO 8601 duration from PT5M to PT15M.`,
    { target: 'terminateNotificationProfile.notBeforeTimeout' },
  );
}

export function completeStorage(storage: JsonObject, windows: boolean): JsonObject {
  const osDisk = objectAt(storage, 'osDisk') ?? {};
  checkOsDiskSize(osDisk['diskSizeGB']);
  const image = objectAt(storage, 'imageReference');
  return {
    ...storage,
    // Read-only: it is each instance's own, and clients send back what they read.
    ...(image === undefined ? {} : { imageReference: without(image, 'exactVersion') }),
    osDisk: {
      osType: windows ? 'Windows' : 'Linux',
      createOption: 'FromImage',
      caching: 'ReadWrite',
      diskSizeGB: windows ? 127 : 30,
      ...osDisk,
      managedDisk: { storageAccountType: 'Standard_LRS', ...objectAt(osDisk, 'managedDisk') },
    },
    ...(storage['dataDisks'] === undefined
      ? {}
      : { dataDisks: checkDataDisks(listAt(storage, 'dataDisks')) }),
    diskControllerType: storage['diskControllerType'] ?? 'SCSI',
  };
}

function checkOsDiskSize(given: Json | undefined): void {
  if (given === undefined) return;
  const size = Number(given);
  if (Number.isInteger(size) && size >= 1 && size <= MAX_OS_DISK) return;
  throw new Failure(
    'invalidParameter',
    `The value '${asText(given)}' of 'osDisk.diskSizeGB' must be a whole number from 1 to ${MAX_OS_DISK}.`,
    { target: 'osDisk.diskSizeGB' },
  );
}

export function isWindows(profile: JsonObject): boolean {
  if (objectAt(profile, 'osProfile', 'windowsConfiguration') !== undefined) return true;
  return /windows/i.test(textAt(profile, 'storageProfile', 'imageReference', 'offer') ?? '');
}

/** Shared with the PUT of an instance. Answers the list with every size filled in. */
export function checkDataDisks(disks: readonly Json[]): readonly JsonObject[] {
  const luns = new Set<number>();
  return disks.map((disk) => {
    const lun = isObject(disk) ? Number(disk['lun'] ?? Number.NaN) : Number.NaN;
    if (!isObject(disk) || !Number.isInteger(lun) || lun < 0 || lun > 63) {
      throw new Failure('invalidParameter', "A data disk's 'lun' must be a whole number from 0 to 63.", {
        target: 'dataDisks.lun',
      });
    }
    if (luns.has(lun)) {
      throw new Failure('invalidParameter', `A disk at LUN ${lun} already exists.`, { target: 'dataDisks' });
    }
    luns.add(lun);
    const size = Number(disk['diskSizeGB'] ?? 32);
    if (!Number.isInteger(size) || size < 1 || size > 32_767) {
      throw new Failure(
        'invalidParameter',
        `The value '${asText(disk['diskSizeGB'])}' of 'diskSizeGB' must be a whole number from 1 to 32767.`,
        {
          target: 'dataDisks.diskSizeGB',
        },
      );
    }
    return { ...disk, lun, createOption: disk['createOption'] ?? 'Empty', diskSizeGB: size };
  });
}

/** Azure has words of its own for custom data; other members of this kind are held to the same. */
export function checkBase64(document: JsonObject, path: readonly string[]): void {
  const value = textAt(document, ...path);
  if (value === undefined) return;
  const fits = value.length <= MAX_CUSTOM_DATA && value.length % 4 === 0;
  if (fits && /^[A-Za-z0-9+/]*={0,2}$/.test(value)) return;
  const target = path.at(-1) ?? '';
  const what = target === 'customData' ? 'Custom data in OSProfile' : `'${target}'`;
  throw new Failure(
    'invalidParameter',
    `${what} must be in Base64 encoding and with a maximum length of ${MAX_CUSTOM_DATA} characters.`,
    { target },
  );
}

export function checkZones(zones: readonly string[]): void {
  const wrong = zones.find((zone, index) => !ZONES.includes(zone) || zones.indexOf(zone) !== index);
  if (wrong !== undefined) {
    throw new Failure(
      'invalidParameter',
      `The zone '${wrong}' is not valid: the zones of this location are ${ZONES.join(', ')}, each named at most once.`,
      { target: 'zones' },
    );
  }
}

/** Azure's limits for tags: 50 of them, names of 512 and values of 256 characters. */
export function checkTags(tags: Readonly<Record<string, string>>): void {
  const entries = Object.entries(tags);
  const fits =
    entries.length <= 50 && entries.every(([key, value]) => key.length <= 512 && value.length <= 256);
  if (!fits) {
    throw new Failure(
      'invalidParameter',
      'A resource has at most 50 tags, with names of at most 512 and values of at most 256 characters.',
      {
        target: 'tags',
      },
    );
  }
}

function checkChange(current: Declared, next: Declared): void {
  if (!sameJson(current.zones, next.zones) && !current.zones.every((zone) => next.zones.includes(zone))) {
    throw notChangeable('zones');
  }
  if (current.properties['platformFaultDomainCount'] !== next.properties['platformFaultDomainCount']) {
    throw notChangeable('platformFaultDomainCount');
  }
  if (!hasProfile(current)) return;
  if (!hasProfile(next)) throw notChangeable('virtualMachineProfile');
  const [before, after] = [current, next].map(({ properties }) =>
    priorityOf(objectAt(properties, 'virtualMachineProfile') ?? {}),
  );
  if (before?.toLowerCase() !== after?.toLowerCase()) throw notChangeable('priority');
  for (const member of ['computerNamePrefix', 'adminUsername'] as const) {
    const path = ['virtualMachineProfile', 'osProfile', member];
    if (textAt(current.properties, ...path) !== textAt(next.properties, ...path))
      throw notChangeable(`osProfile.${member}`);
  }
}
