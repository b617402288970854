// Namespaces: what a guest of its own PID, mount, UTS and IPC namespaces sees, as a mount table, and how to get in.
// What must hold: below its root it finds its own disks to write, and of the host only what the table names, read-only;
// no other user's files, none of the plane's, no disk device, no kernel setting.
// There are two user namespaces: the outer one makes the mounts, the guest lives in the inner one, and the kernel does
// not let the inner one change what the outer one mounted. It is the same with and without root: root inside is the
// plane's user outside. A plane that runs as root hands that power to its guests' root where a file of the host is
// reachable at all, so the table keeps even that read-only. It is a fence, not a prison: do not run hostile code as root.

import { existsSync, promises as fs, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { linkTarget } from './files.ts';
import { DEVICES, ETC_MOUNTS, MERGED_USR, sharedDirectory } from './layout.ts';

interface Mount {
  readonly source: string;
  /** Inside the guest. */
  readonly target: string;
  readonly type?: 'proc' | 'tmpfs' | 'devpts';
  readonly options: readonly string[];
}

export function newNamespaces(): readonly string[] {
  const namespaces = ['--user', '--map-root-user', '--mount', '--pid', '--uts', '--ipc'];
  return ['unshare', ...namespaces, '--fork', '--kill-child', '--'];
}

/**
 * The parent of the first process still is in the outer user namespace, which owns the PID namespace; only from there
 * can a plane without root enter the rest.
 */
export function enterNamespaces(first: number, parent: number): readonly string[] {
  const enter = ['nsenter', '--preserve-credentials', '--target'];
  const inner = ['--user', '--mount', '--pid', '--uts', '--ipc', '--'];
  return [...enter, String(parent), '--user', '--', ...enter, String(first), ...inner];
}

/** In the form of fstab(5), for the guest in `directory`. */
export async function mountTable(directory: string, nodePath: string): Promise<string> {
  const flags = mountFlags(await fs.readFile('/proc/self/mountinfo', 'utf8'));
  const root = join(directory, 'os');
  return mounts(directory, nodePath)
    .filter(({ source, type }) => type !== undefined || existsSync(source) || source.startsWith(root))
    .map(({ source, target, type, options }) => {
      // A read-only remount must repeat what the host's own mount forbids, or the kernel refuses it.
      const kept = options.includes('ro') && !source.startsWith(root) ? flags(realpathSync(source)) : [];
      const all = [...options, ...kept].join(',');
      return `${escape(source)} ${escape(root + target)} ${type ?? 'none'} ${all} 0 0\n`;
    })
    .join('');
}

function mounts(directory: string, nodePath: string): readonly Mount[] {
  const root = join(directory, 'os');
  const shared = sharedDirectory(dirname(directory));
  const readOnly = (source: string, target = source): Mount => ({ source, target, options: ['bind', 'ro'] });
  const tmpfs = (target: string, mode: string): Mount => ({
    source: 'tmpfs',
    target,
    type: 'tmpfs',
    options: [`mode=${mode}`, 'nosuid', 'nodev'],
  });
  const ownDirectory = (path: string) => existsSync(path) && linkTarget(path) === undefined;
  return [
    { source: root, target: '', options: ['bind'] },
    { source: '/usr', target: '/usr', options: ['rbind', 'ro'] },
    ...(ownDirectory('/usr/local')
      ? [{ source: join(root, 'var/usrlocal'), target: '/usr/local', options: ['bind'] }]
      : []),
    ...MERGED_USR.filter(ownDirectory).map((path) => readOnly(path)),
    { source: 'proc', target: '/proc', type: 'proc', options: ['nosuid', 'nodev', 'noexec'] },
    // What in /proc is about the machine and not about processes, as the kernel lets its owner write there.
    ...['/proc/sys', '/proc/sysrq-trigger', '/proc/irq', '/proc/bus', '/proc/fs', '/proc/acpi']
      .filter((path) => existsSync(path))
      .map((path) => readOnly(root + path, path)),
    readOnly(join(shared, 'sys'), '/sys'),
    readOnly('/sys/devices/system'),
    readOnly(join(shared, 'dev'), '/dev'),
    ...DEVICES.map((name) => ({ source: `/dev/${name}`, target: `/dev/${name}`, options: ['bind'] })),
    { source: 'devpts', target: '/dev/pts', type: 'devpts', options: ['ptmxmode=0666', 'mode=0620'] },
    tmpfs('/dev/shm', '1777'),
    tmpfs('/run', '0755'),
    {
      source: join(directory, 'channel'),
      target: '/run/muster',
      options: ['bind', 'X-mount.mkdir'],
    },
    // The directory around the disks, so that one attached later is there at once.
    { source: join(directory, 'data'), target: '/mnt/data', options: ['bind'] },
    // Only where the disk was laid with a place for it: the host may have got it since.
    ...ETC_MOUNTS.map((name) => `/etc/${name}`)
      .filter((path) => existsSync(root + path) && linkTarget(root + path) === undefined)
      .map((path) => readOnly(path)),
    readOnly(nodePath, '/opt/muster/bin/node'),
  ];
}

/** fstab(5) separates by blanks, and takes them as octal numbers inside a path. */
export function escape(path: string): string {
  return path.replace(/[\s\\#]/g, (found) => `\\${found.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

const LOCKED = ['nosuid', 'nodev', 'noexec'];

/** For a path: those of `nosuid`, `nodev` and `noexec` that the mount has on which it lies. Takes /proc/self/mountinfo. */
export function mountFlags(mountinfo: string): (path: string) => readonly string[] {
  const mounted = mountinfo
    .split('\n')
    .map((line) => line.split(' '))
    .flatMap(([, , , , point, options]) =>
      point === undefined || options === undefined ? [] : [{ point: unescape(point), options }],
    );
  return (path) => {
    const around = mounted.filter(
      ({ point }) => point === '/' || path === point || path.startsWith(`${point}/`),
    );
    // The deepest one counts, and of several on one point the last.
    const found = around.reduceRight<(typeof around)[number] | undefined>(
      (best, next) => (best === undefined || next.point.length > best.point.length ? next : best),
      undefined,
    );
    return found?.options.split(',').filter((option) => LOCKED.includes(option)) ?? [];
  };
}

function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
