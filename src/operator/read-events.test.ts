// Which of a log is about a set, and which about an instance.
import { expect, test } from 'vitest';
import { eventOf, SET_ID } from '../../test/testing/inventories.ts';
import { eventsAbout, eventsOf } from './read-events.ts';

test('entries are about a set whatever the case, and not about one whose name begins alike', () => {
  const mine = eventOf({ resourceId: SET_ID.toUpperCase(), instances: ['1', '4'] });
  const other = eventOf({ resourceId: `${SET_ID}2` });
  const below = eventOf({ resourceId: `${SET_ID}/virtualMachines/1`, instances: ['1'] });
  expect(eventsAbout([mine, other, below], [SET_ID])).toEqual([mine, below]);
  expect(eventsOf([mine, below], '4')).toEqual([mine]);
});
