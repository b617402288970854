// TCP balancer: the listeners of every load balancer, over one table of backends.
// What must hold: what `apply` and `rotate` were told last is what there is.

import type { Socket } from 'node:net';

import type { Balancer } from '../app/ports/balancer.ts';
import type { Clock } from '../app/ports/clock.ts';
import type { Listener } from '../domain/balancing.ts';
import { Backends } from './backends.ts';
import { frontendHost, listenNear } from './place.ts';
import { type Hub, RuleListener } from './rule-listener.ts';

export function openTcpBalancer({ clock }: { readonly clock: Clock }): Balancer {
  /** By the balancer's uid, then by the listener's key. */
  const listening = new Map<string, Map<string, RuleListener>>();
  const all = (): readonly RuleListener[] => [...listening.values()].flatMap((of) => [...of.values()]);
  const sockets = new Set<Socket>();
  const backends = new Backends(clock, (handle) => {
    for (const listener of all()) if (listener.serves(handle)) listener.refresh(handle);
  });
  const hub: Hub = { clock, backends, sockets };
  const closing: Promise<void>[] = [];
  let isOpen = true;
  return {
    connects: true,
    hostOf: frontendHost,
    rotate: (handle, address) => {
      backends.rotate(handle, address);
    },
    drainingSince: (handle) => backends.drainingSince(handle),
    isAwaited: (handle) => all().some((listener) => listener.awaits(handle)),
    watch: (listener) => backends.watch(listener),
    health: (uid) => [...(listening.get(uid)?.values() ?? [])].map((listener) => listener.health()),
    async apply(uid, plans) {
      if (!isOpen) return;
      const listeners = listening.get(uid) ?? new Map<string, RuleListener>();
      listening.set(uid, listeners);
      const byKey = new Map(plans.map((plan) => [plan.key, plan]));
      for (const [key, listener] of listeners) {
        const plan = byKey.get(key);
        if (plan !== undefined && samePlace(plan, listener.plan)) continue;
        listeners.delete(key);
        closing.push(listener.close());
      }
      for (const plan of plans) {
        const known = listeners.get(plan.key);
        if (known === undefined) listeners.set(plan.key, await open(hub, plan));
        else known.update(plan);
      }
      if (listeners.size === 0) listening.delete(uid);
    },
    async close() {
      isOpen = false;
      closing.push(...all().map((listener) => listener.close()));
      listening.clear();
      for (const socket of sockets) socket.destroy();
      await Promise.all(closing);
    },
  };
}

async function open(hub: Hub, plan: Listener): Promise<RuleListener> {
  const host = await frontendHost(plan.place);
  return new RuleListener(hub, await listenNear(host, plan.port), plan);
}

function samePlace(a: Listener, b: Listener): boolean {
  return a.place === b.place && a.port === b.port;
}
