// The rotation keeper, told of commits. What never happens: an instance whose application is not known to be well comes into
// rotation, or one that serves is taken out because it was given a source of health.
import { beforeEach, describe, expect, test } from 'vitest';
import { store, storeSet, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { instanceRow, scaleSetRow, SET_UID } from '../../test/testing/rows.ts';
import { NO_BALANCER } from '../balancer/no-balancer.ts';
import type { Balancer } from '../app/ports/balancer.ts';
import { put, remove } from '../app/ports/store.ts';
import type { HealthState } from '../domain/health.ts';
import type { Instance } from '../domain/instance.ts';
import type { HealthSources } from './health-sources.ts';
import { keepRotation, type RotationKeeper } from './rotation.ts';

const HANDLE = `${SET_UID}_0`;

let plane: TestPlane;
let rotating: Map<string, string>;
let keeper: RotationKeeper;
/** The versions of the model that have a source of health. */
let sources: Set<number>;

beforeEach(() => {
  plane = testPlane();
  rotating = new Map();
  const balancer: Balancer = {
    ...NO_BALANCER,
    connects: true,
    rotate: (handle, address) => {
      if (address === undefined) rotating.delete(handle);
      else rotating.set(handle, address.host);
    },
  };
  sources = new Set();
  keeper = keepRotation({ store: plane.store, balancer }, known());
});

const known = (): HealthSources => ({ has: (_, version) => sources.has(version), stop: () => undefined });
const serves = (): boolean => rotating.has(HANDLE);

function commit(given: Partial<Instance>): void {
  keeper.changed(put('instance', instanceRow(given)));
}

const health = (state: HealthState): Pick<Instance, 'health'> => ({ health: { state, since: 1 } });
const booted = (bootedAt: number): Pick<Instance, 'observed'> => ({
  observed: { power: 'running', ready: true, address: { host: '127.0.0.2', port: 8080 }, bootedAt },
});

describe('an instance', () => {
  test('comes and goes with the commits that say so', () => {
    commit({});
    expect(serves()).toBe(true);
    commit({ wanted: { exists: true, power: 'stopped', model: 1 } });
    expect(serves()).toBe(false);
    commit({});
    keeper.changed(remove('instance', instanceRow()));
    expect(serves()).toBe(false);
  });

  test('of a model with a source of health comes when it is healthy, and goes when it is not', () => {
    sources.add(2);
    commit({ model: 2, ...booted(1) });
    expect(serves()).toBe(false);
    commit({ model: 2, ...booted(1), ...health('healthy') });
    expect(serves()).toBe(true);
    commit({ model: 2, ...booted(1), ...health('unhealthy') });
    expect(serves()).toBe(false);
  });

  test('that serves goes on when its model gets a source of health, until that says otherwise', () => {
    commit({ model: 1, ...booted(1) });
    sources.add(2);
    commit({ model: 2, ...booted(1) });
    expect(serves()).toBe(true);
    commit({ model: 2, ...booted(1), ...health('initializing') });
    expect(serves()).toBe(false);
  });

  test('that has booted again does not serve before it is known to be healthy', () => {
    sources.add(2);
    commit({ model: 2, ...booted(1), ...health('healthy') });
    commit({ model: 2, ...booted(2) });
    expect(serves()).toBe(false);
  });
});

test('at start every instance is as its row says', async () => {
  await storeSet(plane, [instanceRow({ id: 0 }), instanceRow({ id: 1, surplus: true })], scaleSetRow());
  sources.add(2);
  await store(plane, 'instance', instanceRow({ id: 2, model: 2 }));
  await store(plane, 'instance', instanceRow({ id: 3, model: 2, ...health('healthy') }));
  await keeper.start();
  expect([...rotating.keys()]).toEqual([`${SET_UID}_0`, `${SET_UID}_3`]);
});

test('where no guest can be reached, nothing is kept', async () => {
  const idle = keepRotation({ store: plane.store, balancer: NO_BALANCER }, known());
  idle.changed(put('instance', instanceRow()));
  await idle.start();
  expect(rotating.size).toBe(0);
});
