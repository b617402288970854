// Tokens of managed identities, at each of the places where Azure's clients ask for one. What never happens: a token for
// somebody who is not assigned, or at App Service's place without the guest's secret.
import { describe, expect, test } from 'vitest';
import { ARM, type Asked, SECRET, testMetadata } from '../../test/testing/metadata.ts';
import type { Identities } from '../domain/managed-identity.ts';

const ID = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/a';
const system = { principalId: 'system-principal', clientId: 'system-client' };
const a = { principalId: 'a-principal', clientId: 'a-client' };
const b = { principalId: 'b-principal', clientId: 'b-client' };
const BOTH: Identities = { system, user: { [ID]: a } };

const MACHINE = `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=${ARM}`;
const APP_SERVICE = `/msi/token?api-version=2019-08-01&resource=${ARM}`;
const OLD = `/msi/token/?resource=${ARM}&api-version=2017-09-01`;
const withSecret: Asked = { headers: { 'x-identity-header': SECRET } };

async function asked(identities: Identities | undefined, url: string, how?: Asked) {
  const { ask } = await testMetadata(identities === undefined ? {} : { identities });
  const { status, body } = await ask(url, how);
  return { status, ...(JSON.parse(body) as Record<string, string>) };
}

describe('a token', () => {
  test('has Azure’s members, every number as text', async () => {
    expect(await asked(BOTH, MACHINE)).toEqual({
      status: 200,
      access_token: 'token of system-client',
      client_id: 'system-client',
      expires_in: '3599',
      expires_on: '4599',
      ext_expires_in: '3599',
      not_before: '1000',
      resource: ARM,
      token_type: 'Bearer',
    });
  });

  test.each<[string, string, Asked | undefined]>([
    ['at the machine’s place', MACHINE, undefined],
    ['at App Service’s', APP_SERVICE, withSecret],
    ['at App Service’s former', OLD, { headers: { secret: SECRET } }],
    [
      'by a form',
      '/msi/token',
      {
        method: 'POST',
        headers: { metadata: 'true' },
        body: new URLSearchParams({ resource: ARM }).toString(),
      },
    ],
  ])('is given %s', async (_, url, how) => {
    expect(await asked(BOTH, url, how)).toMatchObject({ status: 200, client_id: 'system-client' });
  });

  test.each([
    `client_id=a-client`,
    `object_id=a-principal`,
    `principal_id=a-principal`,
    `msi_res_id=${ID}`,
    `mi_res_id=${ID.toLowerCase()}`,
  ])('is that of the identity that is named: %s', async (query) => {
    const own = { status: 200, client_id: 'a-client' };
    expect(await asked(BOTH, `${MACHINE}&${query}`)).toMatchObject(own);
    expect(await asked(BOTH, `${APP_SERVICE}&${query}`, withSecret)).toMatchObject(own);
  });

  test('is not given for another service than this plane', async () => {
    const other = `/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net`;
    expect(await asked(BOTH, other)).toMatchObject({ status: 400, error: 'invalid_resource' });
  });

  test.each<[string, Identities | undefined, string, string]>([
    ['there is no identity', undefined, MACHINE, 'Identity not found'],
    ['the one that is named is not assigned', BOTH, `${MACHINE}&client_id=b-client`, 'Identity not found'],
    [
      'nobody says for what',
      BOTH,
      '/metadata/identity/oauth2/token?api-version=2018-02-01',
      'Required audience parameter not specified',
    ],
    [
      'it could be one of several',
      { user: { [ID]: a, [`${ID}b`]: b } },
      MACHINE,
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    ],
  ])('is refused when %s', async (_, identities, url, description) => {
    expect(await asked(identities, url)).toEqual({
      status: 400,
      error: 'invalid_request',
      error_description: description,
    });
  });

  test.each<[string, string, Asked]>([
    ['no secret', APP_SERVICE, { headers: { metadata: 'true' } }],
    ['another one', APP_SERVICE, { headers: { 'x-identity-header': `${SECRET}0` } }],
    ['it in the wrong header', APP_SERVICE, { headers: { secret: SECRET } }],
    ['none in the former way', OLD, { headers: {} }],
  ])('is refused with %s, and the secret is not told', async (_, url, how) => {
    const answer = await asked(BOTH, url, how);
    expect(answer).toMatchObject({ status: 401, error: 'unauthorized_client' });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  test('is refused in a version that there is not, and to a form without the header', async () => {
    const unknown = `/msi/token?api-version=2020-01-01&resource=${ARM}`;
    expect(await asked(BOTH, unknown, withSecret)).toMatchObject({ status: 400 });
    const form = { method: 'POST', headers: {}, body: `resource=${ARM}` };
    expect(await asked(BOTH, '/msi/token', form)).toMatchObject({ status: 400 });
  });
});
