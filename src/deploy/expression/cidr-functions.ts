// CIDR functions: what is in a prefix, a smaller prefix of it, one of its hosts.

import type { Json } from '../../domain/json.ts';
import { integerArgument, invalid, textArgument } from './arguments.ts';
import { type Arguments, define, type FunctionDefinition } from './function-definition.ts';
import {
  bitsOf,
  type IpNetwork,
  lastAddress,
  netmask,
  parseNetwork,
  printAddress,
  sizeOf,
} from './ip-network.ts';
import { ExpressionProblem, USAGE } from './problem.ts';

export const cidrFunctions: readonly FunctionDefinition[] = [
  define('parseCidr', [1, 1], parseCidr),
  define('cidrSubnet', [3, 3], cidrSubnet),
  define('cidrHost', [2, 2], cidrHost),
];

function parseCidr(args: Arguments): Json {
  const network = networkArgument(args);
  const { version, address, length } = network;
  const last = lastAddress(network);
  const print = (which: bigint): string => printAddress(version, which);
  const reserved = reservedIn(network);
  return {
    network: print(address),
    netmask: print(netmask(network)),
    ...(version === 4 && { broadcast: print(last) }),
    firstUsable: print(address + reserved),
    lastUsable: print(last - reserved),
    cidr: length,
  };
}

/** IPv4 keeps the first and the last address for itself; a network of one or two has none to spare (RFC 3021). */
function reservedIn({ version, length }: IpNetwork): bigint {
  return version === 4 && length < 31 ? 1n : 0n;
}

function cidrSubnet(args: Arguments): Json {
  const { version, address, length } = networkArgument(args);
  const [newLength, index] = [integerArgument(args, 1), integerArgument(args, 2)];
  if (newLength < length || newLength > bitsOf(version)) {
    throw invalid(
      args,
      `The new CIDR value '${newLength}' must be between '${length}' and '${bitsOf(version)}'.`,
    );
  }
  if (index < 0 || BigInt(index) >= 1n << BigInt(newLength - length)) {
    throw invalid(args, `The subnet index '${index}' is out of range.`);
  }
  const start = address + BigInt(index) * sizeOf(version, newLength);
  return `${printAddress(version, start)}/${newLength}`;
}

/** Counted from the first address that a host may have: host 0 of 10.0.0.0/24 is 10.0.0.1. */
function cidrHost(args: Arguments): Json {
  const network = networkArgument(args);
  const index = integerArgument(args, 1);
  const first = sizeOf(network.version, network.length) > 2n ? network.address + 1n : network.address;
  const host = first + BigInt(index);
  if (index < 0 || host > lastAddress(network) - reservedIn(network)) {
    throw invalid(args, `The host index '${index}' is out of range.`);
  }
  return printAddress(network.version, host);
}

function networkArgument(args: Arguments): IpNetwork {
  const network = parseNetwork(textArgument(args, 0));
  if (network !== undefined) return network;
  throw new ExpressionProblem(
    `The template language function '${args.name}' expects its first parameter to be an IP network in CIDR notation. ` +
      `The provided value is '${args.quoted(0)}'. ${USAGE}`,
  );
}
