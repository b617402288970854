// The commands that look, on a real plane with simulated guests: what they show is what is there, at the cost that they tell; and the
// operator's client does what its interface says.
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession } from '../../src/cli/session.ts';
import type { RequestFacts } from '../../src/operator/record-entry.ts';
import { processTerminal } from '../../src/cli/terminal.ts';
import { Arm } from './arm.ts';
import { type Muster, startMuster } from './muster.ts';

let muster: Muster;
let arm: Arm;

const SIZE = { sku: { name: 'Standard_D2s_v5' } };
const set = (name: string): string =>
  `/resourceGroups/sample/providers/Microsoft.Compute/virtualMachineScaleSets/${name}`;

beforeAll(async () => {
  muster = await startMuster('--sample', '--guests', 'simulated', '--seed', '7', '--time-scale', '100');
  arm = await Arm.connect(muster);
  await muster.must('use', 'sample/web');
});

afterAll(async () => {
  await muster.close();
});

interface Listed {
  readonly id: string;
  readonly power: string;
  readonly health: string;
  readonly latestModel: boolean;
  readonly behind: readonly { readonly path: string }[];
  readonly lastAction: { readonly verb: string; readonly status: string } | null;
}

const listed = async (...args: readonly string[]): Promise<readonly Listed[]> =>
  JSON.parse(await muster.must('list', '-o', 'json', ...args)) as readonly Listed[];

/** Looks until what it sees fits. */
async function when(fits: (rows: readonly Listed[]) => boolean): Promise<readonly Listed[]> {
  for (;;) {
    const rows = await listed();
    if (fits(rows)) return rows;
  }
}

describe('what is there', () => {
  test('is shown, set by set and instance by instance', async () => {
    await when((rows) => rows.length === 3 && rows.every(({ health }) => health === 'healthy'));
    expect(await muster.must('sets')).toMatch(/^sample\/web +Uniform +westeurope +Succeeded +Manual +3 +3 /m);
    const { stdout, stderr } = await muster.run('list');
    expect(stdout).toMatch(
      /^ID +NAME +POWER +PROVISIONING +HEALTH +BALANCER +MODEL +ZONE +FD +UD +EXTENSIONS +PROTECTED +AGE +LAST ACTION\n/,
    );
    expect(stdout).toMatch(/^2 +web_2 +running +Succeeded /m);
    expect(stderr).toBe('3 instances: 3 running; 3 healthy. 4 requests.\n');
  });

  test('follows what is done: power, model, and who did it', async () => {
    await arm.done('PATCH', set('web'), SIZE);
    await arm.done('POST', `${set('web')}/poweroff`, { instanceIds: ['1'] });
    await arm.done('POST', `${set('web')}/manualupgrade`, { instanceIds: ['2'] });
    const rows = await listed('--sort', '-id');
    expect(
      rows.map(({ id, power, latestModel, behind, lastAction }) => [
        id,
        power,
        latestModel,
        behind.map(({ path }) => path),
        lastAction?.verb,
      ]),
    ).toEqual([
      ['2', 'running', true, [], 'manualUpgrade'],
      ['1', 'stopped', false, ['sku.name'], 'powerOff'],
      ['0', 'running', false, ['sku.name'], 'write'],
    ]);
    expect(
      await muster.must('list', '--where', 'power=stopped or latest=yes', '--query', '[].id', '-o', 'tsv'),
    ).toBe('1\n2\n');
    const page = await muster.must('inspect', '1');
    expect(page).toMatch(/^ {2}sku\.name +"Standard_B1s" +"Standard_D2s_v5"$/m);
    expect(page).toMatch(/^ {2}\S+Z +powerOff +Succeeded /m);
    expect(page).toMatch(/^Boot log\n(.*\n)* {2}\[\S+\] System is up\.$/m);
    expect(page).toMatch(/^ {2}power +stopped +running \(2 of 2\)$/m);
  });

  test('is watched, with what has changed marked', async () => {
    const watching = muster.begin('list', '--watch=1');
    const ended = once(watching, 'close');
    const lines = createInterface(watching.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]();
    const sees = async (pattern: RegExp): Promise<void> => {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`it ended without ${String(pattern)}`);
        if (pattern.test(value)) return;
      }
    };
    await sees(/^1 +web_1 +stopped /);
    await arm.done('POST', `${set('web')}/start`, { instanceIds: ['1'] });
    await sees(/^1 +web_1 +\*running /);
    watching.kill('SIGINT');
    const [code, signal] = (await ended) as [number | null, string | null];
    expect([code, signal]).not.toEqual([0, null]);
  });

  test('of 1,000 instances takes at most ten requests', async () => {
    const body = {
      location: 'westeurope',
      sku: { name: 'Standard_B1s', tier: 'Standard', capacity: 1000 },
      properties: {
        singlePlacementGroup: false,
        overprovision: false,
        upgradePolicy: { mode: 'Manual' },
        virtualMachineProfile: {
          osProfile: { computerNamePrefix: 'big', adminUsername: 'u' },
          storageProfile: {
            imageReference: { publisher: 'muster', offer: 'base', sku: '1', version: 'latest' },
          },
        },
      },
    };
    await arm.done('PUT', set('big'), body);
    const { stdout, stderr } = await muster.run('list', '--set', 'sample/big');
    expect(stdout.trimEnd().split('\n')).toHaveLength(1001);
    const [, requests] = /^1000 instances: 1000 running\. (\d+) requests\.\n$/.exec(stderr) ?? [];
    expect(Number(requests)).toBeLessThanOrEqual(10);
  });
});

describe('the operator’s client', () => {
  const session = (): ReturnType<typeof openSession> =>
    openSession(
      { set: 'sample/web' },
      { MUSTER_HOME: muster.data, MUSTER_CONFIG: join(muster.data, 'none.json') },
      processTerminal(),
    );

  test('begins an operation, follows it to its end, and tells every request with its ids', async () => {
    const { arm: client, subscription } = session();
    const records: RequestFacts[] = [];
    client.listen((record) => records.push(record));
    const path = `/subscriptions/${subscription}${set('web')}/restart`;
    const request = { method: 'POST', path, apiVersion: '2024-07-01', body: { instanceIds: ['0'] } } as const;
    expect(await client.finish(await client.send(request))).toEqual({ status: 'Succeeded' });
    expect(client.calls).toBe(records.length);
    expect(records.length).toBeGreaterThanOrEqual(3);
    expect(records[0]).toMatchObject({
      method: 'POST',
      target: `${path}?api-version=2024-07-01`,
      status: 202,
    });
    for (const { requestId, correlationId } of records) {
      expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
      expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
    }
    client.close();
  });

  test('has the answer of a run command', async () => {
    const { arm: client, subscription } = session();
    const answer = await client.send({
      method: 'POST',
      path: `/subscriptions/${subscription}${set('web')}/virtualMachines/0/runCommand`,
      apiVersion: '2024-07-01',
      body: { commandId: 'RunShellScript', script: ['hostname'] },
    });
    const result = await client.finish(answer);
    expect(result.status).toBe('Succeeded');
    expect(JSON.stringify(result.output)).toContain('[stdout]');
    client.close();
  });

  test('says that an operation was refused, in ARM’s words', async () => {
    const { arm: client, subscription } = session();
    const answer = await client.send({
      method: 'POST',
      path: `/subscriptions/${subscription}${set('web')}/restart`,
      apiVersion: '2024-07-01',
      body: { instanceIds: ['9999'] },
    });
    expect(await client.finish(answer)).toMatchObject({
      status: 'Failed',
      error: { code: 'InvalidParameter' },
    });
    client.close();
  });
});

describe('a context of Azure', () => {
  test('signs in with what the Azure libraries find, and says when they find nothing or what has expired', async () => {
    const env = await muster.env();
    const id = env.AZURE_SUBSCRIPTION_ID;
    const ca = join(muster.data, 'tls', 'ca.pem');
    await muster.must(
      'context',
      'add',
      'az',
      '--subscription',
      id,
      '--endpoint',
      muster.endpoint,
      '--ca',
      ca,
      '--set',
      'sample/web',
    );
    const variables = {
      AZURE_AUTHORITY_HOST: muster.endpoint,
      AZURE_TENANT_ID: env.AZURE_TENANT_ID,
      AZURE_CLIENT_ID: env.AZURE_CLIENT_ID,
      AZURE_CLIENT_SECRET: env.AZURE_CLIENT_SECRET,
    };
    const good = await muster.runWith(variables, 'list', '--context', 'az', '--query', '[].id', '-o', 'tsv');
    expect(good).toEqual({ code: 0, stdout: '0\n1\n2\n', stderr: '' });
    const bad = await muster.runWith(
      { ...variables, AZURE_CLIENT_SECRET: 'expired' },
      'list',
      '--context',
      'az',
    );
    expect([bad.code, bad.stdout]).toEqual([5, '']);
    expect(bad.stderr).toMatch(/^muster: Signing in to Azure for the context az failed: AADSTS7000215: /);
  });
});

describe('a plane that', () => {
  test('does not know the secret any more is exit code 5', async () => {
    const path = join(muster.data, 'identity.json');
    const kept = readFileSync(path, 'utf8');
    const { clientSecret } = JSON.parse(kept) as { clientSecret: string };
    writeFileSync(path, kept.replace(clientSecret, 'another-secret-another-secret-another'));
    const { code, stderr } = await muster.run('list');
    writeFileSync(path, kept);
    expect([code, stderr]).toEqual([5, expect.stringMatching(/AADSTS7000215/) as string]);
    expect(stderr).not.toContain('another-secret');
  });

  test('is down is exit code 3', async () => {
    await muster.down();
    const { code, stdout, stderr } = await muster.run('list');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toMatch(/^muster: No plane is running on .+\. Start one with: muster up\n$/);
  });
});
