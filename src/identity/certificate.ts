// X.509 certificates as values: an authority's own, and the server certificate it signs. Must hold: the
// chain passes the strictest checks in use (OpenSSL -x509_strict, Python's VERIFY_X509_STRICT): every key
// carries its identifier, every certificate says what its key may do.
import 'reflect-metadata'; // @peculiar/x509 cannot be loaded without it
import { createPrivateKey, X509Certificate as NodeCertificate } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { Time } from '../domain/time.ts';
import { canonicalHost, type PlaneNames } from './names.ts';

/** Both PEM; the key is PKCS #8. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export interface Certificate {
  readonly names: PlaneNames;
  readonly notAfter: Time;
}

const DAY = 24 * 60 * 60 * 1000;
const AUTHORITY_LIFE = 3650 * DAY;

/** The longest life that every platform takes from any authority is 398 days (Apple's limit). */
const SERVER_LIFE = 397 * DAY;

/** A client whose clock is behind must not see a certificate from the future. */
const CLOCK_SKEW = DAY;

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A self-signed authority for `now` and ten years on, which may sign servers and no further authority. */
export async function makeAuthority(now: Time): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const identifier = await SubjectKeyIdentifierExtension.create(keys.publicKey);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // Two planes' authorities may stand in one trust store: each has its own name.
    name: `CN=Muster authority ${identifier.keyId.slice(0, 8)}, O=Muster`,
    keys,
    signingAlgorithm: CURVE,
    notBefore: new Date(now - CLOCK_SKEW),
    notAfter: new Date(now + AUTHORITY_LIFE),
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      identifier,
    ],
  });
  return await toPem(certificate, keys.privateKey);
}

/** A server certificate for these names, signed by the authority and not outliving it. */
export async function makeServerCertificate(
  authority: KeyPair,
  names: PlaneNames,
  now: Time,
): Promise<KeyPair> {
  const keys = await crypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const issuer = new X509Certificate(authority.certificate);
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=Muster plane, O=Muster',
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: CURVE,
    notBefore: new Date(now - CLOCK_SKEW),
    notAfter: new Date(Math.min(now + SERVER_LIFE, issuer.notAfter.getTime())),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((name) => ({ type: isIP(name) === 0 ? 'dns' : 'ip', value: name })),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return await toPem(certificate, keys.privateKey);
}

/** What a certificate says, or undefined where the text is none. */
export function readCertificate(pem: string): Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    const names = certificate.getExtension(SubjectAlternativeNameExtension)?.names.items ?? [];
    return {
      names: names.map((name) => canonicalHost(name.value)),
      notAfter: certificate.notAfter.getTime(),
    };
  } catch {
    return undefined;
  }
}

/** Whether the key is the certificate's and, where an issuer is given, its key made the signature. */
export function isSound(pair: KeyPair, issuerCertificate: string): boolean {
  try {
    const certificate = new NodeCertificate(pair.certificate);
    const issuer = new NodeCertificate(issuerCertificate);
    return (
      certificate.checkPrivateKey(createPrivateKey(pair.key)) &&
      certificate.checkIssued(issuer) &&
      certificate.verify(issuer.publicKey)
    );
  } catch {
    return false;
  }
}

async function toPem(certificate: X509Certificate, key: CryptoKey): Promise<KeyPair> {
  const der = await crypto.subtle.exportKey('pkcs8', key);
  return {
    certificate: `${certificate.toString('pem')}\n`,
    key: `${PemConverter.encode(der, PemConverter.PrivateKeyTag)}\n`,
  };
}

async function importKey(pem: string): Promise<CryptoKey> {
  const [der] = PemConverter.decode(pem);
  if (der === undefined) throw new Error('the authority has no private key');
  return await crypto.subtle.importKey('pkcs8', der, CURVE, false, ['sign']);
}
