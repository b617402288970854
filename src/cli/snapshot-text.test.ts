// How a difference reads: one line for what happened to several instances alike.
import { expect, test } from 'vitest';
import { eventOf, fleet, memberFacts, inventoryOf, TAKEN } from '../../test/testing/inventories.ts';
import { snapshotOf } from '../operator/snapshot.ts';
import { snapshotDiff } from '../operator/snapshot-diff.ts';
import { renderDiff, renderList } from './snapshot-text.ts';

const LATER = '2026-11-24T07:00:00.000Z';
const BETWEEN = '2026-11-24T06:30:00.000Z';
const SETS = 'Microsoft.Compute/virtualMachineScaleSets';

test('nothing that changed is one sentence', () => {
  const [before, after] = [TAKEN, LATER].map((time) => snapshotOf(inventoryOf(fleet(2), {}, time)));
  expect(renderDiff(snapshotDiff(before!, after!, []))).toBe(
    `rg/web\n${TAKEN} to ${LATER} (1 h)\n\nNothing changed.\n\n2 instances unchanged.\n`,
  );
});

test('what happened to several alike is one line, with who, when and the correlation id', () => {
  const before = snapshotOf(inventoryOf(fleet(8)));
  const stopped = { power: 'stopped', tags: { owner: 'ada' } } as const;
  const left = [
    memberFacts(0),
    memberFacts(1, stopped),
    memberFacts(2, stopped),
    memberFacts(3, { body: { properties: { vmId: 'another' } } }),
    memberFacts(9),
  ];
  const after = snapshotOf(inventoryOf(left, {}, LATER));
  const events = [
    eventOf({ operation: `${SETS}/write`, time: '2026-11-24T06:10:00.000Z', correlationId: 'c-write' }),
    eventOf({
      operation: `${SETS}/virtualMachines/delete`,
      time: BETWEEN,
      caller: 'muster',
      instances: ['4', '5', '6'],
      description: 'Deleted web_4 and 2 more: the capacity was lowered.',
      correlationId: 'c-write',
    }),
    eventOf({
      operation: `${SETS}/delete/action`,
      time: BETWEEN,
      caller: 'grace',
      instances: ['7'],
      correlationId: 'c-delete',
    }),
    eventOf({
      operation: `${SETS}/powerOff/action`,
      time: BETWEEN,
      instances: ['1', '2'],
      correlationId: 'c-stop',
    }),
    eventOf({
      operation: `${SETS}/virtualMachines/write`,
      time: BETWEEN,
      caller: 'muster',
      instances: ['8'],
      description: 'Created web_8: the capacity asks for more instances.',
      correlationId: 'c-write',
    }),
    eventOf({
      operation: `${SETS}/virtualMachines/delete`,
      time: BETWEEN,
      caller: 'muster',
      instances: ['8'],
      description: 'Deleted web_8: it was made beyond the capacity, which has come up.',
      correlationId: 'c-write',
    }),
  ];
  expect(renderDiff(snapshotDiff(before, after, events))).toBe(`rg/web
${TAKEN} to ${LATER} (1 h)

The set
  capacity 8 -> 5

Went
  4, 5, 6: scale-in: ada wrote the set (2026-11-24T06:10:00.000Z, correlation id c-write)
  7: deleted by grace (${BETWEEN}, correlation id c-delete)

Came
  9: no entry explains it

Recreated under the same id
  3: went: no entry names it, but the capacity went from 8 to 5 and ada wrote the set (2026-11-24T06:10:00.000Z, correlation id c-write); came: no entry explains it

Came and went between
  8: made beyond the capacity, and removed when the others had come up (${BETWEEN}, by muster, correlation id c-write)

Changed
  1, 2: power running -> stopped; tags none -> owner=ada (after poweroff by ada, ${BETWEEN})

1 instance unchanged.
`);
});

test('a list has a line a snapshot, and says so when there is none', () => {
  const snapshot = snapshotOf(inventoryOf(fleet(3)));
  expect(renderList([])).toBe('There are no snapshots. muster snapshot save makes one.\n');
  expect(
    renderList([
      { name: 'a', snapshot },
      { name: 'broken', problem: 'is not a snapshot' },
    ]),
  ).toBe(`a       ${TAKEN}  3 instances  rg/web\nbroken  cannot be read: it is not a snapshot\n`);
});
