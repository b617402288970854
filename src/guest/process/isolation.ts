// Isolation: what keeps guests apart on this machine, decided once by really booting a small guest that looks around.

import { spawn } from 'node:child_process';
import { existsSync, promises as fs } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { PRIVATE_DIRECTORY, removeTree } from './files.ts';
import { layMountPoints, layShared } from './layout.ts';
import { enterNamespaces, mountTable, newNamespaces } from './namespaces.ts';
import type { Isolation } from './record.ts';

const RUNTIME = fileURLToPath(new URL('./runtime/', import.meta.url));

/** One of the driver's own shell scripts. */
export function runtimeScript(name: 'console.sh' | 'boot.sh' | 'run.sh'): string {
  return join(RUNTIME, name);
}

/** The command line that becomes the guest's first process, `init`. */
export function bootCommand(
  isolation: Isolation,
  directory: string,
  init: readonly string[],
): readonly string[] {
  const boot = ['sh', runtimeScript('boot.sh'), directory];
  return isolation === 'namespaces'
    ? [...newNamespaces(), ...boot, 'namespaces', ...init]
    : [...boot, 'group', ...init];
}

/** The command line in front of one that is to run inside the guest. `first` is its first process, `parent` that one's parent. */
export function enterCommand(isolation: Isolation, first: number, parent: number): readonly string[] {
  return isolation === 'namespaces' ? enterNamespaces(first, parent) : [];
}

/** Writes what `boot.sh` mounts for a guest whose OS disk has been laid. */
export async function prepareMounts(directory: string, nodePath: string): Promise<void> {
  await fs.writeFile(join(directory, 'mounts'), await mountTable(directory, nodePath), { mode: 0o600 });
}

/**
 * Whether guests can have namespaces of their own here: the kernel, its settings, a container around us and the tools
 * all have a say, so a guest is booted that reports whether it is alone, named, and cannot write the host's files.
 * Leaves what all guests in the directory share.
 */
export async function canUseNamespaces(directory: string, nodePath: string): Promise<boolean> {
  if (process.platform !== 'linux' || !existsSync('/usr/bin')) return false;
  layShared(directory);
  const probe = await fs.mkdtemp(join(directory, '.probe-'));
  try {
    for (const part of ['os', 'data', 'channel']) {
      await fs.mkdir(join(probe, part), { mode: PRIVATE_DIRECTORY });
    }
    layMountPoints(join(probe, 'os'));
    await fs.writeFile(join(probe, 'token'), 'probe\n');
    await prepareMounts(probe, nodePath);
    const init = ['sh', '-c', LOOK_AROUND];
    const [command = '', ...rest] = bootCommand('namespaces', probe, init);
    const environment = { PATH: GUEST_PATH, MUSTER_BOOT: 'probe', MUSTER_COMPUTER_NAME: 'muster-probe' };
    if ((await exitCode(command, rest, environment)) !== 0) return false;
    return (await fs.readFile(join(probe, 'channel', 'seen'), 'utf8')) === 'alone';
  } catch {
    return false;
  } finally {
    await removeTree(probe);
  }
}

export const GUEST_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/muster/bin';

const LOOK_AROUND = `
[ $$ = 1 ] && [ "$(uname -n)" = muster-probe ] && [ -d /proc/1 ] && [ -c /dev/null ] || exit 1
if (: >/usr/.muster-probe) 2>/dev/null; then rm -f /usr/.muster-probe; exit 1; fi
if mount -n -o remount,bind,rw /usr 2>/dev/null; then exit 1; fi
printf alone >/run/muster/seen
`;

function exitCode(
  command: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: environment, stdio: 'ignore', detached: true });
    child.once('error', reject);
    child.once('exit', resolve);
  });
}
