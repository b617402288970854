// The environment of a guest's processes, and where things are for them: at their usual places with namespaces, below
// MUSTER_ROOT without. Every process of the guest can read it, and the host's root, so it holds no secret but the one that
// Azure's clients look for here: what keeps other guests from asking for tokens in this one's name.

import { join } from 'node:path';

import { GUEST_PATH } from './isolation.ts';
import { diskVersion, type GuestRecord, type Isolation } from './record.ts';

export interface Places {
  readonly root: string;
  readonly run: string;
  readonly data: string;
  readonly node: string;
}

export function placesIn(isolation: Isolation, directory: string, nodePath: string): Places {
  return isolation === 'namespaces'
    ? { root: '', run: '/run/muster', data: '/mnt/data', node: '/opt/muster/bin/node' }
    : {
        root: join(directory, 'os'),
        run: join(directory, 'channel'),
        data: join(directory, 'data'),
        node: nodePath,
      };
}

/** `token` names the boot; the scripts of `runtime/` pass it on to the guest's own processes only. */
export function guestEnvironment(
  record: GuestRecord,
  isolation: Isolation,
  places: Places,
  token: string,
): Record<string, string> {
  const { spec, address } = record;
  return {
    PATH: isolation === 'namespaces' ? GUEST_PATH : (process.env['PATH'] ?? GUEST_PATH),
    HOME: `${places.root}/root`,
    LANG: 'C.UTF-8',
    USER: 'root',
    MUSTER_TOKEN: token,
    MUSTER_GUEST: record.handle,
    MUSTER_NAME: spec.name,
    MUSTER_COMPUTER_NAME: spec.computerName,
    MUSTER_IMAGE: spec.image,
    MUSTER_IMAGE_VERSION: diskVersion(record),
    MUSTER_SIZE: spec.size,
    MUSTER_ADDRESS: address?.host ?? '',
    MUSTER_PORT: String(address?.port ?? ''),
    MUSTER_ROOT: places.root,
    MUSTER_RUN: places.run,
    MUSTER_DATA: places.data,
    MUSTER_NODE: places.node,
    ...metadataEnvironment(record),
  };
}

/** What Azure's clients read to find the metadata service, which cannot be at 169.254.169.254 here. */
function metadataEnvironment({ address, metadata }: GuestRecord): Record<string, string> {
  if (address === undefined || metadata === undefined) return {};
  const base = `http://${address.host}:${metadata.port}`;
  const endpoint = `${base}/msi/token`;
  return {
    MUSTER_METADATA_ENDPOINT: base,
    AZURE_POD_IDENTITY_AUTHORITY_HOST: base,
    IDENTITY_ENDPOINT: endpoint,
    IDENTITY_HEADER: metadata.secret,
    // The same, for clients older than those names (az 2.45).
    MSI_ENDPOINT: endpoint,
    MSI_SECRET: metadata.secret,
  };
}
