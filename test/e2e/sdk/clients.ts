// The SDK clients as the README makes them, watched: which method was called, and which routes of the plane its requests
// came to. The coverage of the SDK tests is measured by this and claimed by nobody.
import { AsyncLocalStorage } from 'node:async_hooks';
import { ComputeManagementClient } from '@azure/arm-compute';
import { MonitorClient } from '@azure/arm-monitor';
import { NetworkManagementClient } from '@azure/arm-network';
import { ResourceManagementClient } from '@azure/arm-resources';
import { DeploymentsClient } from '@azure/arm-resourcesdeployments';
import type { Pipeline } from '@azure/core-rest-pipeline';
import { ClientSecretCredential } from '@azure/identity';
import { matchRoute } from '../../../src/arm/match.ts';
import type { RouteName } from '../../../src/arm/routes.ts';
import type { MusterEnv } from '../muster.ts';

/** SDKs poll every two seconds unless they are told otherwise. */
export const SOON = { updateIntervalInMs: 50 } as const;

export interface Clients {
  readonly compute: ComputeManagementClient;
  readonly resources: ResourceManagementClient;
  readonly deployments: DeploymentsClient;
  readonly monitor: MonitorClient;
  readonly network: NetworkManagementClient;
  /** Every route that answered without an error, or with the refusal that it always has, and the methods that asked for it: `compute.virtualMachineScaleSets.get`. */
  readonly seen: ReadonlyMap<RouteName, ReadonlySet<string>>;
}

export function openClients(env: MusterEnv): Clients {
  const credential = new ClientSecretCredential(
    env.AZURE_TENANT_ID,
    env.AZURE_CLIENT_ID,
    env.AZURE_CLIENT_SECRET,
    {
      authorityHost: env.AZURE_AUTHORITY_HOST,
      disableInstanceDiscovery: true,
    },
  );
  const at = { endpoint: env.MUSTER_ENDPOINT };
  const seen = new Map<RouteName, Set<string>>();
  const note = (route: RouteName): void => {
    const methods = seen.get(route) ?? new Set();
    seen.set(route, methods.add(asking.getStore() ?? 'nobody'));
  };
  const watched = <T extends { readonly pipeline: Pipeline }>(name: string, client: T): T => {
    watch(client.pipeline, note);
    return named(name, client);
  };
  const subscription = env.AZURE_SUBSCRIPTION_ID;
  return {
    compute: watched('compute', new ComputeManagementClient(credential, subscription, at)),
    resources: watched('resources', new ResourceManagementClient(credential, subscription, at)),
    network: watched('network', new NetworkManagementClient(credential, subscription, at)),
    deployments: watched('deployments', new DeploymentsClient(credential, subscription, at)),
    // An older one, which has the endpoint twice: for the token and for the requests.
    monitor: watched(
      'monitor',
      new MonitorClient(credential, subscription, { ...at, $host: env.MUSTER_ENDPOINT }),
    ),
    seen,
  };
}

const asking = new AsyncLocalStorage<string>();

function watch(pipeline: Pipeline, note: (route: RouteName) => void): void {
  pipeline.addPolicy({
    name: 'watch',
    async sendRequest(request, next) {
      const response = await next(request);
      const match = matchRoute(request.method, new URL(request.url).pathname);
      if (match.kind !== 'found') return response;
      const isAsItAlwaysIs = match.route.answers === 'refused' && response.status === 409;
      if (response.status < 400 || isAsItAlwaysIs) note(match.name);
      return response;
    },
  });
}

/** The same object, whose methods run under their own name, those of its operation groups too. */
function named<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(_, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof property === 'symbol') return value;
      const path = `${name}.${property}`;
      if (typeof value === 'function') {
        return (...args: unknown[]) =>
          asking.run(path, () => settled(path, Reflect.apply(value, target, args)));
      }
      return typeof value === 'object' && value !== null ? named(path, value) : value;
    },
  });
}

/** Pollers and lists ask later, when they are awaited: that belongs to the same method. */
function settled(path: string, result: unknown): unknown {
  if (typeof result !== 'object' || result === null) return result;
  if ('pollUntilDone' in result && typeof result.pollUntilDone === 'function') {
    return Reflect.apply(result.pollUntilDone, result, []);
  }
  if (Symbol.asyncIterator in result) return listed(path, result as PagedList);
  return result;
}

interface PagedList extends AsyncIterable<unknown> {
  byPage?(): AsyncIterable<unknown>;
}

function listed(path: string, list: PagedList): PagedList {
  return {
    [Symbol.asyncIterator]: () => within(path, list),
    ...(list.byPage === undefined ? {} : { byPage: () => within(path, list.byPage?.() ?? list) }),
  };
}

async function* within(path: string, list: AsyncIterable<unknown>): AsyncGenerator {
  const items = list[Symbol.asyncIterator]();
  for (;;) {
    const result = await asking.run(path, () => items.next());
    if (result.done === true) return;
    yield result.value;
  }
}
