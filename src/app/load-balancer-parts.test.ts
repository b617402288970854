// Load balancer parts: a NAT rule and a pool are written and deleted by themselves, held to the rules of the whole. A refusal
// changes nothing.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  logged,
  ORIGIN,
  refusedWhole,
  store,
  SUBSCRIPTION,
  type TestPlane,
  testPlane,
} from '../../test/testing/plane.ts';
import { groupRow, loadBalancerRow, modelRow, scaleSetRow, SET_UID } from '../../test/testing/rows.ts';
import { childPath } from '../domain/balancer-reference.ts';
import type { JsonObject } from '../domain/json.ts';
import { childrenOf } from '../domain/load-balancer.ts';
import { deleteBalancerPart, putBalancerPart } from './load-balancer-parts.ts';

const PATH = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/lb`;
const POOL = { group: 'rg', name: 'lb', kind: 'backendAddressPools', part: 'pool' } as const;
const RULE = { group: 'rg', name: 'lb', kind: 'inboundNatRules', part: 'nat' } as const;
const BODY: JsonObject = {
  properties: {
    frontendIPConfiguration: { id: childPath(PATH, 'frontendIPConfigurations', 'front') },
    backendAddressPool: { id: childPath(PATH, 'backendAddressPools', 'pool') },
    backendPort: 22,
    frontendPortRangeStart: 50_000,
    frontendPortRangeEnd: 50_009,
  },
};

let plane: TestPlane;

beforeEach(async () => {
  plane = testPlane();
  await store(plane, 'group', groupRow());
  await store(plane, 'loadBalancer', loadBalancerRow());
});

const put = async (body: JsonObject = BODY, more: JsonObject = {}): ReturnType<typeof putBalancerPart> =>
  putBalancerPart(plane, ORIGIN, { ...RULE, body, ...more });

describe('a NAT rule', () => {
  test('is added to what there is, with a log entry of its own', async () => {
    const { balancer, created } = await put();
    expect(created).toBe(true);
    expect(childrenOf(balancer, 'loadBalancingRules')).toHaveLength(1);
    expect(childrenOf(balancer, 'inboundNatRules')).toMatchObject([
      { name: 'nat', properties: { protocol: 'Tcp', idleTimeoutInMinutes: 4 } },
    ]);
    expect(await logged(plane)).toMatchObject([
      {
        operationName: 'Microsoft.Network/loadBalancers/inboundNatRules/write',
        resourceId: `${PATH}/inboundNatRules/nat`,
      },
    ]);
  });

  test('is replaced, and goes again', async () => {
    await put();
    const { balancer, created } = await put(BODY, { part: 'NAT' });
    expect([created, childrenOf(balancer, 'inboundNatRules').map(({ name }) => name)]).toEqual([
      false,
      ['nat'],
    ]);
    const gone = async (): Promise<boolean> => deleteBalancerPart(plane, ORIGIN, { ...RULE, part: 'Nat' });
    expect([await gone(), await gone()]).toEqual([true, false]);
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['it names nothing', async () => put({ properties: { backendPort: 22 } }), 'invalidRequestFormat'],
    ['its balancer is not there', async () => put(BODY, { name: 'none' }), 'parentResourceNotFound'],
    ['its name is none', async () => put(BODY, { part: '-' }), 'invalidResourceName'],
    ['its condition does not hold', async () => put(BODY, { ifMatch: '"x"' }), 'preconditionFailed'],
  ])('is refused when %s', async (_, write, code) => {
    expect((await refusedWhole(plane, write)).code).toBe(code);
  });
});

describe('a pool', () => {
  const gone = async (): Promise<boolean> => deleteBalancerPart(plane, ORIGIN, POOL);

  test('stays while a rule names it', async () => {
    expect((await refusedWhole(plane, gone)).code).toBe('invalidResourceReference');
  });

  test('stays while a scale set stands behind it', async () => {
    const [balancer] = await plane.store.loadBalancers();
    if (balancer === undefined) throw new Error('it was stored');
    await store(plane, 'loadBalancer', {
      ...balancer,
      properties: { ...balancer.properties, loadBalancingRules: [] },
    });
    const ip = {
      name: 'ip',
      properties: { loadBalancerBackendAddressPools: [{ id: `${PATH}/backendAddressPools/pool` }] },
    };
    const profile = {
      ...modelRow().profile,
      networkProfile: {
        networkInterfaceConfigurations: [{ name: 'nic', properties: { ipConfigurations: [ip] } }],
      },
    };
    await store(plane, 'scaleSet', scaleSetRow());
    await plane.store.commit([{ kind: 'putModel', model: modelRow({ set: SET_UID, profile }) }]);
    expect((await refusedWhole(plane, gone)).code).toBe('loadBalancerInUse');
  });

  test('of a balancer that is not there is gone already', async () => {
    expect(await deleteBalancerPart(plane, ORIGIN, { ...POOL, name: 'none' })).toBe(false);
  });
});
