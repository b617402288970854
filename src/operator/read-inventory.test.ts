// Inventories of a real plane's sets, without the socket, and of a Flexible set as Azure answers for one.
import { afterEach, describe, expect, test } from 'vitest';
import type { JsonObject } from '../domain/json.ts';
import { type CountingArm, wireArm } from '../../test/testing/wire-arm.ts';
import { openWorld, type WireWorld } from '../../test/wire/world.ts';
import type { Arm } from './arm.ts';
import { ArmRefusal } from './arm-refusal.ts';
import { lastActions } from './event-facts.ts';
import { readEvents } from './read-events.ts';
import { COMPUTE_VERSION, readInventory, setPath } from './read-inventory.ts';
import { readSets } from './read-sets.ts';

const worlds: WireWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

interface Fleet {
  readonly world: WireWorld;
  readonly arm: CountingArm;
  readonly ref: { readonly subscription: string; readonly group: string; readonly set: string };
}

/** A plane with one set of so many instances that have come up. */
async function fleet(capacity: number, more: JsonObject = {}): Promise<Fleet> {
  const world = await openWorld();
  worlds.push(world);
  const arm = wireArm(world);
  const ref = { subscription: world.subscriptionId, group: 'rg', set: 'web' };
  const put = async (path: string, body: JsonObject): Promise<void> => {
    const { status } = await arm.send({ method: 'PUT', path, apiVersion: COMPUTE_VERSION, body });
    expect([path, status]).toEqual([path, 201]);
  };
  const root = `/subscriptions/${ref.subscription}`;
  await put(`${root}/resourceGroups/rg`, { location: 'westus' });
  if (more.networkProfile !== undefined) await put(`${root}${BALANCER}`, balancer(root));
  await put(
    setPath(ref),
    JSON.parse(JSON.stringify(model(capacity, more)).replaceAll('{root}', root)) as JsonObject,
  );
  await world.settle();
  return { world, arm, ref };
}

const BALANCER = '/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/lb';
const POOL = `{root}${BALANCER}/backendAddressPools/pool`;

/** One rule, from port 80 to the pool. */
function balancer(root: string): JsonObject {
  const frontendIPConfiguration = { id: `${root}${BALANCER}/frontendIPConfigurations/front` };
  const backendAddressPool = { id: `${root}${BALANCER}/backendAddressPools/pool` };
  const ports = { protocol: 'Tcp', frontendPort: 80, backendPort: 8080 };
  const rule = { name: 'http', properties: { ...ports, frontendIPConfiguration, backendAddressPool } };
  return {
    location: 'westus',
    sku: { name: 'Standard' },
    properties: {
      frontendIPConfigurations: [{ name: 'front' }],
      backendAddressPools: [{ name: 'pool' }],
      loadBalancingRules: [rule],
    },
  };
}

/** The network of a model whose instances are in the pool. */
function networkOf(pool: string): JsonObject {
  const ipConfiguration = {
    name: 'ip',
    properties: { loadBalancerBackendAddressPools: [{ id: pool }] },
  };
  const nic = { name: 'nic', properties: { primary: true, ipConfigurations: [ipConfiguration] } };
  return { networkInterfaceConfigurations: [nic] };
}

function model(capacity: number, more: JsonObject): JsonObject {
  return {
    location: 'westus',
    sku: { name: 'Standard_B1s', capacity },
    zones: ['1', '2', '3'],
    properties: {
      singlePlacementGroup: false,
      overprovision: false,
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: {
        osProfile: { computerNamePrefix: 'web', adminUsername: 'u' },
        storageProfile: {
          imageReference: { publisher: 'Debian', offer: 'debian-12', sku: '12', version: '1.0.0' },
        },
        ...more,
      },
    },
  };
}

const options = { balancers: true, now: () => Date.parse('2026-11-24T08:00:00Z') };

describe('an inventory of a plane', () => {
  test('has every instance in the order of its id', async () => {
    const { arm, ref } = await fleet(12);
    const { set, instances, calls, taken } = await readInventory(arm, ref, options);
    expect(set).toMatchObject({ name: 'web', group: 'rg', capacity: 12, mode: 'Uniform', balanced: false });
    expect(instances.map(({ id }) => id)).toEqual(Array.from({ length: 12 }, (_, id) => String(id)));
    expect(
      instances.every(
        ({ power, latestModel, balance }) => power === 'running' && latestModel && balance === 'none',
      ),
    ).toBe(true);
    expect(new Set(instances.map(({ zone }) => zone))).toEqual(new Set(['1', '2', '3']));
    expect([calls, taken]).toEqual([2, '2026-11-24T08:00:00.000Z']);
  });

  test('of 1,000 instances takes at most ten requests, the log included', async () => {
    const { arm, ref } = await fleet(1000);
    const before = arm.requests.length;
    const [inventory] = await Promise.all([
      readInventory(arm, ref, options),
      readEvents(arm, ref, { since: 0, pages: 3 }),
    ]);
    expect(inventory.instances).toHaveLength(1000);
    expect(new Set(inventory.instances.map(({ id }) => id)).size).toBe(1000);
    expect(arm.requests.length - before).toBeLessThanOrEqual(10);
    expect(inventory.calls).toBe(3);
  });

  test('says which instances are behind, and in what', async () => {
    const { arm, ref, world } = await fleet(3);
    const patch = { sku: { name: 'Standard_D2s_v5' } };
    await arm.send({ method: 'PATCH', path: setPath(ref), apiVersion: COMPUTE_VERSION, body: patch });
    await world.settle();
    await arm.send({
      method: 'POST',
      path: `${setPath(ref)}/manualupgrade`,
      apiVersion: COMPUTE_VERSION,
      body: { instanceIds: ['1'] },
    });
    await world.settle();
    const { instances } = await readInventory(arm, ref, options);
    const behind = [{ path: 'sku.name', instance: '"Standard_B1s"', set: '"Standard_D2s_v5"' }];
    expect(instances.map(({ latestModel, behind: fields }) => [latestModel, fields])).toEqual([
      [false, behind],
      [true, []],
      [false, behind],
    ]);
    const { events } = await readEvents(arm, ref, { since: 0, pages: 3 });
    expect(lastActions(events).get('1')).toMatchObject({ verb: 'manualUpgrade', status: 'Succeeded' });
  });

  test('asks the balancers that its model names: who is given connections is in, whoever is not is out', async () => {
    const { world, arm, ref } = await fleet(3, { networkProfile: networkOf(POOL) });
    const inventory = await readInventory(arm, ref, options);
    expect(inventory.set.balanced).toBe(true);
    expect(inventory.instances.map(({ balance }) => balance)).toEqual(['in', 'in', 'in']);
    expect(arm.requests.at(-1)).toBe(
      `GET /subscriptions/${ref.subscription}${BALANCER}/providers/Muster.Network/backendHealth`,
    );
    await arm.send({
      method: 'POST',
      path: `${setPath(ref)}/powerOff`,
      apiVersion: COMPUTE_VERSION,
      body: { instanceIds: ['1'] },
    });
    await world.settle();
    const { instances, calls } = await readInventory(arm, ref, options);
    expect([instances.map(({ balance }) => balance), calls]).toEqual([['in', 'out', 'in'], 3]);
    const unasked = await readInventory(arm, ref, { ...options, balancers: false });
    expect([unasked.instances[0]?.balance, unasked.calls]).toEqual(['unknown', 2]);
  });

  test('of a set that is not there is a refusal', async () => {
    const { arm, ref } = await fleet(1);
    const missing = readInventory(arm, { ...ref, set: 'wep' }, options);
    await expect(missing).rejects.toThrow(ArmRefusal);
    await expect(missing).rejects.toMatchObject({ status: 404, code: 'ResourceNotFound' });
  });

  test('is counted, for every set of the subscription', async () => {
    const { arm, ref } = await fleet(3);
    const sets = await readSets(arm, { subscription: ref.subscription, counts: true });
    expect(sets.map(({ set, counts }) => [set.name, counts])).toEqual([
      ['web', { instances: 3, running: 3, healthy: 0, unhealthy: 0, behind: 0, failed: 0 }],
    ]);
    const before = arm.requests.length;
    const [quick] = await readSets(arm, { subscription: ref.subscription, group: 'rg', counts: false });
    expect([quick?.set.capacity, quick?.counts, arm.requests.length - before]).toEqual([3, undefined, 1]);
  });
});

describe('a Flexible set of Azure', () => {
  const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/vmss2';
  const machine = (name: string, faultDomain: number): JsonObject => ({
    name,
    id: `/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/${name}`,
    zones: [null],
    properties: {
      hardwareProfile: { vmSize: 'Standard_D2s_v3' },
      provisioningState: 'Succeeded',
      virtualMachineScaleSet: { id },
      platformFaultDomain: faultDomain,
      instanceView: { statuses: [{ code: 'ProvisioningState/succeeded' }, { code: 'PowerState/running' }] },
    },
  });
  const machines = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines';

  test('is read by its virtual machines, which are asked for by their set, over pages', async () => {
    const filter = encodeURIComponent(`'virtualMachineScaleSet/id' eq '${id}'`);
    const answers: Readonly<Record<string, JsonObject>> = {
      [id]: {
        name: 'vmss2',
        id,
        location: 'eastus',
        properties: { orchestrationMode: 'Flexible', provisioningState: 'Succeeded' },
      },
      [`${machines}?$filter=${filter}&$expand=instanceView`]: {
        value: [machine('vmss2_b0000001', 1)],
        nextLink: `https://management.azure.com${machines}?api-version=2024-07-01&$skiptoken=x`,
      },
      [`${machines}?$skiptoken=x`]: { value: [machine('vmss2_a0000001', 0)] },
    };
    const arm: Arm = {
      send: async ({ path }) =>
        await Promise.resolve({ status: path in answers ? 200 : 404, headers: {}, body: answers[path] }),
      finish: async () => await Promise.reject(new Error('nothing was begun')),
    };
    const ref = { subscription: 's', group: 'rg', set: 'vmss2' };
    const { set, instances, calls } = await readInventory(arm, ref, { ...options, balancers: false });
    expect([set.mode, set.capacity, calls]).toEqual(['Flexible', 2, 3]);
    expect(instances.map((facts) => [facts.id, facts.faultDomain, facts.power, facts.latestModel])).toEqual([
      ['vmss2_a0000001', '0', 'running', true],
      ['vmss2_b0000001', '1', 'running', true],
    ]);
  });
});
