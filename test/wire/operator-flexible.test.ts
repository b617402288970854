// The operator on a Flexible set of the plane's real handler: machines by their own names and paths, protection where only the set's
// entry shows it, attached ones passed by, one that went away between plan and send left alone; and what all of it costs in requests.

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Inventory } from '../../src/operator/inventory.ts';
import { withProtection } from '../../src/operator/member-protection.ts';
import { readEvents } from '../../src/operator/read-events.ts';
import { recordOf } from '../../src/operator/record.ts';
import { disturbedBy, triage } from '../../src/operator/triage.ts';
import { decide } from '../../src/operator/guard.ts';
import { type Verb, VERBS } from '../../src/operator/verbs.ts';
import { Crash } from '../testing/memory-record.ts';
import { API, ask, makeSet, paths } from './ask.ts';
import { type Acts, actsOf, chosen } from './operator-acts.ts';
import { type OperatorWorld, operatorOf } from './operator-world.ts';
import { openWorld, type WireWorld } from './world.ts';

let world: WireWorld;
let operator: OperatorWorld;
let acts: Acts;
let names: readonly string[];

const FLEXIBLE = { orchestrationMode: 'Flexible', overprovision: null };
const namesNow = async (): Promise<readonly string[]> =>
  (await operator.readInventory()).instances.map(({ id }) => id);
const named = (index: number): string => names[index] ?? '';
const machinePath = (name: string): string =>
  `${paths(world).group}/providers/Microsoft.Compute/virtualMachines/${name}`;

async function open(capacity = 4): Promise<void> {
  world = await openWorld();
  operator = operatorOf(world);
  acts = actsOf(world, operator);
  await makeSet(world, capacity, FLEXIBLE);
  names = await namesNow();
}

beforeEach(async () => open());
afterEach(async () => {
  const { errors } = world;
  await world.close();
  if (errors.length > 0) throw new Error(`errors were logged: ${JSON.stringify(errors)}`);
});

/** With what the sets' own entries show of all. */
async function seen(): Promise<Inventory> {
  const inventory = await operator.readInventory();
  return withProtection(
    inventory,
    inventory.instances.map(({ id }) => id),
    operator.arm,
  );
}

/** A machine of its own that joins the set, beside those that the set made. */
async function attach(name: string): Promise<void> {
  const { set } = paths(world);
  const body = {
    location: 'westus',
    properties: {
      hardwareProfile: { vmSize: 'Standard_B2s' },
      storageProfile: {
        imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
        osDisk: { createOption: 'FromImage' },
      },
      osProfile: { computerName: name, adminUsername: 'ada', adminPassword: 'S3cret-password' },
      networkProfile: { networkApiVersion: '2022-07-01', networkInterfaceConfigurations: [NIC] },
      virtualMachineScaleSet: { id: set },
    },
  };
  const made = await ask(world, `PUT ${machinePath(name)}?${API}`, { body });
  if (made.status !== 201) throw new Error(made.text);
  await world.settle();
}

const NIC = {
  name: 'nic',
  properties: { primary: true, ipConfigurations: [{ name: 'ip', properties: {} }] },
};

test('what the plane shows of a set that has just been made is on the model, well, and differs in nothing', async () => {
  const { set, instances } = await operator.readInventory();
  expect([set.mode, set.capacity]).toEqual(['Flexible', 4]);
  for (const one of instances) {
    expect(one.id).toMatch(/^web_[0-9a-f]{8}$/);
    expect(one).toMatchObject({ power: 'running', provisioning: 'Succeeded', latestModel: true, behind: [] });
    expect(one.ownModel).toBeUndefined();
    expect(one.protection).toEqual({ scaleIn: false, scaleSetActions: false, unseen: true });
    expect(one.resourceId).toBe(machinePath(one.id));
  }
});

describe('each verb', () => {
  const verbs = (Object.keys(VERBS) as Verb[]).filter((verb) => verb !== 'run' && verb !== 'update');

  test.each(verbs)('%s is accepted, comes true, and is about the named machines alone', async (verb) => {
    const two = [named(2), named(1)];
    if (verb === 'start' || verb === 'unprotect')
      await acts.carriedOut(await acts.planned(verb === 'start' ? 'stop' : 'protect', two));
    const others = async () => (await seen()).instances.filter(({ id }) => !two.includes(id));
    const before = await others();
    expect(await acts.carriedOut(await acts.planned(verb, two))).toBe(
      `2 instances: ${verb} is done and verified.`,
    );
    expect(await others()).toEqual(before);
    for (const status of operator.arm.changed) expect([200, 202]).toContain(status);
    const sent = operator.arm.requests.filter((line) => !line.startsWith('GET'));
    for (const line of sent) expect(line).toMatch(/\/virtualMachines\/web_[0-9a-f]{8}(\/\w+)?$/);
  });

  test('update brings to the model those that are named, by their names at the set', async () => {
    const { set } = paths(world);
    const body = { sku: { name: 'Standard_B2s', capacity: 4 } };
    await ask(world, `PATCH ${set}?${API}`, { body });
    await world.settle();
    const behind = async () =>
      (await operator.readInventory()).instances.map((one) => one.behind.map(({ path }) => path));
    expect(await behind()).toEqual(names.map(() => ['sku.name']));
    expect(await acts.carriedOut(await acts.planned('update', [named(3)]))).toBe(
      '1 instance: update is done and verified.',
    );
    expect(await behind()).toEqual([['sku.name'], ['sku.name'], ['sku.name'], []]);
  });

  test('run leaves output and exit code, and no command behind', async () => {
    const record = await acts.begin(await acts.planned('run', [named(2)]));
    expect(await acts.goOn(record)).toBe(`Stopped at canary: ${named(2)} ended with 1.`);
    expect(record.entries).toContainEqual(
      expect.objectContaining({ kind: 'output', instance: named(2), stdout: 'hello\n', stderr: 'oops\n' }),
    );
    await world.settle();
    const { json } = await ask(world, `GET ${machinePath(named(2))}/runCommands?${API}`);
    expect(json).toEqual({ value: [] });
  });
});

test('the plane’s log has the intent of each request, and the machine it was about', async () => {
  await acts.carriedOut(await acts.planned('restart', [named(1), named(2)]));
  const restarts = (await acts.log()).filter(([verb]) => verb === 'restart/action');
  expect(restarts.map(([, , intent, status]) => [intent, status])).toEqual([
    ['r-1: nobody notices', 'Accepted'],
    ['r-1: nobody notices', 'Succeeded'],
    ['r-1: nobody notices', 'Accepted'],
    ['r-1: nobody notices', 'Succeeded'],
  ]);
  const ref = { subscription: world.subscriptionId, group: 'rg', set: 'web' };
  const { events } = await readEvents(operator.arm, ref, { since: 0, pages: 9 });
  const about = events.filter(({ operation }) => /\/restart\/action$/i.test(operation));
  expect(about.map(({ instances }) => instances)).toEqual([1, 1, 2, 2].map((index) => [named(index)]));
});

describe('two verbs on two machines at once', () => {
  test('do not hinder each other, and neither touches the other’s', async () => {
    const [one, two] = [await acts.planned('restart', [named(0)]), await acts.planned('reimage', [named(1)])];
    const ended = await Promise.all([acts.carriedOut(one), acts.carriedOut(two)]);
    expect(ended).toEqual([
      '1 instance: restart is done and verified.',
      '1 instance: reimage is done and verified.',
    ]);
    const asked = (await acts.accepted()).toSorted();
    expect(asked).toHaveLength(2);
  });

  test('on one machine stop at ARM’s refusal of the second', async () => {
    const plan = await acts.planned('restart', [named(1), named(2)]);
    await ask(world, `POST ${machinePath(named(1))}/restart?${API}`);
    expect(await acts.carriedOut(plan)).toMatch(
      /^Stopped at canary: restart web_\w+: Conflict: .* 1 more step is not taken\.$/,
    );
  });
});

describe('what changes between the plan and the request', () => {
  test('a machine that was deleted is not asked for anything, and for a delete is gone already', async () => {
    const [restart, remove] = [
      await acts.planned('restart', [named(1)]),
      await acts.planned('delete', [named(1)]),
    ];
    await ask(world, `DELETE ${machinePath(named(1))}?${API}`);
    await world.settle();
    const count = operator.arm.changed.length;
    expect(await acts.carriedOut(restart)).toMatch(
      /^Stopped at canary: restart web_\w+: NotFound: The instance web_\w+ is not there any more\.$/,
    );
    expect(operator.arm.changed).toHaveLength(count);
    expect(await acts.carriedOut(remove)).toBe('1 instance: delete is done and verified.');
    expect(operator.arm.changed).toHaveLength(count);
  });

  test('a machine that was protected meanwhile is left alone', async () => {
    const plan = await acts.planned('restart', [named(1)]);
    const record = await acts.begin(plan);
    const properties = { protectionPolicy: { protectFromScaleIn: true } };
    await ask(world, `PUT ${paths(world).instances}/${named(1)}?${API}`, { body: { properties } });
    await world.settle();
    const count = operator.arm.changed.length;
    expect(await acts.goOn(record)).toMatch(
      /^Stopped at canary: restart web_\w+: ProtectedMeanwhile: web_\w+ is protected\. If that is meant: --include-protected\.?$/,
    );
    expect(operator.arm.changed).toHaveLength(count);
    expect((await seen()).instances[1]?.protection).toEqual({ scaleIn: true, scaleSetActions: false });
  });

  test('a machine that was detached goes on by itself, and is none of the set’s business any more', async () => {
    await attach('guest');
    const plan = await acts.planned('restart', ['guest']);
    const record = await acts.begin(plan);
    const { json } = await ask(world, `GET ${machinePath('guest')}?${API}`);
    const start = await operator.readInventory();
    const detached = { ...(json as { properties: object }) };
    const body = {
      location: 'westus',
      properties: { ...detached.properties, virtualMachineScaleSet: {} },
    };
    const put = await ask(world, `PUT ${machinePath('guest')}?${API}`, { body: body as never });
    expect([200, put.text]).toEqual([put.status, put.text]);
    await world.settle();
    const count = operator.arm.changed.length;
    // Between the inventory that it was allowed on and the request.
    const late = { ...operator, readInventory: async () => await Promise.resolve(start) };
    expect(await actsOf(world, late).goOn(record)).toContain(
      'DetachedMeanwhile: guest is not in the set any more: somebody has detached it.',
    );
    expect(operator.arm.changed).toHaveLength(count);
  });
});

describe('an attached machine', () => {
  beforeEach(async () => attach('guest'));

  test('has a model of its own: it is never behind, and no update is sent for it', async () => {
    const { set, instances } = await operator.readInventory();
    expect([set.capacity, instances.length]).toEqual([5, 5]);
    const guest = instances.find(({ id }) => id === 'guest');
    expect(guest).toMatchObject({ ownModel: true, latestModel: true, behind: [], size: 'Standard_B2s' });
    const { plan } = decide(
      await operator.readInventory(),
      chosen(await operator.readInventory(), ['guest']),
      { verb: 'update', verifySeconds: 60 },
      {},
    );
    expect(plan?.touched).toEqual([]);
    expect(plan?.untouched).toContainEqual({
      id: 'guest',
      why: 'has a model of its own: no update of the set concerns it',
    });
  });

  test('is what ARM would have refused to update, too', async () => {
    const body = { instanceIds: ['guest'] };
    const refused = await ask(world, `POST ${paths(world).set}/manualupgrade?${API}`, { body });
    expect([refused.status, refused.json]).toMatchObject([409, { error: { code: 'OperationNotAllowed' } }]);
  });

  test.each(['restart', 'stop', 'reimage', 'protect', 'run'] as const)(
    'takes %s like any other',
    async (verb) => {
      expect(await acts.carriedOut(await acts.planned(verb, ['guest']))).toMatch(
        verb === 'run' ? /guest ended with 1/ : `1 instance: ${verb} is done and verified.`,
      );
    },
  );
});

/** An extension of its own that fails wherever it runs: only another machine is without it. */
const breakForGood = async (name: string): Promise<void> => {
  const properties = {
    publisher: 'Microsoft.Azure.Extensions',
    type: 'CustomScript',
    typeHandlerVersion: '2.1',
    settings: { commandToExecute: 'fail broken' },
  };
  const body = { location: 'westus', properties };
  await ask(world, `PUT ${machinePath(name)}/extensions/broken?${API}`, { body });
  await world.settle();
};

describe('a machine with a failed extension of its own', () => {
  /** What is advised about the machine now. */
  const advice = async (): Promise<readonly string[]> => {
    const ref = { subscription: world.subscriptionId, group: 'rg', set: 'web' };
    const { events } = await readEvents(operator.arm, ref, { since: 0, pages: 9 });
    const { findings } = triage(await operator.readInventory(), events);
    return findings.flatMap(({ kind, actions }) => actions.map(({ verb }) => `${kind}: ${verb}`));
  };

  test('has the set’s model, and is advised one rung after another, never an update', async () => {
    await breakForGood(named(2));
    const { instances } = await operator.readInventory();
    expect(instances[2]).toMatchObject({ latestModel: true, behind: [], extensions: [{ state: 'failed' }] });
    const rungs = ['extensionFailed: reimage', 'extensionFailed: redeploy', 'extensionFailed: inspect'];
    for (const [index, rung] of rungs.entries()) {
      expect(await advice()).toContain(rung);
      expect((await advice()).filter((line) => line.endsWith(': update'))).toEqual([]);
      const verb = (['reimage', 'redeploy'] as const)[index];
      if (verb !== undefined) await acts.carriedOut(await acts.planned(verb, [named(2)]));
    }
  });

  test('is not advised the update again that failed, where the model has another version of it', async () => {
    await breakForGood(named(2));
    const properties = {
      publisher: 'Microsoft.Azure.Extensions',
      type: 'CustomScript',
      typeHandlerVersion: '2.1',
      settings: { commandToExecute: 'fail otherwise' },
    };
    const written = await ask(world, `PUT ${paths(world).set}/extensions/broken?${API}`, {
      body: { properties },
    });
    expect(written.status).toBe(201);
    await world.settle();
    expect(await advice()).toContain('extensionFailed: update');
    expect(await acts.carriedOut(await acts.planned('update', [named(2)]))).toMatch(
      /^Stopped at canary: update web_\w+: VMExtensionProvisioningError: /,
    );
    const next = await advice();
    expect(next).toContain('extensionFailed: reimage');
    expect(next.filter((line) => line.endsWith(': update'))).toEqual([]);
  });
});

describe('a repair', () => {
  test('of a machine that nothing heals puts a new one in its place, and touches no other', async () => {
    const sick = named(2);
    await breakForGood(sick);
    const record = await acts.repaired(sick);
    expect(recordOf(record.entries).done).toEqual({
      outcome: 'succeeded',
      summary: 'Healed by replace: capacity.',
    });
    const now = await namesNow();
    expect(now).toHaveLength(4);
    expect(now).not.toContain(sick);
    expect(names.filter((name) => !now.includes(name))).toEqual([sick]);
    expect((await operator.readInventory()).set.capacity).toBe(4);
  });

  test('that crashes at any entry ends alike, and asks the plane for nothing twice', async () => {
    await breakForGood(named(2));
    const straight = await acts.repaired(named(2));
    const verbs = async () => (await acts.accepted()).map((line) => line.split(' ')[0]);
    const expected = await verbs();
    const length = straight.entries.length - 3;
    await world.close();
    for (let after = 1; after <= length; after += 1) {
      await open();
      await breakForGood(named(2));
      const record = await acts.ladder(named(2));
      record.die = { after, kept: false };
      await expect(acts.goOn(record)).rejects.toThrow(Crash);
      record.die = undefined;
      expect(await acts.goOn(record)).toBe('Healed by replace: capacity.');
      expect(await verbs()).toEqual(expected);
      expect(await namesNow()).toHaveLength(4);
      await world.close();
    }
    await open();
  });
});

test('a set of 1,000 is listed and judged by four requests: the set, two pages of machines, the log', async () => {
  await world.close();
  await open(1000);
  const before = operator.arm.requests.length;
  const inventory = await operator.readInventory();
  const ref = { subscription: world.subscriptionId, group: 'rg', set: 'web' };
  const { events } = await readEvents(operator.arm, ref, { since: 0, pages: 3 });
  expect(disturbedBy(triage(inventory, events))).toEqual([]);
  const asked = operator.arm.requests.slice(before);
  expect([inventory.instances.length, inventory.calls]).toEqual([1000, 3]);
  expect(
    asked.map((line) =>
      line
        .replace(/[?].*$/, '')
        .split('/')
        .at(-1),
    ),
  ).toEqual(['web', 'virtualMachines', 'virtualMachines', 'values']);
});
