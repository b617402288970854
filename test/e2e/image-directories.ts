// Versions of the image `web` as their makers add them: made beside the images, and moved there when they are whole.
import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './arm.ts';
import { type Muster, ROOT } from './muster.ts';

/**
 * The README's way, and waits until the plane has noticed. Guests of a version serve its number at `/version.txt`, which
 * those of the built-in version have not. Each must be newer than those before.
 */
export async function addWebVersion(
  muster: Muster,
  version: string,
  images: string = join(muster.data, 'images'),
): Promise<void> {
  const made = join(images, '.being-made');
  cpSync(join(ROOT, 'src/guest/process/images/web'), made, { recursive: true });
  mkdirSync(join(made, 'srv/www'), { recursive: true });
  writeFileSync(join(made, 'srv/www/version.txt'), version);
  renameSync(made, join(images, `web@${version}`));
  await until(async () => muster.stderr.includes(`a new newest version image=web version=${version}`));
}
