// Certificates: what they say, how long they last, and that independent checkers take the chain.
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { isSound, makeAuthority, makeServerCertificate, readCertificate } from './certificate.ts';
import { planeNames } from './names.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-11-24T06:00:00Z');
const names = planeNames(['build-7.example.org', '10.0.0.5']);
const authority = await makeAuthority(now);
const server = await makeServerCertificate(authority, names, now);

describe('the authority', () => {
  test('lasts ten years and may sign servers only', () => {
    const certificate = new X509Certificate(authority.certificate);
    expect(Date.parse(certificate.validTo)).toBe(now + 3650 * DAY);
    expect(Date.parse(certificate.validFrom)).toBeLessThan(now);
    expect(certificate.ca).toBe(true);
    expect(certificate.checkIssued(certificate)).toBe(true);
  });

  test('has a name and a key of its own each time', async () => {
    const other = await makeAuthority(now);
    const [one, two] = [new X509Certificate(authority.certificate), new X509Certificate(other.certificate)];
    expect(one.subject).not.toBe(two.subject);
    expect(one.serialNumber).not.toBe(two.serialNumber);
    expect(one.publicKey.equals(two.publicKey)).toBe(false);
  });
});

describe('the server certificate', () => {
  test('is good for each of its names and for no other', () => {
    const certificate = new X509Certificate(server.certificate);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkHost('build-7.example.org')).toBe('build-7.example.org');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkIP('10.0.0.5')).toBe('10.0.0.5');
    expect(certificate.checkHost('example.org')).toBeUndefined();
    expect(certificate.checkIP('127.0.0.2')).toBeUndefined();
    expect(certificate.ca).toBe(false);
  });

  test('reads back with the names and the end it was made with', () => {
    expect(readCertificate(server.certificate)).toEqual({ names, notAfter: now + 397 * DAY });
  });

  test('does not outlive its authority', async () => {
    const late = now + 3600 * DAY;
    const last = await makeServerCertificate(authority, names, late);
    expect(readCertificate(last.certificate)?.notAfter).toBe(now + 3650 * DAY);
  });

  test('is sound only with its own key and the authority that signed it', async () => {
    const other = await makeAuthority(now);
    const another = await makeServerCertificate(authority, names, now);
    expect(isSound(server, authority.certificate)).toBe(true);
    expect(isSound(authority, authority.certificate)).toBe(true);
    expect(isSound(server, other.certificate)).toBe(false);
    expect(isSound({ ...server, key: another.key }, authority.certificate)).toBe(false);
    expect(isSound({ ...server, certificate: 'rubbish' }, authority.certificate)).toBe(false);
  });
});

test('a text that is no certificate reads as none', () => {
  expect(readCertificate('')).toBeUndefined();
  expect(readCertificate('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')).toBeUndefined();
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

test.runIf(hasOpenssl)('OpenSSL verifies the chain by its strictest rules', () => {
  const directory = temporaryDirectory();
  const caFile = join(directory, 'ca.pem');
  const serverFile = join(directory, 'server.pem');
  writeFileSync(caFile, authority.certificate);
  writeFileSync(serverFile, server.certificate);
  const verify = (...more: string[]): string => {
    const time = ['-attime', String(now / 1000)];
    const strict = ['-x509_strict', '-purpose', 'sslserver', '-CAfile', caFile, ...time, ...more];
    const { stdout, stderr } = spawnSync('openssl', ['verify', ...strict, serverFile], { encoding: 'utf8' });
    return stdout + stderr;
  };
  expect(verify('-verify_hostname', 'localhost')).toBe(`${serverFile}: OK\n`);
  expect(verify('-verify_ip', '127.0.0.1')).toBe(`${serverFile}: OK\n`);
  expect(verify('-verify_ip', '::1')).toBe(`${serverFile}: OK\n`);
  expect(verify('-verify_hostname', 'evil.example')).toMatch(/hostname mismatch/i);
});
