// Platform images: what others publish and Muster knows by name, which is what the image aliases of az and the usual
// templates ask for. Each is a guest of the base image, whatever distribution its name says: Muster has no files of theirs.
// What must hold: an image that the list does not have is refused; nothing of Windows is in it, since guests are Linux.

/** An offer with its SKUs. */
export interface PlatformOffer {
  readonly publisher: string;
  readonly offer: string;
  /** By name, the generation of machines that each is for. All are for x64. */
  readonly skus: Readonly<Record<string, Generation>>;
}

export type Generation = 'V1' | 'V2';

const [V1, V2] = ['V1', 'V2'] as const;

/** The publisher of the images of a plane's own. */
export const OWN_PUBLISHER = 'muster';
/** The one SKU under which each of them is listed. References may say any. */
export const OWN_SKU = '1';

export const PLATFORM_OFFERS: readonly PlatformOffer[] = [
  offer('almalinux', 'almalinux-x86_64', { '8-gen2': V2, '9-gen2': V2 }),
  offer('Canonical', '0001-com-ubuntu-server-focal', {
    '20_04-lts': V1,
    '20_04-lts-gen2': V2,
  }),
  offer('Canonical', '0001-com-ubuntu-server-jammy', {
    '22_04-lts': V1,
    '22_04-lts-gen2': V2,
  }),
  offer('Canonical', 'ubuntu-24_04-lts', { server: V2, 'server-gen1': V1 }),
  offer('Canonical', 'UbuntuServer', { '16.04-LTS': V1, '18.04-LTS': V1, '18_04-lts-gen2': V2 }),
  offer('Debian', 'debian-10', { '10': V1, '10-gen2': V2 }),
  offer('Debian', 'debian-11', { '11': V1, '11-gen2': V2, '11-backports-gen2': V2 }),
  offer('Debian', 'debian-12', { '12': V1, '12-gen2': V2 }),
  offer('kinvolk', 'flatcar-container-linux-free', { stable: V1, 'stable-gen2': V2 }),
  offer('MicrosoftCBLMariner', 'azure-linux-3', { 'azure-linux-3': V1, 'azure-linux-3-gen2': V2 }),
  offer('OpenLogic', 'CentOS', { '7.5': V1, '7_9': V1, '7_9-gen2': V2, '8_5-gen2': V2 }),
  offer('RedHat', 'RHEL', { '7-LVM': V1, '8-lvm-gen2': V2, '9-lvm-gen2': V2, '9_4': V1 }),
  offer('SUSE', 'opensuse-leap-15-3', { gen1: V1, gen2: V2 }),
  offer('SUSE', 'opensuse-leap-15-4', { gen1: V1, gen2: V2 }),
  offer('SUSE', 'sles-15-sp3', { gen1: V1, gen2: V2 }),
  offer('SUSE', 'sles-15-sp5', { gen1: V1, gen2: V2 }),
];

export interface ImageAlias {
  readonly alias: string;
  readonly publisher: string;
  readonly offer: string;
  readonly sku: string;
}

/** Short names, those of older and of newer versions of az. */
export const IMAGE_ALIASES: readonly ImageAlias[] = [
  alias('CentOS', 'OpenLogic', 'CentOS', '7.5'),
  alias('CentOS85Gen2', 'OpenLogic', 'CentOS', '8_5-gen2'),
  alias('Debian', 'Debian', 'debian-10', '10'),
  alias('Debian11', 'Debian', 'debian-11', '11-backports-gen2'),
  alias('Debian12', 'Debian', 'debian-12', '12-gen2'),
  alias('Flatcar', 'kinvolk', 'flatcar-container-linux-free', 'stable'),
  alias('FlatcarLinuxFreeGen2', 'kinvolk', 'flatcar-container-linux-free', 'stable-gen2'),
  alias('openSUSE-Leap', 'SUSE', 'opensuse-leap-15-3', 'gen2'),
  alias('OpenSuseLeap154Gen2', 'SUSE', 'opensuse-leap-15-4', 'gen2'),
  alias('RHEL', 'RedHat', 'RHEL', '7-LVM'),
  alias('RHELRaw8LVMGen2', 'RedHat', 'RHEL', '8-lvm-gen2'),
  alias('SLES', 'SUSE', 'sles-15-sp3', 'gen2'),
  alias('SuseSles15SP5', 'SUSE', 'sles-15-sp5', 'gen2'),
  alias('Ubuntu2204', 'Canonical', '0001-com-ubuntu-server-jammy', '22_04-lts-gen2'),
  alias('Ubuntu2404', 'Canonical', 'ubuntu-24_04-lts', 'server'),
  alias('UbuntuLTS', 'Canonical', 'UbuntuServer', '18.04-LTS'),
  alias('MusterBase', OWN_PUBLISHER, 'base', OWN_SKU),
  alias('MusterWeb', OWN_PUBLISHER, 'web', OWN_SKU),
];

/** The offers of a publisher; nothing where it is not known. */
export function offersOf(publisher: string): readonly PlatformOffer[] {
  return PLATFORM_OFFERS.filter((one) => same(one.publisher, publisher));
}

export function findOffer(publisher: string, name: string): PlatformOffer | undefined {
  return offersOf(publisher).find((one) => same(one.offer, name));
}

/** The SKU's own spelling and what it has. */
export function findSku(
  publisher: string,
  offerName: string,
  sku: string,
): { readonly name: string; readonly generation: Generation } | undefined {
  const found = Object.entries(findOffer(publisher, offerName)?.skus ?? {}).find(([name]) => same(name, sku));
  return found && { name: found[0], generation: found[1] };
}

function offer(publisher: string, name: string, skus: PlatformOffer['skus']): PlatformOffer {
  return { publisher, offer: name, skus };
}

function alias(name: string, publisher: string, offerName: string, sku: string): ImageAlias {
  return { alias: name, publisher, offer: offerName, sku };
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
