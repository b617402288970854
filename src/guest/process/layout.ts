// Layout of a fresh OS disk: its directories, what of the host it leads to, and the places where the host is mounted
// over it. The same in both isolations, so that a guest may be booted in either.
// Without waiting in between: it is a hundred small calls that take a millisecond together.

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

import { linkTarget } from './files.ts';

const DIRECTORIES = [
  'dev etc home mnt/data opt/muster/bin proc root run srv/www sys tmp usr var/cache var/lib/cloud/instance',
  'var/lib/muster var/lib/waagent var/log var/tmp var/usrlocal/bin',
]
  .join(' ')
  .split(' ');

/** Beside /usr: links into it on most systems, directories of their own on the rest. */
export const MERGED_USR = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

const LINKS: readonly Link[] = [
  ['etc/mtab', '/proc/self/mounts'],
  ['etc/os-release', '../usr/lib/os-release'],
  ['var/run', '../run'],
];

type Link = readonly [path: string, target: string];

export const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/** What all guests see alike, read-only, so that it is made once for all of them. */
const SHARED_DIRECTORIES = ['dev/pts', 'dev/shm', 'sys/devices/system'];
const SHARED_LINKS: readonly Link[] = [
  ['dev/fd', '/proc/self/fd'],
  ['dev/stdin', '/proc/self/fd/0'],
  ['dev/stdout', '/proc/self/fd/1'],
  ['dev/stderr', '/proc/self/fd/2'],
  ['dev/ptmx', 'pts/ptmx'],
  // The serial console is where the first process writes.
  ['dev/console', '/proc/1/fd/1'],
  ['dev/ttyS0', '/proc/1/fd/1'],
];

/** Of the host's /etc, what programs need to find libraries, each other, names and certificates. No key is among them. */
export const ETC_MOUNTS = [
  'alternatives',
  'crypto-policies',
  'ld.so.cache',
  'ld.so.conf.d',
  'pki/ca-trust/extracted',
  'pki/tls/certs',
  'resolv.conf',
  'ssl/certs',
];

/** Copied, because an operator may change them. */
const ETC_COPIES = [
  'bash.bashrc',
  'ld.so.conf',
  'localtime',
  'profile',
  'protocols',
  'services',
  'ssl/openssl.cnf',
];

/** Makes what is missing of what all guests share. Nothing is taken away: running guests have it mounted. */
export function layShared(directory: string): void {
  const shared = sharedDirectory(directory);
  for (const path of SHARED_DIRECTORIES) mkdirSync(join(shared, path), { recursive: true });
  for (const [path, target] of SHARED_LINKS) {
    if (linkTarget(join(shared, path)) === undefined) symlinkSync(target, join(shared, path));
  }
  for (const name of DEVICES) writeFileSync(join(shared, 'dev', name), '');
}

export function sharedDirectory(directory: string): string {
  return join(directory, '.shared');
}

/** `root` is there and empty. */
export function layMountPoints(root: string): void {
  for (const path of DIRECTORIES) mkdirSync(join(root, path), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  chmodSync(join(root, 'var/tmp'), 0o1777);
  for (const [path, target] of LINKS) symlinkSync(target, join(root, path));
  for (const path of MERGED_USR) mirror(path, root);
  for (const name of ETC_MOUNTS) placeholder(`/etc/${name}`, root);
  writeFileSync(join(root, 'opt/muster/bin/node'), '');
}

export function copyHostFiles(root: string): void {
  for (const name of ETC_COPIES) {
    const source = join('/etc', name);
    if (!existsSync(source)) continue;
    mkdirSync(dirname(join(root, source)), { recursive: true });
    copyFileSync(source, join(root, source));
  }
}

/** A link of the host as the same link, a directory as an empty one to mount over. */
function mirror(path: string, root: string): void {
  const target = linkTarget(path);
  if (target !== undefined) symlinkSync(target, join(root, path));
  else if (existsSync(path)) mkdirSync(join(root, path));
}

function placeholder(path: string, root: string): void {
  if (!existsSync(path)) return;
  const target = join(root, path);
  if (statSync(path).isDirectory()) {
    mkdirSync(target, { recursive: true });
  } else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, '');
  }
}
