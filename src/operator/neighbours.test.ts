// Where an instance stands alone: only where no healthy neighbour has what it has.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsOf } from '../../test/testing/operator-rows.ts';
import type { InstanceFacts } from './inventory.ts';
import { isHealthy, standsAlone } from './neighbours.ts';

const agent = (version: string, state: 'ok' | 'failed' = 'ok'): InstanceFacts['extensions'] => [
  { name: 'agent', type: 'Contoso.Agent', version, state, message: '' },
];

test('the one with another extension version in another zone is alone in both', () => {
  const neighbours = [1, 2, 3].map((id) =>
    factsOf(id, { zone: id === 3 ? '2' : '1', extensions: agent('1.0') }),
  );
  const bad = factsOf(9, { zone: '3', extensions: agent('1.1', 'failed') });
  expect(standsAlone(bad, [...neighbours, bad])).toEqual([
    { field: 'zone', mine: '3', theirs: '1', have: 2, of: 3 },
    { field: 'extension agent', mine: '1.1 failed', theirs: '1.0 ok', have: 3, of: 3 },
  ]);
});

test('tags and missing extensions count', () => {
  const neighbours = [1, 2].map((id) => factsOf(id, { extensions: agent('1.0'), tags: {} }));
  expect(standsAlone(factsOf(9, { tags: { canary: 'yes' } }), neighbours)).toEqual([
    { field: 'extension agent', mine: '', theirs: '1.0 ok', have: 2, of: 2 },
    { field: 'tag canary', mine: 'yes', theirs: '', have: 2, of: 2 },
  ]);
});

test('where each has a value of its own, one more is no news', () => {
  const neighbours = [1, 2, 3].map((id) => factsOf(id, { faultDomain: String(id), zone: '1' }));
  const fields = standsAlone(factsOf(9, { faultDomain: '9', zone: '2' }), neighbours).map(
    ({ field }) => field,
  );
  expect(fields).toEqual(['zone']);
});

test('sick neighbours are nobody to compare with', () => {
  const sick = [factsOf(1, { health: 'unhealthy' }), factsOf(2, { power: 'stopped' })];
  expect(sick.some(isHealthy)).toBe(false);
  expect(standsAlone(factsOf(9, { zone: '3' }), sick)).toEqual([]);
});

test('no field is named that a healthy neighbour shares, and an instance is not its own neighbour', () => {
  const places = fc.record({
    zone: fc.constantFrom('1', '2', '3'),
    faultDomain: fc.constantFrom('0', '1'),
    image: fc.constantFrom('a', 'b'),
    health: fc.constantFrom('healthy' as const, 'unhealthy' as const),
  });
  fc.assert(
    fc.property(places, fc.array(places, { maxLength: 6 }), (mine, others) => {
      const instance = factsOf(100, mine);
      const neighbours = others.map((changes, id) => factsOf(id, changes));
      const healthy = neighbours.filter(isHealthy);
      for (const { field, theirs, have, of } of standsAlone(instance, [instance, ...neighbours])) {
        expect(of).toBe(healthy.length);
        expect(have).toBeGreaterThan(0);
        const read = { zone: 'zone', 'fault domain': 'faultDomain', image: 'image' } as const;
        const key = read[field as keyof typeof read];
        expect(healthy.filter((other) => other[key] === instance[key])).toEqual([]);
        expect(healthy.filter((other) => other[key] === theirs)).toHaveLength(have);
      }
    }),
  );
});
