// The agenda: everything at its own time and in order, with one timer at most.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { manualClock } from '../../../test/testing/manual-clock.ts';
import { Agenda } from './agenda.ts';

function open() {
  const clock = manualClock(1000);
  const agenda = new Agenda(clock);
  agenda.open();
  return { clock, agenda };
}

describe('an agenda', () => {
  test('whatever is noted and cancelled, does the rest in the order of time and of noting', () => {
    const notes = fc.array(fc.record({ wait: fc.nat(50), cancelled: fc.boolean() }), { maxLength: 60 });
    fc.assert(
      fc.property(notes, (all) => {
        const { clock, agenda } = open();
        const done: { note: number; at: number; now: number }[] = [];
        all.forEach(({ wait, cancelled }, note) => {
          const noted = agenda.at(1000 + wait, (at) => done.push({ note, at, now: clock.now() }));
          if (cancelled) agenda.cancel(noted);
        });
        while (clock.runNext());
        const expected = all
          .map(({ wait, cancelled }, note) => ({ note, at: 1000 + wait, cancelled }))
          .filter(({ cancelled }) => !cancelled)
          .toSorted((a, b) => a.at - b.at || a.note - b.note);
        expect(done).toEqual(expected.map(({ note, at }) => ({ note, at, now: at })));
      }),
    );
  });

  test('keeps one timer, and none when nothing is noted', () => {
    const { clock, agenda } = open();
    expect(clock.pending()).toBe(0);
    for (const due of [1500, 1200, 1900, 1100]) agenda.at(due, () => {});
    expect(clock.pending()).toBe(1);
    expect(clock.next()).toBe(1100);
    clock.advance(1000);
    expect(clock.pending()).toBe(0);
  });

  test('does what was noted meanwhile in the same go, when it is due', () => {
    const { clock, agenda } = open();
    const done: string[] = [];
    agenda.at(1010, (at) => {
      agenda.at(at, () => done.push('at once'));
      agenda.at(at + 5, () => done.push('later'));
      done.push('first');
    });
    clock.advance(10);
    expect(done).toEqual(['first', 'at once']);
    clock.advance(5);
    expect(done).toEqual(['first', 'at once', 'later']);
  });

  test('that is shut does nothing and keeps no timer; opened again, it catches up, each at its own time', () => {
    const { clock, agenda } = open();
    const done: number[] = [];
    for (const due of [1020, 1010, 5000]) agenda.at(due, (at) => done.push(at));
    agenda.shut();
    expect(clock.pending()).toBe(0);
    clock.advance(100);
    agenda.at(1050, (at) => done.push(at));
    expect(done).toEqual([]);
    agenda.open();
    expect(done).toEqual([1010, 1020, 1050]);
    expect(clock.next()).toBe(5000);
  });

  test('that is shut by what it does, stops there', () => {
    const { clock, agenda } = open();
    const done: number[] = [];
    agenda.at(1010, () => agenda.shut());
    agenda.at(1010, (at) => done.push(at));
    clock.advance(50);
    expect(done).toEqual([]);
    expect(clock.pending()).toBe(0);
  });
});
