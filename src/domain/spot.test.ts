// Priority and eviction policy of a model: what Azure takes, in its spelling, and what it refuses.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { completeSpot, priorityOf } from './spot.ts';

describe('a profile', () => {
  test.each<[JsonObject, JsonObject]>([
    [{}, {}],
    [{ priority: 'regular' }, { priority: 'Regular' }],
    [{ priority: 'spot' }, { priority: 'Spot' }],
    [
      { priority: 'SPOT', evictionPolicy: 'delete', other: 1 },
      { priority: 'Spot', evictionPolicy: 'Delete', other: 1 },
    ],
    [
      { priority: 'Low', evictionPolicy: 'Deallocate' },
      { priority: 'Low', evictionPolicy: 'Deallocate' },
    ],
  ])('%j is kept as %j', (profile, kept) => {
    expect(completeSpot(profile)).toEqual(kept);
  });

  test('without a priority is Regular', () => {
    expect(priorityOf({})).toBe('Regular');
    expect(priorityOf({ priority: 'Spot' })).toBe('Spot');
  });
});

describe('refused is', () => {
  test.each(['priority', 'evictionPolicy'])('a %s that Azure does not know', (name) => {
    const refused = (): JsonObject => completeSpot({ priority: 'Spot', [name]: 'Sometimes' });
    expect(refused).toThrow(expect.objectContaining({ code: 'invalidParameter', target: name }));
    expect(refused).toThrow(`'Sometimes' of parameter 'virtualMachineProfile.${name}' is not allowed`);
  });

  test.each<JsonObject>([{}, { priority: 'Regular' }])('an eviction policy with %j', (profile) => {
    expect(() => completeSpot({ ...profile, evictionPolicy: 'Delete' })).toThrow(
      expect.objectContaining({ code: 'operationNotAllowed', target: 'evictionPolicy' }),
    );
  });
});

test('whatever passes passes again unchanged', () => {
  const word = fc.constantFrom('regular', 'LOW', 'sPot', 'Delete', 'deallocate', 'x');
  fc.assert(
    fc.property(fc.record({ priority: word, evictionPolicy: word }, { requiredKeys: [] }), (profile) => {
      let kept: JsonObject;
      try {
        kept = completeSpot(profile);
      } catch {
        return;
      }
      expect(completeSpot(kept)).toEqual(kept);
    }),
  );
});
