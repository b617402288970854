// The first story of an operator, on real guests: one backend whose extension has failed is found, its logs are collected, and `muster repair`
// restarts it, reimages it, and sees it back in rotation, while HTTP clients go on asking the balancer and lose no request.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Arm, until } from './arm.ts';
import { allUp, frontend, SET } from './balanced.ts';
import { losesNothing } from './load.ts';
import { type Muster, startMuster } from './muster.ts';

/** Draining and booting take less of our time; the operator's own patience is real. */
const SCALE = '5';

let muster: Muster;
let arm: Arm;

interface Evidence {
  readonly record: string;
  readonly state: string;
}

/** The agent needs room, and on one instance something has filled it. What fills it is gone with the OS disk. */
beforeAll(async () => {
  muster = await startMuster('--sample', '--time-scale', SCALE);
  arm = await Arm.connect(muster);
  await until(async () => (await arm.send('GET', SET)).status === 200);
  await allUp(arm, '0', '1', '2');
  await muster.must('use', 'sample/web');
  await muster.must('run', '1', '--yes', '--', 'echo no room left >>"$MUSTER_ROOT/var/log/agent.log"');
  const properties = {
    publisher: 'Microsoft.Azure.Extensions',
    type: 'CustomScript',
    typeHandlerVersion: '2.1',
    settings: {
      commandToExecute:
        'cd "$MUSTER_ROOT/var/log"; if [ -e agent.log ]; then cat agent.log >&2; exit 3; fi; echo the agent is up',
    },
  };
  const extensionProfile = { extensions: [{ name: 'agent', properties }] };
  await arm.done('PATCH', SET, { properties: { virtualMachineProfile: { extensionProfile } } });
  const update = await muster.run(
    'update',
    '--where',
    'latest=no',
    '--whole-set',
    '--max',
    '3',
    '--confirm',
    'web',
  );
  if (update.code !== 8)
    throw new Error(`an update that fails on one instance ended with ${update.code}:\n${update.stderr}`);
});

afterAll(() => muster?.close());

test('the one that failed is found, by name and by triage, with the command that would help', async () => {
  expect(await muster.must('list', '--where', 'failed=agent', '--query', '[].id', '-o', 'tsv')).toBe('1\n');
  const report = JSON.parse(await muster.must('triage', '-o', 'json')) as {
    readonly findings: readonly { readonly kind: string; readonly ids: readonly string[] }[];
  };
  expect(report.findings[0]).toMatchObject({ kind: 'extensionFailed', ids: ['1'] });
  expect(await muster.must('triage')).toMatch(/agent/);
});

test('it is repaired under load, and no request is lost', async () => {
  const served = await losesNothing(await frontend(arm), async (load) => {
    const { code, stdout, stderr } = await muster.run(
      'repair',
      '1',
      '--yes',
      '--expect',
      'no request is lost',
    );
    expect([code, stderr]).toEqual([
      0,
      // It does not wait for the rest to come true once that cannot.
      expect.stringMatching(/restart: not verified: .*the extension agent of 1 has failed/),
    ]);
    expect(stdout).toContain('no room left');
    expect(stdout).toContain('Healed by reimage.');
    expect(
      await muster.must(
        'list',
        '--where',
        'failed=agent or balance!=in or health!=healthy',
        '--query',
        'length(@)',
      ),
    ).toBe('0\n');
    await load.served('web_1');
  });
  expect(served).toEqual(['web_0', 'web_1', 'web_2']);
});

test('all of it is on record: what was expected, each request with its ids, what was seen', async () => {
  const records = JSON.parse(await muster.must('evidence', 'list', '-o', 'json')) as readonly Evidence[];
  const repair = records.find(({ record }) => record.includes('-repair-'));
  expect(repair?.state).toBe('succeeded');
  const shown = await muster.must('evidence', 'show', repair?.record ?? '');
  expect(shown).toContain('no request is lost');
  expect(shown).toMatch(/POST \S+\/virtualMachines\/1\/restart/);
  expect(shown).toMatch(/POST \S+\/virtualMachines\/1\/reimage/);
  expect(shown).not.toMatch(/virtualMachines\/[02]\/(restart|reimage)/);
  expect(await muster.must('evidence', 'verify', repair?.record ?? '')).toMatch(
    /: whole, \d+ entries, ends with [0-9a-f]{64}\n$/,
  );
  const log = await arm.activity(
    `resourceGroupName eq 'sample' and eventTimestamp ge '2020-01-01T00:00:00Z'`,
  );
  const intents = log.map(({ properties }) => (properties as { intent?: string }).intent ?? '');
  expect(intents.filter((intent) => intent.endsWith(': no request is lost')).length).toBeGreaterThan(0);
});
