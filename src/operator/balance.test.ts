// In or out of the balancer, as its backend health says it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../domain/json.ts';
import { mangled } from '../../test/testing/mangled.ts';
import type { Arm } from './arm.ts';
import { balanceOf, readBalance } from './balance.ts';

const listener = (...backends: readonly (readonly [string, string])[]): JsonObject => ({
  rule: { id: '/lb/rules/http' },
  frontendPort: 80,
  backends: backends.map(([id, state]) => ({ instance: { id }, state })),
});
const body = (...listeners: readonly JsonObject[]): JsonObject => ({ properties: { listeners } });
const from = (...bodies: readonly (JsonObject | undefined)[]): ReturnType<typeof balanceOf> =>
  balanceOf({ bodies, calls: bodies.length }, true);

describe('an instance', () => {
  test('is in where it is up, whatever the case of its id, and out in every other state', () => {
    const balance = from(
      body(listener(['/s/VM/1', 'Up'], ['/s/vm/2', 'Down'], ['/s/vm/3', 'Draining'], ['/s/vm/4', 'Out'])),
    );
    expect(['/s/vm/1', '/s/vm/2', '/s/vm/3', '/s/vm/4', '/s/vm/5'].map(balance)).toEqual([
      'in',
      'out',
      'out',
      'out',
      'out',
    ]);
  });

  test('is in only where every listener that has it counts it as up', () => {
    expect(from(body(listener(['/1', 'Up']), listener(['/1', 'Down'])))('/1')).toBe('out');
    expect(from(body(listener(['/1', 'Down'])), body(listener(['/1', 'Up'])))('/1')).toBe('out');
    expect(from(body(listener(['/1', 'Up']), listener(['/2', 'Up'])))('/1')).toBe('in');
  });

  test('is unknown where a balancer does not say, and none where there is no balancer or none listens', () => {
    expect(from(body(listener(['/1', 'Up'])), undefined)('/1')).toBe('unknown');
    expect(from()('/1')).toBe('unknown');
    expect(from({})('/1')).toBe('unknown');
    expect(from(body())('/1')).toBe('none');
    expect(from(body(), body(listener(['/1', 'Up'])))('/1')).toBe('in');
    expect(balanceOf({ bodies: [], calls: 0 }, false)('/1')).toBe('none');
  });
});

test('an answer that is no success is no word', async () => {
  const asked: string[] = [];
  const arm: Arm = {
    send: async ({ path }) => {
      asked.push(path);
      const found = path.startsWith('/lb/a/');
      return await Promise.resolve({ status: found ? 200 : 404, headers: {}, body: found ? body() : {} });
    },
    finish: async () => await Promise.reject(new Error('nothing was begun')),
  };
  expect(await readBalance(arm, ['/lb/a', '/lb/b'])).toEqual({ bodies: [body(), undefined], calls: 2 });
  expect(asked).toEqual([
    '/lb/a/providers/Muster.Network/backendHealth',
    '/lb/b/providers/Muster.Network/backendHealth',
  ]);
});

test('whatever it says, an instance is in, out, none or unknown', () => {
  fc.assert(
    fc.property(mangled(body(listener(['/1', 'Up'], ['/2', 'Down']))), (said) => {
      expect(['in', 'out', 'none', 'unknown']).toContain(from(said)('/1'));
    }),
  );
});
