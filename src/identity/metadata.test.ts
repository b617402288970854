// The metadata document in its three shapes, as each client reads it.
import { describe, expect, test } from 'vitest';
import { makeTestIdentity } from '../../test/testing/identity.ts';

const { ask } = await makeTestIdentity();

async function metadata(query: string, host = 'localhost:7443'): Promise<unknown> {
  const answer = await ask('GET', `/metadata/endpoints${query}`, { headers: { host } });
  expect(answer?.status).toBe(200);
  expect(answer?.headers['content-type']).toBe('application/json; charset=utf-8');
  return JSON.parse(answer?.body ?? '');
}

const environment = {
  name: 'Muster',
  portal: 'https://localhost:7443/',
  resourceManager: 'https://localhost:7443',
  authentication: {
    loginEndpoint: 'https://localhost:7443/adfs',
    audiences: ['https://localhost:7443'],
    identityProvider: 'ADFS',
    tenant: 'adfs',
  },
  graph: 'https://localhost:7443/graph/',
  graphAudience: 'https://localhost:7443/graph/',
  microsoftGraphResourceId: 'https://localhost:7443/msgraph/',
  gallery: 'https://localhost:7443/gallery/',
  vmImageAliasDoc: 'https://localhost:7443/aliases.json',
  suffixes: { storage: 'storage.localhost' },
};

describe('the metadata document', () => {
  test('of 2015-01-01 is the first shape', async () => {
    expect(await metadata('?api-version=2015-01-01')).toEqual({
      galleryEndpoint: 'https://localhost:7443/gallery/',
      graphEndpoint: 'https://localhost:7443/graph/',
      portalEndpoint: 'https://localhost:7443/',
      authentication: {
        loginEndpoint: 'https://localhost:7443/adfs',
        audiences: ['https://localhost:7443'],
      },
    });
  });

  test('of 2022-09-01 is one object', async () => {
    expect(await metadata('?api-version=2022-09-01')).toEqual(environment);
  });

  test('of any other date is a list of such objects', async () => {
    expect(await metadata('?api-version=2019-05-01')).toEqual([environment]);
    expect(await metadata('?API-Version=2020-06-01')).toEqual([environment]);
  });

  test('names the host the client used, and the endpoint where that is not one of the plane’s', async () => {
    const used = (await metadata('?api-version=2022-09-01', '127.0.0.1:9000')) as typeof environment;
    expect(used.resourceManager).toBe('https://127.0.0.1:9000');
    expect(await metadata('?api-version=2022-09-01', 'evil.example')).toEqual(environment);
  });

  test('needs an api-version, in Azure’s words', async () => {
    for (const url of ['/metadata/endpoints', '/metadata/endpoints?api-version=']) {
      const answer = await ask('GET', url);
      expect(answer?.status).toBe(400);
      expect(JSON.parse(answer?.body ?? '')).toEqual({
        error: {
          code: 'MissingApiVersionParameter',
          message: 'The api-version query parameter (?api-version=) is required for all requests.',
        },
      });
    }
  });

  test('answers its path in any case and with a slash at its end, and no other', async () => {
    const version = '?api-version=2022-09-01';
    expect((await ask('GET', `/Metadata/Endpoints/${version}`))?.status).toBe(200);
    expect((await ask('HEAD', `/metadata/endpoints${version}`))?.status).toBe(200);
    expect(await ask('POST', `/metadata/endpoints${version}`)).toBeUndefined();
    expect(await ask('GET', `/metadata/identity${version}`)).toBeUndefined();
  });
});
