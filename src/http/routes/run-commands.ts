// Run commands: the action, the resources, and the documents that say what can be run.

import {
  deleteRunCommand,
  getRunCommand,
  listRunCommands,
  patchRunCommand,
  putRunCommand,
  runCommandAction,
  type RunCommandRef,
} from '../../app/run-commands.ts';
import { runCommandBody as actionSchema, runCommandResourceBody } from '../../arm/schemas.ts';
import { Failure } from '../../domain/failure.ts';
import { commandHandle, executionKey, type RunCommand } from '../../domain/run-command.ts';
import { type Call, type Handler, instanceRef, nameOf } from '../context.ts';
import { readBody } from '../json-body.ts';
import { checkLocation } from '../location.ts';
import { longRunning } from '../long-running.ts';
import { optionWords } from '../query-options.ts';
import { empty, json } from '../response.ts';
import { commandDocument, commandDocuments } from '../views/command-documents.ts';
import { runCommandBody, type RunCommandShow } from '../views/run-command.ts';

export const runCommandRoute: Handler = async (call) => {
  const body = readBody(call.request, actionSchema, 'required');
  const { operation } = await runCommandAction(call.context.plane, call.origin, {
    ...instanceRef(call),
    body,
  });
  return longRunning(call, { operation, ...(call.names['machine'] === undefined ? { charge: 1 } : {}) });
};

export const putRunCommandRoute: Handler = async (call) => {
  const body = readBody(call.request, runCommandResourceBody, 'required');
  const { set, command, created, operation } = await putRunCommand(call.context.plane, call.origin, {
    ...commandRef(call),
    body,
  });
  return longRunning(call, {
    operation,
    resource: { body: runCommandBody(set, command, show(call)), created },
  });
};

export const patchRunCommandRoute: Handler = async (call) => {
  const body = readBody(call.request, runCommandResourceBody, 'required');
  const { set, command, operation } = await patchRunCommand(call.context.plane, call.origin, {
    ...commandRef(call),
    body,
  });
  return longRunning(call, {
    operation,
    resource: { body: runCommandBody(set, command, show(call)), created: false },
  });
};

export const getRunCommandRoute: Handler = async (call) => {
  const shown = expanded(call);
  const { set, command } = await getRunCommand(call.context.plane, commandRef(call));
  return json(200, runCommandBody(set, await asItRuns(call, command, shown), shown));
};

export const listRunCommandsRoute: Handler = async (call) => {
  const shown = expanded(call);
  const { set, commands } = await listRunCommands(call.context.plane, instanceRef(call));
  const current = await Promise.all(commands.map((command) => asItRuns(call, command, shown)));
  return json(200, { value: current.map((command) => runCommandBody(set, command, shown)) });
};

export const deleteRunCommandRoute: Handler = async (call) => {
  const operation = await deleteRunCommand(call.context.plane, call.origin, commandRef(call));
  return operation === undefined ? empty(204) : longRunning(call, { operation });
};

export const listCommandDocuments: Handler = async (call) => {
  checkLocation(nameOf(call, 'location'), 'Microsoft.Compute/locations/runCommands');
  return json(200, { value: commandDocuments() });
};

export const getCommandDocument: Handler = async (call) => {
  checkLocation(nameOf(call, 'location'), 'Microsoft.Compute/locations/runCommands');
  const document = commandDocument(nameOf(call, 'document'));
  if (document === undefined)
    throw new Failure('notFound', 'The entity was not found in this Azure location.');
  return json(200, document);
};

/** With what a running command has printed so far, when that is asked for. */
async function asItRuns({ context }: Call, command: RunCommand, shown: RunCommandShow): Promise<RunCommand> {
  if (shown.instanceView !== true || command.state !== 'running') return command;
  const handle = commandHandle(command);
  const execution = await context.guests.execution(handle, executionKey(command));
  return execution === undefined ? command : { ...command, execution };
}

function commandRef(call: Call): RunCommandRef {
  return { ...instanceRef(call), command: nameOf(call, 'command') };
}

function show({ context }: Call): RunCommandShow {
  return { subscriptionId: context.plane.subscriptionId };
}

function expanded(call: Call): RunCommandShow {
  return {
    ...show(call),
    instanceView: optionWords(call.request, '$expand', ['instanceView']).has('instanceview'),
  };
}
