// Which file systems may hold the database.
import { tmpdir } from 'node:os';

import { describe, expect, test } from 'vitest';

import { NetworkFileSystem, networkFileSystem, requireLocalFileSystem } from './file-system.ts';

describe('a file system of the network', () => {
  test.for([
    [0x6969, 'NFS'],
    [0x517b, 'SMB'],
    [0xff534d42, 'CIFS'],
    [0xfe534d42, 'SMB2'],
    [0x01021997, '9p'],
    [0x65735546, 'FUSE'],
  ] as const)('of type %i is recognised as %s', ([type, name]) => {
    expect(networkFileSystem(type)).toBe(name);
  });

  test('is recognised when the type comes as a signed number', () => {
    expect(networkFileSystem(0xff534d42 | 0)).toBe('CIFS');
  });
});

test.for([
  ['ext4', 0xef53],
  ['xfs', 0x58465342],
  ['btrfs', 0x9123683e],
  ['tmpfs', 0x01021994],
  ['overlayfs', 0x794c7630],
  ['zfs', 0x2fc12fc1],
  ['apfs, as macOS numbers it', 0x1a],
] as const)('%s is local', ([, type]) => {
  expect(networkFileSystem(type)).toBeUndefined();
});

test('a directory is looked at as it is', () => {
  expect(() => requireLocalFileSystem(tmpdir())).not.toThrow();
  expect(() => requireLocalFileSystem('/no/such/directory')).toThrow('ENOENT');
});

test('the refusal says where, what and what to do', () => {
  expect(new NetworkFileSystem('/mnt/share', 'NFS').message).toMatch(
    /^\/mnt\/share is on a NFS .* local disk$/,
  );
});
