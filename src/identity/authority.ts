// The plane's certificate authority and server certificate, kept in a directory of their own:
//   ca.pem, ca-key.pem          what clients trust; made once, kept for ten years
//   server.pem, server-key.pem  made again by itself when it runs out or the plane's names change
// Must hold: what `openAuthority` answers is a matching, valid set, whatever a crash left behind.
import { join } from 'node:path';
import type { Time } from '../domain/time.ts';
import {
  isSound,
  type KeyPair,
  makeAuthority,
  makeServerCertificate,
  readCertificate,
} from './certificate.ts';
import type { PlaneNames } from './names.ts';
import { makePrivateDirectory, readPrivateFile, writePrivateFile } from './private-file.ts';

export interface Authority {
  /** What the server shows and uses, PEM. */
  readonly server: KeyPair;
  /** Where clients find the certificate to trust. */
  readonly caFile: string;
  /** What had to be made now. After `authority`, clients must trust the new one before they can connect. */
  readonly made: 'nothing' | 'certificate' | 'authority';
  /** When to call `openAuthority` again at the latest, so that the certificate never runs out in service. */
  readonly renewAt: Time;
}

/** A certificate with less than this ahead of it is replaced. */
const MARGIN = 30 * 24 * 60 * 60 * 1000;

/** Opens the directory, making what is missing, damaged, about to run out or for other names. */
export async function openAuthority(directory: string, names: PlaneNames, now: Time): Promise<Authority> {
  makePrivateDirectory(directory);
  const kept = readPair(directory, 'ca');
  const authority = kept !== undefined && isUsable(kept, kept.certificate, now) ? kept : undefined;
  const ca = authority ?? (await makeAuthority(now));
  if (authority === undefined) writePair(directory, 'ca', ca);

  const served = readPair(directory, 'server');
  const fits =
    served !== undefined &&
    isUsable(served, ca.certificate, now) &&
    sameNames(readCertificate(served.certificate)?.names ?? [], names);
  const server = fits ? served : await makeServerCertificate(ca, names, now);
  if (!fits) writePair(directory, 'server', server);

  const lasts = readCertificate(server.certificate)?.notAfter ?? now;
  return {
    server,
    caFile: join(directory, 'ca.pem'),
    made: authority === undefined ? 'authority' : fits ? 'nothing' : 'certificate',
    renewAt: lasts - MARGIN,
  };
}

function isUsable(pair: KeyPair, issuer: string, now: Time): boolean {
  const certificate = readCertificate(pair.certificate);
  return certificate !== undefined && certificate.notAfter - now >= MARGIN && isSound(pair, issuer);
}

function sameNames(a: PlaneNames, b: PlaneNames): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}

function readPair(directory: string, name: string): KeyPair | undefined {
  const key = readPrivateFile(join(directory, `${name}-key.pem`));
  const certificate = readPrivateFile(join(directory, `${name}.pem`));
  return key === undefined || certificate === undefined ? undefined : { certificate, key };
}

/** The key first: a certificate whose key is missing or another's is noticed, and made again, at the next start. */
function writePair(directory: string, name: string, pair: KeyPair): void {
  writePrivateFile(join(directory, `${name}-key.pem`), pair.key);
  writePrivateFile(join(directory, `${name}.pem`), pair.certificate);
}
