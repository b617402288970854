// The instance document: what an instance is, in the shape of Azure's service. Every leaf is a text, and what does not
// apply is empty, never left out.
// Source: Azure's page on its Instance Metadata Service. Guests have no network cards: what it says of the network is what the
// instance's network interfaces are declared to be, and the addresses are those that their views show.

import type { Self } from '../app/guest-metadata.ts';
import { type DataDisk, nameOf } from '../domain/instance.ts';
import {
  at,
  asText,
  flagAt,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
} from '../domain/json.ts';
import { osDiskName } from '../domain/disk-name.ts';
import { computerNameOf, sizeOf } from '../domain/model.ts';
import {
  type IpConfiguration,
  type NetworkInterface,
  networkInterfaces,
} from '../domain/network-interface.ts';
import { rulesOf } from '../domain/orchestration.ts';
import { groupPath, instancePath, setPath } from '../domain/resource-path.ts';
import { isSolo } from '../domain/scale-set.ts';

export function instanceDocument(self: Self, subscriptionId: string): JsonObject {
  return { compute: computeOf(self, subscriptionId), network: networkOf(self) };
}

function computeOf(self: Self, subscriptionId: string): JsonObject {
  const { set, instance, model } = self;
  const { profile } = model;
  const said = (...path: string[]): string => asText(at(profile, ...path));
  const image = objectAt(profile, 'storageProfile', 'imageReference') ?? {};
  const tags = Object.entries(instance.tags);
  return {
    additionalCapabilities: { hibernationEnabled: 'false' },
    // Not one of Azure's clouds: a program that chooses its endpoints by this must not come upon the real ones.
    azEnvironment: 'Muster',
    customData: '',
    evictionPolicy: said('evictionPolicy'),
    extendedLocation: { name: '', type: '' },
    host: { id: '' },
    hostGroup: { id: '' },
    isHostCompatibilityLayerVm: 'false',
    licenseType: said('licenseType'),
    location: set.declared.location,
    name: nameOf(set.name, instance),
    offer: asText(image['offer']),
    osProfile: {
      adminUsername: said('osProfile', 'adminUsername'),
      computerName: computerNameOf(model, instance),
      disablePasswordAuthentication: String(
        flagAt(profile, 'osProfile', 'linuxConfiguration', 'disablePasswordAuthentication') ?? false,
      ),
    },
    osType: said('storageProfile', 'osDisk', 'osType'),
    physicalZone: '',
    placementGroupId: rulesOf(set.declared).placementGroup === 'many' ? '' : set.uid,
    plan: texts(objectAt(model.extra, 'plan'), ['name', 'product', 'publisher']),
    platformFaultDomain: String(instance.faultDomain),
    platformSubFaultDomain: '',
    platformUpdateDomain: String(instance.updateDomain),
    priority: said('priority') || 'Regular',
    provider: 'Microsoft.Compute',
    publicKeys: listAt(profile, 'osProfile', 'linuxConfiguration', 'ssh', 'publicKeys')
      .filter(isObject)
      .map((key) => texts(key, ['keyData', 'path'])),
    publisher: asText(image['publisher']),
    resourceGroupName: set.group,
    resourceId: instancePath(subscriptionId, set, instance),
    securityProfile: {
      encryptionAtHost: String(flagAt(profile, 'securityProfile', 'encryptionAtHost') ?? false),
      secureBootEnabled: String(
        flagAt(profile, 'securityProfile', 'uefiSettings', 'secureBootEnabled') ?? false,
      ),
      securityType: said('securityProfile', 'securityType'),
      virtualTpmEnabled: String(flagAt(profile, 'securityProfile', 'uefiSettings', 'vTpmEnabled') ?? false),
    },
    sku: asText(image['sku']),
    storageProfile: storageOf(self, subscriptionId, image),
    subscriptionId,
    tags: tags.map(([name, value]) => `${name}:${value}`).join(';'),
    tagsList: tags.map(([name, value]) => ({ name, value })),
    userData: instance.userData ?? said('userData'),
    version: asText(image['version']),
    // Azure names the set here for flexible orchestration only.
    virtualMachineScaleSet: { id: isBeside(self) ? setPath(subscriptionId, set) : '' },
    vmId: instance.vmId,
    vmScaleSetName: isSolo(set) ? '' : set.name,
    vmSize: sizeOf(instance, model),
    zone: instance.zone ?? '',
  };
}

/** A machine of its own, in a set. */
function isBeside({ set, instance }: Self): boolean {
  return instance.machine !== undefined && !isSolo(set);
}

function storageOf({ set, instance, model }: Self, subscriptionId: string, image: JsonObject): JsonObject {
  const osDisk = objectAt(model.profile, 'storageProfile', 'osDisk') ?? {};
  const osName = osDiskName(set.name, instance);
  const idOf = (name: string): string =>
    `${groupPath(subscriptionId, set.group)}/providers/Microsoft.Compute/disks/${name}`;
  return {
    dataDisks: instance.dataDisks.map((disk) => dataDiskOf(disk, idOf)),
    imageReference: texts(image, IMAGE_MEMBERS),
    osDisk: {
      ...diskOf(osDisk, osName, idOf),
      diffDiskSettings: { option: asText(at(osDisk, 'diffDiskSettings', 'option')) },
      diskSizeGB: asText(osDisk['diskSizeGB']),
      encryptionSettings: { enabled: 'false' },
      osType: asText(osDisk['osType']),
    },
    resourceDisk: { size: '0' },
  };
}

function dataDiskOf(disk: DataDisk, idOf: (name: string) => string): JsonObject {
  return {
    ...diskOf(disk.declared, disk.name, idOf),
    bytesPerSecondThrottle: '',
    diskCapacityBytes: '',
    diskSizeGB: String(disk.sizeGiB),
    isSharedDisk: 'false',
    isUltraDisk: 'false',
    lun: String(disk.lun),
    opsPerSecondThrottle: '',
  };
}

function diskOf(declared: JsonObject, name: string, idOf: (name: string) => string): JsonObject {
  const kind = asText(at(declared, 'managedDisk', 'storageAccountType'));
  return {
    caching: asText(declared['caching']),
    createOption: asText(declared['createOption']),
    image: { uri: '' },
    managedDisk: { id: idOf(name), storageAccountType: kind || 'Standard_LRS' },
    name,
    vhd: { uri: '' },
    writeAcceleratorEnabled: String(flagAt(declared, 'writeAcceleratorEnabled') ?? false),
  };
}

function networkOf({ instance, model, prefixes }: Self): JsonObject {
  const nics = networkInterfaces(instance, model.profile);
  const interfaces = nics.map((nic) => interfaceOf(nic, prefixes));
  if (interfaces.length > 0) return { interface: interfaces };
  const { address } = instance.observed;
  return { interface: address === undefined ? [] : [interfaceBody([{ privateAddress: address.host }], '')] };
}

function interfaceOf(
  { macAddress, ipConfigurations }: NetworkInterface,
  prefixes: ReadonlyMap<string, string>,
): JsonObject {
  return interfaceBody(ipConfigurations, macAddress.replaceAll('-', ''), prefixes);
}

/** What a guest without a subnet of its own is in. */
const LOOPBACK = '127.0.0.0/8';

function interfaceBody(
  ips: readonly Pick<IpConfiguration, 'privateAddress' | 'publicAddress'>[],
  macAddress: string,
  prefixes: ReadonlyMap<string, string> = new Map(),
): JsonObject {
  const known = ips.flatMap(({ privateAddress, publicAddress }) =>
    privateAddress === undefined
      ? []
      : [{ privateIpAddress: privateAddress, publicIpAddress: publicAddress?.address ?? '' }],
  );
  const isSix = ({ privateIpAddress }: { readonly privateIpAddress: string }): boolean =>
    privateIpAddress.includes(':');
  const four = known.filter((one) => !isSix(one));
  const subnets = new Set(four.map(({ privateIpAddress }) => prefixes.get(privateIpAddress) ?? LOOPBACK));
  return {
    ipv4: {
      ipAddress: four,
      subnet: [...subnets].map((prefix) => {
        const [address = '', length = ''] = prefix.split('/');
        return { address, prefix: length };
      }),
    },
    ipv6: { ipAddress: known.filter(isSix).map(({ privateIpAddress }) => ({ privateIpAddress })) },
    macAddress,
  };
}

const IMAGE_MEMBERS = [
  'id',
  'offer',
  'publisher',
  'sku',
  'version',
  'communityGalleryImageId',
  'sharedGalleryImageId',
  'exactVersion',
];

function texts(object: JsonObject | undefined, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.map((name): [string, Json] => [name, asText(object?.[name])]));
}
