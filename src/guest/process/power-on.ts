// Power-on: everything that a guest's processes find when they start, and the start itself.

import { promises as fs } from 'node:fs';
import { join } from 'node:path';

import type { GuestSpec } from '../../domain/guest.ts';
import { guestEnvironment, placesIn } from './environment.ts';
import { PRIVATE_DIRECTORY, removeTree, writeWhole } from './files.ts';
import type { Host } from './host.ts';
import { bootCommand, enterCommand, prepareMounts, runtimeScript } from './isolation.ts';
import { Life, type LifeOptions } from './life.ts';
import type { Boot, GuestRecord } from './record.ts';
import type { Entry } from './running-command.ts';

/** Before the boot is in the record. From here on no earlier start of this guest can begin any more. */
export async function prepareBoot(
  host: Host,
  directory: string,
  record: GuestRecord,
  { token, isolation }: Boot,
): Promise<void> {
  await writeWhole(join(directory, 'token'), `${token}\n`, 'whole');
  // A guest may have left anything there.
  await removeTree(join(directory, 'channel'));
  await writeChannel(directory, record.handle, record.spec);
  if (isolation === 'namespaces') await prepareMounts(directory, host.nodePath);
}

/** After it. Resolves when the guest's processes have been started. */
export async function beginBoot(
  host: Host,
  record: GuestRecord,
  boot: Boot,
  options: LifeOptions,
): Promise<Life> {
  const { directory } = options;
  const places = placesIn(boot.isolation, directory, host.nodePath);
  const init = ['sh', `${places.root}/opt/muster/init`];
  const command = bootCommand(boot.isolation, directory, init);
  return Life.begin(
    options,
    ['sh', runtimeScript('console.sh'), directory, ...command],
    guestEnvironment(record, boot.isolation, places, boot.token),
  );
}

/** The way in for a command; undefined when the guest is just ending. */
export function entry(
  host: Host,
  directory: string,
  record: GuestRecord,
  boot: Boot,
  life: Life,
): Entry | undefined {
  const { first } = life;
  const parent = first && host.table.parentOf(first.pid);
  if (first === undefined || parent === undefined) return undefined;
  const places = placesIn(boot.isolation, directory, host.nodePath);
  return {
    command: enterCommand(boot.isolation, first.pid, parent),
    environment: guestEnvironment(record, boot.isolation, places, boot.token),
    cwd: boot.isolation === 'namespaces' ? '/' : places.root,
  };
}

/** What a guest may know about itself at any time, at /run/muster. */
export async function writeChannel(directory: string, handle: string, spec: GuestSpec): Promise<void> {
  const { name, computerName, image, size, dataDisks } = spec;
  const instance = { handle, name, computerName, image, size, dataDisks };
  const channel = join(directory, 'channel');
  await fs.mkdir(channel, { recursive: true, mode: PRIVATE_DIRECTORY });
  await writeWhole(join(channel, 'instance.json'), `${JSON.stringify(instance)}\n`, 'whole');
  await writeWhole(join(channel, 'user-data'), Buffer.from(spec.userData ?? '', 'base64'), 'whole');
}
