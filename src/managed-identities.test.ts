// Whose token is still good: that of the plane's own application always, that of a managed identity while it is assigned.
import { expect, test } from 'vitest';
import { makeTestIdentity } from '../test/testing/identity.ts';
import { storeSet, testPlane } from '../test/testing/plane.ts';
import { scaleSetRow } from '../test/testing/rows.ts';
import { verifyCaller } from './managed-identities.ts';

const { credentials, identity } = await makeTestIdentity();
const ARM = 'https://management.azure.com/';
const system = { principalId: 'p', clientId: 'c' };
const app = { principalId: 'user p', clientId: 'user c' };

async function verdicts(...identities: (typeof system)[]) {
  const plane = testPlane();
  const user = { '/subscriptions/s/…/app': app };
  await storeSet(plane, [], scaleSetRow({ capacity: 0, identities: { system, user } }));
  return Promise.all(
    identities.map(async ({ principalId, clientId }) => {
      const issued = await identity.issue({ objectId: principalId, clientId }, ARM);
      return verifyCaller(plane, credentials, await identity.verify(issued?.token ?? ''));
    }),
  );
}

test('an identity that is assigned to a set speaks for itself', async () => {
  expect(await verdicts(system, app)).toMatchObject([
    { caller: { appId: 'c', objectId: 'p' } },
    { caller: { appId: 'user c', objectId: 'user p' } },
  ]);
});

test('one that is assigned to none is nobody any more', async () => {
  const [verdict] = await verdicts({ principalId: 'former', clientId: 'former' });
  expect(verdict).toEqual({ refusal: { reason: 'unassigned' } });
});

test('the plane’s own application needs no assignment, and what was refused stays so', async () => {
  const plane = testPlane();
  const own = { caller: { appId: credentials.clientId } };
  expect(await verifyCaller(plane, credentials, own)).toBe(own);
  const refused = { refusal: { reason: 'malformed' } } as const;
  expect(await verifyCaller(plane, credentials, refused)).toBe(refused);
});

test('nobody gets a token for another service', async () => {
  expect(await identity.issue({ objectId: 'p', clientId: 'c' }, 'https://vault.azure.net')).toBeUndefined();
});
