// Run command reconciler: begins what is pending, reads what has ended, forgets what was deleted. The key is the guest's
// handle: a guest says that something changed, never which command.

import { GuestError } from '../app/ports/guests.ts';
import { put, remove } from '../app/ports/store.ts';
import { parseGuestHandle } from '../domain/guest.ts';
import {
  commandHandle,
  executionKey,
  guestCommand,
  isOverdue,
  type RunCommand,
} from '../domain/run-command.ts';
import { SECOND, type Time } from '../domain/time.ts';
import type { World } from './world.ts';

/** After an error that may pass. */
const RETRY = 2 * SECOND;

export async function lookAtRunCommands(world: World, handle: string): Promise<Time | undefined> {
  const instance = await world.store.instanceOf(handle);
  const key = instance ?? parseGuestHandle(handle);
  if (key === undefined) return undefined;
  const commands = await world.store.runCommands(key.set, key.id);
  if (commands.length > 0 && instance === undefined) {
    // Asked at the moment when its instance went.
    await world.store.commit(commands.map((command) => remove('runCommand', command)));
    return undefined;
  }
  let again: Time | undefined;
  for (const command of commands) {
    const at = await lookAtOne(world, command);
    if (at !== undefined && (again === undefined || at < again)) again = at;
  }
  return again;
}

async function lookAtOne(world: World, command: RunCommand): Promise<Time | undefined> {
  try {
    switch (command.state) {
      case 'ended':
        return undefined;
      case 'pending':
        return await begin(world, command);
      case 'running':
        return await follow(world, command);
      case 'deleting':
        return await forget(world, command);
    }
  } catch (error) {
    if (!(error instanceof GuestError)) throw error;
    const now = world.clock.now();
    if (error.kind === 'transient' && !isOverdue(command, now)) return now + RETRY;
    await giveUp(world, command, error);
    return undefined;
  }
}

/** What cannot be run has ended; what cannot be forgotten by its guest is forgotten by the plane. */
async function giveUp(world: World, command: RunCommand, { message }: GuestError): Promise<void> {
  await world.store.commit([
    command.state === 'deleting'
      ? remove('runCommand', command)
      : put('runCommand', { ...command, state: 'ended', message }),
  ]);
}

async function begin(world: World, command: RunCommand): Promise<Time | undefined> {
  const handle = commandHandle(command);
  if (command.begun !== undefined && command.begun < command.run) await endRun(world, command, command.begun);
  await world.guests.exec(handle, executionKey(command), guestCommand(command));
  await world.store.commit([put('runCommand', { ...command, state: 'running', begun: command.run })]);
  // It may have ended before there was a row to say so: look once more.
  return world.clock.now();
}

async function follow(world: World, command: RunCommand): Promise<Time | undefined> {
  const handle = commandHandle(command);
  const execution = await world.guests.execution(handle, executionKey(command));
  if (execution?.state === 'running') return undefined;
  const end =
    execution === undefined
      ? { message: 'The guest was stopped or reimaged before its command had ended.' }
      : { execution };
  await world.store.commit([put('runCommand', { ...command, state: 'ended', ...end })]);
  return undefined;
}

async function forget(world: World, command: RunCommand): Promise<Time | undefined> {
  if (command.begun !== undefined) await endRun(world, command, command.begun);
  await world.store.commit([remove('runCommand', command)]);
  return undefined;
}

/** Resolves when nothing of that run is left. Until then its guest is asked again, at the latest when it says that something changed. */
async function endRun(world: World, command: RunCommand, run: number): Promise<void> {
  const handle = commandHandle(command);
  const key = executionKey({ ...command, run });
  await world.guests.cancel(handle, key);
  if ((await world.guests.execution(handle, key)) === undefined) return;
  throw new GuestError('transient', 'The guest has not ended the command yet.');
}
