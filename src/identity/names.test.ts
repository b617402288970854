// The names of a plane: what a Host header and an audience may do, and above all what they may not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { baseUrl, canonicalHost, isOwnRoot, isPlaneAudience, planeNames } from './names.ts';

const ENDPOINT = 'https://localhost:7443';
const names = planeNames(['Build-7.example.org', '10.0.0.5']);

describe('the names of a plane', () => {
  test('are those of loopback, then the ones given, each once and in one spelling', () => {
    expect(planeNames(['LOCALHOST', 'web-1', '0:0:0:0:0:0:0:1', 'FE80::00A0', 'web-1'])).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
      'web-1',
      'fe80::a0',
    ]);
  });

  test('leave out what cannot stand in a certificate', () => {
    const others = ['', '0.0.0.0', '::', 'rechner-größe', 'a b', 'evil/../x', '-x', '*.example.org'];
    expect(planeNames(others)).toEqual(['localhost', '127.0.0.1', '::1']);
  });

  test('spell an IPv6 address one way, however it was written', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const canonical = canonicalHost(address);
        expect(canonicalHost(canonical)).toBe(canonical);
        expect(canonicalHost(address.toUpperCase())).toBe(canonical);
      }),
    );
  });
});

describe('the base URL of an answer', () => {
  test.each([
    ['localhost:7443', 'https://localhost:7443'],
    ['LocalHost:7443', 'https://localhost:7443'],
    ['127.0.0.1:9000', 'https://127.0.0.1:9000'],
    ['[::1]:7443', 'https://[::1]:7443'],
    ['[0:0:0:0:0:0:0:1]:7443', 'https://[::1]:7443'],
    ['build-7.example.org', 'https://build-7.example.org'],
    ['localhost:07443', 'https://localhost:7443'],
  ])('for Host %s is %s', (host, expected) => {
    expect(baseUrl(host, names, ENDPOINT)).toBe(expected);
  });

  test.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'localhost:99999',
    'localhost:7443/x',
    'localhost@evil.example',
    'evil.example#localhost',
    'localhost:7443, evil.example',
    '::1',
    '[::1',
    'localhost:',
    'localhost ',
  ])('for Host %s is the endpoint', (host) => {
    expect(baseUrl(host, names, ENDPOINT)).toBe(ENDPOINT);
  });

  test('never has a host that is not one of the names', () => {
    const header = fc.oneof(
      fc.string(),
      fc.webAuthority(),
      fc.tuple(fc.constantFrom(...names), fc.string()).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(header, (host) => {
        const url = new URL(baseUrl(host, names, ENDPOINT));
        expect(names).toContain(url.hostname.replace(/^\[|\]$/g, ''));
        expect([url.protocol, url.pathname, url.search, url.hash, url.username]).toEqual([
          'https:',
          '/',
          '',
          '',
          '',
        ]);
      }),
    );
  });
});

describe('an audience', () => {
  test.each([
    'https://localhost:7443',
    'https://localhost:7443/',
    'https://localhost:7443//',
    'https://LOCALHOST:7443/',
    'https://127.0.0.1:7443',
    'https://[::1]:7443/',
    'https://build-7.example.org:7443',
    'http://localhost:7443',
    'https://management.azure.com',
    'https://management.azure.com/',
    'https://management.core.windows.net/',
  ])('%s is the plane’s', (audience) => {
    expect(isPlaneAudience(audience, names)).toBe(true);
  });

  test.each([
    '',
    'localhost:7443',
    'https://graph.microsoft.com/',
    'https://localhost:7443/msgraph',
    'https://management.azure.com.evil.example/',
    'https://evil.example/https://localhost:7443',
    'https://localhost@evil.example/',
    'ftp://localhost',
  ])('%s is not', (audience) => {
    expect(isPlaneAudience(audience, names)).toBe(false);
  });

  test('is a root of the plane exactly when its host is one of the names', () => {
    fc.assert(
      fc.property(fc.webUrl({ withFragments: true, withQueryParameters: true }), (url) => {
        const { hostname, pathname, search, hash } = new URL(url);
        const root = /^\/*$/.test(pathname) && search === '' && hash === '';
        expect(isOwnRoot(url, names)).toBe(root && names.includes(hostname));
      }),
    );
    expect(isOwnRoot('https://build-7.example.org', names)).toBe(true);
  });
});
