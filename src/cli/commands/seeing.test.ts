// The commands that look, as a user types them: against a data directory that is being served, with the answers of a plane's own
// views. What a whole plane makes of them is tested end to end.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bodyOf, setBody } from '../../../test/testing/operator-rows.ts';
import {
  NO_IMAGES,
  recordingTerminal,
  type Served,
  serveIdentity,
} from '../../../test/testing/served-identity.ts';
import { temporaryDirectory } from '../../../test/testing/temporary.ts';
import { BODY, SUBSCRIPTION } from '../../../test/wire/rows.ts';
import { run } from '../main.ts';

const COMPUTE = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Rg/providers/Microsoft.Compute`;
const SET = `${COMPUTE}/virtualMachineScaleSets/web`;
const LOG = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.Insights/eventtypes/management/values`;

const CHANGED = { ...BODY, sku: { name: 'Standard_D2s_v5', capacity: 3 } };
const INSTANCES = [
  bodyOf(0, { zone: '1' }, { setModel: 2 }),
  bodyOf(1, { zone: '2', observed: { power: 'stopped', ready: false } }, { setModel: 2 }),
  bodyOf(
    4,
    { zone: '1', protection: { protectFromScaleIn: true, protectFromScaleSetActions: false } },
    { setModel: 2 },
  ),
];
const EVENT = {
  caller: 'ada',
  eventTimestamp: '2026-11-24T07:30:00Z',
  operationName: { value: 'Microsoft.Compute/virtualMachineScaleSets/powerOff/action' },
  status: { value: 'Succeeded' },
  resourceId: SET,
  description: 'Powered web_1 off.',
  properties: { instanceIds: '1' },
};

/** What Resource Manager answers, by method and path. */
const answers: Record<string, { status: number; body: unknown }> = {
  [`GET ${SET}`]: { status: 200, body: setBody(CHANGED, 2) },
  [`GET ${SET}/virtualMachines`]: { status: 200, body: { value: INSTANCES } },
  [`GET /subscriptions/${SUBSCRIPTION}/providers/Microsoft.Compute/virtualMachineScaleSets`]: {
    status: 200,
    body: { value: [setBody(CHANGED, 2)] },
  },
  [`GET ${LOG}`]: { status: 200, body: { value: [EVENT] } },
};

let served: Served;
const home = temporaryDirectory();

beforeAll(async () => {
  served = await serveIdentity((request) => {
    const answer = answers[request.replaceAll(served.credentials.subscriptionId, SUBSCRIPTION)];
    if (answer !== undefined) return { status: answer.status, body: JSON.stringify(answer.body) };
    return {
      status: 404,
      body: JSON.stringify({ error: { code: 'ResourceNotFound', message: 'Not there.' } }),
    };
  });
});
afterAll(async () => {
  await served.stop();
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function muster(...args: readonly string[]): Promise<Ran> {
  return await musterWith({}, ...args);
}

async function musterWith(more: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  const terminal = recordingTerminal();
  const env = { MUSTER_HOME: served.data, MUSTER_CONFIG: join(home, 'contexts.json'), ...more };
  const code = await run(args, env, terminal, {
    up: async () => await Promise.resolve(0),
    images: NO_IMAGES,
  });
  return { code, ...terminal.text };
}

const set = ['--set', 'Rg/web'] as const;

describe('muster list', () => {
  test('is a row an instance, and below it how many and at what cost', async () => {
    expect(await muster('list', ...set)).toEqual({
      code: 0,
      out: `ID  NAME   POWER    PROVISIONING  HEALTH  BALANCER  MODEL     ZONE  FD  UD  EXTENSIONS  PROTECTED  AGE  LAST ACTION
0   web_0  running  Succeeded     -       -         1 behind  1     1   2   -           -           1h  -
1   web_1  stopped  Succeeded     -       -         1 behind  2     1   2   -           -           1h  powerOff 30m
4   web_4  running  Succeeded     -       -         1 behind  1     1   2   -           scale-in    1h  -
`,
      err: '3 instances: 2 running, 1 stopped. 3 requests.\n',
    });
  });

  test('shows those that an expression holds for, in an order', async () => {
    const { out, err } = await muster(
      'list',
      ...set,
      '--where',
      'zone=1 or action=poweroff',
      '--sort',
      '-protected,-id',
      '-o',
      'tsv',
    );
    expect(out.split('\n').map((line) => line.split('\t')[0])).toEqual(['4', '1', '0', '']);
    expect(err).toBe('');
    expect((await muster('list', ...set, '--where', 'zone=7')).err).toBe('0 of 3 instances. 3 requests.\n');
  });

  test('has a record for programs', async () => {
    const { out } = await muster('list', ...set, '--query', "[?power=='stopped'] | [0]");
    expect(JSON.parse(out)).toMatchObject({
      id: '1',
      power: 'stopped',
      behind: [{ path: 'sku.name', instance: '"Standard_B1s"', set: '"Standard_D2s_v5"' }],
      lastAction: { verb: 'powerOff', status: 'Succeeded', caller: 'ada' },
    });
    expect((await muster('list', ...set, '-o', 'csv')).out.split('\r\n')[0]).toMatch(/^id,name,power,/);
    expect((await muster('list', ...set, '-o', 'yaml')).out).toMatch(/^- id: "0"\n/);
    expect((await muster('list', ...set, '-o', 'wide')).out).toMatch(/COMPUTER +SIZE +IMAGE\n/);
    expect((await muster('list', ...set, '-o', 'table', '--query', '[].{id:id}')).out).toBe('id\n0\n1\n4\n');
  });

  test('leaves the log alone when asked to, and says when it cannot be read', async () => {
    const before = served.requests.length;
    expect((await muster('list', ...set, '--no-log')).out).not.toContain('powerOff');
    expect(served.requests.length - before).toBe(2);
    const log = answers[`GET ${LOG}`] as { status: number; body: unknown };
    answers[`GET ${LOG}`] = { status: 403, body: { code: 'AuthorizationFailed', message: 'You may not.' } };
    const { code, err } = await muster('list', ...set);
    answers[`GET ${LOG}`] = log;
    expect([code, err.split('\n')[0]]).toEqual([
      0,
      `muster: the activity log cannot be read: GET ${LOG.replace(SUBSCRIPTION, served.credentials.subscriptionId)} was answered with 403: AuthorizationFailed: You may not.`,
    ]);
  });

  test.each([
    [
      ['--no-log', '--where', 'action=restart'],
      2,
      'The field action is read from the activity log: leave --no-log out.',
    ],
    [
      ['--where', 'heath=x'],
      2,
      "--where: There is no field 'heath'. The fields are listed by: muster list --help",
    ],
    [['--sort', 'x'], 2, "--sort: There is no field 'x'. The fields are listed by: muster list --help"],
    [['-o', 'xml'], 2, "--output is one of table, wide, json, yaml, tsv, csv, not 'xml'."],
    [['--watch=0'], 2, "--watch is a number of seconds from 1 on, not '0'."],
    [['--watch', '-o', 'json'], 2, '--watch shows a table: it goes with neither --query nor another form.'],
    [['7'], 2, "muster list takes no argument '7'. See: muster list --help"],
    [['--set', 'web'], 2, "A scale set is named GROUP/SET, not 'web'."],
    [
      ['--set', 'Rg/wep'],
      4,
      'There is no scale set Rg/wep in the context local. See what there is: muster sets',
    ],
    [['--context', 'prod'], 4, "There is no context 'prod'. There are: local."],
  ])('%j is exit code %i and a sentence', async (args, code, sentence) => {
    expect(await muster('list', ...(args.includes('--set') ? [] : set), ...args)).toEqual({
      code,
      out: '',
      err: `muster: ${sentence}\n`,
    });
  });

  test('without a plane is exit code 3', async () => {
    const { code, err } = await muster('list', ...set, '--data', temporaryDirectory());
    expect([code, err]).toEqual([3, expect.stringMatching(/^muster: No plane is running on /)]);
  });
});

describe('muster sets', () => {
  test('counts what is as it should be', async () => {
    const { out, err } = await muster('sets');
    expect(out).toBe(
      `SET     MODE     LOCATION  STATE      UPGRADES  CAPACITY  RUNNING  HEALTHY  UNHEALTHY  FAILED  BEHIND
Rg/web  Uniform  westus    Succeeded  Manual           3        2        -          0       0       3
`,
    );
    expect(err).toBe('1 scale set. 2 requests.\n');
  });

  test('is one request without the instances', async () => {
    const before = served.requests.length;
    expect(JSON.parse((await muster('sets', '--quick', '--query', '[0].capacity')).out)).toBe(3);
    expect(served.requests.length - before).toBe(1);
  });
});

describe('muster inspect', () => {
  test('is a page', async () => {
    const { code, out, err } = await muster('inspect', '1', ...set);
    expect([code, err]).toEqual([0, '6 requests.\n']);
    for (const line of [
      /^web_1 {2}of Rg\/web$/m,
      /^Power +stopped$/m,
      /^Place +zone 2, fault domain 1, update domain 2$/m,
      /^Created +2026-11-24T06:00:00Z, 1 h 59 min ago$/m,
      /^ {2}It does not have the latest model\.$/m,
      /^ {2}sku\.name +"Standard_B1s" +"Standard_D2s_v5"$/m,
      /^ {2}power +stopped +running \(2 of 2\)$/m,
      /^ {2}zone +2 +1 \(2 of 2\)$/m,
      /^ {2}2026-11-24T07:30:00Z +powerOff +Succeeded +ada +Powered web_1 off\.$/m,
      /^Boot log\n {2}POST .+\/retrieveBootDiagnosticsData was answered with 404: ResourceNotFound: Not there\.$/m,
    ]) {
      expect(out).toMatch(line);
    }
  });

  test('is a record for programs', async () => {
    const { out } = await muster('inspect', '4', ...set, '--lines', '0', '-o', 'json');
    expect(JSON.parse(out)).toMatchObject({
      id: '4',
      differences: [{ path: 'sku.name' }],
      standsAlone: [{ field: 'protection', mine: 'scale-in', theirs: '', have: 1, of: 1 }],
      events: [],
      bootLog: null,
    });
  });

  test.each([
    [['inspect'], 2, 'muster inspect takes one instance id. See: muster inspect --help'],
    [['inspect', '1', '4'], 2, 'muster inspect takes one instance id. See: muster inspect --help'],
    [['inspect', '9'], 4, "There is no instance '9' in this set. The nearest ids are 0, 1, 4."],
    [['inspect', '01'], 4, "There is no instance '01' in this set. The nearest ids are 0, 1."],
    [['inspect', '1', '--since', 'ever'], 2, "--since is a duration up to 90d, 90m or 24h, not 'ever'."],
    [['inspect', '1', '--since', '91d'], 2, "--since is a duration up to 90d, 90m or 24h, not '91d'."],
    [['inspect', '1', '--lines', '-1'], 2, "--lines is a whole number from 0 to 99999, not '-1'."],
  ])('%j is exit code %i and a sentence', async (args, code, sentence) => {
    expect(await muster(...args, ...set)).toEqual({ code, out: '', err: `muster: ${sentence}\n` });
  });
});

describe('muster use', () => {
  const config = { MUSTER_CONFIG: join(home, 'use.json') };
  const used = async (...args: readonly string[]): Promise<Ran> => await musterWith(config, ...args);

  test('chooses the set that commands are about, when it is there', async () => {
    expect(await used('list')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^muster: No scale set is chosen in the context local: /) as string,
    });
    expect(await used('use')).toMatchObject({
      code: 2,
      err: 'muster: No scale set is chosen in the context local: muster use GROUP/SET. See what there is: muster sets\n',
    });
    expect(await used('use', 'Rg/wep')).toMatchObject({ code: 4 });
    expect(await used('use', 'Rg/web')).toEqual({
      code: 0,
      out: 'Commands are about Rg/web in local now.\n',
      err: '',
    });
    expect((await used('use')).out).toBe('Rg/web in local (the local plane)\n');
    expect((await used('list', '--query', 'length(@)')).out).toBe('3\n');
    expect(await used('use', 'a/b', 'c/d')).toMatchObject({
      code: 2,
      err: 'muster: muster use takes one GROUP/SET.\n',
    });
  });
});

describe('muster context', () => {
  const config = { MUSTER_CONFIG: join(home, 'context.json') };
  const typed = async (...args: readonly string[]): Promise<Ran> =>
    await musterWith(config, 'context', ...args);
  const ID = '11111111-2222-4333-8444-555555555555';

  test('adds, lists, uses and removes', async () => {
    expect((await typed('add', 'prod', '--subscription', ID, '--set', 'rg/web')).out).toBe(
      `Added prod: subscription ${ID} (AzureCloud). Choose it: muster context use prod\n`,
    );
    expect((await typed('add', 'lab', '--data', served.data, '--set', 'Rg/web')).code).toBe(0);
    expect((await typed('use', 'lab')).out).toBe(`Commands go to lab now: plane in ${served.data}.\n`);
    expect((await typed()).out).toBe(
      `NAME   CURRENT  WHERE                                                           SET
lab    yes      plane in ${served.data.padEnd(54)} Rg/web
local  -        the local plane                                                 -
prod   -        subscription ${ID} (AzureCloud)  rg/web
`,
    );
    expect(
      (await musterWith({ ...config, MUSTER_HOME: '/nowhere' }, 'list', '--query', 'length(@)')).out,
    ).toBe('3\n');
    expect((await musterWith(config, 'list', '--context', 'lab', '--data', '/x')).err).toBe(
      'muster: --data goes with the context local, and lab has its own.\n',
    );
    expect((await typed('list', '--query', '[?current].name | [0]')).out).toBe('"lab"\n');
    expect((await typed('remove', 'lab')).out).toBe('Removed lab. Commands go to local now.\n');
    expect(JSON.parse((await typed('list', '--query', '[].name')).out)).toEqual(['local', 'prod']);
  });

  test.each([
    [['frob'], 2, 'muster context does list, use NAME, add NAME or remove NAME. See: muster context --help'],
    [
      ['constructor', 'x'],
      2,
      'muster context does list, use NAME, add NAME or remove NAME. See: muster context --help',
    ],
    [['use'], 2, 'muster context does list, use NAME, add NAME or remove NAME. See: muster context --help'],
    [['use', 'nope'], 4, "There is no context 'nope'. There are: local, prod."],
    [['remove', 'local'], 2, 'The context local is always there.'],
    [['add', 'prod', '--data', '/x'], 2, "There is a context 'prod' already. Remove it first."],
    [['add', 'x'], 2, 'A context is a plane, --data DIR, or Azure, --subscription ID.'],
    [['add', 'x', '--subscription', 'mine'], 2, "--subscription is a subscription's id, a GUID, not 'mine'."],
    [
      ['add', 'x', '--subscription', ID, '--cloud', 'Mars'],
      2,
      "--cloud is one of AzureCloud, AzureUSGovernment, AzureChinaCloud, not 'Mars'.",
    ],
    [
      ['add', 'x', '--subscription', ID, '--endpoint', 'http://h'],
      2,
      "--endpoint is https://HOST or https://HOST:PORT, not 'http://h'.",
    ],
    [
      ['add', 'x', '--subscription', ID, '--endpoint', 'https://u:p@h'],
      2,
      "--endpoint is https://HOST or https://HOST:PORT, not 'https://u:p@h'.",
    ],
    [
      ['add', 'x', '--data', '/x', '--subscription', ID],
      2,
      '--data is a plane’s: it goes with none of the options of Azure.',
    ],
    [['add', 'a b', '--data', '/x'], 2, "'a b' is no name for a context."],
  ])('%j is exit code %i and a sentence', async (args, code, sentence) => {
    expect(await typed(...args)).toEqual({ code, out: '', err: `muster: ${sentence}\n` });
  });

  test('that is Azure has no data directory, and its authority’s file must be there', async () => {
    expect((await musterWith(config, 'list', '--context', 'prod', '--data', '/x')).err).toBe(
      'muster: --data goes with a plane, and prod is Azure.\n',
    );
    await typed(
      'add',
      'own',
      '--subscription',
      ID,
      '--endpoint',
      served.endpoint,
      '--ca',
      '/nowhere.pem',
      '--set',
      'a/b',
    );
    expect((await musterWith(config, 'list', '--context', 'own')).err).toBe(
      'muster: /nowhere.pem, which the context own trusts, is missing.\n',
    );
  });
});

test.each(['use', 'context', 'sets', 'list', 'inspect'])(
  'the help of %s fits into 110 columns',
  async (name) => {
    const { out } = await muster(name, '--help');
    expect(out).toMatch(/^Usage: /);
    expect(out.split('\n').filter((line) => line.length > 110)).toEqual([]);
  },
);
