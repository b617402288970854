// The run command reconciler. What never happens: a command's row goes, or its next run begins, while its guest still ends
// the run before.

import { expect, test } from 'vitest';
import { NO_ARM } from '../../test/testing/no-arm.ts';
import { store, storeSet, type TestPlane, testPlane } from '../../test/testing/plane.ts';
import { instanceRow, runCommandRow } from '../../test/testing/rows.ts';
import { NO_BALANCER } from '../balancer/no-balancer.ts';
import { guestHandle } from '../domain/guest.ts';
import { executionKey, guestCommand, type RunCommand } from '../domain/run-command.ts';
import { MINUTE, SECOND } from '../domain/time.ts';
import { openSimulatedGuests } from '../guest/simulated/guests.ts';
import { lookAtRunCommands } from './run-command.ts';
import type { World } from './world.ts';

const HANGS = { commandId: 'RunShellScript', script: ['hang'] };
const HOUR = 60 * MINUTE;
/** How long it takes to end a command. */
const ENDING = 3 * SECOND;

/** A guest that runs the command's first run. */
async function begun(
  given: Partial<RunCommand>,
  ending = ENDING,
): Promise<{ plane: TestPlane; world: World; handle: string; first: string; row: RunCommand }> {
  const plane = testPlane();
  const { clock } = plane;
  const guests = openSimulatedGuests({ clock, seed: 'commands', script: { cut: [ending, ending] } });
  const world: World = { ...plane, guests, balancer: NO_BALANCER, arm: NO_ARM };
  const handle = guestHandle(instanceRow().set, 0);
  const spec = { name: 'web_0', computerName: 'web000000', image: 'base', size: 's', dataDisks: [] };
  await guests.create(handle, spec);
  clock.advance(MINUTE);
  const row = runCommandRow({ declared: HANGS, begun: 1, asked: clock.now(), ...given });
  await storeSet(plane, [instanceRow()]);
  await store(plane, 'runCommand', row);
  const first = executionKey({ key: row.key, run: 1 });
  await guests.exec(handle, first, guestCommand(row));
  return { plane, world, handle, first, row };
}

test('a command that runs goes when its guest has ended it', async () => {
  const { plane, world, handle, first, row } = await begun({ state: 'deleting' });
  expect(await lookAtRunCommands(world, handle)).toBe(plane.clock.now() + 2 * SECOND);
  plane.clock.advance(ENDING - 1);
  await lookAtRunCommands(world, handle);
  expect(await plane.store.runCommand(row.key)).toMatchObject({ state: 'deleting' });
  expect(await world.guests.execution(handle, first)).toMatchObject({ state: 'running' });
  plane.clock.advance(1);
  expect(await lookAtRunCommands(world, handle)).toBeUndefined();
  expect(await plane.store.runCommand(row.key)).toBeUndefined();
});

test('a command runs once more when its guest has ended the run before', async () => {
  const { plane, world, handle, first, row } = await begun({ state: 'pending', run: 2 });
  const second = executionKey({ key: row.key, run: 2 });
  await lookAtRunCommands(world, handle);
  expect(await world.guests.execution(handle, first)).toBeDefined();
  expect(await world.guests.execution(handle, second)).toBeUndefined();
  plane.clock.advance(ENDING);
  await lookAtRunCommands(world, handle);
  expect(await world.guests.execution(handle, first)).toBeUndefined();
  expect(await world.guests.execution(handle, second)).toMatchObject({ state: 'running' });
  expect(await plane.store.runCommand(row.key)).toMatchObject({ state: 'running', begun: 2 });
});

test.for(['deleting', 'pending'] as const)(
  'a %s command is not waited for for ever when its guest cannot end it',
  async (state) => {
    const { plane, world, handle, row } = await begun({ state, run: 2 }, 2 * HOUR);
    expect(await lookAtRunCommands(world, handle)).toBeDefined();
    plane.clock.advance(HOUR);
    expect(await lookAtRunCommands(world, handle)).toBeUndefined();
    const left = await plane.store.runCommand(row.key);
    if (state === 'deleting') expect(left).toBeUndefined();
    else expect(left).toMatchObject({ state: 'ended', message: 'The guest has not ended the command yet.' });
  },
);
