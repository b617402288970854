// The inbound NAT rules that are shown for instances behind a NAT pool are nobody's to write: alone they are refused, and with
// the whole balancer, as a client that read it sends them back, they declare nothing.
import { expect, test } from 'vitest';
import { ORIGIN, refusedWhole, store, SUBSCRIPTION, testPlane } from '../../test/testing/plane.ts';
import { groupRow } from '../../test/testing/rows.ts';
import { listAt } from '../domain/json.ts';
import { deleteBalancerPart, putBalancerPart } from './load-balancer-parts.ts';
import { putLoadBalancer } from './load-balancers.ts';

const LB = { group: 'rg', name: 'lb' };
const FRONT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/loadBalancers/lb/frontendIPConfigurations/front`;
const flow = { protocol: 'Tcp', backendPort: 22, frontendIPConfiguration: { id: FRONT } };
const parts = {
  frontendIPConfigurations: [{ name: 'front' }],
  inboundNatPools: [
    { name: 'ssh', properties: { ...flow, frontendPortRangeStart: 50_000, frontendPortRangeEnd: 50_009 } },
  ],
};

test('a rule of an instance is not written or deleted, and any other is', async () => {
  const plane = testPlane();
  await store(plane, 'group', groupRow());
  const shown = { name: 'ssh.0', properties: { ...flow, frontendPort: 50_000 } };
  const body = { location: 'westus', properties: { ...parts, inboundNatRules: [shown] } };
  const { balancer } = await putLoadBalancer(plane, ORIGIN, { ...LB, body });
  expect(listAt(balancer.properties, 'inboundNatRules')).toEqual([]);
  const part = (name: string) => ({ ...LB, kind: 'inboundNatRules', part: name }) as const;
  const own = { properties: { ...flow, frontendPort: 2222 } };
  for (const work of [
    () => putBalancerPart(plane, ORIGIN, { ...part('SSH.0'), body: own }),
    () => deleteBalancerPart(plane, ORIGIN, part('ssh.0')),
  ]) {
    expect((await refusedWhole(plane, work)).code).toBe('badRequest');
  }
  expect((await putBalancerPart(plane, ORIGIN, { ...part('own'), body: own })).created).toBe(true);
  expect(await deleteBalancerPart(plane, ORIGIN, part('own'))).toBe(true);
});
