// VM sizes: which ones there are and what each has, as Azure's pages of sizes say. A guest is made of what its host has,
// whatever the size: what a size decides here is how many cores of a quota an instance takes.
// What must hold: a size has one name, without regard to case, and one family.

import { Failure } from './failure.ts';

export interface VmSize {
  /** `Standard_D2s_v5` */
  readonly name: string;
  /** As quotas and usages spell it: `standardDSv5Family`. */
  readonly family: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Of the temporary disk; 0: there is none. */
  readonly temporaryGiB: number;
  readonly dataDisks: number;
  readonly networkInterfaces: number;
  /** Takes premium storage. */
  readonly premium: boolean;
  /** May be had as Spot. */
  readonly spot: boolean;
  readonly generations: 'V1' | 'V2' | 'V1,V2';
  readonly acceleratedNetworking: boolean;
}

type Traits = Pick<VmSize, 'premium' | 'spot' | 'generations' | 'acceleratedNetworking'>;

/** `cores memory temporary disks interfaces`, by the name without `Standard_`. */
type Rows = Readonly<Record<string, readonly [number, number, number, number, number]>>;

const COMMON: Traits = { premium: true, spot: true, generations: 'V1,V2', acceleratedNetworking: true };

const FAMILIES: readonly { readonly family: string; readonly traits: Traits; readonly rows: Rows }[] = [
  {
    family: 'standardAv2Family',
    traits: { premium: false, spot: true, generations: 'V1', acceleratedNetworking: false },
    rows: {
      A1_v2: [1, 2, 10, 2, 2],
      A2_v2: [2, 4, 20, 4, 2],
      A2m_v2: [2, 16, 20, 4, 2],
      A4_v2: [4, 8, 40, 8, 4],
      A4m_v2: [4, 32, 40, 8, 4],
      A8_v2: [8, 16, 80, 16, 8],
      A8m_v2: [8, 64, 80, 16, 8],
    },
  },
  {
    family: 'standardBSFamily',
    traits: { ...COMMON, spot: false, acceleratedNetworking: false },
    rows: {
      B1ls: [1, 0.5, 4, 2, 2],
      B1ms: [1, 2, 4, 2, 2],
      B1s: [1, 1, 4, 2, 2],
      B2ms: [2, 8, 16, 4, 3],
      B2s: [2, 4, 8, 4, 3],
      B4ms: [4, 16, 32, 8, 4],
      B8ms: [8, 32, 64, 16, 4],
      B12ms: [12, 48, 96, 16, 6],
      B16ms: [16, 64, 128, 32, 8],
      B20ms: [20, 80, 160, 32, 8],
    },
  },
  {
    family: 'standardDv2Family',
    traits: { ...COMMON, premium: false, generations: 'V1' },
    rows: { D1_v2: [1, 3.5, 50, 4, 2], D2_v2: [2, 7, 100, 8, 2], D3_v2: [4, 14, 200, 16, 4] },
  },
  {
    family: 'standardDSv2Family',
    traits: COMMON,
    rows: {
      DS1_v2: [1, 3.5, 7, 4, 2],
      DS2_v2: [2, 7, 14, 8, 2],
      DS3_v2: [4, 14, 28, 16, 4],
      DS4_v2: [8, 28, 56, 32, 8],
    },
  },
  {
    family: 'standardDSv3Family',
    traits: COMMON,
    rows: {
      D2s_v3: [2, 8, 16, 4, 2],
      D4s_v3: [4, 16, 32, 8, 2],
      D8s_v3: [8, 32, 64, 16, 4],
      D16s_v3: [16, 64, 128, 32, 8],
      D32s_v3: [32, 128, 256, 32, 8],
    },
  },
  {
    family: 'standardDSv4Family',
    traits: COMMON,
    rows: {
      D2s_v4: [2, 8, 0, 4, 2],
      D4s_v4: [4, 16, 0, 8, 2],
      D8s_v4: [8, 32, 0, 16, 4],
      D16s_v4: [16, 64, 0, 32, 8],
    },
  },
  {
    family: 'standardDASv5Family',
    traits: COMMON,
    rows: { D2as_v5: [2, 8, 0, 4, 2], D4as_v5: [4, 16, 0, 8, 2], D8as_v5: [8, 32, 0, 16, 4] },
  },
  {
    family: 'standardDSv5Family',
    traits: COMMON,
    rows: {
      D2s_v5: [2, 8, 0, 4, 2],
      D4s_v5: [4, 16, 0, 8, 2],
      D8s_v5: [8, 32, 0, 16, 4],
      D16s_v5: [16, 64, 0, 32, 8],
      D32s_v5: [32, 128, 0, 32, 8],
      D48s_v5: [48, 192, 0, 32, 8],
      D64s_v5: [64, 256, 0, 32, 8],
      D96s_v5: [96, 384, 0, 32, 8],
    },
  },
  {
    family: 'standardESv3Family',
    traits: COMMON,
    rows: { E2s_v3: [2, 16, 32, 4, 2], E4s_v3: [4, 32, 64, 8, 2], E8s_v3: [8, 64, 128, 16, 4] },
  },
  {
    family: 'standardESv5Family',
    traits: COMMON,
    rows: {
      E2s_v5: [2, 16, 0, 4, 2],
      E4s_v5: [4, 32, 0, 8, 2],
      E8s_v5: [8, 64, 0, 16, 4],
      E16s_v5: [16, 128, 0, 32, 8],
    },
  },
  {
    family: 'standardFSv2Family',
    traits: COMMON,
    rows: {
      F2s_v2: [2, 4, 16, 4, 2],
      F4s_v2: [4, 8, 32, 8, 2],
      F8s_v2: [8, 16, 64, 16, 4],
      F16s_v2: [16, 32, 128, 32, 4],
      F32s_v2: [32, 64, 256, 32, 8],
    },
  },
];

export const VM_SIZES: readonly VmSize[] = FAMILIES.flatMap(({ family, traits, rows }) =>
  Object.entries(rows).map(([name, [cores, memoryGiB, temporaryGiB, dataDisks, networkInterfaces]]) => ({
    name: `Standard_${name}`,
    family,
    cores,
    memoryGiB,
    temporaryGiB,
    dataDisks,
    networkInterfaces,
    ...traits,
  })),
);

export const VM_FAMILIES: readonly string[] = FAMILIES.map(({ family }) => family);

const BY_NAME = new Map(VM_SIZES.map((size) => [size.name.toLowerCase(), size]));

export function vmSize(name: string): VmSize | undefined {
  return BY_NAME.get(name.toLowerCase());
}

/** Azure's refusal of a size that is not there (its page of common provisioning errors). */
export function checkVmSize(name: string): void {
  if (vmSize(name) !== undefined) return;
  const valid = VM_SIZES.map((size) => size.name).join(',');
  throw new Failure(
    'invalidParameter',
    `The value ${name} provided for the VM size is not valid. The valid sizes in the current region are: ${valid}. Find out more on the valid VM sizes in each region at https://aka.ms/azureregions.`,
    { target: 'vmSize' },
  );
}
