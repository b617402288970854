// Run command reconciler: begins what is pending, reads what has ended, forgets what was deleted. The key is the guest's
// handle: a guest says that something changed, never which command.

import { GuestError } from '../app/ports/guests.ts';
import { put, remove } from '../app/ports/store.ts';
import { guestHandle, parseGuestHandle } from '../domain/guest.ts';
import { executionKey, guestCommand, isOverdue, type RunCommand } from '../domain/run-command.ts';
import { SECOND, type Time } from '../domain/time.ts';
import type { World } from './world.ts';

/** After an error that may pass. */
const RETRY = 2 * SECOND;

export async function lookAtRunCommands(world: World, handle: string): Promise<Time | undefined> {
  const key = parseGuestHandle(handle);
  if (key === undefined) return undefined;
  const commands = await world.store.runCommands(key.setUid, key.instanceId);
  if (commands.length > 0 && (await world.store.instance(key.setUid, key.instanceId)) === undefined) {
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
  const handle = guestHandle(command.set, command.instance);
  if (command.begun !== undefined && command.begun < command.run) {
    await world.guests.cancel(handle, executionKey({ ...command, run: command.begun }));
  }
  await world.guests.exec(handle, executionKey(command), guestCommand(command));
  await world.store.commit([put('runCommand', { ...command, state: 'running', begun: command.run })]);
  // It may have ended before there was a row to say so: look once more.
  return world.clock.now();
}

async function follow(world: World, command: RunCommand): Promise<Time | undefined> {
  const handle = guestHandle(command.set, command.instance);
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
  if (command.begun !== undefined) {
    const handle = guestHandle(command.set, command.instance);
    await world.guests.cancel(handle, executionKey({ ...command, run: command.begun }));
  }
  await world.store.commit([remove('runCommand', command)]);
  return undefined;
}
