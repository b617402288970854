// Load balancers: what a write keeps and replaces, and what is refused because a scale set stands behind it. A refusal
// changes nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  everything,
  logged,
  ORIGIN,
  refusedWhole,
  store,
  storeSet,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import {
  groupRow,
  instanceRow,
  loadBalancerRow,
  modelRow,
  rollingUpgradeRow,
  scaleSetBody,
  scaleSetRow,
  SET_UID,
} from '../../test/testing/rows.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import {
  deleteLoadBalancer,
  getLoadBalancer,
  listLoadBalancers,
  patchLoadBalancer,
  putLoadBalancer,
} from './load-balancers.ts';
import { deleteGroup } from './resource-groups.ts';
import { patchScaleSet, putScaleSet } from './write-scale-set.ts';

const PATH = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/lb`;
const POOL = `${PATH}/backendAddressPools/pool`;
const REF = { group: 'rg', name: 'lb' };
const BODY: JsonObject = { location: 'West US', properties: { backendAddressPools: [{ name: 'pool' }] } };

let plane: TestPlane;

beforeEach(async () => {
  plane = testPlane();
  await store(plane, 'group', groupRow());
});

/** A profile that names the pool. */
function behind(pool: string): JsonObject {
  const { virtualMachineProfile } = scaleSetBody()['properties'] as { virtualMachineProfile: JsonObject };
  const ip = { name: 'ip', properties: { loadBalancerBackendAddressPools: [{ id: pool }] } };
  return {
    ...virtualMachineProfile,
    networkProfile: {
      networkInterfaceConfigurations: [
        { name: 'nic', properties: { primary: true, ipConfigurations: [ip] } },
      ],
    },
  };
}

function setBody(pool: string): JsonObject {
  return scaleSetBody({ properties: { overprovision: false, virtualMachineProfile: behind(pool) } });
}

describe('a write', () => {
  test('makes a balancer with its id, its tag, defaults and a log entry', async () => {
    const { balancer, created } = await putLoadBalancer(plane, ORIGIN, { ...REF, body: BODY });
    expect(created).toBe(true);
    expect(balancer).toMatchObject({ ...REF, location: 'westus', sku: { name: 'Basic', tier: 'Regional' } });
    expect(balancer.uid).not.toBe(balancer.etag);
    expect(await logged(plane)).toMatchObject([
      { status: 'Succeeded', operationName: 'Microsoft.Network/loadBalancers/write', caller: 'ada' },
    ]);
  });

  test('replaces what was there, but for what makes it this one', async () => {
    const first = await putLoadBalancer(plane, ORIGIN, {
      ...REF,
      body: { ...BODY, tags: { a: 'b' }, sku: { name: 'Standard' } },
    });
    const second = await putLoadBalancer(plane, ORIGIN, {
      group: 'RG',
      name: 'LB',
      body: { location: 'westus', properties: { probes: [] } },
    });
    expect(second.created).toBe(false);
    const { uid, created, name, sku } = first.balancer;
    expect(second.balancer).toMatchObject({ uid, created, name, sku, tags: {} });
    expect(second.balancer.properties['backendAddressPools']).toEqual([]);
    expect(second.balancer.etag).not.toBe(first.balancer.etag);
  });

  test('of what was read changes nothing but the tag', async () => {
    const first = await putLoadBalancer(plane, ORIGIN, { ...REF, body: BODY });
    const { location, properties } = first.balancer;
    const { balancer } = await putLoadBalancer(plane, ORIGIN, { ...REF, body: { location, properties } });
    const stored = { ...first.balancer, revision: 1 };
    expect(balancer).toEqual({ ...stored, etag: balancer.etag });
  });

  test('is refused in a group that is not there or on its way out', async () => {
    await store(plane, 'group', groupRow({ name: 'going', deleting: 'o' }));
    const put = (group: string) => () => putLoadBalancer(plane, ORIGIN, { group, name: 'lb', body: BODY });
    expect((await refusedWhole(plane, put('none'))).code).toBe('resourceGroupNotFound');
    expect((await refusedWhole(plane, put('going'))).code).toBe('groupBeingDeleted');
  });

  test('heeds the tag that it asks for', async () => {
    const { balancer } = await putLoadBalancer(plane, ORIGIN, { ...REF, body: BODY });
    const put = (ifMatch: string) => putLoadBalancer(plane, ORIGIN, { ...REF, body: BODY, ifMatch });
    const failure = await refusedWhole(plane, () => put('W/"other"'));
    expect(failure.code).toBe('preconditionFailed');
    expect((await put(`W/"${balancer.etag}"`)).created).toBe(false);
  });
});

describe('a PATCH', () => {
  test('changes the tags, all of them, and nothing else', async () => {
    const { balancer: before } = await putLoadBalancer(plane, ORIGIN, {
      ...REF,
      body: { ...BODY, tags: { a: 'b', c: 'd' } },
    });
    const { balancer } = await patchLoadBalancer(plane, ORIGIN, { ...REF, tags: { a: 'x' } });
    expect(balancer.etag).not.toBe(before.etag);
    expect(balancer).toEqual({ ...before, revision: 1, tags: { a: 'x' }, etag: balancer.etag });
  });

  test('is refused without a balancer, and when it was changed meanwhile', async () => {
    const patch = (more: object) => () => patchLoadBalancer(plane, ORIGIN, { ...REF, tags: {}, ...more });
    expect((await refusedWhole(plane, patch({}))).code).toBe('resourceNotFound');
    await putLoadBalancer(plane, ORIGIN, { ...REF, body: BODY });
    expect((await refusedWhole(plane, patch({ ifMatch: 'W/"other"' }))).code).toBe('preconditionFailed');
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`tag${index}`, '']));
    expect((await refusedWhole(plane, patch({ tags: many }))).code).toBe('invalidParameter');
  });
});

describe('a balancer whose probe is the health of a scale set', () => {
  const named = (probe: string): JsonObject => {
    const model = behind(POOL) as { networkProfile: JsonObject };
    const healthProbe = { id: `${PATH}/probes/${probe}` };
    const virtualMachineProfile = { ...model, networkProfile: { ...model.networkProfile, healthProbe } };
    return scaleSetBody({ properties: { overprovision: false, virtualMachineProfile } });
  };

  beforeEach(async () => {
    await store(plane, 'loadBalancer', loadBalancerRow());
  });

  test('keeps the rule that uses it', async () => {
    await putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body: named('health') });
    const { location, sku, properties } = loadBalancerRow();
    const put = (rules: Json) => () =>
      putLoadBalancer(plane, ORIGIN, {
        ...REF,
        body: { location, sku, properties: { ...properties, loadBalancingRules: rules } },
      });
    expect((await refusedWhole(plane, put([]))).code).toBe('ruleOfHealthProbe');
    expect((await put(properties['loadBalancingRules'] ?? [])()).created).toBe(false);
  });

  test('is no health of a set when no rule uses it', async () => {
    const { properties } = loadBalancerRow();
    const probes = [{ name: 'idle', properties: { protocol: 'Tcp', port: 8080 } }];
    await putLoadBalancer(plane, ORIGIN, {
      ...REF,
      body: {
        location: 'westus',
        sku: { name: 'Standard' },
        properties: { ...properties, probes: [...(properties['probes'] as readonly Json[]), ...probes] },
      },
    });
    const put = (probe: string) => () =>
      putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body: named(probe) });
    expect((await refusedWhole(plane, put('idle'))).code).toBe('inactiveHealthProbe');
    expect((await refusedWhole(plane, put('none'))).code).toBe('invalidResourceReference');
    expect((await put('HEALTH')()).created).toBe(true);
  });
});

describe('a group with a balancer', () => {
  beforeEach(async () => {
    await store(plane, 'loadBalancer', loadBalancerRow());
    await store(plane, 'group', groupRow({ name: 'other' }));
  });

  test('is not deleted while a set of another group stands behind it', async () => {
    await putScaleSet(plane, ORIGIN, { group: 'other', name: 'far', body: setBody(POOL) });
    const failure = await refusedWhole(plane, () => deleteGroup(plane, ORIGIN, 'rg'));
    expect(failure.code).toBe('loadBalancerInUse');
    expect(failure.message).toMatch(/resourceGroups\/other\/.+\/far\.$/);
    // That group may go: it has no balancer.
    expect((await deleteGroup(plane, ORIGIN, 'other')).group).toBe('other');
  });

  test('is deleted with the sets of its own', async () => {
    await putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body: setBody(POOL) });
    await deleteGroup(plane, ORIGIN, 'RG');
    const late = () => putScaleSet(plane, ORIGIN, { group: 'other', name: 'far', body: setBody(POOL) });
    expect((await refusedWhole(plane, late)).code).toBe('groupBeingDeleted');
  });

  test('cannot go between the moment a set of another group names its balancer and the moment it is there', async () => {
    const results = await Promise.allSettled([
      putScaleSet(plane, ORIGIN, { group: 'other', name: 'far', body: setBody(POOL) }),
      deleteGroup(plane, ORIGIN, 'rg'),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('a balancer with a scale set behind it', () => {
  beforeEach(async () => {
    await store(plane, 'loadBalancer', loadBalancerRow());
  });

  test('is not deleted, nor the pool taken away', async () => {
    await putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body: setBody(POOL) });
    const deleting = await refusedWhole(plane, () => deleteLoadBalancer(plane, ORIGIN, REF));
    expect(deleting.code).toBe('loadBalancerInUse');
    expect(deleting.message).toMatch(/lb since its child resources pool are in use by .+\/web\.$/);
    const body = { location: 'westus', properties: {} };
    const taking = await refusedWhole(plane, () =>
      putLoadBalancer(plane, ORIGIN, { ...REF, body: { ...body, sku: { name: 'Standard' } } }),
    );
    expect(taking.message).toMatch(/^Cannot remove backend address pool pool from load balancer since/);
  });

  test('is held by an instance that still has an older model, too', async () => {
    const set = scaleSetRow({ model: 2 });
    await storeSet(
      plane,
      [instanceRow({ model: 1, wanted: { exists: true, power: 'running', model: 1 } })],
      set,
    );
    await plane.store.commit([
      { kind: 'removeModels', set: SET_UID, versions: [1] },
      { kind: 'putModel', model: modelRow({ version: 1, profile: behind(POOL) }) },
    ]);
    const failure = await refusedWhole(plane, () => deleteLoadBalancer(plane, ORIGIN, REF));
    expect(failure.code).toBe('loadBalancerInUse');
  });

  test('is held by an older model that a rolling upgrade may have to go back to', async () => {
    const wanted = { exists: true, power: 'running', model: 2 } as const;
    await storeSet(plane, [instanceRow({ id: 0, model: 2, wanted })], scaleSetRow({ model: 2 }));
    await plane.store.commit([
      { kind: 'removeModels', set: SET_UID, versions: [1] },
      { kind: 'putModel', model: modelRow({ version: 1, profile: behind(POOL) }) },
    ]);
    await store(plane, 'rollingUpgrade', rollingUpgradeRow({ previous: { 0: { model: 1 } } }));
    const failure = await refusedWhole(plane, () => deleteLoadBalancer(plane, ORIGIN, REF));
    expect(failure.code).toBe('loadBalancerInUse');
    const [upgrade] = await plane.store.rollingUpgrades(SET_UID);
    await store(plane, 'rollingUpgrade', { ...rollingUpgradeRow(), ...upgrade, state: 'Completed' });
    expect(await deleteLoadBalancer(plane, ORIGIN, REF)).toBe(true);
  });

  test('is shown with the instances that stand behind it', async () => {
    const set = scaleSetRow({ model: 2 });
    await storeSet(plane, [instanceRow({ id: 0, model: 2 }), instanceRow({ id: 1 })], set);
    await plane.store.commit([
      { kind: 'removeModels', set: SET_UID, versions: [2] },
      { kind: 'putModel', model: modelRow({ version: 2, profile: behind(POOL.toUpperCase()) }) },
    ]);
    const { members } = await getLoadBalancer(plane, REF);
    expect(members.map(({ instance }) => instance.id)).toEqual([0]);
    expect((await listLoadBalancers(plane, 'RG')).map((view) => view.members.length)).toEqual([1]);
  });

  test('cannot go between the moment a set names it and the moment the set is there', async () => {
    const making = putScaleSet(plane, ORIGIN, { group: 'rg', name: 'web', body: setBody(POOL) });
    const going = deleteLoadBalancer(plane, ORIGIN, REF);
    const results = await Promise.allSettled([making, going]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const sets = await plane.store.scaleSets();
    const balancers = await plane.store.loadBalancers();
    expect(sets.length).toBe(balancers.length);
  });
});

describe('a scale set', () => {
  const name = 'web';

  test.each([
    ['a pool that is not there', `${PATH}/backendAddressPools/other`],
    ['a balancer that is not there', POOL.replace('/lb/', '/none/')],
    ['another subscription', POOL.replace(SUBSCRIPTION, 'other')],
    ['a part of another kind', `${PATH}/probes/health`],
    ['no id', 'pool'],
  ])('that names %s is refused', async (_, id) => {
    await store(plane, 'loadBalancer', loadBalancerRow());
    const failure = await refusedWhole(plane, () =>
      putScaleSet(plane, ORIGIN, { group: 'rg', name, body: setBody(id) }),
    );
    expect(failure.code).toBe('invalidResourceReference');
    expect(failure.message).toMatch(
      new RegExp(`^Resource ${id} referenced by resource .+/web was not found`),
    );
  });

  test('that names a balancer in another region is refused', async () => {
    await store(plane, 'loadBalancer', loadBalancerRow({ location: 'eastus' }));
    const failure = await refusedWhole(plane, () =>
      putScaleSet(plane, ORIGIN, { group: 'rg', name, body: setBody(POOL) }),
    );
    expect(failure.code).toBe('invalidResourceReference');
  });

  test('lets go of a pool with a change of its model', async () => {
    await store(plane, 'loadBalancer', loadBalancerRow());
    await putScaleSet(plane, ORIGIN, { group: 'rg', name, body: setBody(POOL) });
    const networkProfile = { networkInterfaceConfigurations: [] };
    const body = { properties: { virtualMachineProfile: { networkProfile } } };
    await patchScaleSet(plane, ORIGIN, { group: 'rg', name, body });
    expect(await deleteLoadBalancer(plane, ORIGIN, REF)).toBe(true);
  });
});

describe('a delete', () => {
  test('leaves nothing, and does nothing a second time', async () => {
    await store(plane, 'loadBalancer', loadBalancerRow());
    expect(await deleteLoadBalancer(plane, ORIGIN, REF)).toBe(true);
    expect(await plane.store.loadBalancers()).toEqual([]);
    const before = await everything(plane);
    expect(await deleteLoadBalancer(plane, ORIGIN, REF)).toBe(false);
    expect(await everything(plane)).toEqual(before);
  });

  test('asks for the group', async () => {
    const failure = await refusedWhole(plane, () =>
      deleteLoadBalancer(plane, ORIGIN, { group: 'none', name: 'lb' }),
    );
    expect(failure.code).toBe('resourceGroupNotFound');
  });
});
