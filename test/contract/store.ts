// The contract of the Store port: what every store must do. A test that is true of one kind of store only belongs
// beside that store.

import { describe, expect, onTestFinished, test } from 'vitest';

import { type Change, put, remove, type Store } from '../../src/app/ports/store.ts';
import {
  CREATED,
  groupRow,
  instanceRow,
  modelRow,
  operationRow,
  rollingUpgradeRow,
  runCommandRow,
  scaleSetRow,
  SET,
  taskOf,
  uuid,
} from '../testing/store-rows.ts';
import { describeActivity } from './store-activity.ts';
import { describeCommits } from './store-commits.ts';
import { describeMachines, machinesAgain } from './store-machines.ts';
import { describeRandomCommits } from './store-property.ts';

/** One place to store things in, empty at first. */
export interface StoreHarness {
  /** Opens the store on what was written to it before. At most one is open at a time. */
  open(): Promise<Store>;
  /** Removes everything; whatever is open has been closed. */
  dispose(): Promise<void>;
}

export interface StoreKind {
  /** Whether what was written is there when it is opened again. */
  readonly durable: boolean;
  harness(): Promise<StoreHarness>;
}

export function describeStore(name: string, kind: StoreKind): void {
  describe(`store contract: ${name}`, () => {
    const open = async (): Promise<Store> => {
      const harness = await kind.harness();
      const store = await harness.open();
      onTestFinished(async () => {
        await store.close();
        await harness.dispose();
      });
      return store;
    };
    describeGroups(open);
    describeScaleSets(open);
    describeModels(open);
    describeInstances(open);
    describeMachines(open);
    describeOperations(open);
    describeRunCommands(open);
    describeRollingUpgrades(open);
    describeActivity(open);
    describeTime(open);
    describeCommits(open);
    if (kind.durable) describeReopening(kind);
    describeRandomCommits(kind);
  });
}

export type OpenStore = () => Promise<Store>;

function describeGroups(open: OpenStore): void {
  describe('resource groups', () => {
    test('are found without regard to case, and keep the case they were made with', async () => {
      const store = await open();
      await store.commit([put('group', groupRow('Prod'))]);
      expect(await store.group('pROD')).toEqual({ ...groupRow('Prod'), revision: 1 });
      expect(await store.group('other')).toBeUndefined();
    });

    test('are listed in the order of their names', async () => {
      const store = await open();
      await store.commit(['b', 'C', 'a'].map((name) => put('group', groupRow(name))));
      expect((await store.groups()).map((group) => group.name)).toEqual(['a', 'b', 'C']);
    });

    test('are gone after removal', async () => {
      const store = await open();
      await store.commit([put('group', groupRow('prod'))]);
      await store.commit([remove('group', groupRow('PROD', { revision: 1 }))]);
      expect(await store.group('prod')).toBeUndefined();
      expect(await store.groups()).toEqual([]);
    });
  });
}

function describeScaleSets(open: OpenStore): void {
  const other = (name: string, number: number, group = 'prod') =>
    scaleSetRow(name, { uid: uuid(number), group });

  describe('scale sets', () => {
    test('are found by uid, and by group and name without regard to case', async () => {
      const store = await open();
      await store.commit([put('scaleSet', scaleSetRow('Web'))]);
      const stored = { ...scaleSetRow('Web'), revision: 1 };
      expect(await store.scaleSet('PROD', 'wEB')).toEqual(stored);
      expect(await store.scaleSetByUid(SET)).toEqual(stored);
      expect(await store.scaleSet('prod', 'other')).toBeUndefined();
      expect(await store.scaleSet('other', 'web')).toBeUndefined();
      expect(await store.scaleSetByUid(uuid(2))).toBeUndefined();
    });

    test('are listed by group and name, of one group or of all', async () => {
      const store = await open();
      const sets = [other('b', 1), other('A', 2), other('c', 3, 'Dev')];
      await store.commit(sets.map((set) => put('scaleSet', set)));
      expect((await store.scaleSets()).map((set) => set.name)).toEqual(['c', 'A', 'b']);
      expect((await store.scaleSets('dev')).map((set) => set.name)).toEqual(['c']);
      expect(await store.scaleSets('none')).toEqual([]);
    });

    test('leave their name free after removal, for another incarnation', async () => {
      const store = await open();
      await store.commit([put('scaleSet', other('web', 1))]);
      await store.commit([remove('scaleSet', { ...other('web', 1), revision: 1 })]);
      expect(await store.scaleSetByUid(uuid(1))).toBeUndefined();
      expect(await store.scaleSet('prod', 'web')).toBeUndefined();
      await store.commit([put('scaleSet', other('WEB', 2))]);
      expect((await store.scaleSet('prod', 'web'))?.uid).toBe(uuid(2));
    });

    test('may have the same name in different groups', async () => {
      const store = await open();
      await store.commit([put('scaleSet', other('web', 1)), put('scaleSet', other('web', 2, 'dev'))]);
      expect((await store.scaleSet('dev', 'web'))?.uid).toBe(uuid(2));
    });
  });
}

function describeModels(open: OpenStore): void {
  const other = modelRow(1, { set: uuid(2) });
  const three: Change[] = [3, 1, 2].map((version) => ({ kind: 'putModel', model: modelRow(version) }));

  describe('model versions', () => {
    test('are found by set and version, and listed by version', async () => {
      const store = await open();
      await store.commit([...three, { kind: 'putModel', model: other }]);
      expect(await store.model(SET, 2)).toEqual(modelRow(2));
      expect(await store.model(SET, 4)).toBeUndefined();
      expect((await store.models(SET)).map((model) => model.version)).toEqual([1, 2, 3]);
      expect(await store.models(uuid(3))).toEqual([]);
    });

    test('are removed one by one, which leaves the rest', async () => {
      const store = await open();
      await store.commit([...three, { kind: 'putModel', model: other }]);
      await store.commit([{ kind: 'removeModels', set: SET, versions: [1, 3, 7] }]);
      expect(await store.models(SET)).toEqual([modelRow(2)]);
      await store.commit([{ kind: 'removeModels', set: SET, versions: [] }]);
      expect(await store.models(SET)).toEqual([modelRow(2)]);
    });

    test('are removed all at once, of one set only', async () => {
      const store = await open();
      await store.commit([...three, { kind: 'putModel', model: other }]);
      await store.commit([{ kind: 'removeModels', set: SET }]);
      expect(await store.models(SET)).toEqual([]);
      expect(await store.models(uuid(2))).toEqual([other]);
    });
  });
}

function describeInstances(open: OpenStore): void {
  const five = [3, 0, 4, 1, 2].map((id) => put('instance', instanceRow(id)));

  describe('instances', () => {
    test('are found by set and id, and listed by id', async () => {
      const store = await open();
      await store.commit([...five, put('instance', instanceRow(9, { set: uuid(2) }))]);
      expect(await store.instance(SET, 3)).toEqual({ ...instanceRow(3), revision: 1 });
      expect(await store.instance(SET, 9)).toBeUndefined();
      expect((await store.instances(SET)).map((row) => row.id)).toEqual([0, 1, 2, 3, 4]);
      expect(await store.instances(uuid(3))).toEqual([]);
    });

    test('are listed as the same list until one of the set changes', async () => {
      const store = await open();
      await store.commit([...five, put('instance', instanceRow(0, { set: uuid(2) }))]);
      const before = await store.instances(SET);
      await store.commit([put('instance', { ...instanceRow(0, { set: uuid(2) }), revision: 1 })]);
      await store.commit([put('group', groupRow())]);
      expect(await store.instances(SET)).toBe(before);
      await store.commit([put('instance', { ...instanceRow(2), revision: 1, etag: 2 })]);
      const after = await store.instances(SET);
      expect(after).not.toBe(before);
      expect(after.map((row) => row.etag)).toEqual([1, 1, 2, 1, 1]);
      expect(before.map((row) => row.etag)).toEqual([1, 1, 1, 1, 1]);
    });

    test('that did not change are the same objects as before', async () => {
      const store = await open();
      await store.commit(five);
      const before = await store.instances(SET);
      await store.commit([put('instance', { ...instanceRow(2), revision: 1 })]);
      const after = await store.instances(SET);
      expect(after.map((row, at) => row === before[at])).toEqual([true, true, false, true, true]);
      expect(await store.instance(SET, 4)).toBe(after[4]);
    });

    test('that were removed are in no list, and come back in their place', async () => {
      const store = await open();
      await store.commit(five);
      await store.commit([remove('instance', { ...instanceRow(1), revision: 1 })]);
      expect(await store.instance(SET, 1)).toBeUndefined();
      expect((await store.instances(SET)).map((row) => row.id)).toEqual([0, 2, 3, 4]);
      await store.commit([put('instance', instanceRow(1))]);
      expect((await store.instances(SET)).map((row) => row.id)).toEqual([0, 1, 2, 3, 4]);
    });
  });

  describe('open tasks', () => {
    const [one, two] = [uuid(101), uuid(102)];
    const withTask = (id: number, operation?: string, revision = 0) =>
      put(
        'instance',
        instanceRow(id, { revision, ...(operation !== undefined && { task: taskOf(operation) }) }),
      );

    test('are counted for each operation as instances take them up, hand them on and drop them', async () => {
      const store = await open();
      const counts = async () => [await store.openTasks(one), await store.openTasks(two)];
      expect(await counts()).toEqual([0, 0]);
      await store.commit([withTask(0, one), withTask(1, one), withTask(2, two), withTask(3)]);
      expect(await counts()).toEqual([2, 1]);
      await store.commit([withTask(0, two, 1), withTask(3, one, 1)]);
      expect(await counts()).toEqual([2, 2]);
      await store.commit([withTask(1, undefined, 1), withTask(3, one, 2)]);
      expect(await counts()).toEqual([1, 2]);
      await store.commit([remove('instance', instanceRow(2, { revision: 1 }))]);
      expect(await counts()).toEqual([1, 1]);
    });
  });
}

function describeOperations(open: OpenStore): void {
  describe('operations', () => {
    test('are found by id, open and ended', async () => {
      const store = await open();
      await store.commit([put('operation', operationRow())]);
      const started = await store.operation(uuid(100));
      expect(started).toEqual({ ...operationRow(), revision: 1 });
      const ended = {
        ...operationRow(),
        revision: 1,
        status: 'Succeeded',
        ended: CREATED + 5,
        result: { value: [] },
      } as const;
      await store.commit([put('operation', ended)]);
      expect(await store.operation(uuid(100))).toEqual({ ...ended, revision: 2 });
      expect(await store.operation(uuid(101))).toBeUndefined();
    });

    test('are open until they have ended, of one set or of all', async () => {
      const store = await open();
      const rows = [
        operationRow(uuid(1)),
        operationRow(uuid(2), { set: uuid(7) }),
        operationRow(uuid(3), { ended: CREATED }),
      ];
      await store.commit(rows.map((row) => put('operation', row)));
      const ids = async (set?: string) => (await store.openOperations(set)).map(({ id }) => id).toSorted();
      expect(await ids()).toEqual([uuid(1), uuid(2)]);
      expect(await ids(uuid(7))).toEqual([uuid(2)]);
      await store.commit([
        put('operation', { ...operationRow(uuid(1)), revision: 1, status: 'Failed', ended: CREATED + 1 }),
      ]);
      expect(await ids()).toEqual([uuid(2)]);
      await store.commit([remove('operation', { ...operationRow(uuid(2)), revision: 1 })]);
      expect(await ids()).toEqual([]);
      expect(await store.operation(uuid(2))).toBeUndefined();
    });
  });
}

function describeRunCommands(open: OpenStore): void {
  describe('run commands', () => {
    test('are found by key in every state', async () => {
      const store = await open();
      await store.commit([put('runCommand', runCommandRow('k'))]);
      expect(await store.runCommand('k')).toEqual({ ...runCommandRow('k'), revision: 1 });
      const ended = runCommandRow('k', { revision: 1, state: 'ended', message: 'no such guest' });
      await store.commit([put('runCommand', ended)]);
      expect(await store.runCommand('k')).toEqual({ ...ended, revision: 2 });
      expect(await store.runCommand('K')).toBeUndefined();
    });

    test('that are resources are found by name without regard to case, on their own instance', async () => {
      const store = await open();
      await store.commit([
        put('runCommand', runCommandRow('a', { kind: 'action', name: 'RunShellScript' })),
        put('runCommand', runCommandRow('r', { name: 'Setup' })),
        put('runCommand', runCommandRow('s', { name: 'setup', instance: 1 })),
      ]);
      expect((await store.runCommandByName(SET, 0, 'SETUP'))?.key).toBe('r');
      expect((await store.runCommandByName(SET, 1, 'Setup'))?.key).toBe('s');
      expect(await store.runCommandByName(SET, 0, 'RunShellScript')).toBeUndefined();
      expect(await store.runCommandByName(uuid(2), 0, 'setup')).toBeUndefined();
    });

    test('of one instance are listed by name, both kinds', async () => {
      const store = await open();
      await store.commit([
        put('runCommand', runCommandRow('1', { name: 'b' })),
        put('runCommand', runCommandRow('2', { name: 'C', kind: 'action' })),
        put('runCommand', runCommandRow('3', { name: 'a', state: 'ended' })),
        put('runCommand', runCommandRow('4', { name: 'a', instance: 1 })),
      ]);
      expect((await store.runCommands(SET, 0)).map(({ key }) => key)).toEqual(['3', '1', '2']);
      expect(await store.runCommands(SET, 2)).toEqual([]);
    });

    test('may share a name when they are actions', async () => {
      const store = await open();
      const action = (key: string) =>
        put('runCommand', runCommandRow(key, { kind: 'action', name: 'RunShellScript' }));
      await store.commit([action('1'), action('2')]);
      expect(await store.runCommands(SET, 0)).toHaveLength(2);
    });

    test('are open until they have ended', async () => {
      const store = await open();
      const states = ['pending', 'running', 'ended', 'deleting'] as const;
      await store.commit(states.map((state) => put('runCommand', runCommandRow(state, { state }))));
      const keys = async () => (await store.openRunCommands()).map(({ key }) => key).toSorted();
      expect(await keys()).toEqual(['deleting', 'pending', 'running']);
      await store.commit([
        put('runCommand', runCommandRow('running', { state: 'ended', revision: 1 })),
        put('runCommand', runCommandRow('ended', { state: 'pending', revision: 1 })),
        remove('runCommand', runCommandRow('deleting', { revision: 1 })),
      ]);
      expect(await keys()).toEqual(['ended', 'pending']);
    });
  });
}

function describeRollingUpgrades(open: OpenStore): void {
  describe('rolling upgrades', () => {
    test('are those of their set, oldest first', async () => {
      const store = await open();
      const other = rollingUpgradeRow(1, { set: uuid(2) });
      await store.commit([10, 2].map((number) => put('rollingUpgrade', rollingUpgradeRow(number))));
      await store.commit([put('rollingUpgrade', other)]);
      expect((await store.rollingUpgrades(SET)).map(({ number }) => number)).toEqual([2, 10]);
      expect(await store.rollingUpgrades(uuid(2))).toEqual([{ ...other, revision: 1 }]);
      expect(await store.rollingUpgrades(uuid(3))).toEqual([]);
      await store.commit([remove('rollingUpgrade', rollingUpgradeRow(2, { revision: 1 }))]);
      expect((await store.rollingUpgrades(SET)).map(({ number }) => number)).toEqual([10]);
    });
  });
}

function describeTime(open: OpenStore): void {
  const execution = { state: 'exited', exitCode: 0, stdout: '', stderr: '' } as const;
  const later = CREATED + 1000;

  describe('the latest time', () => {
    test.for<[string, Change]>([
      ['group', put('group', groupRow('g', { created: later }))],
      ['scale set', put('scaleSet', scaleSetRow('web', { settledAt: later }))],
      ['model', { kind: 'putModel', model: modelRow(1, { created: later }) }],
      ['instance', put('instance', instanceRow(0, { observed: { ready: true, bootedAt: later } }))],
      ['instance that settled', put('instance', instanceRow(0, { settledAt: later }))],
      [
        'task',
        put('instance', instanceRow(0, { task: taskOf(uuid(1), { since: later, deadline: later + 9000 }) })),
      ],
      [
        'rolling upgrade',
        put('rollingUpgrade', rollingUpgradeRow(1, { lastActionTime: later, notBefore: later + 9000 })),
      ],
      ['operation', put('operation', operationRow(uuid(1), { ended: later, status: 'Failed' }))],
      [
        'run command',
        put('runCommand', runCommandRow('k', { execution: { ...execution, startedAt: 1, endedAt: later } })),
      ],
    ])('is that of a %s, and no deadline counts', async ([, change]) => {
      const store = await open();
      expect(await store.latestTime()).toBe(0);
      await store.commit([put('group', groupRow('early'))]);
      expect(await store.latestTime()).toBe(CREATED);
      await store.commit([change]);
      expect(await store.latestTime()).toBe(later);
      await store.commit([put('group', groupRow('late'))]);
      expect(await store.latestTime()).toBe(later);
    });

    test('is not raised by a commit that was refused', async () => {
      const store = await open();
      await store.commit([put('group', groupRow())]);
      await expect(store.commit([put('group', groupRow('prod', { created: later }))])).rejects.toThrow(
        'prod',
      );
      expect(await store.latestTime()).toBe(CREATED);
    });
  });
}

function describeReopening(kind: StoreKind): void {
  test('everything that was acknowledged is there after reopening', async () => {
    const harness = await kind.harness();
    onTestFinished(() => harness.dispose());
    const first = await harness.open();
    await first.commit([
      put('group', groupRow('Prod')),
      put('scaleSet', scaleSetRow('Web')),
      { kind: 'putModel', model: modelRow(1) },
      ...[2, 0, 1].map((id) => put('instance', instanceRow(id, { task: taskOf(uuid(100)) }))),
      put('operation', operationRow(uuid(100))),
      put('operation', operationRow(uuid(101), { ended: CREATED + 7, status: 'Succeeded' })),
      put('runCommand', runCommandRow('open')),
      put('runCommand', runCommandRow('done', { state: 'ended' })),
      put('rollingUpgrade', rollingUpgradeRow()),
    ]);
    const everything = async (store: Store) => ({
      groups: await store.groups(),
      sets: await store.scaleSets(),
      byName: await store.scaleSet('prod', 'web'),
      models: await store.models(SET),
      instances: await store.instances(SET),
      open: await store.openOperations(),
      ended: await store.operation(uuid(101)),
      tasks: await store.openTasks(uuid(100)),
      commands: await store.runCommands(SET, 0),
      openCommands: await store.openRunCommands(),
      upgrades: await store.rollingUpgrades(SET),
      latest: await store.latestTime(),
    });
    const before = await everything(first);
    expect(before.tasks).toBe(3);
    await first.close();
    const second = await harness.open();
    onTestFinished(() => second.close());
    expect(await everything(second)).toStrictEqual(before);
    expect(Object.isFrozen((await second.instances(SET))[0]?.wanted)).toBe(true);
  });
  test('machines and their guests are found after reopening', async () => {
    const harness = await kind.harness();
    onTestFinished(() => harness.dispose());
    await machinesAgain(await harness.open(), () => harness.open());
  });
}
