// The discovery documents: every URL leads back to the plane, and to a place that answers.
import { describe, expect, test } from 'vitest';
import { makeTestIdentity } from '../../test/testing/identity.ts';

const { ask, credentials } = await makeTestIdentity();
const tenant = credentials.tenantId;

async function document(url: string, host = 'localhost:7443'): Promise<Record<string, string>> {
  const answer = await ask('GET', url, { headers: { host } });
  expect(answer?.status).toBe(200);
  return JSON.parse(answer?.body ?? '') as Record<string, string>;
}

const configurations = [
  '/adfs/.well-known/openid-configuration',
  '/adfs/v2.0/.well-known/openid-configuration',
  `/adfs/${tenant}/.well-known/openid-configuration`,
  '/adfs/common/v2.0/.well-known/openid-configuration',
  `/${tenant}/.well-known/openid-configuration`,
  `/${tenant.toUpperCase()}/v2.0/.well-known/openid-configuration`,
  '/common/.well-known/openid-configuration',
  '/organizations/v2.0/.well-known/openid-configuration',
];

describe('an OpenID configuration', () => {
  test.each(configurations)('at %s leads to a token and to the key that signed it', async (url) => {
    const found = await document(url);
    for (const name of ['issuer', 'authorization_endpoint', 'device_authorization_endpoint']) {
      expect(found[name]).toMatch(/^https:\/\/localhost:7443\//);
    }
    const token = await ask('POST', new URL(found.token_endpoint ?? '').pathname, {
      form: {
        grant_type: 'client_credentials',
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        scope: 'https://localhost:7443/.default',
        resource: 'https://localhost:7443',
      },
    });
    expect(token?.status).toBe(200);
    const { access_token } = JSON.parse(token?.body ?? '') as { access_token: string };
    const header = JSON.parse(
      Buffer.from(access_token.split('.')[0] ?? '', 'base64url').toString(),
    ) as object;
    const { keys } = (await document(new URL(found.jwks_uri ?? '').pathname)) as unknown as {
      keys: object[];
    };
    expect(keys).toEqual([expect.objectContaining({ kid: (header as { kid: string }).kid, kty: 'RSA' })]);
  });

  test('names the host the client used, and the endpoint where that is not one of the plane’s', async () => {
    const url = '/adfs/.well-known/openid-configuration';
    expect((await document(url, '[::1]:9000')).token_endpoint).toBe('https://[::1]:9000/adfs/oauth2/token');
    expect(JSON.stringify(await document(url, 'evil.example'))).not.toContain('evil');
  });

  test('of a tenant that is not the plane’s is refused', async () => {
    const answer = await ask('GET', '/contoso.example/v2.0/.well-known/openid-configuration');
    expect(answer?.status).toBe(400);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({
      error: 'invalid_tenant',
      error_codes: [90002],
      error_description: expect.stringMatching(
        /^AADSTS90002: Tenant 'contoso.example' not found\./,
      ) as string,
    });
  });

  test('is read, not written', async () => {
    expect(await ask('POST', configurations[0] ?? '')).toBeUndefined();
  });
});

describe('instance discovery', () => {
  const discover = async (endpoint: string): ReturnType<typeof ask> =>
    await ask(
      'GET',
      `/common/discovery/instance?api-version=1.1&authorization_endpoint=${encodeURIComponent(endpoint)}`,
    );

  test('knows the plane as its own instance, with one alias', async () => {
    const answer = await discover(`https://localhost:7443/${tenant}/oauth2/v2.0/authorize`);
    expect(answer?.status).toBe(200);
    expect(JSON.parse(answer?.body ?? '')).toEqual({
      tenant_discovery_endpoint: `https://localhost:7443/${tenant}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [
        {
          preferred_network: 'localhost:7443',
          preferred_cache: 'localhost:7443',
          aliases: ['localhost:7443'],
        },
      ],
    });
  });

  test.each([
    '',
    'rubbish',
    'https://evil.example/common/oauth2/v2.0/authorize',
    'https://localhost:7443/contoso.example/oauth2/v2.0/authorize',
    'https://localhost:7443/',
  ])('knows no other: %s', async (endpoint) => {
    const answer = await discover(endpoint);
    expect(answer?.status).toBe(400);
    expect(answer?.body).not.toContain('evil');
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error: 'invalid_instance', error_codes: [50049] });
  });
});

test('a person who is sent here to sign in is told what to use instead', async () => {
  for (const url of [
    '/adfs/oauth2/authorize',
    `/${tenant}/oauth2/v2.0/devicecode`,
    '/common/oauth2/authorize',
  ]) {
    const answer = await ask('GET', url);
    expect(answer?.status).toBe(400);
    expect(answer?.body).toContain('only the service principal can');
  }
});

test('every other path is left to those who ask for a token', async () => {
  const paths = [
    '/',
    '/subscriptions',
    `/subscriptions/${credentials.subscriptionId}/resourceGroups`,
    '/subscriptions/.well-known/openid-configuration',
    '/providers/v2.0/.well-known/openid-configuration',
    '/tenants',
    '/adfs',
    '/adfs/oauth2',
    `/${tenant}`,
    `/${tenant}/oauth2/token/more`,
    '//oauth2/token',
    '/__proto__/constructor',
    '/common/constructor',
  ];
  const answered: string[] = [];
  for (const path of paths) if ((await ask('GET', path)) !== undefined) answered.push(path);
  expect(answered).toEqual([]);
});
