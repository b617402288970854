// The token endpoints: the ways in, the three answers, and every refusal in the words clients know.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Asked, makeTestIdentity } from '../../test/testing/identity.ts';

const { ask, clock, credentials, identity } = await makeTestIdentity();
const { clientId, clientSecret, tenantId } = credentials;
const RESOURCE = 'https://localhost:7443';

const good = {
  grant_type: 'client_credentials',
  client_id: clientId,
  client_secret: clientSecret,
  scope: `${RESOURCE}/.default`,
};
const expires = Date.parse('2026-11-24T06:59:59Z');
const caller = { appId: clientId, objectId: credentials.objectId, tenantId, expires };

type Body = Record<string, unknown>;

async function post(url: string, asked: Asked): Promise<{ status: number; body: Body }> {
  const answer = await ask('POST', url, asked);
  expect(answer?.headers['cache-control']).toBe('no-store');
  return { status: answer?.status ?? 0, body: JSON.parse(answer?.body ?? '') as Body };
}

async function whoHolds(body: Body): Promise<unknown> {
  return (await identity.verify(String(body.access_token))).caller;
}

describe('a token is given', () => {
  test.each(['/adfs/oauth2/token', `/adfs/${tenantId}/oauth2/token`, `/${tenantId}/oauth2/v2.0/token`])(
    'at %s, with numbers',
    async (url) => {
      const { status, body } = await post(url, { form: good });
      expect(status).toBe(200);
      expect(body).toEqual({
        token_type: 'Bearer',
        expires_in: 3599,
        ext_expires_in: 3599,
        access_token: expect.any(String) as string,
      });
      expect(await whoHolds(body)).toEqual(caller);
    },
  );

  test('at the first version’s endpoint for a resource, with numbers as text', async () => {
    const { scope: _, ...form } = good;
    const { status, body } = await post(`/${tenantId}/oauth2/token`, {
      form: { ...form, resource: 'https://management.core.windows.net/' },
    });
    expect(status).toBe(200);
    const start = clock.now() / 1000;
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: '3599',
      expires_on: String(start + 3599),
      not_before: String(start),
      resource: 'https://management.core.windows.net/',
    });
    expect(await whoHolds(body)).toEqual(caller);
  });

  test.each(['common', 'organizations', 'adfs', tenantId.toUpperCase()])('to tenant %s', async (tenant) => {
    const { status, body } = await post(`/${tenant}/oauth2/v2.0/token`, { form: good });
    expect(status).toBe(200);
    expect(await whoHolds(body)).toEqual(caller);
  });

  test.each([
    `${RESOURCE}/.default`,
    `${RESOURCE}//.default`,
    'https://127.0.0.1:7443/.default',
    'https://management.azure.com//.default',
    'https://management.core.windows.net/.default',
  ])('for scope %s', async (scope) => {
    const { status, body } = await post('/adfs/oauth2/token', { form: { ...good, scope } });
    expect(status).toBe(200);
    expect(await whoHolds(body)).toEqual(caller);
  });

  test('to a client that names itself by HTTP Basic, form-encoded as the RFC asks', async () => {
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
    const { status, body } = await post('/common/oauth2/v2.0/token', {
      headers: { authorization: `Basic ${basic.toString('base64')}` },
      form: { grant_type: 'client_credentials', scope: good.scope },
    });
    expect(status).toBe(200);
    expect(await whoHolds(body)).toEqual(caller);
  });

  test('to az, which sends more than it needs to', async () => {
    const claims = '{"access_token": {"xms_cc": {"values": ["CP1"]}}}';
    const form = { ...good, client_info: '1', claims };
    expect((await post('/adfs/oauth2/token', { form })).status).toBe(200);
  });
});

const wrong = 'x'.repeat(43);

describe('a token is refused', () => {
  const form = (changes: Record<string, string | undefined>): Record<string, string> =>
    Object.fromEntries(
      Object.entries({ ...good, ...changes }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      ),
    );

  test.each<readonly [string, Record<string, string | undefined>, number, string, number]>([
    ['a wrong secret', { client_secret: wrong }, 401, 'invalid_client', 7000215],
    ['half of the secret', { client_secret: clientSecret.slice(0, 20) }, 401, 'invalid_client', 7000215],
    ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
    ['another client', { client_id: tenantId }, 400, 'unauthorized_client', 700016],
    ['no client', { client_id: undefined }, 400, 'invalid_request', 900144],
    ['no grant', { grant_type: undefined }, 400, 'invalid_request', 900144],
    ['a password grant', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
    ['no scope', { scope: undefined }, 400, 'invalid_request', 900144],
    [
      'a scope that is a permission',
      { scope: `${RESOURCE}/user_impersonation` },
      400,
      'invalid_scope',
      1002012,
    ],
    ['two scopes', { scope: `${good.scope} openid` }, 400, 'invalid_scope', 1002012],
    ['the Graph', { scope: 'https://graph.microsoft.com/.default' }, 400, 'invalid_resource', 500011],
    ['a bare default', { scope: '/.default' }, 400, 'invalid_resource', 500011],
    ['only a resource', { scope: undefined, resource: RESOURCE }, 400, 'invalid_request', 900144],
  ])('for %s', async (_, changes, status, error, code) => {
    const answer = await post(`/${tenantId}/oauth2/v2.0/token`, { form: form(changes) });
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error, error_codes: [code] });
    expect(answer.body.access_token).toBeUndefined();
    expect(String(answer.body.error_description)).toMatch(new RegExp(`^AADSTS${code}: `));
    expect(JSON.stringify(answer.body)).not.toContain(clientSecret.slice(0, 20));
  });

  test('by a tenant that is not the plane’s', async () => {
    const answer = await post('/contoso.example/oauth2/v2.0/token', { form: good });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request', error_codes: [90002] } });
  });

  test('to a GET', async () => {
    const answer = await ask('GET', '/adfs/oauth2/token');
    expect(answer?.status).toBe(400);
    expect(JSON.parse(answer?.body ?? '')).toMatchObject({ error_codes: [900561] });
  });

  test('when a parameter comes twice, whichever of the two is right', async () => {
    const twice = `${new URLSearchParams(good).toString()}&client_secret=${clientSecret}`;
    expect((await post('/adfs/oauth2/token', { form: twice })).body.error).toBe('invalid_request');
  });

  test('when HTTP Basic is wrong, even if the body is right', async () => {
    const authorization = `Basic ${Buffer.from(`${clientId}:${wrong}`).toString('base64')}`;
    const answer = await post('/adfs/oauth2/token', { headers: { authorization }, form: good });
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    const raw = await ask('POST', '/adfs/oauth2/token', { headers: { authorization }, form: good });
    expect(raw?.headers['www-authenticate']).toBe('Basic realm="muster"');
  });

  test('with the client’s own correlation id, if it is one', async () => {
    const sent = '7f3b2a10-0000-4000-8000-aaaaaaaaaaaa';
    const ask1 = { headers: { 'client-request-id': sent }, form: '' };
    const ask2 = { headers: { 'client-request-id': '<script>' }, form: '' };
    expect((await post('/adfs/oauth2/token', ask1)).body.correlation_id).toBe(sent);
    const { body } = await post('/adfs/oauth2/token', ask2);
    expect(JSON.stringify(body)).not.toContain('<script');
    expect(body.timestamp).toBe('2026-11-24 06:00:00Z');
  });

  test('without carrying back more than a little of what was sent', async () => {
    const long = 'y'.repeat(100_000);
    const { body } = await post('/adfs/oauth2/token', { form: { ...good, client_id: long } });
    expect(JSON.stringify(body).length).toBeLessThan(1500);
  });

  test('whatever else is sent, and never with an error', async () => {
    const anything = fc.dictionary(
      fc.constantFrom(...Object.keys(good), 'resource', 'client_assertion'),
      fc.oneof(fc.string(), fc.constantFrom(...Object.values(good))),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(anything, fc.string()), async (sent) => {
        const complete = typeof sent !== 'string' && Object.entries(good).every(([k, v]) => sent[k] === v);
        fc.pre(!complete);
        const answer = await post(`/${tenantId}/oauth2/v2.0/token`, { form: sent });
        expect([400, 401]).toContain(answer.status);
        expect(answer.body.access_token).toBeUndefined();
      }),
    );
  });
});
