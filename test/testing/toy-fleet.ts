// A toy fleet: an ARM in memory that does what scale sets do with the requests that an operator sends, in a time of its own.
// It answers what it does not know with 404, so a request of another kind is found.

import { objectAt } from '../../src/domain/json.ts';
import type { Arm, ArmAnswer, ArmRequest, OperationResult } from '../../src/operator/arm.ts';
import type { InstanceFacts, Inventory } from '../../src/operator/inventory.ts';
import { instanceFacts } from './inventories.ts';

/** What becomes of an instance that is ill: never healed, or by that verb and those above it. */
export type Cure = 'never' | 'restart' | 'reimage';

export interface ToyFleet {
  readonly arm: Arm;
  readonly inventory: () => Inventory;
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** What was accepted: `restart 3`. */
  readonly accepted: string[];
  /** Every request, in order: `POST …/restart`. */
  readonly asked: string[];
  readonly change: (id: string, facts: Partial<InstanceFacts>) => void;
  readonly setCapacity: (capacity: number) => void;
  readonly tagSet: (tags: Readonly<Record<string, string>>) => void;
  /** The next requests that would change something are refused with this. */
  refuse: { readonly status: number; readonly code: string; readonly message: string } | undefined;
  /** How commands end, by instance; 0 where it is not said. */
  readonly exits: Map<string, number>;
}

interface Options {
  readonly cures?: Readonly<Record<string, Cure>>;
  /** Instances whose restart makes this neighbour ill. */
  readonly infects?: Readonly<Record<string, string>>;
}

interface WrittenInstance {
  readonly properties: {
    readonly protectionPolicy: {
      readonly protectFromScaleIn: boolean;
      readonly protectFromScaleSetActions: boolean;
    };
  };
}

const OPERATION = 5000;
const RECOVERY = 10_000;

export function toyFleet(start: Inventory, { cures = {}, infects = {} }: Options = {}): ToyFleet {
  let now = Date.parse('2026-11-24T06:00:00Z');
  let capacity = start.set.capacity;
  let etag = 1;
  let setTags = start.set.tags;
  let nextId = 100;
  const instances = new Map(start.instances.map((instance) => [instance.id, instance]));
  const due: { readonly at: number; readonly run: () => void }[] = [];
  const operations = new Map<string, number>();
  const traces = new Set<string>();
  const commands = new Map<string, string>();
  const accepted: string[] = [];
  const asked: string[] = [];
  const exits = new Map<string, number>();

  const change = (id: string, facts: Partial<InstanceFacts>): void => {
    const instance = instances.get(id);
    if (instance !== undefined) instances.set(id, { ...instance, ...facts });
  };
  const later = (milliseconds: number, run: () => void): void => {
    due.push({ at: now + milliseconds, run });
  };
  const advance = (to: number): void => {
    for (;;) {
      const next = due.filter(({ at }) => at <= to).toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      due.splice(due.indexOf(next), 1);
      now = Math.max(now, next.at);
      next.run();
    }
    now = Math.max(now, to);
  };

  const renew = (id: string, verb: 'restart' | 'reimage'): void => {
    change(id, { provisioning: 'Updating', power: 'starting', health: 'unknown' });
    later(OPERATION, () => change(id, { provisioning: 'Succeeded', power: 'running' }));
    const cure = cures[id] ?? 'restart';
    const heals = cure === 'restart' || cure === verb;
    later(OPERATION + RECOVERY, () => change(id, { health: heals ? 'healthy' : 'unhealthy' }));
    const other = infects[id];
    if (other !== undefined) later(OPERATION, () => change(other, { health: 'unhealthy' }));
  };
  const halt = (id: string, power: 'stopped' | 'deallocated'): void => {
    change(id, { provisioning: 'Updating', power: 'stopping' });
    later(OPERATION, () => change(id, { provisioning: 'Succeeded', power }));
  };
  const verbs: Readonly<Record<string, (id: string) => void>> = {
    restart: (id) => renew(id, 'restart'),
    redeploy: (id) => renew(id, 'restart'),
    reimage: (id) => renew(id, 'reimage'),
    start: (id) => renew(id, 'restart'),
    poweroff: (id) => halt(id, 'stopped'),
    deallocate: (id) => halt(id, 'deallocated'),
    manualupgrade: (id) => {
      renew(id, 'restart');
      later(OPERATION, () => change(id, { latestModel: true }));
    },
    delete: (id) => {
      capacity -= 1;
      change(id, { provisioning: 'Deleting' });
      later(OPERATION, () => instances.delete(id));
    },
  };

  /** Accepts, unless it is refused: the deed is done, traced, and followed by an operation. */
  const accept = (
    name: string,
    request: ArmRequest,
    deed: () => void,
    body?: ArmAnswer['body'],
  ): ArmAnswer => {
    const { refuse } = fleet;
    if (refuse !== undefined) {
      const { status, code, message } = refuse;
      return { status, headers: {}, body: { error: { code, message } } };
    }
    deed();
    accepted.push(name);
    traces.add(request.headers?.['x-ms-correlation-request-id'] ?? '');
    const id = `operation-${operations.size + 1}`;
    operations.set(id, now + OPERATION);
    const headers = { 'x-ms-request-id': id, 'azure-asyncoperation': id };
    return { status: body === undefined ? 202 : 200, headers, body };
  };

  const answer = (request: ArmRequest): ArmAnswer => {
    const { path } = request;
    if (path.includes('eventtypes')) return tracesIn(path);
    const [, inSet = ''] = /virtualMachineScaleSets\/web([^?]*)/.exec(path) ?? [];
    const [, id = '', rest = ''] = /^\/virtualMachines\/([^/]+)(.*)$/.exec(inSet) ?? [];
    if (inSet === '') return onSet(request);
    if (inSet === '/manualupgrade') {
      const { instanceIds } = request.body as unknown as { readonly instanceIds: readonly string[] };
      const [only = ''] = instanceIds;
      return accept(`update ${only}`, request, () => verbs['manualupgrade']?.(only));
    }
    if (!instances.has(id)) return refused(404);
    if (rest === '') return onInstance(request, id);
    const [, command] = /^\/runCommands\/(.+)$/.exec(rest) ?? [];
    if (command !== undefined) return runCommand(request, id, command);
    const verb = rest.slice(1).toLowerCase();
    const deed = verbs[verb];
    return deed === undefined ? refused(404) : accept(`${verb} ${id}`, request, () => deed(id));
  };

  const tracesIn = (path: string): ArmAnswer => {
    const [, wanted = ''] = /correlationId eq '([^']*)'/.exec(decodeURIComponent(path)) ?? [];
    return ok({ value: traces.has(wanted) ? [{ correlationId: wanted }] : [] });
  };

  const onSet = (request: ArmRequest): ArmAnswer => {
    if (request.method === 'GET') return ok({ etag: `"${etag}"`, sku: { capacity }, tags: setTags });
    if (request.headers?.['if-match'] !== `"${etag}"`) return refused(412);
    const { sku } = request.body as unknown as { readonly sku: { readonly capacity: number } };
    return accept('capacity', request, () => grow(sku.capacity), {});
  };

  const grow = (wanted: number): void => {
    etag += 1;
    for (; capacity < wanted; capacity += 1) {
      const made = String(nextId);
      nextId += 1;
      const fresh = { provisioning: 'Creating', power: 'starting', health: 'unknown' } as const;
      instances.set(made, instanceFacts(made, fresh));
      later(OPERATION, () => change(made, { provisioning: 'Succeeded', power: 'running' }));
      later(OPERATION + RECOVERY, () => change(made, { health: 'healthy' }));
    }
  };

  const onInstance = (request: ArmRequest, id: string): ArmAnswer => {
    if (request.method === 'DELETE') return accept(`delete ${id}`, request, () => verbs['delete']?.(id));
    if (request.method === 'GET') {
      const { tags, protection: own, body: shown } = instances.get(id) ?? instanceFacts(id);
      const protectionPolicy = {
        protectFromScaleIn: own.scaleIn,
        protectFromScaleSetActions: own.scaleSetActions,
      };
      const properties = { ...objectAt(shown, 'properties'), protectionPolicy };
      const body = { instanceId: id, location: 'westus', tags, properties };
      return { ...ok(body), headers: { etag: '"1"' } };
    }
    const { protectionPolicy: policy } = (request.body as unknown as WrittenInstance).properties;
    const protection = {
      scaleIn: policy.protectFromScaleIn,
      scaleSetActions: policy.protectFromScaleSetActions,
    };
    return accept(`protect ${id}`, request, () => change(id, { protection }), {});
  };

  const runCommand = (request: ArmRequest, id: string, command: string): ArmAnswer => {
    const key = `${id}/${command}`;
    if (request.method === 'PUT') return accept(`run ${id}`, request, () => commands.set(key, 'said'), {});
    if (request.method === 'DELETE')
      return commands.delete(key) ? { status: 204, headers: {}, body: undefined } : refused(404);
    if (!commands.has(key)) return refused(404);
    const exitCode = exits.get(id) ?? 0;
    const executionState = exitCode === 0 ? 'Succeeded' : 'Failed';
    const instanceView = { exitCode, executionState, output: `out of ${id}\n`, error: `err of ${id}\n` };
    return ok({ properties: { instanceView } });
  };

  const fleet: ToyFleet = {
    accepted,
    asked,
    exits,
    refuse: undefined,
    change,
    setCapacity: (wanted) => {
      capacity = wanted;
    },
    tagSet: (tags) => {
      setTags = tags;
    },
    now: () => now,
    pause: async (milliseconds) => {
      advance(now + milliseconds);
      await Promise.resolve();
    },
    inventory: () => ({
      ...start,
      taken: new Date(now).toISOString(),
      set: { ...start.set, capacity, tags: setTags },
      instances: [...instances.values()],
    }),
    arm: {
      send: async (request) => {
        asked.push(`${request.method} ${request.path}`);
        return Promise.resolve(answer(request));
      },
      finish: async (begun): Promise<OperationResult> => {
        const end = operations.get(begun.headers['azure-asyncoperation'] ?? '');
        if (end !== undefined) advance(end);
        return Promise.resolve({ status: 'Succeeded' });
      },
    },
  };
  return fleet;
}

function ok(body: ArmAnswer['body']): ArmAnswer {
  return { status: 200, headers: {}, body };
}

function refused(status: number): ArmAnswer {
  return {
    status,
    headers: {},
    body: { error: { code: 'Refused', message: `It is refused with ${status}.` } },
  };
}
