// Running extensions. What never happens: one runs before those that it names, or twice on one disk; two run at once; the
// verb is done while one is to run, or fails for one whose failures are suppressed; any of it takes longer than it may.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guestRow, instanceRow, taskRow, THEN } from '../../test/testing/rows.ts';
import { type Extension, named, predecessors, suppressesFailures } from './extension.ts';
import { currentRecord, extensionsState } from './extension-record.ts';
import { type ExtensionFacts, extensionStep } from './extension-step.ts';
import type { Execution } from './guest.ts';
import type { Instance } from './instance.ts';
import { nextStep } from './next-step.ts';
import { MINUTE, SECOND } from './time.ts';
import { ask } from './verb.ts';

const BUDGET = 90 * MINUTE;
const EXECUTED: Execution = {
  state: 'exited',
  exitCode: 0,
  stdout: 'out\n',
  stderr: 'err\n',
  startedAt: THEN,
};

function extension(name: string, more: Extension['properties'] = {}): Extension {
  const settings = { script: [`run ${name}`] };
  const handler = { publisher: 'Microsoft.CPlat.Core', type: 'RunCommandLinux', typeHandlerVersion: '1.0' };
  return { name, properties: { ...handler, settings, ...more } };
}

function facts(declared: readonly Extension[], more: Partial<ExtensionFacts> = {}): ExtensionFacts {
  return { declared, budget: BUDGET, handlers: new Map(), skipSurplus: false, ...more };
}

function creating(given: Parameters<typeof instanceRow>[0] = {}): Instance {
  return instanceRow({ task: taskRow('create'), ...given });
}

/** How a script ends in the guest; `hang`: not before its time is up. */
type End = 'succeed' | 'fail' | 'hang';

interface Story {
  readonly instance: Instance;
  readonly end: 'done' | 'fail';
  readonly message?: string;
  /** In the order in which they were begun in the guest. */
  readonly ran: readonly string[];
  readonly at: number;
}

/** Lives until the verb is done or has failed, each script taking ten seconds. */
function live(start: Instance, declared: readonly Extension[], ends: (name: string) => End): Story {
  let instance = start;
  let now = THEN;
  const ran: string[] = [];
  const begun = new Map<string, { name: string; at: number; limit: number }>();
  for (let steps = 0; steps < 1000; steps += 1) {
    const running = extensionsState(instance).records.filter(({ state }) => state === 'running');
    expect(running.length).toBeLessThan(2);
    const run = begun.get(`extension-${running[0]?.run}`);
    const execution = run && executionOf(run, ends(run.name), now);
    const given = facts(declared, execution === undefined ? {} : { execution });
    const step = extensionStep(instance, given, 0, now);
    switch (step.kind) {
      case 'done':
        return { instance, end: 'done', ran, at: now };
      case 'fail':
        return { instance: step.instance, end: 'fail', message: step.failure.message, ran, at: now };
      case 'save':
        instance = step.instance;
        break;
      case 'wait':
        now = Math.min(step.until, now + 10 * SECOND);
        break;
      case 'exec': {
        const name = step.command.script.replace('run ', '');
        expect(begun.has(step.key)).toBe(false);
        begun.set(step.key, { name, at: now, limit: step.command.timeoutMs });
        ran.push(name);
      }
    }
  }
  throw new Error('it does not end');
}

function executionOf({ at, limit }: { at: number; limit: number }, end: End, now: number): Execution {
  if (end === 'hang') {
    return now < at + limit
      ? { ...EXECUTED, state: 'running' }
      : { ...EXECUTED, state: 'timedOut', endedAt: at + limit };
  }
  if (now < at + 10 * SECOND) return { ...EXECUTED, state: 'running' };
  return { ...EXECUTED, exitCode: end === 'succeed' ? 0 : 1, endedAt: at + 10 * SECOND };
}

const worlds = fc
  .array(
    fc.record({
      links: fc.array(fc.nat(), { maxLength: 3 }),
      end: fc.constantFrom<End>('succeed', 'succeed', 'succeed', 'fail', 'hang'),
      suppressed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) => ({
    declared: list.map(({ links, suppressed }, index) =>
      extension(`e${index}`, {
        ...(suppressed ? { suppressFailures: true } : {}),
        ...(index === 0 ? {} : { provisionAfterExtensions: links.map((link) => `e${link % index}`) }),
      }),
    ),
    ends: (name: string): End => list[Number(name.slice(1))]?.end ?? 'succeed',
  }))
  .chain((world) =>
    fc
      .shuffledSubarray(world.declared, { minLength: world.declared.length })
      .map((declared) => ({ ...world, declared })),
  );

describe('whatever is declared and however it ends', () => {
  test('each runs once, after those that it names, within the time for all of them', () => {
    fc.assert(
      fc.property(worlds, ({ declared, ends }) => {
        const { ran, at } = live(creating(), declared, ends);
        expect(new Set(ran).size).toBe(ran.length);
        ran.forEach((name, index) => {
          for (const before of predecessors(named(declared, name) as Extension))
            expect(ran.slice(0, index)).toContain(before);
        });
        expect(at).toBeLessThanOrEqual(THEN + BUDGET);
      }),
    );
  });

  test('the verb fails exactly for the first one that fails and may not, and then no other is begun', () => {
    fc.assert(
      fc.property(worlds, ({ declared, ends }) => {
        const story = live(creating(), declared, ends);
        const last = named(declared, story.ran.at(-1) ?? '') as Extension;
        const counted = story.ran.filter(
          (name) => ends(name) !== 'succeed' && !suppressesFailures(named(declared, name) as Extension),
        );
        if (story.end === 'done') expect(counted).toEqual([]);
        else if (counted.length > 0) expect(counted).toEqual([last.name]);
        // Or the time was up before another could begin, after a suppressed one had used it.
        else expect(story.at).toBe(THEN + BUDGET);
      }),
    );
  });

  test('what is done once needs nothing more, and a verb asked again runs nothing again', () => {
    fc.assert(
      fc.property(worlds, ({ declared, ends }) => {
        const { instance, end } = live(creating(), declared, ends);
        if (end === 'fail') return;
        expect(live(instance, declared, ends).ran).toEqual([]);
      }),
    );
  });
});

describe('an extension', () => {
  const one = [extension('a')];

  test('is put down before it is begun, and begun with the time that is left for all of them', () => {
    const first = extensionStep(creating(), facts(one), 0, THEN);
    if (first.kind !== 'save') throw new Error(first.kind);
    expect(first.instance.task).toMatchObject({ extensionsUntil: THEN + BUDGET, deadline: THEN + BUDGET });
    const second = extensionStep(first.instance, facts(one), 0, THEN + MINUTE);
    expect(second).toEqual({
      kind: 'exec',
      key: 'extension-1',
      command: { script: 'run a', parameters: [], timeoutMs: BUDGET - MINUTE, extension: 'a' },
    });
  });

  test('keeps what it printed, in its record and in the words of its failure', () => {
    const { instance, message } = live(creating(), one, () => 'fail');
    const printed =
      'Enable failed: failed to execute command: command terminated with exit status=1\n[stdout]\nout\n\n[stderr]\nerr\n';
    expect(extensionsState(instance).records).toMatchObject([
      { name: 'a', state: 'failed', message: printed, output: { stdout: 'out\n', stderr: 'err\n' } },
    ]);
    expect(message).toBe(
      `VM has reported a failure when processing extension 'a' (publisher 'Microsoft.CPlat.Core' and type 'RunCommandLinux'). Error message: '${printed}'.`,
    );
  });

  test('that hangs fails when the time is up, also when the guest never says so', () => {
    const begun = extensionStep(creating(), facts(one), 0, THEN);
    if (begun.kind !== 'save') throw new Error(begun.kind);
    const execution: Execution = { ...EXECUTED, state: 'running' };
    const waiting = extensionStep(begun.instance, facts(one, { execution }), 0, THEN + BUDGET - 1);
    expect(waiting).toEqual({ kind: 'wait', until: THEN + BUDGET });
    const late = extensionStep(begun.instance, facts(one, { execution }), 0, THEN + BUDGET);
    expect(late).toMatchObject({ kind: 'fail', failure: { code: 'VMExtensionProvisioningError' } });
  });

  test('is run again when it is declared otherwise, and not when it is not', () => {
    const { instance } = live(creating(), one, () => 'succeed');
    expect(live(instance, one, () => 'succeed').ran).toEqual([]);
    expect(live(instance, [extension('a', { forceUpdateTag: '2' })], () => 'succeed').ran).toEqual(['a']);
    expect(
      live(instance, [extension('a', { settings: { script: ['run b'] } })], () => 'succeed').ran,
    ).toEqual(['b']);
  });

  test('that is declared no more is forgotten', () => {
    const { instance } = live(creating(), [extension('a'), extension('b')], () => 'succeed');
    const after = live(instance, [extension('b')], () => 'succeed');
    expect(after.ran).toEqual([]);
    expect(extensionsState(after.instance).records.map(({ name }) => name)).toEqual(['b']);
  });

  test('that failed is tried again by an update, and by no other verb', () => {
    const { instance } = live(creating(), one, () => 'fail');
    const { task: _ended, ...failed } = instance;
    const row: Instance = {
      ...failed,
      failure: { code: 'VMExtensionProvisioningError', message: 'it failed' },
    };
    const request = { operation: 'x', now: THEN, graceful: true, model: 1, effect: 'none' } as const;
    expect(live(ask(row, 'restart', request), one, () => 'succeed').ran).toEqual([]);
    expect(live(ask(row, 'update', request), one, () => 'succeed').ran).toEqual(['a']);
  });

  test('of an instance that is not to run waits until it is', () => {
    const stopped = creating({ wanted: { exists: true, power: 'stopped', model: 1 } });
    expect(extensionStep(stopped, facts(one), 0, THEN)).toEqual({ kind: 'done' });
  });

  test('of a surplus instance waits where the set says so', () => {
    const surplus = creating({ surplus: true });
    expect(live(surplus, one, () => 'succeed').ran).toEqual(['a']);
    expect(extensionStep(surplus, facts(one, { skipSurplus: true }), 0, THEN)).toEqual({ kind: 'done' });
  });

  test('whose settings cannot be carried out fails without running', () => {
    const { end, ran, message } = live(creating(), [extension('a', { settings: {} })], () => 'succeed');
    expect({ end, ran }).toEqual({ end: 'fail', ran: [] });
    expect(message).toMatch(/'Enable failed: invalid configuration: 'script' is not specified'/);
  });
});

describe('the next step of an instance', () => {
  const one = [extension('a')];

  test('runs the extensions before the verb is done, and settles when they have', () => {
    let row = creating({ model: 1, settledAt: undefined });
    const guest = guestRow();
    const step = nextStep('web', row, guest, THEN, facts(one));
    if (step.kind !== 'save') throw new Error(step.kind);
    row = step.instance;
    expect(row.task).toBeDefined();
    expect(nextStep('web', row, guest, THEN, facts(one))).toMatchObject({
      kind: 'act',
      effect: { do: 'exec' },
    });
    const ended = nextStep('web', row, guest, THEN, facts(one, { execution: EXECUTED }));
    if (ended.kind !== 'save') throw new Error(ended.kind);
    const done = nextStep('web', ended.instance, guest, THEN, facts(one));
    if (done.kind !== 'save') throw new Error(done.kind);
    expect(done.instance.task).toBeUndefined();
    expect(currentRecord(done.instance, extension('a'))?.state).toBe('succeeded');
  });

  test('after one that failed has the model applied, and nothing under way', () => {
    const wanted = { exists: true, power: 'running', model: 2 } as const;
    const begun = extensionStep(creating({ wanted, task: taskRow('update') }), facts(one), 0, THEN);
    if (begun.kind !== 'save') throw new Error(begun.kind);
    const execution: Execution = { ...EXECUTED, exitCode: 1 };
    const step = nextStep('web', begun.instance, guestRow(), THEN, facts(one, { execution }));
    if (step.kind !== 'save') throw new Error(step.kind);
    expect(step.instance).toMatchObject({ model: 2, failure: { code: 'VMExtensionProvisioningError' } });
    expect(step.instance.task).toBeUndefined();
  });

  test('after one that failed keeps what came with the model: its disks and its addresses', () => {
    const wanted = { exists: true, power: 'running', model: 2 } as const;
    const disk = { lun: 0, sizeGiB: 4, name: 'data', declared: {}, fromModel: true };
    const leaving = { ...disk, lun: 1, name: 'old', detaching: true };
    const addresses = [{ nic: 'nic', ipConfiguration: 'ip', subnet: 'net/apps', address: '10.0.0.4' }];
    const undo = { dataDisks: [], ownModel: false };
    const given = { wanted, addresses, dataDisks: [disk, leaving], task: taskRow('update', { undo }) };
    const begun = extensionStep(creating(given), facts(one), 0, THEN);
    if (begun.kind !== 'save') throw new Error(begun.kind);
    const execution: Execution = { ...EXECUTED, exitCode: 1 };
    const step = nextStep('web', begun.instance, guestRow(), THEN, facts(one, { execution }));
    if (step.kind !== 'save') throw new Error(step.kind);
    expect(step.instance).toMatchObject({ model: 2, addresses, dataDisks: [disk] });
    expect(step.instance.dataDisks).toHaveLength(1);
  });

  test('forgets what ran on a disk that was replaced, once', () => {
    const { instance } = live(creating(), one, () => 'succeed');
    const turn = { kind: 'reimage', generation: 3 } as const;
    const wanted = { exists: true, power: 'running', model: 1, turn } as const;
    const row: Instance = { ...instance, generation: 3, wanted, task: taskRow('reimage') };
    const old = nextStep('web', row, guestRow({ generation: 2 }), THEN, facts(one));
    expect(old).toMatchObject({ kind: 'act', effect: { do: 'turn' } });
    const guest = guestRow({ generation: 3 });
    const step = nextStep('web', row, guest, THEN, facts(one));
    if (step.kind !== 'save') throw new Error(step.kind);
    expect(extensionsState(step.instance)).toMatchObject({
      disk: 3,
      records: [{ run: 2, state: 'running' }],
    });
    const again = nextStep('web', step.instance, guest, THEN, facts(one));
    expect(again).toMatchObject({ kind: 'act', effect: { do: 'exec', key: 'extension-2' } });
  });

  test('forgets what ran in a guest that is gone, before there is another', () => {
    const { instance } = live(creating(), one, () => 'succeed');
    const step = nextStep('web', instance, undefined, THEN, facts(one));
    if (step.kind !== 'save') throw new Error(step.kind);
    expect(extensionsState(step.instance)).toMatchObject({ records: [], runs: 1 });
    const next = nextStep('web', step.instance, undefined, THEN, facts(one));
    expect(next).toEqual({ kind: 'act', effect: { do: 'create' } });
  });

  test('begins anew what was cut short by the end of its verb', () => {
    const begun = extensionStep(creating(), facts(one), 0, THEN);
    if (begun.kind !== 'save') throw new Error(begun.kind);
    const late = begun.instance.task?.deadline ?? 0;
    const failed = nextStep(
      'web',
      begun.instance,
      guestRow({ power: 'starting', ready: false }),
      late,
      facts(one),
    );
    if (failed.kind !== 'save') throw new Error(failed.kind);
    expect(failed.instance.failure?.code).toBe('VMStartTimedOut');
    expect(extensionsState(failed.instance)).toMatchObject({ records: [], runs: 1 });
  });
});
