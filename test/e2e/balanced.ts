// The sample fleet behind its balancer: where that answers, and how it says that its backends are.
import { type Arm, until } from './arm.ts';

export const SET = '/resourceGroups/sample/providers/Microsoft.Compute/virtualMachineScaleSets/web';
export const BALANCER = '/resourceGroups/sample/providers/Microsoft.Network/loadBalancers/web-lb';

interface Health {
  readonly properties: {
    readonly listeners: readonly {
      readonly address?: string;
      readonly port?: number;
      readonly backends: readonly { readonly instance: { readonly id: string }; readonly state: string }[];
    }[];
  };
}

const health = (arm: Arm): Promise<Health> =>
  arm.must<Health>('GET', `${BALANCER}/providers/Muster.Network/backendHealth`);

/** By instance id. */
export async function states(arm: Arm): Promise<Readonly<Record<string, string>>> {
  const { properties } = await health(arm);
  const backends = properties.listeners[0]?.backends ?? [];
  const found: Record<string, string> = {};
  for (const { instance, state } of backends) found[instance.id.split('/').at(-1) ?? ''] = state;
  return found;
}

/** Waits until these are behind the balancer, no others, and all take connections. */
export async function allUp(arm: Arm, ...ids: readonly string[]): Promise<void> {
  await until(async () => {
    const found = await states(arm);
    return Object.keys(found).join() === ids.join() && ids.every((id) => found[id] === 'Up');
  });
}

export async function frontend(arm: Arm): Promise<string> {
  const { properties } = await health(arm);
  const [listener] = properties.listeners;
  if (listener === undefined) throw new Error('nothing listens');
  return `http://${listener.address}:${listener.port}/`;
}

/** Waits until every listener of this balancer is open, with so many of them, and every backend takes connections. */
export async function allListen(arm: Arm, balancer: string, count: number): Promise<void> {
  await until(async () => {
    const path = `${balancer}/providers/Muster.Network/backendHealth`;
    const { listeners } = (await arm.must<Health>('GET', path)).properties;
    const open = listeners.filter(
      ({ port, backends }) => port !== undefined && backends.every(({ state }) => state === 'Up'),
    );
    return open.length === count;
  });
}
