// Model facts: what every instance of one model version shows of it, worked out once a version, secrets gone.

import { isObject, type JsonObject, listAt, objectAt, textAt } from '../../domain/json.ts';
import type { ModelVersion } from '../../domain/scale-set.ts';
import { profileInOrder } from './order.ts';
import { withoutSecrets } from './secrets.ts';

export interface ModelFacts {
  readonly sku: JsonObject;
  /** Without the prefix of the computer names. */
  readonly osProfile: JsonObject;
  readonly imageReference: JsonObject;
  readonly osDisk: JsonObject;
  /** Copied whole into each instance; absent when the model has no network. */
  readonly networkConfiguration: JsonObject | undefined;
  readonly interfaceNames: readonly string[];
  /** Other members of the profile that an instance repeats. */
  readonly others: JsonObject;
  /** Those that a virtual machine repeats, or that its own model has. */
  readonly machineOthers: JsonObject;
  readonly plan: JsonObject | undefined;
  /** What is in the guest, as far as the image's name says. */
  readonly os: { readonly osName: string; readonly osVersion: string } | undefined;
  readonly hyperVGeneration: 'V1' | 'V2';
}

const REPEATED = [
  'licenseType',
  'priority',
  'evictionPolicy',
  'billingProfile',
  'securityProfile',
  'diagnosticsProfile',
];

/** Members of a virtual machine that are the same word in a profile. Source: swagger. */
const REPEATED_BY_MACHINES = [
  'additionalCapabilities',
  ...REPEATED,
  'proximityPlacementGroup',
  'host',
  'hostGroup',
  'extensionsTimeBudget',
  'scheduledEventsProfile',
  'capacityReservation',
  'applicationProfile',
];

const known = new WeakMap<ModelVersion, ModelFacts>();

export function modelFacts(model: ModelVersion): ModelFacts {
  const found = known.get(model);
  if (found !== undefined) return found;
  const facts = read(model);
  known.set(model, facts);
  return facts;
}

function read(model: ModelVersion): ModelFacts {
  const profile = profileInOrder(withoutSecrets(model.profile));
  const { computerNamePrefix: _prefix, ...osProfile } = objectAt(profile, 'osProfile') ?? {};
  const image = objectAt(profile, 'storageProfile', 'imageReference') ?? {};
  const interfaces = listAt(profile, 'networkProfile', 'networkInterfaceConfigurations').filter(isObject);
  const securityType = textAt(profile, 'securityProfile', 'securityType');
  return {
    sku: { name: model.size, tier: model.tier },
    osProfile,
    imageReference: image,
    osDisk: objectAt(profile, 'storageProfile', 'osDisk') ?? {},
    networkConfiguration:
      interfaces.length === 0 ? undefined : { networkInterfaceConfigurations: interfaces },
    interfaceNames: interfaces.map((nic) => textAt(nic, 'name')).filter((name) => name !== undefined),
    others: membersOf(profile, REPEATED),
    machineOthers: membersOf(profile, REPEATED_BY_MACHINES),
    plan: objectAt(withoutSecrets(model.extra), 'plan'),
    os: systemOf(image),
    hyperVGeneration: securityType === undefined || securityType === 'Standard' ? 'V1' : 'V2',
  };
}

function membersOf(profile: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.filter((key) => profile[key] !== undefined).map((key) => [key, profile[key]]),
  );
}

const SYSTEMS = [
  'ubuntu',
  'debian',
  'centos',
  'almalinux',
  'rockylinux',
  'rhel',
  'sles',
  'opensuse',
  'oracle',
  'flatcar',
];

/** `0001-com-ubuntu-server-jammy` and `22_04-lts` are ubuntu 22.04; an image that tells neither says nothing. */
function systemOf(image: JsonObject): ModelFacts['os'] {
  const words = ['publisher', 'offer', 'sku'].map((key) => textAt(image, key)?.toLowerCase() ?? '');
  const version = words
    .slice(1)
    .map((word) => /(?<![\d.])(\d{1,4}(?:[._]\d{1,2})?)(?![\d.])/.exec(word.replace(/^0\d+-/, ''))?.[1]);
  const osVersion = (version[1] ?? version[0])?.replace('_', '.');
  if (osVersion === undefined) return undefined;
  if (words.join(' ').includes('windows')) return { osName: `Windows Server ${osVersion}`, osVersion };
  const osName = SYSTEMS.find((system) => words.some((word) => word.includes(system)));
  return osName === undefined ? undefined : { osName, osVersion };
}
