// Run commands: the action whose result is its operation's, and the resource with a name that stays.

import { operationEntry } from '../domain/activity-entry.ts';
import { without } from '../domain/declaration.ts';
import { missing } from '../domain/parameter-failure.ts';
import { Failure } from '../domain/failure.ts';
import { type Instance, memberId } from '../domain/instance.ts';
import { flagAt, type JsonObject, listAt, objectAt, tagsFrom, textAt } from '../domain/json.ts';
import type { Operation } from '../domain/operation.ts';
import { preempted } from '../domain/operation-outcome.ts';
import type { RunCommand } from '../domain/run-command.ts';
import type { ScaleSet } from '../domain/scale-set.ts';
import type { Time } from '../domain/time.ts';
import { busy } from '../domain/verb.ts';
import { addressedInstance } from '../domain/begun-operation.ts';
import { beginOperation } from './begin-operation.ts';
import {
  instanceNotFound,
  type InstanceRef,
  leavingFailure,
  requireInstance,
  requireMember,
} from './find.ts';
import { decideAndCommit, type Origin, type Plane } from './plane.ts';
import { type Change, put } from './ports/store.ts';

export interface RunCommandRef extends InstanceRef {
  /** The resource's name. */
  readonly command: string;
}

const SHELL = 'RunShellScript';

export async function runCommandAction(
  plane: Plane,
  origin: Origin,
  request: InstanceRef & { readonly body: JsonObject },
): Promise<{ set: ScaleSet; operation: Operation }> {
  checkAction(request.body);
  return decideAndCommit(plane, async () => {
    const { set, instance } = await requireMember(plane, request, 'runCommand');
    requireRunning(instance);
    const others = await plane.store.runCommands(set.uid, instance.id);
    if (others.some((other) => other.kind === 'action' && other.state !== 'ended')) {
      throw new Failure(
        'conflict',
        'Run command extension execution is in progress. Please wait for completion before invoking a run command.',
      );
    }
    const key = plane.ids.guid();
    const { operation, changes } = begin(plane, origin, 'runCommand/action', { set, instance, key });
    const command = newCommand(plane, set, instance, operation.id, {
      key,
      kind: 'action',
      name: SHELL,
      declared: request.body,
    });
    return { changes: [alive(instance), put('runCommand', command), ...changes], answer: { set, operation } };
  });
}

export async function putRunCommand(
  plane: Plane,
  origin: Origin,
  request: RunCommandRef & { readonly body: JsonObject },
): Promise<{ set: ScaleSet; command: RunCommand; created: boolean; operation: Operation }> {
  checkName(request.command);
  checkResource(request.body);
  return decideAndCommit(plane, async () => {
    const { set, instance } = await requireMember(plane, request, 'runCommands');
    requireRunning(instance);
    const current = await plane.store.runCommandByName(set.uid, instance.id, request.command);
    if (current?.state === 'deleting') throw busy();
    const key = current?.key ?? plane.ids.guid();
    const { operation, changes } = begin(plane, origin, 'runCommands/write', {
      set,
      instance,
      key,
      command: current?.name ?? request.command,
    });
    const fresh = newCommand(plane, set, instance, operation.id, {
      key,
      kind: 'resource',
      name: request.command,
      declared: {},
    });
    const command =
      current === undefined
        ? { ...fresh, ...declaredBy(request.body) }
        : again({ ...current, tags: {} }, operation.id, plane.clock.now(), request.body);
    return {
      changes: [alive(instance), put('runCommand', command), ...(await replaced(plane, current)), ...changes],
      answer: { set, command, created: current === undefined, operation },
    };
  });
}

export async function patchRunCommand(
  plane: Plane,
  origin: Origin,
  request: RunCommandRef & { readonly body: JsonObject },
): Promise<{ set: ScaleSet; command: RunCommand; operation: Operation }> {
  return decideAndCommit(plane, async () => {
    const { set, instance } = await requireMember(plane, request, 'runCommands');
    requireRunning(instance);
    const current = await requireCommand(plane, set, instance, request.command);
    if (current.state === 'deleting') throw busy();
    const properties = {
      ...objectAt(current.declared, 'properties'),
      ...objectAt(request.body, 'properties'),
    };
    const body: JsonObject = { ...current.declared, ...request.body, properties };
    checkResource(body);
    const { operation, changes } = begin(plane, origin, 'runCommands/write', {
      set,
      instance,
      key: current.key,
      command: current.name,
    });
    const command = again(current, operation.id, plane.clock.now(), body);
    return {
      changes: [alive(instance), put('runCommand', command), ...(await replaced(plane, current)), ...changes],
      answer: { set, command, operation },
    };
  });
}

export async function getRunCommand(
  plane: Plane,
  request: RunCommandRef,
): Promise<{ set: ScaleSet; command: RunCommand }> {
  const { set, instance } = await requireInstance(plane, request);
  return { set, command: await requireCommand(plane, set, instance, request.command) };
}

export async function listRunCommands(
  plane: Plane,
  request: InstanceRef,
): Promise<{ set: ScaleSet; commands: readonly RunCommand[] }> {
  const { set, instance } = await requireInstance(plane, request);
  const commands = await plane.store.runCommands(set.uid, instance.id);
  return { set, commands: commands.filter((command) => command.kind === 'resource') };
}

/** Answers undefined when there is none of that name. */
export async function deleteRunCommand(
  plane: Plane,
  origin: Origin,
  request: RunCommandRef,
): Promise<Operation | undefined> {
  return decideAndCommit(
    plane,
    async (): Promise<{ changes: readonly Change[]; answer: Operation | undefined }> => {
      const { set, instance } = await requireInstance(plane, request);
      if (set.deleting) throw leavingFailure(set, instance, 'runCommands');
      const current = await plane.store.runCommandByName(set.uid, instance.id, request.command);
      if (current === undefined) return { changes: [], answer: undefined };
      const { operation, changes } = begin(plane, origin, 'runCommands/delete', {
        set,
        instance,
        key: current.key,
        command: current.name,
      });
      const command: RunCommand = {
        ...current,
        state: 'deleting',
        asked: plane.clock.now(),
        operation: operation.id,
      };
      return {
        changes: [
          alive(instance),
          put('runCommand', command),
          ...(await replaced(plane, current)),
          ...changes,
        ],
        answer: operation,
      };
    },
  );
}

async function requireCommand(
  plane: Plane,
  set: ScaleSet,
  instance: Instance,
  name: string,
): Promise<RunCommand> {
  const command = await plane.store.runCommandByName(set.uid, instance.id, name);
  if (command === undefined) {
    throw instanceNotFound(set, instance, `/runCommands/${name}`);
  }
  return command;
}

interface Subject {
  readonly set: ScaleSet;
  readonly instance: Instance;
  readonly key: string;
  /** The resource's name; an action has none. */
  readonly command?: string;
}

function begin(
  plane: Plane,
  origin: Origin,
  action: 'runCommand/action' | 'runCommands/write' | 'runCommands/delete',
  { set, instance, key, command }: Subject,
): { operation: Operation; changes: readonly Change[] } {
  return beginOperation(plane, origin, {
    id: plane.ids.guid(),
    awaits: { kind: 'runCommand', key, gone: action === 'runCommands/delete' },
    group: set.group,
    location: set.declared.location,
    set,
    instances: [memberId(instance)],
    ...addressedInstance(instance, action, command === undefined ? '' : `/runCommands/${command}`),
  });
}

function newCommand(
  plane: Plane,
  set: ScaleSet,
  instance: Instance,
  operation: string,
  given: Pick<RunCommand, 'key' | 'kind' | 'name' | 'declared'>,
): RunCommand {
  return {
    ...given,
    revision: 0,
    set: set.uid,
    instance: instance.id,
    ...(instance.machine === undefined ? {} : { machine: instance.machine }),
    ...(instance.guest === undefined ? {} : { guest: instance.guest }),
    created: plane.clock.now(),
    location: set.declared.location,
    tags: {},
    run: 1,
    asked: plane.clock.now(),
    operation,
    state: 'pending',
  };
}

/** The resource as it is declared now, to be run once more. */
function again(current: RunCommand, operation: string, asked: Time, body: JsonObject): RunCommand {
  const { execution: _old, message: _said, ...rest } = current;
  return { ...rest, ...declaredBy(body), run: current.run + 1, asked, operation, state: 'pending' };
}

/** What a body says of a resource: read-only members and those that the row has of its own left out. */
function declaredBy(body: JsonObject): Partial<Pick<RunCommand, 'declared' | 'tags'>> {
  const properties = without(objectAt(body, 'properties') ?? {}, 'provisioningState', 'instanceView');
  const tags = tagsFrom(body['tags']);
  return {
    declared: { ...without(body, 'id', 'name', 'type', 'location', 'tags'), properties },
    ...(tags === undefined ? {} : { tags }),
  };
}

/** The instance's row is written with its command's, so that one of the two waits when the instance goes at that moment. */
function alive(instance: Instance): Change {
  return put('instance', instance);
}

/** The operation that still waits for the run before ends: nothing else would tell it. */
async function replaced(plane: Plane, current: RunCommand | undefined): Promise<readonly Change[]> {
  const waiting =
    current?.operation === undefined ? undefined : await plane.store.operation(current.operation);
  if (waiting?.status !== 'InProgress') return [];
  const now = plane.clock.now();
  const ended = preempted(waiting, now);
  const activity = operationEntry(ended, 'Failed', plane.ids.guid(), now);
  return [put('operation', ended), { kind: 'append', activity }];
}

function requireRunning(instance: Instance): void {
  if (instance.task !== undefined) throw busy();
  if (instance.observed.power !== 'running') {
    throw new Failure('operationNotAllowed', 'The operation requires the VM to be running (or set to run).');
  }
}

function checkName(name: string): void {
  if (/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/.test(name)) return;
  throw new Failure(
    'invalidParameter',
    `The run command name '${name}' is not valid: it has 1 to 80 letters, digits, '.', '_' and '-'.`,
    {
      target: 'runCommandName',
    },
  );
}

function checkAction(body: JsonObject): void {
  const command = textAt(body, 'commandId');
  if (command === undefined) throw missing('commandId');
  if (command.toLowerCase() !== SHELL.toLowerCase()) {
    throw new Failure(
      'invalidParameter',
      `The command '${command}' is not served: the guests of this plane run '${SHELL}'.`,
      {
        target: 'commandId',
      },
    );
  }
  if (listAt(body, 'script').length === 0) throw missing('script');
}

function checkResource(body: JsonObject): void {
  const properties = objectAt(body, 'properties');
  if (objectAt(properties, 'source') === undefined) throw missing('source');
  if (textAt(properties, 'source', 'script') === undefined) {
    throw new Failure(
      'invalidParameter',
      "The source of a run command must be a 'script': scriptUri and commandId are not served.",
      {
        target: 'source.script',
      },
    );
  }
  const seconds = Number(properties?.['timeoutInSeconds'] ?? 0);
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > 86_400) {
    throw new Failure('invalidParameter', "'timeoutInSeconds' must be a whole number from 0 to 86400.", {
      target: 'timeoutInSeconds',
    });
  }
  if (properties?.['asyncExecution'] !== undefined && flagAt(properties, 'asyncExecution') === undefined) {
    throw new Failure('invalidParameter', "'asyncExecution' must be true or false.", {
      target: 'asyncExecution',
    });
  }
}
