// The store contract's part about the activity log: order, filters and pages.

import { describe, expect, test } from 'vitest';

import type { ActivityQuery, Change, Store } from '../../src/app/ports/store.ts';
import type { Activity } from '../../src/domain/activity.ts';
import { activityRow, CREATED, resourceId } from '../testing/store-rows.ts';
import type { OpenStore } from './store.ts';

const EVER = { from: 0, to: CREATED + 1_000_000, limit: 100 } as const;

const append = (id: string, row: Partial<Activity> = {}): Change => ({
  kind: 'append',
  activity: activityRow(id, row),
});

async function idsOf(store: Store, query: Partial<ActivityQuery> = {}): Promise<string[]> {
  const { entries } = await store.activity({ ...EVER, ...query });
  return entries.map(({ id }) => id);
}

export function describeActivity(open: OpenStore): void {
  describe('the activity log', () => {
    test('gives entries back as they were written, newest first', async () => {
      const store = await open();
      const entry = activityRow('1', {
        operationId: 'op',
        properties: { instances: ['0'], nested: { a: null } },
      });
      await store.commit([{ kind: 'append', activity: entry }, append('2', { time: CREATED + 1 })]);
      const page = await store.activity(EVER);
      expect(page).toEqual({ entries: [activityRow('2', { time: CREATED + 1 }), entry] });
    });

    test('is ordered by time, and among equal times by the order of writing', async () => {
      const store = await open();
      await store.commit([append('a', { time: CREATED + 5 }), append('b', { time: CREATED })]);
      await store.commit([append('c', { time: CREATED + 5 }), append('d', { time: CREATED })]);
      expect(await idsOf(store)).toEqual(['c', 'a', 'd', 'b']);
    });

    test('is filtered by time, both ends included', async () => {
      const store = await open();
      await store.commit([1, 2, 3, 4].map((at) => append(String(at), { time: CREATED + at })));
      expect(await idsOf(store, { from: CREATED + 2, to: CREATED + 3 })).toEqual(['3', '2']);
      expect(await idsOf(store, { from: CREATED + 5, to: CREATED + 9 })).toEqual([]);
    });

    test('is filtered by group without regard to case, and by caller, status and correlation id', async () => {
      const store = await open();
      await store.commit([
        append('group', { group: 'Dev' }),
        append('caller', { caller: 'muster' }),
        append('status', { status: 'Failed' }),
        append('correlation', { correlationId: 'c' }),
        append('both', { correlationId: 'c', status: 'Failed' }),
      ]);
      expect(await idsOf(store, { group: 'dEV' })).toEqual(['group']);
      expect(await idsOf(store, { caller: 'muster' })).toEqual(['caller']);
      expect(await idsOf(store, { status: 'Failed' })).toEqual(['both', 'status']);
      expect(await idsOf(store, { correlationId: 'c' })).toEqual(['both', 'correlation']);
      expect(await idsOf(store, { correlationId: 'c', status: 'Failed' })).toEqual(['both']);
      expect(await idsOf(store, { correlationId: 'c', group: 'dev' })).toEqual([]);
    });

    test('is filtered by a resource and everything below it, without regard to case', async () => {
      const store = await open();
      const ids = ['web', 'WEB/virtualMachines/3', 'web2', 'web-old', 'we', 'web0', 'web.b'];
      await store.commit(ids.map((id, at) => append(id, { resourceId: resourceId(id), time: CREATED + at })));
      expect(await idsOf(store, { resourceId: resourceId('Web') })).toEqual(['WEB/virtualMachines/3', 'web']);
      expect(await idsOf(store, { resourceId: resourceId('web/virtualmachines/3') })).toEqual([
        'WEB/virtualMachines/3',
      ]);
      expect(await idsOf(store, { resourceId: resourceId('none') })).toEqual([]);
      expect(
        await idsOf(store, { resourceId: resourceId('web'), from: CREATED + 1, status: 'Succeeded' }),
      ).toEqual(['WEB/virtualMachines/3']);
    });

    test.for([
      ['alone', {}],
      ['with a filter by resource', { resourceId: resourceId('web') }],
      ['with a filter by correlation id', { correlationId: 'c', resourceId: resourceId('web') }],
    ] as const)('is read page by page, %s, with nothing left out or seen twice', async ([, filter]) => {
      const store = await open();
      // Equal times, so that the pages end in the middle of them; and other entries in between.
      const row = (at: number) => ({ time: CREATED + Math.floor(at / 3), correlationId: 'c' });
      const changes = Array.from({ length: 20 }, (_, at) => append(String(at), row(at)));
      const others = Array.from({ length: 20 }, (_, at) =>
        append('other', { ...row(at), resourceId: resourceId('x') }),
      );
      await store.commit([...changes, ...('resourceId' in filter ? others : [])]);
      const pages: string[][] = [];
      let before: number | undefined;
      do {
        const page = await store.activity({
          ...EVER,
          ...filter,
          limit: 7,
          ...(before !== undefined && { before }),
        });
        pages.push(page.entries.map(({ id }) => id));
        before = page.next;
      } while (before !== undefined);
      expect(pages.map((page) => page.length)).toEqual([7, 7, 6]);
      expect(pages.flat()).toEqual(Array.from({ length: 20 }, (_, at) => String(19 - at)));
    });

    test('says that there is no next page when the last one is just full', async () => {
      const store = await open();
      await store.commit([append('1'), append('2')]);
      expect((await store.activity({ ...EVER, limit: 2 })).next).toBeUndefined();
      expect((await store.activity({ ...EVER, limit: 1 })).next).toBeDefined();
    });

    test('keeps its pages when entries are added meanwhile', async () => {
      const store = await open();
      await store.commit(['1', '2', '3'].map((id) => append(id)));
      const { next } = await store.activity({ ...EVER, limit: 1 });
      await store.commit([append('4')]);
      expect(await idsOf(store, { before: next as number })).toEqual(['2', '1']);
    });
  });
}
