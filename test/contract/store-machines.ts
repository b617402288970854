// The store contract's part about virtual machines: their names, whose guest is whose, and the sets of one that nobody sees.

import { describe, expect, test } from 'vitest';

import { put, remove, RevisionConflict, type Store } from '../../src/app/ports/store.ts';
import type { Instance } from '../../src/domain/instance.ts';
import { instanceRow, scaleSetRow, SET, uuid } from '../testing/store-rows.ts';
import type { OpenStore } from './store.ts';

const OTHER = uuid(2);

function machineRow(name: string, given: Partial<Instance> = {}): Instance {
  return instanceRow(given.id ?? 0, { machine: { group: 'prod', name }, ...given });
}

async function stored(store: Store, row: Instance): Promise<Instance> {
  return (await store.instance(row.set, row.id)) as Instance;
}

export function describeMachines(open: OpenStore): void {
  describe('machines', () => {
    test('are found by group and name without regard to case, whichever set they are in', async () => {
      const store = await open();
      const rows = [machineRow('Web_1'), machineRow('web_2', { set: OTHER })];
      await store.commit(rows.map((row) => put('instance', row)));
      expect((await store.machine('PROD', 'wEB_1'))?.set).toBe(SET);
      expect((await store.machine('prod', 'web_2'))?.set).toBe(OTHER);
      expect(await store.machine('dev', 'web_1')).toBeUndefined();
      expect(await store.machine('prod', 'web')).toBeUndefined();
    });

    test('are not found once they are gone, and their names are free', async () => {
      const store = await open();
      await store.commit([put('instance', machineRow('m'))]);
      await store.commit([remove('instance', await stored(store, machineRow('m')))]);
      expect(await store.machine('prod', 'm')).toBeUndefined();
      await store.commit([put('instance', machineRow('M', { set: OTHER }))]);
      expect((await store.machine('prod', 'm'))?.set).toBe(OTHER);
    });

    test('have names of their own: of two with one name, the second is refused', async () => {
      const store = await open();
      await store.commit([put('instance', machineRow('m'))]);
      const second = store.commit([put('instance', machineRow('M', { set: OTHER }))]);
      await expect(second).rejects.toThrow(RevisionConflict);
      expect(await store.instance(OTHER, 0)).toBeUndefined();
      const elsewhere = machineRow('m', { set: OTHER, machine: { group: 'dev', name: 'm' } });
      await store.commit([put('instance', elsewhere)]);
      expect((await store.machine('dev', 'm'))?.set).toBe(OTHER);
    });
  });

  describe('a guest', () => {
    test('is that of the row that it was made for, until another row has it', async () => {
      const store = await open();
      await store.commit([put('instance', machineRow('m'))]);
      const handle = `${SET}_0`;
      expect((await store.instanceOf(handle))?.set).toBe(SET);
      expect(await store.instanceOf(`${SET}_1`)).toBeUndefined();
      expect(await store.instanceOf('no handle')).toBeUndefined();
      const moved = machineRow('m', { set: OTHER, id: 7, guest: handle });
      await store.commit([remove('instance', await stored(store, machineRow('m'))), put('instance', moved)]);
      expect(await store.instanceOf(handle)).toMatchObject({ set: OTHER, id: 7 });
      expect(await store.instanceOf(`${OTHER}_7`), 'it has no guest of its own').toBeUndefined();
      expect((await store.machine('prod', 'm'))?.set).toBe(OTHER);
    });

    test('goes with the row that has it', async () => {
      const store = await open();
      const handle = `${SET}_0`;
      await store.commit([put('instance', machineRow('m', { set: OTHER, guest: handle }))]);
      await store.commit([remove('instance', await stored(store, machineRow('m', { set: OTHER })))]);
      expect(await store.instanceOf(handle)).toBeUndefined();
    });
  });

  test('a set of one is found by its uid and in lists, and never by its name', async () => {
    const store = await open();
    const solo = scaleSetRow('web', { type: 'solo', uid: OTHER });
    await store.commit([put('scaleSet', solo), put('scaleSet', scaleSetRow('web'))]);
    expect((await store.scaleSet('prod', 'web'))?.uid).toBe(SET);
    expect((await store.scaleSetByUid(OTHER))?.type).toBe('solo');
    expect((await store.scaleSets('prod')).map(({ uid }) => uid).toSorted()).toEqual([SET, OTHER].toSorted());
    await store.commit([remove('scaleSet', (await store.scaleSet('prod', 'web')) ?? solo)]);
    expect(await store.scaleSet('prod', 'web')).toBeUndefined();
  });
}

/** What was committed is found in the same way after the store is opened again. */
export async function machinesAgain(first: Store, again: () => Promise<Store>): Promise<void> {
  const handle = `${SET}_0`;
  await first.commit([put('instance', machineRow('m', { set: OTHER, id: 7, guest: handle }))]);
  await first.close();
  const store = await again();
  expect(await store.instanceOf(handle)).toMatchObject({ set: OTHER, id: 7 });
  expect(await store.machine('PROD', 'M')).toMatchObject({ set: OTHER, id: 7 });
  await store.close();
}
