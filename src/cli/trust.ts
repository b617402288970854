// The file of certificates that clients get to trust: the plane's authority together with those the machine
// trusts anyway. REQUESTS_CA_BUNDLE, SSL_CERT_FILE and their like replace a program's own list, so that with the
// plane's authority alone every other TLS connection of that shell would fail.

import { createHash, X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';
import { filesOf } from './data-directory.ts';
import { readTextFile, replaceFile } from './json-file.ts';
import { Problem } from './problem.ts';

/** The file's path. It is written when it is missing, or made from another authority, or `fresh` is asked for. */
export function trustFile(data: string, { fresh }: { readonly fresh: boolean }): string {
  const { ca, trust } = filesOf(data);
  const authority = readTextFile(ca);
  if (authority === undefined) throw new Problem(`${ca} is missing.`);
  const mark = `# Made by Muster from its authority ${createHash('sha256').update(authority).digest('hex')}\n`;
  if (fresh || readTextFile(trust)?.startsWith(mark) !== true) {
    replaceFile(trust, `${mark}${authority}${machineCertificates().join('')}`);
  }
  return trust;
}

/**
 * What the system trusts, or Mozilla's list as Node carries it where that cannot be read; and what the user has
 * Node trust besides. In a shell that `muster env` has set up, both name the trust file: a plane's authority in
 * it is left out.
 */
function machineCertificates(): readonly string[] {
  const system = getCACertificates('system');
  const all = [...(system.length > 0 ? system : getCACertificates('bundled')), ...getCACertificates('extra')];
  const distinct = new Set(all.map((certificate) => `${certificate.trim()}\n`));
  return [...distinct].filter((certificate) => !isAuthorityOfAPlane(certificate));
}

function isAuthorityOfAPlane(certificate: string): boolean {
  return /^CN=Muster authority /m.test(new X509Certificate(certificate).subject);
}
