// A plain ARM client for what tests send without an SDK: requests that are only to be acknowledged, and operations that
// outlive the plane that accepted them.
import { setTimeout as pause } from 'node:timers/promises';
import type { Muster } from './muster.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` where there is none. */
  readonly body: unknown;
}

export interface OperationBody {
  readonly name: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  readonly error?: { readonly code: string; readonly message: string };
}

export interface InstanceBody {
  readonly instanceId: string;
  readonly name: string;
  readonly properties: {
    readonly vmId: string;
    readonly provisioningState: string;
    readonly latestModelApplied: boolean;
    readonly instanceView?: { readonly statuses: readonly { readonly code: string }[] };
  };
}

export interface ScaleSetBody {
  readonly name: string;
  readonly sku: { readonly capacity: number };
  readonly properties: { readonly provisioningState: string; readonly uniqueId: string };
}

export interface ActivityBody {
  readonly caller: string;
  readonly operationId: string;
  readonly operationName: { readonly value: string };
  readonly status: { readonly value: string };
  readonly resourceId: string;
  readonly description: string;
  readonly properties: { readonly instanceIds?: string };
}

const VERSION = '2024-07-01';

export class Arm {
  readonly #muster: Muster;
  readonly #authorization: string;
  /** `/subscriptions/{guid}`. */
  readonly subscription: string;

  private constructor(muster: Muster, token: string, subscription: string) {
    this.#muster = muster;
    this.#authorization = `Bearer ${token}`;
    this.subscription = `/subscriptions/${subscription}`;
  }

  static async connect(muster: Muster): Promise<Arm> {
    const env = await muster.env();
    const response = await fetch(`${muster.endpoint}/${env.MUSTER_TENANT_ID}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: env.AZURE_CLIENT_ID,
        client_secret: env.AZURE_CLIENT_SECRET,
        scope: `${env.MUSTER_ENDPOINT}/.default`,
      }),
    });
    const { access_token: token } = (await response.json()) as { access_token?: string };
    if (token === undefined) throw new Error(`no token: ${response.status}`);
    return new Arm(muster, token, env.AZURE_SUBSCRIPTION_ID);
  }

  /** `path` begins below the subscription, or is a whole URL or path of an operation. */
  async send(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(this.#url(path), {
      method,
      headers: {
        authorization: this.#authorization,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : (JSON.parse(text) as unknown),
    };
  }

  /** For a request that is to succeed; answers its body. */
  async must<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as T;
  }

  /** Sends and waits for the operation that it began to succeed. */
  async done(method: string, path: string, body?: unknown): Promise<void> {
    const answer = await this.send(method, path, body);
    const url = operationUrl(answer);
    if (url === undefined)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    const ended = await this.ended(url);
    if (ended.status !== 'Succeeded') throw new Error(`${method} ${path}: ${JSON.stringify(ended)}`);
  }

  /** Polls as often as the plane asks to. `url` may be one that an earlier plane on the same data directory gave. */
  async ended(url: string): Promise<OperationBody> {
    const { pathname, search } = new URL(url);
    for (;;) {
      const { status, headers, body } = await this.send('GET', `${pathname}${search}`);
      if (status !== 200) throw new Error(`${pathname}: ${status} ${JSON.stringify(body)}`);
      const operation = body as OperationBody;
      if (operation.status !== 'InProgress') return operation;
      await pause(Number(headers.get('retry-after-ms')));
    }
  }

  /** Runs a script in the guest of an instance; answers what it printed. */
  async inside(instance: string, script: string): Promise<string> {
    const action = { commandId: 'RunShellScript', script: [script] };
    const begun = await this.send('POST', `${instance}/runCommand`, action);
    const [poll, location] = [operationUrl(begun), begun.headers.get('location')];
    if (poll === undefined || location === null)
      throw new Error(`${instance}: ${JSON.stringify(begun.body)}`);
    await this.ended(poll);
    const { value } = await this.must<{ value: readonly { message: string }[] }>('GET', location);
    const message = value[0]?.message ?? '';
    const [, stdout] = /^Enable succeeded: \n\[stdout\]\n([\s\S]*)\n\[stderr\]\n/.exec(message) ?? [];
    if (stdout === undefined) throw new Error(`${instance}: ${message}`);
    return stdout.trim();
  }

  /** All pages. */
  async list<T>(path: string): Promise<readonly T[]> {
    const items: T[] = [];
    for (let next: string | undefined = path; next !== undefined;) {
      const page: { value: readonly T[]; nextLink?: string } = await this.must('GET', next);
      items.push(...page.value);
      next = page.nextLink;
    }
    return items;
  }

  instances(set: string): Promise<readonly InstanceBody[]> {
    return this.list(`${set}/virtualMachines?$expand=instanceView`);
  }

  /** The latest entries first. */
  activity(filter: string): Promise<readonly ActivityBody[]> {
    const path = '/providers/Microsoft.Insights/eventtypes/management/values';
    return this.list(`${path}?api-version=2015-04-01&$filter=${encodeURIComponent(filter)}`);
  }

  /** Waits until every operation that the group's log tells of has ended; answers how each did, by its id. */
  async quiet(group: string): Promise<ReadonlyMap<string, OperationBody>> {
    const log = await this.activity(`resourceGroupName eq '${group}' and status eq 'Accepted'`);
    const base = `${this.#muster.endpoint}${this.subscription}/providers/Microsoft.Compute/locations/westeurope`;
    const ended = log.map(({ operationId }) => this.ended(`${base}/operations/${operationId}`));
    return new Map((await Promise.all(ended)).map((operation) => [operation.name, operation]));
  }

  #url(path: string): string {
    const url = new URL(
      path.startsWith('https:') || path.startsWith('/subscriptions/') ? path : `${this.subscription}${path}`,
      this.#muster.endpoint,
    );
    if (!url.searchParams.has('api-version')) url.searchParams.set('api-version', VERSION);
    return url.href;
  }
}

/** Asks again until it holds. Only the test's own limit ends it. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20);
}

/** Where an acknowledged request's operation is polled. */
export function operationUrl({ status, headers }: Answer): string | undefined {
  return status < 300 ? (headers.get('azure-asyncoperation') ?? undefined) : undefined;
}

/** `running` for `PowerState/running`; undefined before there is a guest. */
export function powerOf(instance: InstanceBody): string | undefined {
  return instance.properties.instanceView?.statuses
    .find(({ code }) => code.startsWith('PowerState/'))
    ?.code.slice('PowerState/'.length);
}

/** The body of a scale set of Muster's own images, to be changed by the caller. */
export function scaleSetBody(image: 'base' | 'web', capacity: number) {
  return {
    location: 'westeurope',
    sku: { name: 'Standard_B1s', tier: 'Standard', capacity },
    properties: {
      overprovision: false,
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: {
        osProfile: {
          computerNamePrefix: image,
          adminUsername: 'azureuser',
          adminPassword: 'not-to-be-seen-1',
        },
        storageProfile: {
          imageReference: { publisher: 'muster', offer: image, sku: '1', version: 'latest' },
          osDisk: { createOption: 'FromImage', caching: 'ReadWrite' },
          dataDisks: [{ lun: 0, createOption: 'Empty', diskSizeGB: 1 }],
        },
        networkProfile: {
          networkInterfaceConfigurations: [
            {
              name: 'nic',
              properties: { primary: true, ipConfigurations: [{ name: 'ip', properties: {} }] },
            },
          ],
        },
      },
    },
  };
}
