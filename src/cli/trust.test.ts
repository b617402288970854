// The trust file: what is in it, when it is written, and that TLS works with it.
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { serveIdentity } from '../../test/testing/served-identity.ts';
import { trustFile } from './trust.ts';

test('it holds the plane’s authority and many others, and connects to the plane', async () => {
  const served = await serveIdentity();
  const text = readFileSync(trustFile(served.data, { fresh: false }), 'utf8');
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  expect(certificates.length).toBeGreaterThan(20);
  const [first = ''] = certificates;
  expect(`${first}\n`).toBe(readFileSync(join(served.data, 'tls', 'ca.pem'), 'utf8'));
  expect(new X509Certificate(certificates.at(-1) ?? '').ca).toBe(true);
  const request = https.get(`${served.endpoint}/metadata/endpoints?api-version=2022-09-01`, {
    ca: text,
    agent: false,
  });
  const [response] = (await once(request, 'response')) as [{ statusCode: number; resume: () => void }];
  expect(response.statusCode).toBe(200);
  response.resume();
  await served.stop();
});

test('it is written again only when it is missing, another authority’s, or asked for', async () => {
  const [served, other] = [await serveIdentity(), await serveIdentity()];
  const path = trustFile(served.data, { fresh: false });
  const made = readFileSync(path, 'utf8');
  writeFileSync(path, `${made}# mine\n`);
  trustFile(served.data, { fresh: false });
  expect(readFileSync(path, 'utf8')).toBe(`${made}# mine\n`);
  trustFile(served.data, { fresh: true });
  expect(readFileSync(path, 'utf8')).toBe(made);
  writeFileSync(join(served.data, 'tls', 'ca.pem'), readFileSync(join(other.data, 'tls', 'ca.pem')));
  trustFile(served.data, { fresh: false });
  expect(readFileSync(path, 'utf8')).not.toBe(made);
  await served.stop();
  await other.stop();
});

test('without an authority there is nothing to trust', () => {
  expect(() => trustFile(temporaryDirectory(), { fresh: false })).toThrow(/ca\.pem is missing\.$/);
});
