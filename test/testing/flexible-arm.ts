// A Flexible set of Azure, as its bodies were recorded (azure-wire 2 to 5): the set, its virtual machines beside it, their
// actions, and run commands of both versions. What a request asks for is done at once; its operation ends at the first look.
// It answers what Azure answers to what it does not have, so a request of another kind is found.

import type { Json, JsonObject } from '../../src/domain/json.ts';
import type { Came } from './served-identity.ts';

export interface FlexibleArm {
  readonly answer: (request: string, came: Came) => Answered;
  readonly machines: Map<string, Machine>;
  readonly capacity: () => number;
  /** Each request, without its subscription: `GET …/virtualMachines/web_00000001`. */
  readonly asked: string[];
  /** What changed something: `restart web_00000001`. */
  readonly done: string[];
  /** The right to version 2 of run commands, or its being there. */
  v2: 'served' | 'notThere' | 'notAllowed';
  /** Whether the set's entries of its machines answer by name, as they do on Azure for some. */
  entries: 'served' | 'refused';
  readonly exits: Map<string, number>;
}

export interface Answered {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Machine {
  power: 'running' | 'stopped' | 'deallocated';
  health: 'healthy' | 'unhealthy';
  /** What heals it. */
  cure: 'restart' | 'reimage' | 'never';
  protection: JsonObject | undefined;
  /** Of its disk; the set's model has `ReadWrite`. */
  caching: 'None' | 'ReadWrite';
  tags: Record<string, string>;
  readonly created: string;
  readonly commands: Map<string, string>;
}

export const FLEXIBLE_SET = 'rg/web';

const TYPE = '/resourceGroups/rg/providers/Microsoft.Compute';
const IMAGE = { publisher: 'Canonical', offer: 'UbuntuServer', sku: '18.04-LTS', version: 'latest' };
const VERBS: Readonly<Record<string, Partial<Machine>>> = {
  restart: { power: 'running' },
  start: { power: 'running' },
  powerOff: { power: 'stopped' },
  deallocate: { power: 'deallocated' },
  reimage: {},
  redeploy: {},
};

/** @param origin of the operations' URLs, when it is known */
export function flexibleArm(names: readonly string[], origin: () => string): FlexibleArm {
  const machines = new Map(names.map((name) => [name, machineOf()]));
  let capacity = names.length;
  const asked: string[] = [];
  const done: string[] = [];
  const outputs = new Map<string, JsonObject>();
  let etag = 2;
  const exits = new Map<string, number>();

  const accept = (subscription: string, output?: JsonObject): Answered => {
    const id = `operation-${outputs.size + 1}`;
    outputs.set(id, output ?? {});
    const url = `${origin()}/subscriptions/${subscription}/providers/Microsoft.Compute/locations/eastus/operations/${id}?p=x&api-version=2024-07-01`;
    const headers = { 'azure-asyncoperation': url, location: `${url}&monitor=true`, 'x-ms-request-id': id };
    return { status: 202, body: '', headers };
  };

  const onMachine = (
    method: string,
    name: string,
    rest: string,
    came: Came,
    subscription: string,
  ): Answered => {
    const machine = machines.get(name);
    if (machine === undefined)
      return refusal(404, 'ResourceNotFound', `The Resource '${name}' was not found.`);
    if (rest === '' && method === 'GET') return ok(machineBody(subscription, name, machine, came));
    if (rest === '' && method === 'DELETE') {
      machines.delete(name);
      capacity -= 1;
      done.push(`delete ${name}`);
      return accept(subscription);
    }
    const [, command] = /^\/runCommands\/([^/]+)$/.exec(rest) ?? [];
    if (command !== undefined) return version2(method, name, { machine, command, came, subscription });
    if (rest === '/runCommand' && method === 'POST') return version1(name, came, subscription);
    const verb = rest.slice(1);
    const change = VERBS[verb];
    if (change === undefined || method !== 'POST') return refusal(404, 'NotFound', rest);
    Object.assign(machine, change);
    if (machine.cure === verb) machine.health = 'healthy';
    done.push(`${verb} ${name}`);
    return accept(subscription);
  };

  interface Command {
    readonly machine: Machine;
    readonly command: string;
    readonly came: Came;
    readonly subscription: string;
  }

  const version2 = (
    method: string,
    name: string,
    { machine, command, came, subscription }: Command,
  ): Answered => {
    if (fleet.v2 === 'notThere') {
      return refusal(
        404,
        'InvalidResourceType',
        "The resource type could not be found in the namespace 'Microsoft.Compute'.",
      );
    }
    if (fleet.v2 === 'notAllowed') {
      return refusal(
        403,
        'AuthorizationFailed',
        "The client does not have authorization to perform action 'runCommands/write'.",
      );
    }
    if (method === 'PUT') {
      machine.commands.set(command, came.body);
      done.push(`run ${name}`);
      return { ...accept(subscription), status: 201, body: '{}' };
    }
    if (method === 'DELETE') {
      machine.commands.delete(command);
      return accept(subscription);
    }
    const exitCode = exits.get(name) ?? 0;
    const instanceView = {
      exitCode,
      executionState: exitCode === 0 ? 'Succeeded' : 'Failed',
      output: `out of ${name}\n`,
      error: '',
    };
    return ok({ properties: { instanceView } });
  };

  const version1 = (name: string, came: Came, subscription: string): Answered => {
    const { commandId, script } = JSON.parse(came.body) as { commandId: string; script: string[] };
    done.push(`${commandId} ${name}: ${script.join(' / ')}`);
    const exitCode = exits.get(name) ?? 0;
    const head =
      exitCode === 0
        ? 'Enable succeeded: '
        : `Enable failed: failed to execute command: command terminated with exit status=${exitCode}`;
    const message = `${head}\n[stdout]\nout of ${name}\n\n[stderr]\n`;
    return accept(subscription, {
      value: [
        {
          code: 'ProvisioningState/succeeded',
          level: 'Info',
          displayStatus: 'Provisioning succeeded',
          message,
        },
      ],
    });
  };

  /** The set's own entry of a machine. */
  const onEntry = (method: string, name: string | undefined, came: Came, subscription: string): Answered => {
    const machine = name === undefined ? undefined : machines.get(name);
    if (method === 'GET' && fleet.entries === 'refused')
      return refusal(400, 'InvalidParameter', 'Virtual Machine Scale Set VM instanceId must be a number.');
    if (name === undefined || machine === undefined)
      return refusal(404, 'NotFound', 'The entity was not found.');
    if (method === 'PUT') {
      const { properties } = JSON.parse(came.body) as { properties: { protectionPolicy: JsonObject } };
      machine.protection = properties.protectionPolicy;
      done.push(`protection ${name}`);
      return { ...accept(subscription), status: 200, body: '{}' };
    }
    const properties = machine.protection === undefined ? {} : { protectionPolicy: machine.protection };
    return ok({
      name,
      instanceId: name,
      type: 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines',
      properties,
    });
  };

  const onSet = (method: string, rest: string, came: Came, subscription: string): Answered => {
    if (rest === '' && method === 'GET') return ok(setBody(subscription, capacity, etag));
    if (rest === '' && method === 'PATCH') {
      const { sku } = JSON.parse(came.body) as { sku: { capacity: number } };
      for (; capacity < sku.capacity; capacity += 1)
        machines.set(`web_${(0xb0 + capacity).toString(16).padStart(8, '0')}`, machineOf());
      etag += 1;
      done.push(`capacity ${capacity}`);
      return {
        ...accept(subscription),
        status: 200,
        body: JSON.stringify(setBody(subscription, capacity, etag)),
      };
    }
    if (rest === '/manualupgrade') {
      const { instanceIds } = JSON.parse(came.body) as { instanceIds: string[] };
      for (const name of instanceIds) Object.assign(machines.get(name) ?? {}, { caching: 'ReadWrite' });
      done.push(`update ${instanceIds.join(',')}`);
      return accept(subscription);
    }
    const [, name] = /^\/virtualMachines\/([^/]+)$/.exec(rest) ?? [];
    return onEntry(method, name, came, subscription);
  };

  const onOperation = (operation: string, { query }: Came): Answered =>
    query.has('monitor')
      ? ok(outputs.get(operation) ?? {})
      : ok({ startTime: 'x', endTime: 'x', status: 'Succeeded', name: operation });

  const onCompute = (method: string, path: string, came: Came, subscription: string): Answered => {
    const [, ofSet] = /\/virtualMachineScaleSets\/web(.*)$/.exec(path) ?? [];
    if (ofSet !== undefined) return onSet(method, ofSet, came, subscription);
    const [, name, rest = ''] = /\/virtualMachines\/([^/]+)(.*)$/.exec(path) ?? [];
    if (name !== undefined) return onMachine(method, name, rest, came, subscription);
    if (path !== `${TYPE}/virtualMachines`) return refusal(404, 'ResourceNotFound', path);
    const value = [...machines].map(([one, machine]) => machineBody(subscription, one, machine, came));
    return ok({ value });
  };

  const answer = (request: string, came: Came): Answered => {
    const [, method = '', subscription = '', path = ''] =
      /^(\w+) \/subscriptions\/([^/]+)(.*)$/.exec(request) ?? [];
    asked.push(`${method} ${path}`);
    if (path.startsWith('/providers/Microsoft.Insights/eventtypes')) return ok({ value: [] });
    const [, operation] = /\/operations\/([^/]+)$/.exec(path) ?? [];
    return operation === undefined
      ? onCompute(method, path, came, subscription)
      : onOperation(operation, came);
  };

  const fleet: FlexibleArm = {
    answer,
    machines,
    capacity: () => capacity,
    asked,
    done,
    v2: 'served',
    entries: 'served',
    exits,
  };
  return fleet;
}

function machineOf(): Machine {
  return {
    power: 'running',
    health: 'healthy',
    cure: 'restart',
    protection: undefined,
    caching: 'ReadWrite',
    tags: {},
    created: '2026-11-24T06:00:00.0000000+00:00',
    commands: new Map(),
  };
}

function profile(): JsonObject {
  return {
    osProfile: { computerNamePrefix: 'web', adminUsername: 'ada', linuxConfiguration: {} },
    storageProfile: {
      osDisk: { osType: 'Linux', createOption: 'FromImage', caching: 'ReadWrite', deleteOption: 'Delete' },
      imageReference: IMAGE,
    },
    extensionProfile: {
      extensions: [
        {
          name: 'health',
          properties: {
            publisher: 'Microsoft.ManagedServices',
            type: 'ApplicationHealthLinux',
            typeHandlerVersion: '1.0',
          },
        },
      ],
    },
  };
}

function setBody(subscription: string, capacity: number, etag: number): JsonObject {
  return {
    name: 'web',
    id: `/subscriptions/${subscription}${TYPE}/virtualMachineScaleSets/web`,
    type: 'Microsoft.Compute/virtualMachineScaleSets',
    location: 'eastus',
    tags: {},
    sku: { name: 'Standard_D2s_v3', tier: 'Standard', capacity },
    etag: `"${etag}"`,
    properties: {
      singlePlacementGroup: false,
      orchestrationMode: 'Flexible',
      upgradePolicy: { mode: 'Manual' },
      virtualMachineProfile: profile(),
      provisioningState: 'Succeeded',
      platformFaultDomainCount: 1,
      constrainedMaximumCapacity: false,
    },
  };
}

/** As a virtual machine shows itself: no instanceId, no latestModelApplied, no protection (azure-wire 3). */
function machineBody(subscription: string, name: string, machine: Machine, { query }: Came): JsonObject {
  const power = { code: `PowerState/${machine.power}`, level: 'Info', displayStatus: `VM ${machine.power}` };
  const instanceView: JsonObject = {
    computerName: name.replace('_', ''),
    osName: 'ubuntu',
    vmHealth: { status: { code: `HealthState/${machine.health}`, level: 'Info', displayStatus: '' } },
    hyperVGeneration: 'V1',
    statuses: [
      { code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded' },
      power,
    ],
  };
  const withView = (query.get('$expand') ?? '').includes('instanceView');
  return {
    name,
    id: `/subscriptions/${subscription}${TYPE}/virtualMachines/${name}`,
    type: 'Microsoft.Compute/virtualMachines',
    location: 'eastus',
    tags: machine.tags,
    zones: [null] as readonly Json[],
    etag: '"1"',
    properties: {
      hardwareProfile: { vmSize: 'Standard_D2s_v3' },
      provisioningState: 'Succeeded',
      vmId: `00000000-0000-4000-8000-0000${name.slice(-8)}`,
      virtualMachineScaleSet: { id: `/subscriptions/${subscription}${TYPE}/virtualMachineScaleSets/web` },
      storageProfile: {
        imageReference: { ...IMAGE, exactVersion: '18.04.202401161' },
        osDisk: {
          osType: 'Linux',
          name: `${name}_OsDisk_1`,
          createOption: 'FromImage',
          caching: machine.caching,
          deleteOption: 'Delete',
        },
      },
      osProfile: { computerName: name.replace('_', ''), adminUsername: 'ada' },
      platformFaultDomain: 0,
      timeCreated: machine.created,
      ...(withView ? { instanceView } : {}),
    },
  };
}

function ok(body: JsonObject): Answered {
  return { status: 200, body: JSON.stringify(body) };
}

function refusal(status: number, code: string, message: string): Answered {
  return { status, body: JSON.stringify({ error: { code, message } }) };
}
