// Backend health: for each rule where it listens, and for each instance behind it whether it is given new connections, and
// why not. Muster's own; of one rule also in Azure's words.

import type { BalancerView } from '../../app/load-balancers.ts';
import type { BackendHealth, ListenerHealth } from '../../app/ports/balancer.ts';
import type { JsonObject } from '../../arm/json.ts';
import { balancerPath } from '../../domain/balancer-reference.ts';
import {
  backendAddress,
  type Listener,
  type Member,
  planListeners,
  unservedRules,
} from '../../domain/balancing.ts';
import type { Instance } from '../../domain/instance.ts';
import { instancePath } from '../../domain/resource-path.ts';
import { inRotation } from '../../domain/rotation.ts';
import { interfacePath } from './nat-rule.ts';

/** `connects`: whether this plane's guests can be reached at all. */
export function backendHealthBody(
  { balancer, members }: BalancerView,
  listening: readonly ListenerHealth[],
  subscriptionId: string,
  connects: boolean,
): JsonObject {
  const path = balancerPath(subscriptionId, balancer.group, balancer.name);
  const byHandle = new Map(members.map((member) => [member.handle, member]));
  return {
    id: `${path}/providers/Muster.Network/backendHealth`,
    type: 'Muster.Network/backendHealth',
    properties: {
      dataPlane: connects ? 'Tcp' : 'None',
      listeners: planListeners(balancer, members).map((listener) => {
        const found = listening.find(({ key }) => key === listener.key);
        const backends = listener.backends.flatMap((handle) => {
          const member = byHandle.get(handle);
          const health = found?.backends.find((backend) => backend.handle === handle);
          return member === undefined ? [] : [backendBody(member, listener, health, subscriptionId)];
        });
        return { ...listenerBody(path, listener, found), backends };
      }),
      unserved: unservedRules(balancer, members).map(({ rule, reason }) => ({
        rule: { id: `${path}/${rule}` },
        reason,
      })),
    },
  };
}

const REASONS = {
  Up: 'The backend takes new connections.',
  Down: 'The backend is not well, by its probe or by the health of its instance.',
  Draining: 'The instance is out of rotation, and connections to it go on.',
  Out: 'The instance is not up, or is to be interrupted.',
};

/** Azure's own word on one rule (`LoadBalancerLoadBalancingRules_Health`), which knows two states. */
export function ruleHealthBody(
  { balancer, members }: BalancerView,
  listening: readonly ListenerHealth[],
  rule: string,
  subscriptionId: string,
): JsonObject {
  const key = `loadBalancingRules/${rule}`;
  const handles = planListeners(balancer, members).find((listener) => listener.key === key)?.backends ?? [];
  const backends = listening.find((listener) => listener.key === key)?.backends ?? [];
  const addresses = members
    .filter(({ handle }) => handles.includes(handle))
    .map((member) => {
      const { handle, instance, watched, ipConfigurations } = member;
      const state = stateOf(
        instance,
        watched,
        backends.find((backend) => backend.handle === handle),
      );
      const [nic = ''] = ipConfigurations.values();
      return {
        ...(instance.observed.address === undefined ? {} : { ipAddress: instance.observed.address.host }),
        networkInterfaceIPConfigurationId: interfacePath(member, nic, subscriptionId),
        state: state === 'Up' ? 'Up' : 'Down',
        reason: REASONS[state],
      };
    });
  const up = addresses.filter(({ state }) => state === 'Up').length;
  return { up, down: addresses.length - up, loadBalancerBackendAddresses: addresses };
}

function listenerBody(path: string, listener: Listener, found: ListenerHealth | undefined): JsonObject {
  return {
    rule: { id: `${path}/${listener.rule}` },
    frontendPort: listener.port,
    ...(found === undefined ? {} : { address: found.address.host, port: found.address.port }),
  };
}

function backendBody(
  { instance, set, watched }: Member,
  listener: Listener,
  health: BackendHealth | undefined,
  subscriptionId: string,
): JsonObject {
  const { address } = instance.observed;
  const at = address === undefined ? undefined : backendAddress(address, listener.backendPort);
  const state = stateOf(instance, watched, health);
  return {
    instance: { id: instancePath(subscriptionId, set, instance) },
    ...(at === undefined ? {} : { address: at.host, port: at.port }),
    state,
    ...(health?.probe === undefined ? {} : { probe: health.probe }),
    connections: health?.connections ?? 0,
  };
}

/** `Up` takes new connections; `Down` is not well, by its probe or its health; `Draining` and `Out` are out of rotation. */
function stateOf(
  instance: Instance,
  watched: boolean,
  health: BackendHealth | undefined,
): 'Up' | 'Down' | 'Draining' | 'Out' {
  if (inRotation(instance, watched)) return health?.probe === 'Down' ? 'Down' : 'Up';
  if (inRotation(instance, false)) return 'Down';
  return (health?.connections ?? 0) > 0 ? 'Draining' : 'Out';
}
