// What the rows remember of simulated guests: enough for the next plane to go on with them as they were last seen.
import { expect, onTestFinished, test } from 'vitest';

import { store, testPlane } from '../test/testing/plane.ts';
import { groupRow, instanceRow, scaleSetRow, SET_UID } from '../test/testing/rows.ts';
import { guestHandle } from './domain/guest.ts';
import { rememberedGuests } from './remembered-guests.ts';

test('a guest that was seen is remembered with its power and the version of its image, and whether it is ill; one never seen is not', async () => {
  const plane = testPlane();
  onTestFinished(() => plane.store.close());
  await store(plane, 'group', groupRow());
  await store(plane, 'scaleSet', scaleSetRow());
  await store(
    plane,
    'instance',
    instanceRow({ id: 0, imageVersion: '2.0.0' }),
    // From before versions were kept.
    instanceRow({ id: 1, observed: { power: 'stopped', ready: false } }),
    instanceRow({ id: 2, observed: { ready: false } }),
  );
  expect(await rememberedGuests(plane.store, new Set([guestHandle(SET_UID, 1)]))).toMatchObject([
    { name: 'web_0', power: 'running', ready: true, imageVersion: '2.0.0' },
    { name: 'web_1', power: 'stopped', cause: 'asked', imageVersion: '1.0.0', ill: true },
  ]);
});
