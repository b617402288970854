// Faults of verbs: as often as the script says, anew with every call, for each guest by itself.
import { describe, expect, test } from 'vitest';

import { Faults } from './faults.ts';
import { draw, PLAIN } from './script.ts';

const open = (script: Partial<typeof PLAIN>): Faults =>
  new Faults({ ...PLAIN, ...script }, (handle, name) => draw('seed', `${handle} ${name}`));

describe('faults', () => {
  test('are none in a plain run', () => {
    const faults = open({});
    for (let call = 0; call < 100; call += 1) expect(faults.next('a')).toEqual({ noCapacity: false });
  });

  test('come as often as the script says, half of the transient ones after the work', () => {
    const faults = open({ transient: 0.2, noCapacity: 0.5 });
    const drawn = Array.from({ length: 10_000 }, () => faults.next('a'));
    const share = (wanted: (fault: (typeof drawn)[number]) => boolean) =>
      drawn.filter(wanted).length / drawn.length;
    expect(share(({ transient }) => transient === 'before')).toBeCloseTo(0.1, 1);
    expect(share(({ transient }) => transient === 'after')).toBeCloseTo(0.1, 1);
    expect(share(({ noCapacity }) => noCapacity)).toBeCloseTo(0.5, 1);
  });

  test('come always, when the chance is 1', () => {
    const faults = open({ transient: 1, noCapacity: 1 });
    const drawn = Array.from({ length: 100 }, () => faults.next('a'));
    expect(drawn.every(({ transient, noCapacity }) => transient !== undefined && noCapacity)).toBe(true);
  });

  test('of one guest do not depend on what others do', () => {
    const alone = open({ transient: 0.5 });
    const among = open({ transient: 0.5 });
    const expected = Array.from({ length: 50 }, () => alone.next('a'));
    const found = Array.from({ length: 50 }, () => {
      among.next('b');
      return among.next('a');
    });
    expect(found).toEqual(expected);
  });
});
