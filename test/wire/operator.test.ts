// The operator against the plane's real handler: what is sent is accepted, does what it says, touches nobody else, and leaves
// its intent in the activity log. A crash at any entry of a record repeats nothing.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Arm } from '../../src/operator/arm.ts';
import { recordOf } from '../../src/operator/record.ts';
import { type Verb, VERBS } from '../../src/operator/verbs.ts';
import { Crash } from '../testing/memory-record.ts';
import { ask, makeSet, paths } from './ask.ts';
import { type Acts, actsOf } from './operator-acts.ts';
import { type OperatorWorld, operatorOf } from './operator-world.ts';
import { openWorld, type WireWorld } from './world.ts';

const API = 'api-version=2024-07-01';

let world: WireWorld;
let operator: OperatorWorld;
let acts: Acts;

async function open(capacity = 4): Promise<void> {
  world = await openWorld();
  operator = operatorOf(world);
  acts = actsOf(world, operator);
  await makeSet(world, capacity);
}

beforeEach(async () => open());
afterEach(async () => {
  const { errors } = world;
  await world.close();
  if (errors.length > 0) throw new Error(`errors were logged: ${JSON.stringify(errors)}`);
});

const planned: Acts['planned'] = async (...asked) => acts.planned(...asked);
const begin: Acts['begin'] = async (plan) => acts.begin(plan);
const goOn: Acts['goOn'] = async (...asked) => acts.goOn(...asked);
const carriedOut: Acts['carriedOut'] = async (plan) => acts.carriedOut(plan);

describe('each verb', () => {
  const verbs = (Object.keys(VERBS) as Verb[]).filter((verb) => verb !== 'run' && verb !== 'update');

  test.each(verbs)('%s is accepted, comes true, and is about the named instances alone', async (verb) => {
    if (verb === 'start' || verb === 'unprotect') {
      await carriedOut(await planned(verb === 'start' ? 'stop' : 'protect', ['1', '2']));
    }
    const others = async () =>
      (await operator.readInventory()).instances
        .filter(({ id }) => !['1', '2'].includes(id))
        .map(({ body }) => body);
    const before = await others();
    const done = await carriedOut(await planned(verb, ['2', '1']));
    expect(done).toBe(`2 instances: ${verb} is done and verified.`);
    expect(await others()).toEqual(before);
    for (const status of operator.arm.changed) expect([200, 202]).toContain(status);
  });

  test('update brings to the latest model those that are named', async () => {
    const { set } = paths(world);
    const body = { tags: { a: 'b' }, properties: { virtualMachineProfile: { userData: 'aGVsbG8=' } } };
    await ask(world, `PATCH ${set}?${API}`, { body });
    await world.settle();
    expect((await operator.readInventory()).instances.map(({ latestModel }) => latestModel)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(await carriedOut(await planned('update', ['3']))).toBe('1 instance: update is done and verified.');
    expect((await operator.readInventory()).instances.map(({ latestModel }) => latestModel)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  test('run leaves output and exit code, and no command behind', async () => {
    const record = await begin(await planned('run', ['2']));
    expect(await goOn(record)).toBe('Stopped at canary: 2 ended with 1.');
    expect(record.entries).toContainEqual(
      expect.objectContaining({
        kind: 'output',
        instance: '2',
        exitCode: 1,
        stdout: 'hello\n',
        stderr: 'oops\n',
      }),
    );
    await world.settle();
    const { json } = await ask(world, `GET ${paths(world).instances}/2/runCommands?${API}`);
    expect(json).toEqual({ value: [] });
  });
});

test('run falls back to the plane’s own version 1 where version 2 is refused, with the same output', async () => {
  const { arm } = operator;
  const withoutV2: Arm = {
    finish: async (answer) => arm.finish(answer),
    send: async (request) =>
      request.path.includes('/runCommands/')
        ? { status: 404, headers: {}, body: { error: { code: 'InvalidResourceType', message: 'No.' } } }
        : arm.send(request),
  };
  const record = await begin(await planned('run', ['2']));
  const summary = await goOn(record, withoutV2);
  const output = record.entries.find(({ kind }) => kind === 'output');
  expect(output).toMatchObject({ instance: '2', stdout: 'hello\n', stderr: 'oops\n' });
  expect(summary).toMatch(/^Stopped at canary: 2 (ended with 1|did not end \(Failed\))\.$/);
});

test('the plane’s log has the intent of each request', async () => {
  await carriedOut(await planned('restart', ['1', '2']));
  expect((await acts.log()).slice(-4)).toEqual([
    ['restart/action', '1', 'r-1: nobody notices', 'Accepted'],
    ['restart/action', '1', 'r-1: nobody notices', 'Succeeded'],
    ['restart/action', '2', 'r-1: nobody notices', 'Accepted'],
    ['restart/action', '2', 'r-1: nobody notices', 'Succeeded'],
  ]);
});

test('an instance that somebody else is at is not acted on twice: ARM’s refusal is in the record', async () => {
  const plan = await planned('restart', ['1', '2']);
  await ask(world, `POST ${paths(world).instances}/1/restart?${API}`);
  expect(await carriedOut(plan)).toMatch(
    /^Stopped at canary: restart 1: Conflict: .* 1 more step is not taken\.$/,
  );
});

describe('a repair on the plane', () => {
  /** An extension of its own that fails wherever it runs: only another instance is without it. */
  const breakForGood = async (id: string): Promise<void> => {
    const properties = {
      publisher: 'Microsoft.Azure.Extensions',
      type: 'CustomScript',
      typeHandlerVersion: '2.1',
      settings: { commandToExecute: 'fail broken' },
    };
    await ask(world, `PUT ${paths(world).instances}/${id}/extensions/broken?${API}`, {
      body: { location: 'westus', properties },
    });
    await world.settle();
  };

  test('of an instance that nothing heals replaces it by exactly one, and touches no other', async () => {
    await breakForGood('2');
    expect((await operator.readInventory()).instances[2]?.provisioning).toBe('Failed');
    const record = await acts.repaired('2');
    expect(recordOf(record.entries).done).toEqual({
      outcome: 'succeeded',
      summary: 'Healed by replace: capacity.',
    });
    const { set, instances } = await operator.readInventory();
    expect(set.capacity).toBe(4);
    expect(instances.map(({ id }) => id)).toEqual(['0', '1', '3', '4']);
    expect(await acts.accepted()).toEqual([
      'runCommands/write 2',
      'restart/action 2',
      'reimage/action 2',
      'virtualMachines/delete 2',
      'virtualMachineScaleSets/write ',
    ]);
  });

  test('that crashes at any entry ends alike, and asks the plane for nothing twice', async () => {
    await breakForGood('2');
    const straight = await acts.repaired('2');
    const expected = await acts.accepted();
    const length = straight.entries.length - 3;
    await world.close();
    for (let after = 1; after <= length; after += 1) {
      await open();
      await breakForGood('2');
      const record = await acts.ladder('2');
      // What was done is done, and its entry is lost.
      record.die = { after, kept: false };
      await expect(goOn(record)).rejects.toThrow(Crash);
      record.die = undefined;
      expect(await goOn(record)).toBe('Healed by replace: capacity.');
      expect(await acts.accepted()).toEqual(expected);
      expect((await operator.readInventory()).instances.map(({ id }) => id)).toEqual(['0', '1', '3', '4']);
      await world.close();
    }
    await open();
  });
});
