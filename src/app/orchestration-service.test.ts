// Suspending and resuming automatic repairs: what it changes, and what it refuses without changing anything.
import { describe, expect, test } from 'vitest';
import { healthExtension, profileWith } from '../../test/testing/health.ts';
import { logged, ORIGIN, refusedWhole, storeSet, testPlane } from '../../test/testing/plane.ts';
import { instanceRow, scaleSetRow } from '../../test/testing/rows.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import { setServiceState } from './orchestration-service.ts';

const REF = { group: 'rg', name: 'web' };
const SUSPEND = { ...REF, serviceName: 'AutomaticRepairs', action: 'Suspend' };

async function plane(given: Partial<ScaleSet> = {}, enabled = true) {
  const opened = testPlane();
  const properties = {
    virtualMachineProfile: profileWith(healthExtension()),
    automaticRepairsPolicy: { enabled, gracePeriod: 'PT10M', repairAction: 'Replace' },
  };
  const instance = instanceRow({ health: { state: 'unhealthy', since: 0 } });
  await storeSet(opened, [instance], scaleSetRow({ capacity: 1, properties, ...given }));
  const repairs = async () => (await opened.store.scaleSet('rg', 'web'))?.repairs;
  return { plane: opened, repairs };
}

describe('the state of the service', () => {
  test('is suspended and resumed, each with an operation and a line in the log', async () => {
    const { plane: p, repairs } = await plane();
    const now = p.clock.now();
    const operation = await setServiceState(p, ORIGIN, SUSPEND);
    expect(await repairs()).toEqual({ state: 'suspended', since: now, owed: [], heldBack: false });
    expect(operation).toMatchObject({ caller: 'ada', instances: [], status: 'InProgress' });
    p.clock.advance(1000);
    await setServiceState(p, ORIGIN, { ...SUSPEND, serviceName: 'automaticrepairs', action: 'RESUME' });
    expect(await repairs()).toMatchObject({ state: 'running', since: now + 1000 });
    const name = 'Microsoft.Compute/virtualMachineScaleSets/setOrchestrationServiceState/action';
    expect((await logged(p)).map(({ operationName, status }) => [operationName, status])).toEqual([
      [name, 'Accepted'],
      [name, 'Accepted'],
    ]);
  });

  test('that it has already keeps its time, and what is owed', async () => {
    const owed = [{ attempts: 1, begun: 5 }];
    const { plane: p, repairs } = await plane({
      repairs: { state: 'running', since: 7, owed, heldBack: true },
    });
    await setServiceState(p, ORIGIN, { ...SUSPEND, action: 'Resume' });
    expect(await repairs()).toEqual({ state: 'running', since: 7, owed, heldBack: true });
    await setServiceState(p, ORIGIN, SUSPEND);
    expect(await repairs()).toMatchObject({ state: 'suspended', owed });
  });

  test('leaves the model, the etag and every instance as they are', async () => {
    const { plane: p } = await plane();
    const before = await p.store.instances((await p.store.scaleSets())[0]?.uid ?? '');
    await setServiceState(p, ORIGIN, SUSPEND);
    const [set] = await p.store.scaleSets();
    expect(set).toMatchObject({ etag: 2, model: 1, generation: 1 });
    expect(await p.store.instances(set?.uid ?? '')).toBe(before);
  });
});

describe('refused, with nothing changed,', () => {
  test.each([
    ['serviceName', { ...SUSPEND, serviceName: 'Other' }],
    ['action', { ...SUSPEND, action: 'Stop' }],
  ])('is a wrong %s', async (target, request) => {
    const { plane: p } = await plane();
    const failure = await refusedWhole(p, () => setServiceState(p, ORIGIN, request));
    expect(failure).toMatchObject({ code: 'invalidParameter', target });
  });

  test('is a set whose repairs are not enabled', async () => {
    const { plane: p } = await plane({}, false);
    const failure = await refusedWhole(p, () => setServiceState(p, ORIGIN, SUSPEND));
    expect(failure.code).toBe('operationNotAllowed');
  });

  test('is a set that is being deleted, or is not there', async () => {
    const { plane: p } = await plane({ deleting: true });
    const marked = await refusedWhole(p, () => setServiceState(p, ORIGIN, SUSPEND));
    expect(marked.message).toMatch(/marked for deletion/);
    const gone = await refusedWhole(p, () => setServiceState(p, ORIGIN, { ...SUSPEND, name: 'nobody' }));
    expect(gone.code).toBe('resourceNotFound');
  });
});
