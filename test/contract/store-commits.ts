// The store contract's part about commits: revisions, all or nothing, order, and who is told.

import { describe, expect, test } from 'vitest';

import {
  type Change,
  put,
  remove,
  RevisionConflict,
  type Rows,
  type Table,
} from '../../src/app/ports/store.ts';
import {
  activityRow,
  CREATED,
  deploymentRow,
  diskRow,
  groupRow,
  instanceRow,
  loadBalancerRow,
  modelRow,
  networkRow,
  operationRow,
  rollingUpgradeRow,
  runCommandRow,
  scaleSetRow,
  SET,
  uuid,
} from '../testing/store-rows.ts';
import type { OpenStore } from './store.ts';

/** Of every table: a change that puts or removes its one row at a revision. */
const TABLES: readonly [Table, (kind: 'put' | 'remove', revision: number) => Change][] = [
  ['group', (kind, revision) => change(kind, 'group', groupRow('prod', { revision }))],
  ['scaleSet', (kind, revision) => change(kind, 'scaleSet', scaleSetRow('web', { revision }))],
  ['instance', (kind, revision) => change(kind, 'instance', instanceRow(0, { revision }))],
  ['operation', (kind, revision) => change(kind, 'operation', operationRow(uuid(100), { revision }))],
  ['runCommand', (kind, revision) => change(kind, 'runCommand', runCommandRow('key', { revision }))],
  ['loadBalancer', (kind, revision) => change(kind, 'loadBalancer', loadBalancerRow('lb', { revision }))],
  ['network', (kind, revision) => change(kind, 'network', networkRow('vnet', { revision }))],
  ['disk', (kind, revision) => change(kind, 'disk', diskRow('disk', { revision }))],
  ['deployment', (kind, revision) => change(kind, 'deployment', deploymentRow('deployment', { revision }))],
  ['rollingUpgrade', (kind, revision) => change(kind, 'rollingUpgrade', rollingUpgradeRow(1, { revision }))],
  ['region', (kind, revision) => change(kind, 'region', { name: 'westus', revision })],
];

function change<T extends Table>(kind: 'put' | 'remove', table: T, row: Rows[T]): Change {
  return kind === 'put' ? put(table, row) : remove(table, row);
}

export function describeCommits(open: OpenStore): void {
  describeRevisions(open);
  describeAtomicity(open);
  describeOrder(open);
  describeListeners(open);
}

function describeRevisions(open: OpenStore): void {
  describe.for(TABLES)('the revision of a row: %s', ([, at]) => {
    test('is raised by one with every put', async () => {
      const store = await open();
      await store.commit([at('put', 0)]);
      await store.commit([at('put', 1)]);
      await store.commit([at('put', 2)]);
      await store.commit([at('remove', 3)]);
      await store.commit([at('put', 0)]);
    });

    test.for([
      ['new, and there is one', 'put', 0],
      ['older than the stored one', 'put', 1],
      ['newer than the stored one', 'put', 3],
      ['removed at an older revision', 'remove', 1],
      ['removed at a newer revision', 'remove', 3],
      ['removed as new', 'remove', 0],
    ] as const)('is refused when the row is %s', async ([, kind, revision]) => {
      const store = await open();
      await store.commit([at('put', 0)]);
      await store.commit([at('put', 1)]);
      await expect(store.commit([at(kind, revision)])).rejects.toThrow(RevisionConflict);
      await store.commit([at('put', 2)]);
    });

    test.for([
      ['put', 1],
      ['remove', 1],
      ['remove', 0],
    ] as const)('is refused when there is no row: %s at %d', async ([kind, revision]) => {
      const store = await open();
      await expect(store.commit([at(kind, revision)])).rejects.toThrow(RevisionConflict);
      await store.commit([at('put', 0)]);
    });
  });

  describe('a second row of the same name', () => {
    test.for<[string, Change, Change]>([
      ['group in another case', put('group', groupRow('prod')), put('group', groupRow('PROD'))],
      [
        'scale set of another uid',
        put('scaleSet', scaleSetRow('web')),
        put('scaleSet', scaleSetRow('WEB', { uid: uuid(2), group: 'PROD' })),
      ],
      [
        'run command of another key',
        put('runCommand', runCommandRow('a', { name: 'setup' })),
        put('runCommand', runCommandRow('b', { name: 'SETUP' })),
      ],
      [
        'model version',
        { kind: 'putModel', model: modelRow(1) },
        { kind: 'putModel', model: modelRow(1, { size: 'L' }) },
      ],
    ])('is refused: %s', async ([, first, second]) => {
      const store = await open();
      await store.commit([first]);
      await expect(store.commit([second])).rejects.toThrow(RevisionConflict);
      await expect(store.commit([put('operation', operationRow()), second])).rejects.toThrow(
        RevisionConflict,
      );
      expect(await store.operation(uuid(100))).toBeUndefined();
    });
  });
}

function describeAtomicity(open: OpenStore): void {
  describe('a commit', () => {
    test('is refused whole when its last row does not fit', async () => {
      const store = await open();
      await store.commit([put('instance', instanceRow(0)), { kind: 'putModel', model: modelRow(1) }]);
      const list = await store.instances(SET);
      const refused = store.commit([
        put('group', groupRow()),
        put('scaleSet', scaleSetRow()),
        put('operation', operationRow()),
        put('runCommand', runCommandRow()),
        { kind: 'putModel', model: modelRow(2) },
        { kind: 'removeModels', set: SET, versions: [1] },
        { kind: 'append', activity: activityRow() },
        put('instance', { ...instanceRow(0), revision: 1, etag: 2 }),
        put('instance', { ...instanceRow(1), revision: 1 }),
      ]);
      await expect(refused).rejects.toThrow(RevisionConflict);
      expect(await store.groups()).toEqual([]);
      expect(await store.scaleSets()).toEqual([]);
      expect(await store.openOperations()).toEqual([]);
      expect(await store.openRunCommands()).toEqual([]);
      expect(await store.models(SET)).toEqual([modelRow(1)]);
      expect((await store.activity({ from: 0, to: CREATED, limit: 10 })).entries).toEqual([]);
      expect(await store.instances(SET)).toBe(list);
    });

    test('may change the same row more than once, in order', async () => {
      const store = await open();
      await store.commit([
        put('group', groupRow('prod')),
        put('group', groupRow('prod', { revision: 1, location: 'northeurope' })),
        put('group', groupRow('dev')),
        remove('group', groupRow('dev', { revision: 1 })),
        { kind: 'putModel', model: modelRow(1) },
        { kind: 'removeModels', set: SET },
        { kind: 'putModel', model: modelRow(1, { size: 'L' }) },
      ]);
      expect(await store.groups()).toEqual([groupRow('prod', { revision: 2, location: 'northeurope' })]);
      expect(await store.models(SET)).toEqual([modelRow(1, { size: 'L' })]);
    });

    test('of nothing is nothing', async () => {
      const store = await open();
      await store.commit([]);
      expect(await store.groups()).toEqual([]);
    });

    test('stores what the rows held when it was called, and gives out rows that nobody can change', async () => {
      const store = await open();
      const tags: Record<string, string> = { a: '1' };
      const row = { ...groupRow(), tags };
      const done = store.commit([put('group', row)]);
      row.location = 'elsewhere';
      expect(() => (tags['a'] = '2')).toThrow(TypeError);
      await done;
      const stored = await store.group('prod');
      expect(stored).toEqual({ ...groupRow(), revision: 1, tags: { a: '1' } });
      expect(Object.isFrozen(stored)).toBe(true);
      expect(Object.isFrozen(stored?.tags)).toBe(true);
    });

    test('after close is refused', async () => {
      const store = await open();
      await store.close();
      await expect(store.commit([put('group', groupRow())])).rejects.toThrow('closed');
    });
  });
}

function describeOrder(open: OpenStore): void {
  const settled = (commits: readonly Promise<void>[]) =>
    Promise.allSettled(commits).then((results) => results.map(({ status }) => status));

  describe('commits of one turn', () => {
    test('build on each other in the order in which they were called', async () => {
      const store = await open();
      await Promise.all(
        [0, 1, 2, 3].map((revision) => store.commit([put('group', groupRow('prod', { revision }))])),
      );
      expect((await store.group('prod'))?.revision).toBe(4);
    });

    test('for the same row: the first wins, and the rest are not spoiled', async () => {
      const store = await open();
      const results = await settled([
        store.commit([put('instance', instanceRow(0, { etag: 1 }))]),
        store.commit([put('instance', instanceRow(1)), put('instance', instanceRow(0, { etag: 2 }))]),
        store.commit([put('instance', instanceRow(2))]),
        store.commit([put('instance', instanceRow(1))]),
      ]);
      expect(results).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
      expect((await store.instances(SET)).map(({ id, etag }) => [id, etag])).toEqual([
        [0, 1],
        [1, 1],
        [2, 1],
      ]);
    });

    test('settle in order, however many there are', async () => {
      const store = await open();
      const order: number[] = [];
      const count = 1000;
      await Promise.all(
        Array.from({ length: count }, async (_, id) => {
          await store.commit([put('instance', instanceRow(id))]);
          order.push(id);
        }),
      );
      expect(order).toEqual(Array.from({ length: count }, (_, id) => id));
      expect(await store.instances(SET)).toHaveLength(count);
    });

    test('that are waiting when it closes are stored first', async () => {
      const store = await open();
      const done = store.commit([put('group', groupRow())]);
      await store.close();
      await done;
    });
  });
}

function describeListeners(open: OpenStore): void {
  describe('a listener', () => {
    test('is told of each commit with its rows at their new revision, when they can be read', async () => {
      const store = await open();
      const told: (readonly Change[])[] = [];
      const readable: Promise<boolean>[] = [];
      store.onCommit((changes) => {
        told.push(changes);
        readable.push(store.group('prod').then((group) => group?.revision === 1));
      });
      const rest: Change[] = [
        { kind: 'putModel', model: modelRow(1) },
        { kind: 'append', activity: activityRow() },
        { kind: 'removeModels', set: uuid(5) },
      ];
      await store.commit([put('group', groupRow()), ...rest]);
      expect(told).toEqual([[put('group', groupRow('prod', { revision: 1 })), ...rest]]);
      await store.commit([remove('group', groupRow('prod', { revision: 1 }))]);
      expect(told[1]).toEqual([remove('group', groupRow('prod', { revision: 1 }))]);
      expect(await readable[0]).toBe(true);
    });

    test('has been told before the commit is acknowledged', async () => {
      const store = await open();
      const events: string[] = [];
      store.onCommit(() => events.push('told'));
      await store.commit([put('group', groupRow())]).then(() => events.push('acknowledged'));
      expect(events).toEqual(['told', 'acknowledged']);
    });

    test('gets the very rows that reads answer', async () => {
      const store = await open();
      const rows: unknown[] = [];
      store.onCommit((changes) => rows.push(...changes.map((each) => 'row' in each && each.row)));
      await store.commit([put('instance', instanceRow(0))]);
      expect(await store.instance(SET, 0)).toBe(rows[0]);
    });

    test('is not told of what was refused, nor of anything once it was taken away', async () => {
      const store = await open();
      let told = 0;
      const stop = store.onCommit(() => {
        told += 1;
      });
      await store.commit([put('group', groupRow())]);
      await expect(store.commit([put('group', groupRow())])).rejects.toThrow(RevisionConflict);
      expect(told).toBe(1);
      stop();
      await store.commit([put('group', groupRow('dev'))]);
      expect(told).toBe(1);
    });

    test('may commit itself', async () => {
      const store = await open();
      const nested: Promise<void>[] = [];
      const stop = store.onCommit(() => {
        stop();
        nested.push(store.commit([put('group', groupRow('dev'))]));
      });
      await store.commit([put('group', groupRow('prod'))]);
      await Promise.all(nested);
      expect(await store.groups()).toHaveLength(2);
    });
  });
}
