// `muster triage` and `muster snapshot` over a fleet that is handed in: what they print, where, and with which exit code.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventOf, fleet, inventoryOf } from '../../../test/testing/inventories.ts';
import type { SetFacts } from '../../operator/inventory.ts';
import { EXIT, Problem } from '../problem.ts';
import type { Fleet, ReadFleet } from '../read-set.ts';
import type { SessionValues } from '../session-options.ts';
import type { Environment, Terminal } from '../terminal.ts';
import type { Command } from './command.ts';
import { snapshotCommand } from './snapshot.ts';
import { triageCommand } from './triage.ts';

let directory = '';
let env: Environment = {};
let out = '';
let err = '';
const terminal: Terminal = {
  out: (text) => (out += text),
  err: (text) => (err += text),
  columns: () => undefined,
  now: () => 0,
  pause: () => Promise.resolve(),
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'muster-triage-'));
  env = { XDG_STATE_HOME: directory };
  out = '';
  err = '';
});
afterEach(() => rmSync(directory, { recursive: true }));

const sick = (): Fleet => ({
  inventory: inventoryOf(fleet(10, (n) => (n === 3 ? { health: 'unhealthy' } : {}))),
  events: [],
});

type Asked = SessionValues & { readonly since: number };

/** Remembers what it was asked for. */
function reader(answer: () => Fleet): { readonly read: ReadFleet; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    read: (values, since) => {
      asked.push({ ...values, since });
      return Promise.resolve(answer());
    },
  };
}

async function run(command: Command, ...args: readonly string[]): Promise<string> {
  out = '';
  expect(await command.run(args, env, terminal)).toBe(EXIT.done);
  return out;
}

async function refusal(command: Command, ...args: readonly string[]): Promise<unknown> {
  const ended = await command.run(args, env, terminal).catch((error: unknown) => error);
  expect(ended).toMatchObject({ name: 'Problem', exitCode: EXIT.misused });
  return (ended as Error).message;
}

describe('muster triage', () => {
  test('prints a report for a person, or the same as JSON', async () => {
    const command = triageCommand(reader(sick).read);
    expect(await run(command)).toContain('1. urgent: unhealthy\n');
    const report = JSON.parse(await run(command, '-o', 'json')) as { findings: unknown[] };
    expect(report.findings).toMatchObject([
      {
        kind: 'unhealthy',
        ids: ['3'],
        actions: [{ verb: 'restart', ids: ['3'], command: 'muster restart 3' }],
      },
    ]);
  });

  test('reads the set that the options name', async () => {
    const { read, asked } = reader(sick);
    await run(triageCommand(read), '--set', 'rg/web', '--context', 'azure');
    await run(triageCommand(read));
    const since = -7 * 24 * 3_600_000;
    expect(asked).toEqual([{ set: 'rg/web', context: 'azure', since }, { since }]);
  });

  test('suggests commands that go where it looked, and not to what was chosen for others', async () => {
    const text = await run(triageCommand(reader(sick).read), '--set', 'rg/web', '--context', 'azure');
    expect(text).toContain('   -> muster restart 3 --set rg/web --context azure\n');
  });

  test('joins the application’s data, by the column that it is told', async () => {
    const path = join(directory, 'h.csv');
    writeFileSync(path, ['host,peer', ...fleet(10).map(({ name }) => `${name},x`)].join('\n'));
    const command = triageCommand(reader(sick).read);
    expect(await run(command, '--with', path)).toContain(
      'Note: The data joins by its column host and the name: 10 of 10 rows, 10 instances.',
    );
    expect(await refusal(command, '--with', path, '--on', 'peer')).toMatch(
      /^.*h\.csv: None of 10 rows names an instance in its column peer/,
    );
  });

  test.each([
    [['-o', 'xml'], "-o must be table or json, not 'xml'."],
    [['--on', 'x'], '--on goes with --with.'],
    [['--with', '/nowhere/h.csv'], '/nowhere/h.csv does not exist.'],
    [['3'], "muster triage takes no argument '3'. See: muster triage --help"],
  ])('refuses %j before it reads anything', async (args, sentence) => {
    const { read, asked } = reader(sick);
    expect(await refusal(triageCommand(read), ...args)).toBe(sentence);
    expect(asked).toEqual([]);
  });
});

describe('muster snapshot', () => {
  let size = 4;
  let taken = '2026-11-24T06:00:00.000Z';
  let set: Partial<SetFacts> = {};
  const events = [
    eventOf({
      operation: 'Microsoft.Compute/virtualMachineScaleSets/write',
      time: '2026-11-24T06:30:00.000Z',
    }),
  ];
  const { read, asked } = reader(() => ({ inventory: inventoryOf(fleet(size), set, taken), events }));
  const command = snapshotCommand(read);

  beforeEach(() => {
    [size, taken, set] = [4, '2026-11-24T06:00:00.000Z', {}];
  });

  test('saves under a name, lists, and explains what happened since, or between two', async () => {
    expect(await run(command, 'save', 'before')).toBe('before\n');
    expect(err).toBe(`Kept 4 instances in ${join(directory, 'muster', 'snapshots', 'before.json')}\n`);
    [size, taken] = [3, '2026-11-24T07:00:00.000Z'];
    expect(await run(command, 'save')).toBe('web-20261124T070000Z\n');
    expect((await run(command, 'list')).split('\n').map((line) => line.split(' ')[0])).toEqual([
      'before',
      'web-20261124T070000Z',
      '',
    ]);
    expect(JSON.parse(await run(command, 'list', '-o', 'json'))).toMatchObject([
      { name: 'before', instances: 4 },
      { instances: 3 },
    ]);
    const since = await run(command, 'diff', 'before');
    // To an hour before the earlier snapshot.
    expect(asked.at(-1)?.since).toBe(Date.parse('2026-11-24T05:00:00Z'));
    expect(since).toContain(
      'Went\n  3: no entry names it, but the capacity went from 4 to 3 and ada wrote the set (',
    );
    expect(await run(command, 'diff', 'before', 'web-20261124T070000Z')).toBe(since);
    expect(JSON.parse(await run(command, 'diff', 'before', '-o', 'json'))).toMatchObject({
      went: [{ id: '3', why: { kind: 'scaleIn' } }],
      unchanged: 3,
    });
  });

  test('refuses to compare different sets, or the later with the earlier', async () => {
    await run(command, 'save', 'early');
    taken = '2026-11-24T07:00:00.000Z';
    await run(command, 'save', 'late');
    expect(await refusal(command, 'diff', 'late', 'early')).toBe(
      'late is the later of the two: name the earlier one first.',
    );
    set = { resourceId: '/another' };
    expect(await refusal(command, 'diff', 'early')).toMatch(
      /^The first snapshot is of .*\/web, and the set in use is \/another\. Choose its context with --context, or its set with --set\.$/,
    );
    await run(command, 'save', 'other');
    expect(await refusal(command, 'diff', 'early', 'other')).toMatch(/and other is of \/another\./);
  });

  test('is about the set of the snapshot where none is chosen', async () => {
    await run(command, 'save', 'before', '--set', 'rg/web');
    await run(command, 'diff', 'before');
    expect(asked.at(-1)?.set).toBe('rg/web');
    await run(command, 'diff', 'before', '--set', 'rg/other');
    expect(asked.at(-1)?.set).toBe('rg/other');
  });

  test('needs no ARM for two snapshots, and says what is missing without it', async () => {
    await run(command, 'save', 'before');
    [size, taken] = [3, '2026-11-24T07:00:00.000Z'];
    await run(command, 'save', 'after');
    const gone = snapshotCommand(async () => Promise.reject(new Problem('Nothing answers.', EXIT.noPlane)));
    expect(await run(gone, 'diff', 'before', 'after')).toContain('Went\n  3');
    expect(err).toContain('muster: the differences are shown without their reasons: Nothing answers.\n');
    await expect(gone.run(['diff', 'before'], env, terminal)).rejects.toThrow('Nothing answers.');
  });

  test('of a snapshot that is not there is exit code 4', async () => {
    await expect(command.run(['diff', 'x'], env, terminal)).rejects.toMatchObject({
      exitCode: EXIT.notFound,
      message: 'There is no snapshot x. There are none yet.',
    });
  });

  test.each([
    [[], 'muster snapshot needs save, list or diff. See: muster snapshot --help'],
    [['show'], "muster snapshot needs save, list or diff, not 'show'. See: muster snapshot --help"],
    [['diff'], 'muster snapshot diff needs the name of a snapshot.'],
    [['save', 'a', 'b'], "muster snapshot save takes no argument 'b'. See: muster snapshot --help"],
    [['list', 'a'], "muster snapshot list takes no argument 'a'. See: muster snapshot --help"],
    [['list', '-o', 'csv'], "-o must be table or json, not 'csv'."],
    [['save', '--force'], 'muster snapshot save has no option --force. See: muster snapshot save --help'],
  ])('refuses %j', async (args, sentence) => {
    expect(await refusal(command, ...args)).toBe(sentence);
  });
});
