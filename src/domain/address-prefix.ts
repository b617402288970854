// Address prefix: a block of IP addresses in CIDR notation, `10.0.0.0/24` or `fd00::/64`, as numbers that can be compared.
// What must hold: a prefix's first address is a multiple of its size, so that two prefixes either nest or do not touch.

export interface AddressPrefix {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
  readonly length: number;
}

/** Undefined when it is no CIDR notation. `aligned` tells the prefix that was meant where host bits are set in what came. */
export function parsePrefix(text: string): { prefix: AddressPrefix; aligned: boolean } | undefined {
  const [, host = '', digits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? [];
  const address = parseAddress(host);
  const length = Number(digits);
  if (address === undefined || digits === '') return undefined;
  const bits = address.family === 4 ? 32 : 128;
  if (length > bits) return undefined;
  const size = 1n << BigInt(bits - length);
  const first = (address.value / size) * size;
  const prefix: AddressPrefix = { family: address.family, first, last: first + size - 1n, length };
  return { prefix, aligned: first === address.value };
}

/** Undefined when it is no IP address. */
export function parseAddress(text: string): { family: 4 | 6; value: bigint } | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { family: 4, value: four };
  const six = parseSix(text);
  return six === undefined ? undefined : { family: 6, value: six };
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !/^[0-9a-f:]+$/i.test(text)) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = 8 - head.length - tail.length;
  if (halves.length === 1 ? gap !== 0 : gap < 1) return undefined;
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((value, group) => value * 65_536n + BigInt(`0x${group}`), 0n);
}

/** RFC 5952 for version 6: the first of the longest runs of zeros is left out. */
export function formatAddress(family: 4 | 6, value: bigint): string {
  const [count, base] = family === 4 ? [4, 256n] : [8, 65_536n];
  const parts: bigint[] = [];
  for (let rest = value; parts.length < count; rest /= base) parts.unshift(rest % base);
  if (family === 4) return parts.join('.');
  const words = parts.map((part) => part.toString(16));
  const { start, length } = longestZeros(parts);
  if (length < 2) return words.join(':');
  return `${words.slice(0, start).join(':')}::${words.slice(start + length).join(':')}`;
}

function longestZeros(parts: readonly bigint[]): { start: number; length: number } {
  let longest = { start: 0, length: 0 };
  let length = 0;
  parts.forEach((part, index) => {
    length = part === 0n ? length + 1 : 0;
    if (length > longest.length) longest = { start: index - length + 1, length };
  });
  return longest;
}

export function formatPrefix({ family, first, length }: AddressPrefix): string {
  return `${formatAddress(family, first)}/${length}`;
}

export function contains(outer: AddressPrefix, inner: AddressPrefix): boolean {
  return outer.family === inner.family && outer.first <= inner.first && inner.last <= outer.last;
}

export function overlaps(a: AddressPrefix, b: AddressPrefix): boolean {
  return a.family === b.family && a.first <= b.last && b.first <= a.last;
}

export function isInside(prefix: AddressPrefix, address: { family: 4 | 6; value: bigint }): boolean {
  return prefix.family === address.family && prefix.first <= address.value && address.value <= prefix.last;
}
