// Disks: lays a guest's OS disk from its image and custom data.
// What must hold: an OS disk is written from outside only while no process of the guest has ever seen it. Afterwards the
// guest may have put links on it, and following one would lead into the host.

import { constants, promises as fs } from 'node:fs';
import { join } from 'node:path';

import type { GuestSpec } from '../../domain/guest.ts';
import { type FirstBoot, firstBoot, shellQuote } from './custom-data.ts';
import { PRIVATE_DIRECTORY, removeTree } from './files.ts';
import { type ImageDirectories, imageFiles } from './images.ts';
import { copyHostFiles, layMountPoints } from './layout.ts';

/** A fresh OS disk; what was there is gone. Answers the version of the image that it was laid from. */
export async function layOsDisk(
  directory: string,
  spec: GuestSpec,
  images: ImageDirectories,
): Promise<string> {
  // Before anything is thrown away.
  const { layers, version } = imageFiles(spec, images);
  const root = join(directory, 'os');
  await removeTree(root);
  await fs.mkdir(root, { mode: PRIVATE_DIRECTORY });
  layMountPoints(root);
  copyHostFiles(root);
  for (const layer of layers) {
    await fs.cp(layer, root, { recursive: true, mode: constants.COPYFILE_FICLONE, verbatimSymlinks: true });
  }
  await layNames(root, spec);
  if (spec.customData !== undefined) await layCustomData(root, spec.customData);
  return version;
}

async function layNames(root: string, spec: GuestSpec): Promise<void> {
  const name = oneWord(spec.computerName);
  const write = (path: string, text: string) => fs.writeFile(join(root, 'etc', path), text);
  await write('hostname', `${name}\n`);
  await write('hosts', `127.0.0.1\tlocalhost\n127.0.1.1\t${name}\n::1\tlocalhost\n`);
  const users = [
    'root:x:0:0:root:/root:/bin/sh',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
  ];
  if (spec.adminUsername !== undefined && /^[\w.][\w.-]*$/.test(spec.adminUsername)) {
    // There is one user in a guest, whatever it is called.
    users.push(`${spec.adminUsername}:x:0:0::/home/${spec.adminUsername}:/bin/sh`);
    await fs.mkdir(join(root, 'home', spec.adminUsername), { recursive: true });
  }
  await write('passwd', `${users.join('\n')}\n`);
  await write('group', 'root:x:0:\nnogroup:x:65534:\n');
}

async function layCustomData(root: string, customData: string): Promise<void> {
  const secret = (path: string, content: string | Buffer, mode = 0o600) =>
    fs.writeFile(join(root, path), content, { mode });
  const data = Buffer.from(customData, 'base64');
  // As Azure's agent keeps it: encoded.
  await secret('var/lib/waagent/CustomData', customData);
  await secret('var/lib/cloud/instance/user-data.txt', data);
  const { notes, files, script } = firstBoot(data);
  await secret('var/lib/muster/first-boot-notes', notes.map((note) => `${note}\n`).join(''));
  if (script !== undefined) {
    await fs.mkdir(join(root, 'var/lib/cloud/instance/scripts'), { mode: PRIVATE_DIRECTORY });
    await secret(`var/lib/cloud/instance/scripts/${script.name}`, script.text, 0o700);
  }
  if (files.length > 0) await layFilesToWrite(root, files);
}

/** The guest writes them itself, at its first boot, where it cannot reach anything but its own disks. */
async function layFilesToWrite(root: string, files: FirstBoot['files']): Promise<void> {
  const staging = 'var/lib/muster/write-files';
  await fs.mkdir(join(root, staging), { mode: PRIVATE_DIRECTORY });
  const lines = ['cd "${0%/*}" || exit', 'root=${MUSTER_ROOT-}'];
  for (const [index, file] of files.entries()) {
    await fs.writeFile(join(root, staging, String(index)), file.content, { mode: 0o600 });
    const target = `"$root"${shellQuote(file.path)}`;
    lines.push(
      `mkdir -p "$(dirname ${target})" && cat ${index} ${file.append ? '>>' : '>'}${target} && chmod ${file.mode.toString(8)} ${target} ||`,
      `  echo cloud-init: cannot write ${shellQuote(file.path)}`,
    );
  }
  await fs.writeFile(join(root, staging, 'apply'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

function oneWord(name: string): string {
  return name.replace(/[^\w.-]/g, '') || 'localhost';
}
