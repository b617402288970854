// IP network: addresses of both families as integers, and prefixes in CIDR notation. IPv6 is written as RFC 5952 has it.

export interface IpNetwork {
  readonly version: 4 | 6;
  /** The lowest address; a prefix given with another address of the network is taken for this one. */
  readonly address: bigint;
  readonly length: number;
}

export function bitsOf(version: 4 | 6): number {
  return version === 4 ? 32 : 128;
}

/** Undefined when the text is no prefix. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const match = /^([\da-f.:]{2,45})\/(\d{1,3})$/i.exec(text);
  const [, written = '', digits = ''] = match ?? [];
  const version = written.includes(':') ? 6 : 4;
  const address = version === 4 ? parseIpv4(written) : parseIpv6(written);
  const length = Number(digits);
  if (match === null || address === undefined || length > bitsOf(version)) return undefined;
  const host = BigInt(bitsOf(version) - length);
  return { version, address: (address >> host) << host, length };
}

export function lastAddress({ version, address, length }: IpNetwork): bigint {
  return address + sizeOf(version, length) - 1n;
}

/** How many addresses a prefix of that length has. */
export function sizeOf(version: 4 | 6, length: number): bigint {
  return 1n << BigInt(bitsOf(version) - length);
}

export function netmask({ version, length }: IpNetwork): bigint {
  return (1n << BigInt(bitsOf(version))) - sizeOf(version, length);
}

export function printAddress(version: 4 | 6, address: bigint): string {
  return version === 4 ? groups(address, 4, 8n).join('.') : printIpv6(address);
}

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const parts = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!parts.every((part) => /^[\da-f]{1,4}$/i.test(part))) return undefined;
  return parts.reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n);
}

/** The longest run of two zeros or more is left out. */
function printIpv6(address: bigint): string {
  const written = groups(address, 8, 16n).map((group) => group.toString(16));
  const text = written.join(':');
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)];
  const longest = runs.reduce<RegExpExecArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice(longest.index + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

function groups(address: bigint, count: number, bits: bigint): readonly bigint[] {
  return Array.from(
    { length: count },
    (_, index) => (address >> (bits * BigInt(count - 1 - index))) & ((1n << bits) - 1n),
  );
}
