// Which file systems may hold the database. What must hold: an acknowledged write is on this machine's own disk and the
// lock on the file is real; network file systems promise neither.

import { statfsSync } from 'node:fs';

/** Linux's numbers (statfs(2), linux/magic.h). Other systems number theirs in ways that meet none of these. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x01021997, '9p'],
  [0x65735546, 'FUSE'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x47504653, 'GPFS'],
  [0x19830326, 'BeeGFS'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x73757245, 'Coda'],
  [0x564c, 'NCP'],
  [0x786f4256, 'VirtualBox shared folder'],
  [0xbacbacbc, 'VMware shared folder'],
]);

/** The data directory lies where no write is safe. */
export class NetworkFileSystem extends Error {
  constructor(directory: string, kind: string) {
    super(
      `${directory} is on a ${kind} file system, where neither locks nor acknowledged writes can be relied on: ` +
        'choose a data directory on a local disk',
    );
    this.name = 'NetworkFileSystem';
  }
}

/** The name of the network file system that has this `statfs` type; undefined for any other. */
export function networkFileSystem(type: number): string | undefined {
  return NETWORK_FILE_SYSTEMS.get(type >>> 0);
}

/** Throws NetworkFileSystem when the directory is on one. */
export function requireLocalFileSystem(directory: string): void {
  const kind = networkFileSystem(statfsSync(directory).type);
  if (kind !== undefined) throw new NetworkFileSystem(directory, kind);
}
