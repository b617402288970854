// A Flexible set of Azure, by bodies of recorded shape over HTTPS: every command as a user types it, and what it asks of ARM.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FLEXIBLE_SET, type FlexibleArm, flexibleArm } from '../../../test/testing/flexible-arm.ts';
import {
  NO_IMAGES,
  recordingTerminal,
  type Served,
  serveIdentity,
} from '../../../test/testing/served-identity.ts';
import { temporaryDirectory } from '../../../test/testing/temporary.ts';
import { run } from '../main.ts';

const NAMES = ['web_0000000a', 'web_0000000b', 'web_0000000c', 'web_0000000d'] as const;
const [A, B, C, D] = NAMES;

let served: Served;
let fleet: FlexibleArm;
let home = '';

beforeAll(async () => {
  served = await serveIdentity((request, came) => fleet.answer(request, came));
});
afterAll(async () => {
  await served.stop();
});
beforeEach(() => {
  home = temporaryDirectory();
  fleet = flexibleArm(NAMES, () => served.endpoint);
});

async function muster(...args: readonly string[]) {
  const terminal = recordingTerminal();
  const env = { MUSTER_HOME: served.data, MUSTER_CONFIG: join(home, 'contexts.json'), XDG_STATE_HOME: home };
  fleet.asked.length = 0;
  const code = await run(args, env, terminal, {
    up: async () => await Promise.resolve(0),
    images: NO_IMAGES,
  });
  return { code, ...terminal.text };
}
const own = ['--set', FLEXIBLE_SET] as const;
const sent = () => fleet.asked.filter((line) => !line.startsWith('GET'));
const machine = (name: string) => {
  const found = fleet.machines.get(name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
};
/** How many requests of each kind. */
const kinds = () => ({
  set: fleet.asked.filter((line) => /^GET .*\/virtualMachineScaleSets\/web$/.test(line)).length,
  list: fleet.asked.filter((line) => /^GET .*\/virtualMachines$/.test(line)).length,
  machine: fleet.asked.filter((line) => /^GET .*Compute\/virtualMachines\/[^/]+$/.test(line)).length,
  member: fleet.asked.filter((line) => /^GET .*\/virtualMachineScaleSets\/web\/virtualMachines\//.test(line))
    .length,
});

describe('seeing', () => {
  test('list is a row a machine, from three requests', async () => {
    machine(B).health = 'unhealthy';
    machine(C).power = 'deallocated';
    const { code, out, err } = await muster('list', ...own, '-o', 'tsv');
    expect([code, err, fleet.asked.length]).toEqual([0, '', 3]);
    const rows = out
      .trim()
      .split('\n')
      .map((line) => line.split('\t').slice(0, 5));
    expect(rows).toEqual([
      [A, A, 'running', 'Succeeded', 'healthy'],
      [B, B, 'running', 'Succeeded', 'unhealthy'],
      [C, C, 'deallocated', 'Succeeded', 'healthy'],
      [D, D, 'running', 'Succeeded', 'healthy'],
    ]);
    expect(
      (await muster('list', ...own, '--where', 'health=unhealthy', '--no-log', '-o', 'tsv')).out,
    ).toContain(B);
    expect(fleet.asked).toHaveLength(2);
  });

  test('inspect is one machine on a page', async () => {
    machine(B).power = 'stopped';
    const { code, out } = await muster('inspect', B, ...own);
    expect(code).toBe(0);
    expect(out).toContain(B);
    expect(out).toMatch(/power +stopped +running \(3 of 3\)/);
    expect(sent()).toEqual([expect.stringMatching(/\/retrieveBootDiagnosticsData$/)]);
    expect((await muster('inspect', 'web_0000000e', ...own)).code).toBe(4);
  });

  test('triage finds the sick one and suggests what the guard takes', async () => {
    machine(B).health = 'unhealthy';
    const { code, out } = await muster('triage', ...own);
    expect([code, fleet.asked.length, kinds().member]).toEqual([0, 4, 1]);
    expect(out).toContain(`-> muster restart ${B}`);
  });

  test('triage leaves alone who turns out to be protected, whom the list does not show', async () => {
    Object.assign(machine(B), { health: 'unhealthy', protection: { protectFromScaleSetActions: true } });
    const { out } = await muster('triage', ...own);
    expect(out).not.toContain(`-> muster restart ${B}`);
    expect(out).toContain('protected from scale set actions: whether to disturb them is for a person to say');
    expect(kinds().member).toBe(1);
  });

  test('protection is asked for where it is named, and else said to be unknown', async () => {
    machine(C).protection = { protectFromScaleIn: true };
    expect((await muster('list', ...own, '--no-log')).out).toMatch(/^web_0000000a .* unknown +/m);
    expect(kinds().member).toBe(0);
    const named = ['list', ...own, '--no-log', '-o', 'tsv', '--query', '[].id', '--where'] as const;
    expect((await muster(...named, 'protected=yes')).out).toBe(`${C}\n`);
    expect(kinds().member).toBe(4);
    expect((await muster(...named, 'protected=no')).out).toBe(`${A}\n${B}\n${D}\n`);
    expect((await muster('unprotect', '--where', 'protected=yes', ...own, '--yes')).code).toBe(0);
    expect(fleet.done).toEqual([`protection ${C}`]);
  });

  test('where ARM does not show the entry of a machine, nobody says that it is not protected', async () => {
    fleet.entries = 'refused';
    const page = await muster('inspect', B, ...own);
    expect(page.out).toMatch(/Protection +unknown/);
    const { err, code } = await muster('restart', B, ...own, '--yes');
    expect([code, fleet.done]).toEqual([0, [`restart ${B}`]]);
    expect(err).toContain(`note       ARM does not say whether these are protected: ${B}.`);
    const protect = await muster('protect', B, ...own, '--yes', '--timeout', '1');
    expect([protect.code, protect.err]).toEqual([
      8,
      expect.stringContaining(`whether ${B} is protected cannot be seen`),
    ]);
  });

  test('modes says all of it, and inspect what matters for one', async () => {
    const { out } = await muster('modes');
    expect(out).toContain('overprovisioning\n  Uniform   more instances may come');
    const page = (await muster('inspect', B, ...own)).out;
    expect(page).toContain('As the set is Flexible (all: muster modes)\n');
    expect(page).toContain('  protection: only the set');
    expect(page).not.toContain('overprovisioning');
  });

  test('snapshot save and diff tell who went', async () => {
    expect((await muster('snapshot', 'save', 'before', ...own)).code).toBe(0);
    expect((await muster('delete', D, ...own, '--yes')).code).toBe(0);
    const { code, out } = await muster('snapshot', 'diff', 'before');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`Went\\n {2}${D}`));
  });
});

describe('acting', () => {
  test.each([
    ['restart', `restart ${B}`],
    ['redeploy', `redeploy ${B}`],
    ['reimage', `reimage ${B}`],
    ['stop', `powerOff ${B}`],
    ['deallocate', `deallocate ${B}`],
    ['delete', `delete ${B}`],
  ])('%s asks for that one machine, looks at it before, and verifies it', async (verb, deed) => {
    const { code, out } = await muster(verb, B, ...own, '--yes');
    expect([code, fleet.done]).toEqual([0, [deed]]);
    expect(out).toContain('is done and verified.');
    expect(sent()).toHaveLength(1);
    expect(sent()[0]).toMatch(new RegExp(`/providers/Microsoft\\.Compute/virtualMachines/${B}(/\\w+)?$`));
    // Decided on (with the machine's entry), verified, and seen afterwards; before the request the set, the machine and its entry.
    expect(kinds()).toEqual({ set: 4, list: 3, machine: 1, member: 2 });
  });

  test('start is the same, of one that is off', async () => {
    machine(B).power = 'stopped';
    expect((await muster('start', B, ...own, '--yes')).code).toBe(0);
    expect(fleet.done).toEqual([`start ${B}`]);
  });

  test('update asks the set, by the name of the machine', async () => {
    expect((await muster('update', B, ...own, '--yes')).out).toContain('there is nothing to do');
    machine(B).caching = 'None';
    expect((await muster('update', B, ...own, '--yes')).out).toContain('update is done and verified.');
    expect(sent()).toEqual([
      'POST /resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web/manualupgrade',
    ]);
    expect(fleet.done).toEqual([`update ${B}`]);
  });

  test('protect and unprotect write the protection alone, to the entry of the machine, and read it there', async () => {
    const path = `PUT /resourceGroups/rg/providers/Microsoft.Compute/virtualMachineScaleSets/web/virtualMachines/${B}`;
    expect((await muster('protect', B, ...own, '--yes')).out).toContain('protect is done and verified.');
    expect(sent()).toEqual([path]);
    expect(kinds()).toMatchObject({ member: 2, machine: 0 });
    expect(machine(B).protection).toEqual({ protectFromScaleIn: true, protectFromScaleSetActions: true });
    const refused = await muster('restart', B, ...own, '--yes');
    expect([refused.code, sent()]).toEqual([7, []]);
    expect(refused.err).toContain(`refused: Protected: ${B}. If that is meant: --include-protected`);
    expect(fleet.done).toEqual([`protection ${B}`]);
    expect((await muster('restart', B, ...own, '--yes', '--include-protected')).code).toBe(0);
    expect((await muster('unprotect', B, ...own, '--yes')).code).toBe(0);
    expect((await muster('restart', B, ...own, '--yes')).out).toContain('is done and verified');
  });

  test('one that is protected in the middle of an action is seen at the set’s entry of it, and left alone', async () => {
    const { answer } = fleet;
    fleet = {
      ...fleet,
      answer: (request, came) => {
        const answered = answer(request, came);
        if (request.endsWith(`/${A}/restart`)) machine(C).protection = { protectFromScaleIn: true };
        return answered;
      },
    };
    const { code, out } = await muster('restart', A, C, ...own, '--confirm', 'web');
    expect([code, fleet.done]).toEqual([8, [`restart ${A}`]]);
    expect(out).toContain(`ProtectedMeanwhile: ${C} is protected. If that is meant: --include-protected.`);
  });

  test('repair climbs from diagnostics over a restart to a reimage, or to a new machine in its place', async () => {
    Object.assign(machine(B), { health: 'unhealthy', cure: 'reimage' });
    expect((await muster('repair', B, ...own, '--yes', '--timeout', '20')).out).toContain(
      'Healed by reimage.',
    );
    expect(fleet.done).toEqual([`run ${B}`, `restart ${B}`, `reimage ${B}`]);
    fleet.done.length = 0;
    Object.assign(machine(C), { health: 'unhealthy', cure: 'never' });
    const { code, out } = await muster('repair', C, ...own, '--yes', '--timeout', '20');
    expect([code, fleet.capacity(), fleet.machines.has(C)]).toEqual([0, 4, false]);
    expect(out).toContain('Healed by replace: capacity.');
    expect(fleet.done).toEqual([`run ${C}`, `restart ${C}`, `reimage ${C}`, `delete ${C}`, 'capacity 4']);
  });

  test('evidence says all of it, and is whole', async () => {
    await muster('restart', B, ...own, '--yes', '--expect', 'nobody notices');
    const list = await muster('evidence', 'list');
    expect(list.out).toContain('succeeded');
    const shown = await muster('evidence', 'show', list.out.split(' ')[0] ?? '');
    expect(shown.out).toContain(`restart ${B.replace('_', '\\_')}: accepted with 202`);
    expect(shown.out).toContain('nobody notices');
    expect((await muster('evidence', 'verify')).code).toBe(0);
  });

  test('on the name of another set’s machine, or by number, refuses all', async () => {
    expect((await muster('restart', B, 'other_0000000a', ...own, '--yes')).code).toBe(4);
    expect((await muster('restart', '0', ...own, '--yes')).code).toBe(4);
    expect(fleet.done).toEqual([]);
  });
});

describe('run', () => {
  const command = ['--', 'uptime'] as const;

  test('is version 2 where that is served: what was printed is read and the command removed', async () => {
    const { code, out } = await muster('run', A, B, ...own, '--yes', ...command);
    expect([code, fleet.done]).toEqual([0, [`run ${A}`, `run ${B}`]]);
    expect(out).toContain(`== ${A} (exit code 0)\nout of ${A}\n== ${B} (exit code 0)\nout of ${B}\n`);
    expect(sent().filter((line) => line.startsWith('DELETE'))).toHaveLength(2);
  });

  test.each(['notThere', 'notAllowed'] as const)(
    'falls back to version 1 where that is %s, once for the whole action, with the same output',
    async (v2) => {
      fleet.v2 = v2;
      const { code, out } = await muster('run', A, B, C, ...own, '--yes', ...command);
      expect(code).toBe(0);
      expect(fleet.done).toEqual([A, B, C].map((name) => `RunShellScript ${name}: uptime`));
      expect(out).toContain(`== ${A} (exit code 0)\nout of ${A}\n== ${B} (exit code 0)\nout of ${B}\n`);
      expect(out).toContain('It ran on 3 instances.');
      expect(sent().filter((line) => line.startsWith('PUT'))).toHaveLength(1);
      expect(sent().filter((line) => line.endsWith('/runCommand'))).toHaveLength(3);
      const { out: shown } = await muster('evidence', 'show', '20');
      expect(shown).toContain('it is asked for by run command version 1');
    },
  );

  test('by version 1 tells the exit code that Azure tells, and stops at it', async () => {
    fleet.v2 = 'notThere';
    fleet.exits.set(A, 3);
    const { code, out } = await muster('run', A, B, ...own, '--yes', ...command);
    expect(code).toBe(8);
    expect(out).toContain(`== ${A} (exit code 3)\nout of ${A}\n`);
    expect(out).toContain(`Stopped at canary: ${A} ended with 3. 1 more step is not taken.`);
    expect(fleet.done).toHaveLength(1);
  });

  test('collects the diagnostics of a repair by version 1 as well', async () => {
    fleet.v2 = 'notThere';
    machine(B).health = 'unhealthy';
    const { out } = await muster('repair', B, ...own, '--yes');
    expect(out).toContain(`== ${B} (exit code 0)\nout of ${B}\n`);
    expect(out).toContain('Healed by restart.');
  });
});
