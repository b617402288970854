// The acting commands as a person meets them: what is printed where, what is asked, and exit codes.
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { instanceFacts, inventoryOf } from '../../../test/testing/inventories.ts';
import { temporaryDirectory } from '../../../test/testing/temporary.ts';
import { toyFleet, type ToyFleet } from '../../../test/testing/toy-fleet.ts';
import { type Ran, type Shell, toyShell } from '../../../test/testing/toy-operations.ts';
import type { ActionPlan } from '../../operator/action-plan.ts';
import { Problem } from '../problem.ts';
import { COMMANDS } from './table.ts';

let state = '';
let fleet: ToyFleet;
let shell: Shell;

function use(next: ToyFleet): void {
  fleet = next;
  shell = toyShell(fleet, state);
}

beforeEach(() => {
  state = temporaryDirectory();
  use(toyFleet(inventoryOf(20)));
});

const records = (): readonly string[] => {
  try {
    return readdirSync(join(state, 'muster', 'evidence')).filter((name) => name.endsWith('.jsonl'));
  } catch {
    return [];
  }
};
const recordPath = (): string => join(state, 'muster', 'evidence', records()[0] ?? '');
const headPath = (): string => recordPath().replace('.jsonl', '.head');
const changing = (): readonly string[] => fleet.asked.filter((line) => !line.startsWith('GET'));

describe('an action', () => {
  test('shows its plan, asks, tells its progress, and ends with where the evidence is', async () => {
    shell.answers.push('y');
    const { code, out, err } = await shell.muster('restart', '3', '--expect', 'nobody notices');
    expect([code, shell.questions]).toEqual([0, ['Go on? [y/N] ']]);
    expect(err).toContain('restart 1 instance of 20 in rg/web (Uniform)');
    expect(err).toContain('06:00:00 restart 3\n');
    expect(err).toContain('06:00:05 waiting: 3 is not healthy (unknown)\n');
    expect(err).toContain('06:00:17 canary: verified\n');
    expect(out).toMatch(
      /^1 instance: restart is done and verified\.\nevidence: 20261124T060000Z-restart-web-[0-9a-f]{4}\n$/,
    );
    expect(fleet.accepted).toEqual(['restart 3']);
  });

  test('is not done when the answer is no, or when nobody answers', async () => {
    shell.answers.push('n');
    expect(await shell.muster('restart', '3')).toMatchObject({ code: 7, out: '' });
    expect((await shell.muster('restart', '3')).err).toContain(
      'Nobody can be asked here. To go on without: --yes',
    );
    expect([changing(), records()]).toEqual([[], []]);
  });

  test('on more than the radius is confirmed by the name of the set, and by nothing less', async () => {
    const words = ['restart', '1', '2', '3'] as const;
    expect((await shell.muster(...words, '--yes')).err).toContain(
      'More than the usual radius of 1 needs: --confirm web',
    );
    shell.answers.push('wep');
    expect((await shell.muster(...words, '--yes')).code).toBe(7);
    expect((await shell.muster(...words, '--confirm', 'wep')).err).toContain(
      "--confirm says 'wep', and the set is web.",
    );
    expect(changing()).toEqual([]);
    shell.answers.push('web');
    expect((await shell.muster(...words)).code).toBe(0);
    expect((await shell.muster(...words, '--confirm', 'web')).code).toBe(0);
    expect(shell.questions.at(-1)).toBe("More than the usual radius of 1. Type the set's name to go on: ");
  });

  test('is not done when somebody has protected the instance while the question stood', async () => {
    shell.answers.push('y');
    shell.onProgress = () => fleet.change('3', { protection: { scaleIn: true, scaleSetActions: true } });
    const { code, err } = await shell.muster('restart', '3');
    expect([code, changing()]).toEqual([7, []]);
    expect(err).toContain('refused: Protected: 3.');
  });

  test('is not done when it would be about others than were shown', async () => {
    shell.answers.push('y');
    fleet.change('3', { zone: '2' });
    shell.onProgress = () => fleet.change('4', { zone: '2' });
    const { code, err } = await shell.muster('restart', '--where', 'zone=2');
    expect([code, changing()]).toEqual([7, []]);
    expect(err).toContain('The set has changed since the plan was shown.');
  });

  test('that is refused says why and which flag would allow it, one line each', async () => {
    const { instances } = inventoryOf(3);
    use(
      toyFleet(
        inventoryOf([
          ...instances,
          instanceFacts('3', { protection: { scaleIn: true, scaleSetActions: false } }),
        ]),
      ),
    );
    const { code, err } = await shell.muster('stop', '0', '1', '2', '3', '--floor', '2', '--yes');
    expect(code).toBe(7);
    expect(err.split('\n')).toEqual([
      'muster: refused: These are all 4 instances: this is the whole set. If that is meant: --whole-set',
      'muster: refused: Protected: 3. If that is meant: --include-protected',
      'muster: refused: Of 4 that serve 0 would be left, and the floor is 2. If that is meant: --below-floor',
      'muster: refused: 4 would be unavailable at once by this, and 1 may be. If that is meant: --max 4',
      '',
    ]);
    expect([changing(), records()]).toEqual([[], []]);
  });

  test('on an id that is not there refuses all of it', async () => {
    const { code, err } = await shell.muster('delete', '3', '99', '--yes', '--max', '5');
    expect([code, changing()]).toEqual([4, []]);
    expect(err).toBe("muster: refused: There is no instance '99' in this set. The nearest ids are 9, 19.\n");
  });

  test('with --dry-run prints the plan and sends nothing but reads', async () => {
    const { code, out, err } = await shell.muster('reimage', '3', '--dry-run');
    expect([code, err, changing(), records()]).toEqual([0, '', [], []]);
    expect(out).toContain('  1. canary  3\n');
    const plan = JSON.parse(
      (await shell.muster('reimage', '3', '--dry-run', '-o', 'json')).out,
    ) as ActionPlan;
    expect(plan).toMatchObject({ verb: 'reimage', touched: ['3'], radius: { limit: 1, usual: 1, peak: 1 } });
  });

  test('with nothing to do says so and is done', async () => {
    expect(await shell.muster('start', '3')).toMatchObject({ code: 0, err: '' });
    expect(records()).toEqual([]);
  });

  test('by a condition is resolved to ids first', async () => {
    const { instances } = inventoryOf(20);
    use(toyFleet(inventoryOf(instances.map((one) => ({ ...one, zone: one.id === '6' ? '2' : '1' })))));
    expect((await shell.muster('restart', '--where', 'zone=2', '--yes')).code).toBe(0);
    expect(changing()).toHaveLength(1);
    expect(changing()[0]).toMatch(/\/virtualMachines\/6\/restart$/);
    expect((await shell.muster('restart', '--where', 'zone=3', '--yes')).err).toBe(
      'muster: refused: No instance is: zone=3.\n',
    );
  });

  test('is one at a time on a set: a second one would be a second radius', async () => {
    const { arm } = shell;
    let second: Ran | undefined;
    shell.arm = {
      ...arm,
      finish: async (answer) => {
        second ??= await toyShell(fleet, state).muster('restart', '5', '--yes');
        return arm.finish(answer);
      },
    };
    expect((await shell.muster('restart', '3', '--yes')).code).toBe(0);
    expect(second?.code).toBe(7);
    expect(second?.err).toBe(
      `muster: Another process (${process.pid}) is acting on this set; one action at a time, so that together they keep to the radius. Nothing was sent.\n`,
    );
    expect(fleet.accepted).toEqual(['restart 3']);
    expect((await shell.muster('restart', '5', '--yes')).code).toBe(0);
  });

  test('counts what earlier ones left out of service against the radius, and says which and how to free it', async () => {
    await shell.muster('stop', '3', '--yes');
    const { code, err } = await shell.muster('stop', '5', '--yes');
    expect(code).toBe(7);
    expect(err).toMatch(
      /^muster: refused: 1 is out already by earlier actions: 3 \(stop, record \S+-stop-web-\w{4}\)\. With this 2 would be at once, and 1 may be\. To free: muster start 3\. If that is meant: --max 2\n$/,
    );
    // What is typed as it is printed goes to the same set, whichever was chosen before.
    expect((await shell.muster('stop', '5', '--yes', '--set', 'rg/web')).err).toContain(
      'To free: muster start 3 --set rg/web.',
    );
    expect((await shell.muster('stop', '5', '--max', '2', '--yes')).err).toContain('needs: --confirm web');
    expect(fleet.accepted).toEqual(['poweroff 3']);
    expect((await shell.muster('start', '3', '--yes')).code).toBe(0);
    expect((await shell.muster('stop', '5', '--yes')).code).toBe(0);
  });

  test('counts nothing that was done elsewhere, and says so of a record that names no set', async () => {
    await shell.muster('stop', '3', '--yes');
    shell.where = 'elsewhere';
    expect((await shell.muster('restart', '5', '--dry-run')).code).toBe(0);
    shell.where = 'toy';
    const text = readFileSync(recordPath(), 'utf8');
    writeFileSync(recordPath(), text.replace('{', '#'));
    const { err } = await shell.muster('restart', '5', '--dry-run');
    expect(err).toMatch(/^muster: the evidence record \S+ does not say which set it is about/);
  });

  test('that is not verified ends with 8 and says where it stopped', async () => {
    use(toyFleet(inventoryOf(20), { cures: { '3': 'never' } }));
    const { code, out } = await shell.muster('restart', '3', '--yes', '--timeout', '30', '-o', 'json');
    expect(code).toBe(8);
    expect(JSON.parse(out)).toMatchObject({
      outcome: 'failed',
      summary: 'Stopped at canary: 3 is not healthy (unhealthy).',
    });
  });
});

test.each([
  [['restart'], 'Name the instances, or say which with --where.'],
  [['restart', '1', '--where', 'zone=1'], 'Name the instances or give --where, not both.'],
  [
    ['restart', '--where', 'x'],
    "--where: There is no field 'x'. The fields are listed by: muster list --help",
  ],
  [['restart', '1', '--max', 'many'], "--max is a whole number or a percentage up to 100%, not 'many'."],
  [['restart', '1', '--max', '-1'], "--max is a whole number or a percentage up to 100%, not '-1'."],
  [['restart', '1', '--max=-5%'], "--max is a whole number or a percentage up to 100%, not '-5%'."],
  [['restart', '1', '--floor', '101%'], "--floor is a whole number or a percentage up to 100%, not '101%'."],
  [['restart', '1', '--floor', '1e3'], "--floor is a whole number or a percentage up to 100%, not '1e3'."],
  [
    ['restart', '1', '--max', '99999999'],
    "--max is a whole number or a percentage up to 100%, not '99999999'.",
  ],
  [['restart', '1', '--batch', '-2'], "--batch is a whole number from 1 to 9999999, not '-2'."],
  [['restart', '1', '--timeout', '1.5'], "--timeout is a whole number from 1 to 9999999, not '1.5'."],
  [['restart', '1', '--timeout', '-.5'], "--timeout is a whole number from 1 to 9999999, not '-.5'."],
  [['run', '1', '--limit', 'NaN', '--', 'x'], "--limit is a whole number from 1 to 9999999, not 'NaN'."],
  [['restart', '1', '--max'], 'The option --max needs a value. See: muster restart --help'],
  [['restart', '1', '--max', '--yes'], 'The option --max needs a value. See: muster restart --help'],
  [['restart', '-1'], 'muster restart has no option -1. See: muster restart --help'],
  [['restart', '1', '--max', '0'], "--max is above 0, not '0'. To change nothing: --dry-run"],
  [['restart', '1', '--max', '0%'], "--max is above 0, not '0%'. To change nothing: --dry-run"],
  [['restart', '1', '--batch', '0'], "--batch is a whole number from 1 to 9999999, not '0'."],
  [['restart', '1', '--from', 'x'], 'muster restart has no option --from. See: muster restart --help'],
  [['protect', '1', '--from', 'x'], "--from is scale-in, scale-set-actions or both, not 'x'."],
  [['restart', '1', '-o', 'xml'], "-o must be table or json, not 'xml'."],
  [['repair', '1', '2'], 'A repair is of one instance: muster repair ID'],
  [['repair', '1', '--until', 'x'], "--until is one of diagnose, restart, reimage, replace, not 'x'."],
  [['run', '1'], 'There is nothing to run: give -- COMMAND or --script FILE.'],
  [['run', '1', '--script', '/nowhere', '--', 'ls'], 'Give a command after -- or a --script, not both.'],
  [['run', '1', '--script', '/nowhere'], '/nowhere cannot be read (ENOENT).'],
  [['evidence'], 'Say what: muster evidence list, show, verify or export.'],
  [['evidence', 'show'], 'Name one record. See: muster evidence list'],
  [['evidence', 'export', 'x', '--format', 'pdf'], "--format is md, html or json, not 'pdf'."],
  [['resume', 'a', 'b'], 'One record at a time: muster resume RECORD'],
])('a command line that is wrong is one sentence and 2: %j', async (words, message) => {
  expect(await shell.muster(...words)).toEqual({ code: 2, out: '', err: `muster: ${message}\n` });
  expect(fleet.asked).toEqual([]);
});

test('every command has a line for the overview, and help that fits into 110 columns', async () => {
  for (const [name, { load }] of Object.entries(COMMANDS)) {
    const { summary, usage } = await load();
    expect(usage).toMatch(new RegExp(`^Usage: .*muster ${name}`));
    const lines = [`  ${name.padEnd(12)}${summary}`, ...usage.split('\n')];
    expect(lines.filter((line) => line.length > 110)).toEqual([]);
  }
});

test('an expression may ask for what was done, as the log has it, in the language of muster list', async () => {
  const done = { verb: 'restart', status: 'Failed', time: '2026-11-24T05:30:00.000Z', caller: 'ada' };
  shell.last = new Map([['7', done]]);
  const words = [
    'reimage',
    '--where',
    'action=restart and since<1h or id=9',
    '--dry-run',
    '-o',
    'json',
  ] as const;
  expect((JSON.parse((await shell.muster(...words)).out) as ActionPlan).touched).toEqual(['7', '9']);
  const { code, err } = await shell.muster('restart', '--where', 'action=delete', '--yes');
  expect([code, err]).toEqual([4, 'muster: refused: No instance is: action=delete.\n']);
  expect([changing(), shell.open]).toEqual([[], 0]);
});

test('every request that an action makes is in its record, and none that comes later', async () => {
  const told = {
    method: 'GET',
    target: '/x?api-version=1',
    status: 200,
    requestId: 'r',
    correlationId: 'c',
    started: '2026-11-24T06:00:00.000Z',
    took: 3,
  };
  shell.onProgress = (line) => {
    if (line.endsWith('restart 3\n')) shell.tell(told);
  };
  await shell.muster('restart', '3', '--yes');
  shell.tell({ ...told, target: '/later' });
  const entries = readFileSync(recordPath(), 'utf8').trim().split('\n');
  expect(
    entries.map((line) => JSON.parse(line) as { kind: string }).filter(({ kind }) => kind === 'request'),
  ).toMatchObject([told]);
  const { out } = await shell.muster('evidence', 'show', (records()[0] ?? '').replace('.jsonl', ''));
  expect(out).toContain('1, of which 1 only read');
});

describe('run', () => {
  test('prints what each instance printed, errors apart, and ends with 8 when one failed', async () => {
    fleet.exits.set('2', 7);
    const { code, out, err } = await shell.muster('run', '1', '2', '--yes', '--', 'echo', "it's");
    expect(code).toBe(8);
    expect(out).toContain('== 1 (exit code 0)\nout of 1\n== 2 (exit code 7)\nout of 2\n');
    expect(out).toContain('Stopped at batch 2: 2 ended with 7.');
    expect(err).toContain('== 1: errors\nerr of 1\n');
    expect(readFileSync(recordPath(), 'utf8')).toContain(JSON.stringify("echo 'it'\\''s'"));
  });

  test('takes a script from a file, and one word as a line of shell', async () => {
    const script = join(state, 'script.sh');
    writeFileSync(script, 'uptime\n');
    expect((await shell.muster('run', '1', '--yes', '--script', script)).code).toBe(0);
    expect(readFileSync(recordPath(), 'utf8')).toContain('"script":"uptime\\n"');
    expect((await shell.muster('run', '1', '--yes', '-o', 'json', '--', 'ps | head')).out).toContain(
      '"exitCode": 0',
    );
  });
});

describe('an interruption', () => {
  test('ends with 130 and a record that resume goes on from', async () => {
    shell.onProgress = (line) => {
      if (line.includes('canary: verified')) shell.interrupt();
    };
    const first = await shell.muster('restart', '1', '2', '--confirm', 'web');
    expect([first.code, fleet.accepted]).toEqual([130, ['restart 1']]);
    expect(first.out).toContain('Interrupted. To go on: muster resume ');
    shell.onProgress = () => {};
    const { code, out } = await shell.muster('resume');
    expect([code, fleet.accepted]).toEqual([0, ['restart 1', 'restart 2']]);
    expect(out).toContain('2 instances: restart is done and verified.');
    expect(await shell.muster('resume')).toMatchObject({
      code: 4,
      err: 'muster: There is no action that is not finished.\n',
    });
    const [id = ''] = records();
    expect((await shell.muster('resume', id.replace('.jsonl', ''))).out).toContain(
      'is finished: 2 instances',
    );
  });

  test('is gone on with only where it was begun, and only if nothing forbids it now', async () => {
    shell.onProgress = (line) => {
      if (line.includes('canary: verified')) shell.interrupt();
    };
    await shell.muster('restart', '1', '2', '--confirm', 'web');
    shell.onProgress = () => {};
    shell.where = 'elsewhere';
    expect((await shell.muster('resume')).err).toContain(
      'This record was begun at toy, and this is elsewhere.',
    );
    shell.where = 'toy';
    fleet.change('2', { protection: { scaleIn: true, scaleSetActions: true } });
    const { code, err } = await shell.muster('resume');
    expect([code, err]).toEqual([
      7,
      'muster: refused: Protected: 2. If that is meant: --include-protected\n',
    ]);
    expect(fleet.accepted).toEqual(['restart 1']);
    expect((await shell.muster('resume', '--include-protected')).code).toBe(0);
  });

  test('by a lost connection says how to go on, and nothing is repeated', async () => {
    const { arm } = shell;
    shell.arm = {
      ...arm,
      send: async (request) => {
        const answer = await arm.send(request);
        if (request.method === 'POST') throw new Problem('The connection was lost.');
        return answer;
      },
    };
    const { code, err } = await shell.muster('restart', '1', '--yes');
    expect(code).toBe(1);
    expect(err).toContain(
      'The connection was lost. The record is true up to there. To go on: muster resume ',
    );
    shell.arm = arm;
    expect((await shell.muster('resume')).code).toBe(0);
    expect(fleet.accepted).toEqual(['restart 1']);
  });

  test('by a fault of Muster’s is shown as that, with the way to go on', async () => {
    const { arm } = shell;
    const lines: string[] = [];
    shell.onProgress = (line) => lines.push(line);
    shell.arm = { ...arm, finish: async () => Promise.reject(new TypeError('a bug')) };
    await expect(shell.muster('restart', '1', '--yes')).rejects.toThrow('a bug');
    expect(lines.at(-1)).toContain('The record is true up to there. To go on: muster resume ');
  });

  test('where the activity log does not say what became of a request goes no further', async () => {
    const { arm } = shell;
    shell.arm = {
      ...arm,
      send: async (request) =>
        request.method === 'GET'
          ? arm.send(request)
          : Promise.reject(new Problem('The connection was lost.')),
    };
    await shell.muster('restart', '1', '--yes');
    shell.arm = { ...arm, send: async () => Promise.resolve({ status: 403, headers: {}, body: undefined }) };
    const { code, err } = await shell.muster('resume');
    expect([code, fleet.accepted]).toEqual([1, []]);
    expect(err).toContain('The activity log answered with 403. The record is true up to there.');
  });

  test('in the middle of an entry is told and cleared away', async () => {
    shell.onProgress = (line) => {
      if (line.includes('canary: verified')) shell.interrupt();
    };
    await shell.muster('restart', '1', '2', '--confirm', 'web');
    shell.onProgress = () => {};
    appendFileSync(recordPath(), '{"at":"2026');
    expect((await shell.muster('evidence', 'list')).out).toContain('torn');
    expect((await shell.muster('evidence', 'verify')).code).toBe(9);
    const { code, err } = await shell.muster('resume');
    expect(code).toBe(0);
    expect(err).toContain('An entry that was never finished (11 characters) was taken away.');
    expect((await shell.muster('evidence', 'verify')).code).toBe(0);
  });

  test('before the plan was written has sent nothing, and says so', async () => {
    await shell.muster('restart', '1', '--yes');
    const [first = ''] = readFileSync(recordPath(), 'utf8').split('\n');
    writeFileSync(recordPath(), `${first}\n`);
    const { hash } = JSON.parse(first) as { readonly hash: string };
    writeFileSync(headPath(), `${'1'.padStart(10)} ${hash}\n`);
    expect((await shell.muster('resume')).err).toBe(
      'muster: This record ends before its plan: nothing was sent. Begin the action again.\n',
    );
  });
});

describe('a record that has lost its end', () => {
  const cut = (): void => {
    const lines = readFileSync(recordPath(), 'utf8').split('\n');
    writeFileSync(recordPath(), `${lines.slice(0, 6).join('\n')}\n`);
  };

  test('is cut off, not unfinished, and is not gone on with', async () => {
    await shell.muster('restart', '1', '--yes');
    cut();
    expect((await shell.muster('evidence', 'list')).out).toContain('cut off');
    const { code, out } = await shell.muster('evidence', 'verify');
    expect(code).toBe(9);
    expect(out).toMatch(/^\S+-restart-web-\w{4}: cut off after entry 6: 9 were written\n$/);
    const id = (records()[0] ?? '').replace('.jsonl', '');
    expect(await shell.muster('resume', id)).toMatchObject({ code: 9 });
    expect((await shell.muster('evidence', 'show', id)).code).toBe(9);
    expect(fleet.accepted).toEqual(['restart 1']);
  });

  test('does not keep a bare resume from the others: it is named', async () => {
    shell.onProgress = (line) => {
      if (line.includes('canary: verified')) shell.interrupt();
    };
    await shell.muster('restart', '1', '2', '--confirm', 'web');
    shell.onProgress = () => {};
    const open = records()[0] ?? '';
    await fleet.pause(60_000);
    await shell.muster('restart', '5', '--yes');
    const path = join(state, 'muster', 'evidence', records()[1] ?? '');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"status":202', '"status":200'));
    // A damaged record counts what it may have done against the radius for a while.
    expect((await shell.muster('resume')).err).toContain('refused: 1 is out already by earlier actions: 5 ');
    await fleet.pause(20 * 60_000);
    const { code, err } = await shell.muster('resume');
    expect(err).toMatch(
      /^muster: the evidence record \S+ is damaged at entry \d+ \(answered restart 5\): .*: it is passed over\.\n/,
    );
    expect([code, fleet.accepted]).toEqual([0, ['restart 1', 'restart 5', 'restart 2']]);
    expect((await shell.muster('evidence', 'show', open.replace('.jsonl', ''))).out).toContain('restart 2');
  });

  test('of a file that was exported before its end is told', async () => {
    shell.onProgress = (line) => {
      if (line.includes('canary: verified')) shell.interrupt();
    };
    await shell.muster('restart', '1', '2', '--confirm', 'web');
    const file = join(state, 'export.jsonl');
    await shell.muster('evidence', 'export', '2026', '--format', 'json', '--file', file);
    const { code, out } = await shell.muster('evidence', 'verify', file);
    expect([code, out]).toEqual([
      9,
      `${file}: 8 entries are whole, and its end is missing: it was cut off, or copied before it was finished\n`,
    ]);
    expect(await shell.muster('evidence', 'verify', `${file}.jsonl`)).toMatchObject({ code: 4 });
  });
});

describe('evidence', () => {
  beforeEach(async () => {
    await shell.muster('restart', '1', '--yes', '--expect', 'no <lost> request');
  });

  test('is listed, shown, verified and exported', async () => {
    expect((await shell.muster('evidence', 'list')).out).toMatch(
      /-restart-web-\w{4} {2}succeeded {5}1 instance: restart is done/,
    );
    expect(JSON.parse((await shell.muster('evidence', 'list', '-o', 'json')).out)).toMatchObject([
      { state: 'succeeded' },
    ]);
    expect((await shell.muster('evidence', 'show', '2026')).out).toContain(
      '| expected | no &lt;lost> request |',
    );
    expect((await shell.muster('evidence', 'verify')).out).toMatch(
      /: whole, \d+ entries, ends with [0-9a-f]{64}\n$/,
    );
    expect((await shell.muster('evidence', 'export', '2026', '--format', 'html')).out).toContain(
      'no &lt;lost&gt; request',
    );
  });

  test('that was exported as json is verified as a file', async () => {
    const file = join(state, 'export.json');
    expect((await shell.muster('evidence', 'export', '2026', '--format', 'json', '--file', file)).code).toBe(
      0,
    );
    expect((await shell.muster('evidence', 'verify', file)).code).toBe(0);
    writeFileSync(file, readFileSync(file, 'utf8').replace('no <lost>', 'a <lost>'));
    const { code, out } = await shell.muster('evidence', 'verify', file);
    expect([code, out]).toEqual([
      9,
      `${file}: damaged at entry 1 (intent): its hash is not that of what it says\n`,
    ]);
  });

  test('that is damaged is not shown as what happened', async () => {
    writeFileSync(recordPath(), readFileSync(recordPath(), 'utf8').replace('"status":202', '"status":200'));
    const { code, err } = await shell.muster('evidence', 'show', '2026');
    expect(code).toBe(9);
    expect(err).toMatch(/is damaged at entry \d+ \(\w+ restart 1\): its hash/);
    expect((await shell.muster('evidence', 'list')).out).toContain('damaged');
  });
});

describe('repair', () => {
  test('keeps what it has seen, and stops at what heals', async () => {
    const { instances } = inventoryOf(20);
    const ill = instances.map((one) => (one.id === '4' ? { ...one, health: 'unhealthy' as const } : one));
    use(toyFleet(inventoryOf(ill), { cures: { '4': 'reimage' } }));
    const { code, out } = await shell.muster('repair', '4', '--yes', '--timeout', '30');
    expect([code, fleet.accepted]).toEqual([0, ['run 4', 'restart 4', 'reimage 4']]);
    expect(out).toContain('out of 4');
    expect(out).toContain('Healed by reimage.');
  });

  test('of one that is well does nothing', async () => {
    expect(await shell.muster('repair', '4')).toMatchObject({ code: 0 });
    expect(changing()).toEqual([]);
  });
});
