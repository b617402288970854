// The authority on disk: what is kept, what is made again and when, and what a crash or a careless hand leaves.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { type Authority, openAuthority } from './authority.ts';
import { isSound, readCertificate } from './certificate.ts';
import { planeNames } from './names.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-11-24T06:00:00Z');
const names = planeNames(['build-7']);

const fresh = (): string => join(temporaryDirectory(), 'tls');
const ca = (authority: Authority): string => readFileSync(authority.caFile, 'utf8');

describe('the first opening', () => {
  test('makes an authority and a certificate that match, readable by the owner only', async () => {
    const directory = fresh();
    const opened = await openAuthority(directory, names, now);
    expect(opened.made).toBe('authority');
    expect(isSound(opened.server, ca(opened))).toBe(true);
    expect(readCertificate(opened.server.certificate)?.names).toEqual(names);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory).toSorted()).toEqual([
      'ca-key.pem',
      'ca.pem',
      'server-key.pem',
      'server.pem',
    ]);
    for (const file of readdirSync(directory)) {
      expect(statSync(join(directory, file)).mode & 0o777).toBe(0o600);
    }
  });
});

describe('a later opening', () => {
  test('changes nothing while all is well', async () => {
    const directory = fresh();
    const first = await openAuthority(directory, names, now);
    const again = await openAuthority(directory, names.toReversed(), now + 366 * DAY);
    expect(again).toEqual({ ...first, made: 'nothing' });
  });

  test('renews the certificate from the kept authority when less than 30 days are left', async () => {
    const directory = fresh();
    const first = await openAuthority(directory, names, now);
    expect(first.renewAt).toBe(now + 367 * DAY);
    expect((await openAuthority(directory, names, first.renewAt)).made).toBe('nothing');
    const before = ca(first);
    const renewed = await openAuthority(directory, names, first.renewAt + 1);
    expect(renewed.made).toBe('certificate');
    expect(ca(renewed)).toBe(before);
    expect(isSound(renewed.server, before)).toBe(true);
    expect(renewed.renewAt).toBeGreaterThan(first.renewAt + 366 * DAY);
  });

  test('makes the certificate again when the names have changed', async () => {
    const directory = fresh();
    const first = await openAuthority(directory, names, now);
    const before = ca(first);
    for (const wanted of [planeNames(['build-8']), planeNames([]), planeNames(['a', 'b'])]) {
      const renewed = await openAuthority(directory, wanted, now);
      expect(renewed.made).toBe('certificate');
      expect(readCertificate(renewed.server.certificate)?.names).toEqual(wanted);
      expect(ca(renewed)).toBe(before);
    }
  });

  test('makes a new authority, and a certificate with it, when the old one is about to run out', async () => {
    const directory = fresh();
    const first = await openAuthority(directory, names, now);
    const before = ca(first);
    const renewed = await openAuthority(directory, names, now + 3625 * DAY);
    expect(renewed.made).toBe('authority');
    expect(ca(renewed)).not.toBe(before);
    expect(isSound(renewed.server, ca(renewed))).toBe(true);
  });
});

describe('whatever is missing or damaged', () => {
  const files = ['ca.pem', 'ca-key.pem', 'server.pem', 'server-key.pem'];

  test.each(files.flatMap((file) => [[file, 'gone'] as const, [file, 'damaged'] as const]))(
    '%s %s: the next opening answers a matching set',
    async (file, state) => {
      const directory = fresh();
      await openAuthority(directory, names, now);
      if (state === 'gone') rmSync(join(directory, file));
      else writeFileSync(join(directory, file), 'rubbish');
      const opened = await openAuthority(directory, names, now);
      expect(opened.made).toBe(file.startsWith('ca') ? 'authority' : 'certificate');
      expect(isSound(opened.server, ca(opened))).toBe(true);
      expect((await openAuthority(directory, names, now)).made).toBe('nothing');
    },
  );

  test('a crash between the two files of a pair is noticed', async () => {
    const [directory, other] = [fresh(), fresh()];
    await openAuthority(directory, names, now);
    await openAuthority(other, names, now);
    writeFileSync(join(directory, 'server-key.pem'), readFileSync(join(other, 'server-key.pem')));
    const opened = await openAuthority(directory, names, now);
    expect(opened.made).toBe('certificate');
    expect(isSound(opened.server, ca(opened))).toBe(true);
  });
});
