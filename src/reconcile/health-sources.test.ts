// Health sources: that a version with one is known whether it was written before or after, and forgotten with its model.
import { afterEach, expect, test } from 'vitest';
import { healthExtension } from '../../test/testing/health.ts';
import { groupRow, modelRow, scaleSetRow, SET_UID } from '../../test/testing/rows.ts';
import type { JsonObject } from '../domain/json.ts';
import { put } from '../app/ports/store.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { openHealthSources } from './health-sources.ts';

const store = openSqliteStore({ path: ':memory:' });
const WITH: JsonObject = { extensionProfile: { extensions: [healthExtension()] } };
const PROBED: JsonObject = { networkProfile: { healthProbe: { id: 'probe' } } };

afterEach(() => store.close());

test('a version is known when its profile has a source, and for as long as it is there', async () => {
  const write = (version: number, profile: JsonObject) =>
    store.commit([{ kind: 'putModel', model: modelRow({ version, profile }) }]);
  await store.commit([put('group', groupRow()), put('scaleSet', scaleSetRow())]);
  await write(1, WITH);
  await write(2, {});
  const sources = await openHealthSources({ store });
  const known = () => [1, 2, 3, 4].filter((version) => sources.has(SET_UID, version));
  expect(known()).toEqual([1]);
  await write(3, PROBED);
  await write(4, {});
  expect(known()).toEqual([1, 3]);
  expect(sources.has('another', 1)).toBe(false);
  await store.commit([{ kind: 'removeModels', set: SET_UID, versions: [1, 2] }]);
  expect(known()).toEqual([3]);
  await store.commit([{ kind: 'removeModels', set: SET_UID }]);
  expect(known()).toEqual([]);
  sources.stop();
  await write(1, WITH);
  expect(known()).toEqual([]);
});
