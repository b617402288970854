// Distribution: which backend a connection goes to. Rendezvous hashing: every backend draws a number from the flow's key and
// its own name, and the highest takes the connection. What must hold: the same flow goes to the same backend while that
// stays; when a backend leaves or comes, only flows that it had or gets move.

/** Azure's `loadDistribution`: `Default` (five-tuple), `SourceIP` (two), `SourceIPProtocol` (three). */
export type Distribution = 'Default' | 'SourceIP' | 'SourceIPProtocol';

export interface Flow {
  readonly sourceHost: string;
  readonly sourcePort: number;
  readonly host: string;
  readonly port: number;
}

/** What of a flow counts. All flows here are TCP. */
export function flowKey(distribution: Distribution, flow: Flow): string {
  switch (distribution) {
    case 'Default':
      return [flow.sourceHost, flow.sourcePort, flow.host, flow.port, 'tcp'].join(' ');
    case 'SourceIP':
      return [flow.sourceHost, flow.host].join(' ');
    case 'SourceIPProtocol':
      return [flow.sourceHost, flow.host, 'tcp'].join(' ');
  }
}

/** The backends in the order in which the flow prefers them. */
export function preference(key: string, backends: readonly string[]): readonly string[] {
  return backends
    .map((backend) => ({ backend, draw: hash(`${key} ${backend}`) }))
    .toSorted((a, b) => b.draw - a.draw || (a.backend < b.backend ? -1 : 1))
    .map(({ backend }) => backend);
}

/** FNV-1a, finished as MurmurHash3 finishes, so that keys that differ in their last character differ in every bit. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
