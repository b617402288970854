// What is judged again before a half-finished action goes on, and what is not.
import { describe, expect, test } from 'vitest';
import { instanceFacts, inventoryOf } from '../../test/testing/inventories.ts';
import { hash, memoryRecord } from '../../test/testing/memory-record.ts';
import { decide, type Flags } from './guard.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { recheck } from './recheck.ts';
import { type ActionRecord, recordOf } from './record.ts';
import { decideRepair } from './repair-plan.ts';
import { select } from './selection.ts';
import { sightingOf } from './sighting.ts';

const START = inventoryOf(3);
const FLAGS: Flags = { wholeSet: true, floor: { value: 2, unit: 'count' } };

/** A restart of all three, of which the first is done. */
function half(): ActionRecord {
  const { ids } = select(START, { by: 'ids', ids: ['0', '1', '2'] });
  const { plan } = decide(START, ids!, { verb: 'restart', verifySeconds: 60 }, FLAGS);
  const record = memoryRecord(() => 0);
  record.append({ kind: 'plan', plan: plan!, flags: FLAGS });
  record.append({ kind: 'sighting', when: 'before', sighting: sightingOf(START, hash) });
  record.append({
    kind: 'sending',
    step: 'restart 0',
    deed: 'restart',
    instance: '0',
    method: 'POST',
    path: '',
    correlationId: 'c',
  });
  return recordOf(record.entries);
}

const now = (id: string, changes: Partial<InstanceFacts>): Inventory => ({
  ...START,
  instances: START.instances.map((one) => (one.id === id ? { ...one, ...changes } : one)),
});
const codes = (inventory: Inventory, more: Flags = {}) =>
  recheck(half(), inventory, more).map(({ code }) => code);
const PROTECTED = { protection: { scaleIn: false, scaleSetActions: true } };

describe('what is left', () => {
  test('may be done when nothing has changed, the whole set included, which was confirmed', () => {
    expect(codes(START)).toEqual([]);
  });

  test('is refused where it has been protected or tagged since, unless a flag says otherwise now', () => {
    expect(codes(now('2', PROTECTED))).toEqual(['protected']);
    expect(codes(now('2', PROTECTED), { includeProtected: true })).toEqual([]);
    expect(codes(now('2', { tags: { 'muster:stateful': '' } }))).toEqual(['stateful']);
  });

  test('is refused where fewer serve than then, by the floor it was begun with', () => {
    expect(codes(now('0', { health: 'unhealthy' }))).toEqual(['belowFloor']);
    expect(codes(now('0', { health: 'unhealthy' }), { belowFloor: true })).toEqual([]);
  });

  test('is not what was done already, nor what is gone', () => {
    expect(codes(now('0', PROTECTED))).toEqual([]);
    expect(codes({ ...START, instances: [instanceFacts('0')] })).toEqual([]);
  });
});

test('a repair is judged again as well', () => {
  const ill = now('1', { health: 'unhealthy' });
  const { ids } = select(ill, { by: 'ids', ids: ['1'] });
  const { plan } = decideRepair(ill, ids!, { until: 'replace', verifySeconds: 60 }, {});
  const record = memoryRecord(() => 0);
  record.append({ kind: 'plan', plan: plan!, flags: {} });
  const begun = recordOf(record.entries);
  expect(recheck(begun, ill, {})).toEqual([]);
  expect(recheck(begun, now('1', { ...PROTECTED, health: 'unhealthy' }), {}).map(({ code }) => code)).toEqual(
    ['protected'],
  );
});
