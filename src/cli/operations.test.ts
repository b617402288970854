// The operator's commands opened on a plane that is being served, and on Azure: who acts, where, how often, and what is read.
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, setBody } from '../../test/testing/operator-rows.ts';
import { recordingTerminal, type Served, serveIdentity } from '../../test/testing/served-identity.ts';
import { temporaryDirectory } from '../../test/testing/temporary.ts';
import { SUBSCRIPTION } from '../../test/wire/rows.ts';
import type { RequestFacts } from '../operator/record-entry.ts';
import { untilNextLook } from '../operator/helm.ts';
import { ArmRefusal } from '../operator/arm-refusal.ts';
import type { AzureContext } from './context.ts';
import { writeContexts } from './context-file.ts';
import type { Operating } from './operating.ts';
import { operations } from './operations.ts';
import { readFleet } from './read-set.ts';

const SET = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Rg/providers/Microsoft.Compute/virtualMachineScaleSets/web`;
const LOG = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values`;
const NOW = Date.parse('2026-11-24T08:00:00Z');

const entry = (instance: string, time: string): object => ({
  caller: 'ada',
  eventTimestamp: time,
  operationName: { value: 'Microsoft.Compute/virtualMachineScaleSets/restart/action' },
  status: { value: 'Succeeded' },
  resourceId: SET,
  properties: { instanceIds: instance },
});

let served: Served;
let log: { status: number; body: unknown };
const home = temporaryDirectory();
const env = (): Record<string, string> => ({
  MUSTER_HOME: served.data,
  MUSTER_CONFIG: join(home, 'contexts.json'),
});

beforeAll(async () => {
  served = await serveIdentity((request) => {
    const mine = request.replaceAll(served.credentials.subscriptionId, SUBSCRIPTION);
    const bodies: Readonly<Record<string, { status: number; body: unknown }>> = {
      [`GET ${SET}`]: { status: 200, body: setBody() },
      [`GET ${SET}/virtualMachines`]: { status: 200, body: { value: [bodyOf(0), bodyOf(1)] } },
      [`GET ${LOG}`]: log,
    };
    const { status, body } = bodies[mine] ?? { status: 404, body: { error: { code: 'ResourceNotFound' } } };
    return { status, body: JSON.stringify(body) };
  });
  log = {
    status: 200,
    body: { value: [entry('1', '2026-11-24T07:30:00Z'), entry('0', '2026-11-24T07:00:00Z')] },
  };
});
afterAll(async () => {
  await served.stop();
});

const opened = async (set = 'Rg/web'): Promise<Operating> =>
  await operations.open({ set }, env(), recordingTerminal());

describe('a set of a plane', () => {
  test('is acted on by the person at this machine, at the plane’s directory, and looked at soon', async () => {
    const { who, where, logDelay, looks, close } = await opened();
    expect([who, where, logDelay]).toEqual([
      `${userInfo().username} (as the application ${served.credentials.clientId})`,
      served.data,
      0,
    ]);
    expect([0, 1, 4, 9].map((earlier) => untilNextLook(looks, earlier))).toEqual([200, 400, 3000, 3000]);
    close();
  });

  test('is read, and every request is told with its target', async () => {
    const { listen, readInventory, close } = await opened();
    const requests: RequestFacts[] = [];
    const unlisten = listen((request) => requests.push(request));
    expect((await readInventory()).instances.map(({ id }) => id)).toEqual(['0', '1']);
    unlisten();
    await readInventory();
    expect(requests.map(({ method, status }) => [method, status])).toEqual([
      ['GET', 200],
      ['GET', 200],
    ]);
    expect(requests[0]?.target).toContain('/virtualMachineScaleSets/web?api-version=');
    close();
  });

  test('says what was last done, and refuses to guess where its log may not be read', async () => {
    const { readInventory, readLastActions, close } = await opened();
    const inventory = await readInventory();
    const last = await readLastActions(inventory);
    expect([...last].map(([id, { verb, time }]) => [id, verb, time])).toEqual([
      ['0', 'restart', '2026-11-24T07:00:00.000Z'],
      ['1', 'restart', '2026-11-24T07:30:00.000Z'],
    ]);
    const kept = log;
    log = { status: 403, body: { code: 'AuthorizationFailed', message: 'You may not.' } };
    await expect(readLastActions(inventory)).rejects.toThrow(ArmRefusal);
    log = kept;
    close();
  });

  test('that is not there is exit code 4, and one that is not chosen exit code 2', async () => {
    const { readInventory, close } = await opened('Rg/other');
    await expect(readInventory()).rejects.toMatchObject({ name: 'Problem', exitCode: 4 });
    close();
    await expect(operations.open({}, env(), recordingTerminal())).rejects.toMatchObject({ exitCode: 2 });
  });
});

test('a set of Azure is looked at as its limits allow, and its log is given twenty minutes', async () => {
  const azure: AzureContext = {
    kind: 'azure',
    name: 'prod',
    subscription: SUBSCRIPTION,
    cloud: 'AzureCloud',
    set: { group: 'Rg', set: 'web' },
  };
  const config = { MUSTER_CONFIG: join(home, 'azure.json'), AZURE_CLIENT_ID: 'app' };
  writeContexts(config, { current: 'prod', all: [azure] });
  const { where, who, logDelay, looks, close } = await operations.open({}, config, recordingTerminal());
  expect([where, who, logDelay]).toEqual([
    'https://management.azure.com',
    `${userInfo().username} (as the application app)`,
    20 * 60_000,
  ]);
  expect([0, 5].map((earlier) => untilNextLook(looks, earlier))).toEqual([15_000, 15_000]);
  close();
});

describe('a fleet', () => {
  test('is an inventory and the events about it, as far back as was asked for', async () => {
    const terminal = recordingTerminal();
    const { inventory, events } = await readFleet({ set: 'Rg/web' }, NOW - 3_600_000, env(), terminal);
    expect([inventory.instances.length, events.map(({ instances }) => instances)]).toEqual([
      2,
      [['0'], ['1']],
    ]);
    expect(terminal.text.err).toBe('');
  });

  test('is judged without a log that may not be read, and that is said', async () => {
    const kept = log;
    log = { status: 403, body: { code: 'AuthorizationFailed', message: 'You may not.' } };
    const terminal = recordingTerminal();
    expect((await readFleet({ set: 'Rg/web' }, 0, env(), terminal)).events).toEqual([]);
    expect(terminal.text.err).toMatch(/^muster: the activity log cannot be read: .* You may not\.\n$/);
    log = kept;
  });
});
