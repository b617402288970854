// The names a plane answers to, and what follows from them: which certificate it needs, which base URL an
// answer may carry, which token audiences mean this plane. Must hold: nothing a client sends in a Host
// header comes back in an answer unless its host is one of these names.
import { isIP } from 'node:net';

/** Host names and addresses without brackets, lower case, each once. */
export type PlaneNames = readonly string[];

const ALWAYS = ['localhost', '127.0.0.1', '::1'];

/** Addresses to listen on that are no address to be reached at. */
const UNSPECIFIED = new Set(['0.0.0.0', '::']);

const DNS_NAME =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/**
 * Loopback's names, then those of `others` that can stand in a certificate: the machine's host name, the
 * address the plane listens on. What cannot (an empty name, 0.0.0.0, a name beyond ASCII) is left out.
 */
export function planeNames(others: readonly string[]): PlaneNames {
  const wanted = others.map((name) => canonicalHost(name)).filter((name) => isCertifiable(name));
  return [...new Set([...ALWAYS, ...wanted])];
}

function isCertifiable(name: string): boolean {
  if (UNSPECIFIED.has(name)) return false;
  return isIP(name) !== 0 || DNS_NAME.test(name);
}

/** One spelling of each host: lower case, and IPv6 as URLs compress it (`0:0:0:0:0:0:0:1` is `::1`). */
export function canonicalHost(host: string): string {
  if (isIP(host) !== 6) return host.toLowerCase();
  const url = URL.parse(`http://[${host}]`);
  return url === null ? host.toLowerCase() : url.hostname.slice(1, -1);
}

const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([^\s:/?#@[\]]+))(?::(\d{1,5}))?$/i;

interface HostAndPort {
  readonly host: string;
  readonly port: string;
}

function parseAuthority(text: string): HostAndPort | undefined {
  const [whole, six, other, port] = AUTHORITY.exec(text) ?? [];
  if (whole === undefined || Number(port ?? '0') > 65_535) return undefined;
  return { host: canonicalHost(six ?? other ?? ''), port: port === undefined ? '' : `:${Number(port)}` };
}

/**
 * The https URL, without a slash at its end, under which the sender of this Host header reaches the plane;
 * `endpoint` when the header is absent or names a host that is not the plane's. Any port is taken as it
 * is, because a tunnel or a published container port shows the client another than the plane's own.
 */
export function baseUrl(hostHeader: string | undefined, names: PlaneNames, endpoint: string): string {
  const asked = parseAuthority(hostHeader ?? '');
  if (asked === undefined || !names.includes(asked.host)) return endpoint;
  return `https://${asked.host.includes(':') ? `[${asked.host}]` : asked.host}${asked.port}`;
}

/** Whether a URL names this plane's root, in any of its names, with or without slashes at its end. */
export function isOwnRoot(url: string, names: PlaneNames): boolean {
  const [whole, authority] = /^https?:\/\/([^/]+)\/*$/i.exec(url) ?? [];
  if (whole === undefined || authority === undefined) return false;
  const parsed = parseAuthority(authority);
  return parsed !== undefined && names.includes(parsed.host);
}

/** What Azure's own clients call Resource Manager, whichever endpoint they were pointed at. */
const AZURE_AUDIENCES = new Set(['https://management.azure.com', 'https://management.core.windows.net']);

/** Whether a token for this audience is one for this plane's Resource Manager. */
export function isPlaneAudience(audience: string, names: PlaneNames): boolean {
  return AZURE_AUDIENCES.has(audience.toLowerCase().replace(/\/+$/, '')) || isOwnRoot(audience, names);
}
