// Which action is the smallest that would help, and who is left alone.
import { describe, expect, test } from 'vitest';
import { eventOf, fleet, inventoryOf, TAKEN } from '../../test/testing/inventories.ts';
import type { Action } from './finding.ts';
import type { Event, InstanceFacts, SetFacts } from './inventory.ts';
import { commandOf } from './suggestion.ts';
import { triage } from './triage.ts';

const at = (minutes: number): string => new Date(Date.parse(TAKEN) - minutes * 60_000).toISOString();

function did(verb: string, id: string, changes: Partial<Event> = {}): Event {
  const operation = `Microsoft.Compute/virtualMachineScaleSets/${verb}/action`;
  return eventOf({ operation, instances: [id], time: at(30), ...changes });
}

/** What is advised where `changes` says what is wrong with some of twenty. */
function advised(
  changes: (number: number) => Partial<InstanceFacts>,
  {
    events = [],
    set = {},
    count = 20,
  }: { events?: readonly Event[]; set?: Partial<SetFacts>; count?: number } = {},
): readonly Action[] {
  return triage(inventoryOf(fleet(count, changes), set), events).findings.flatMap(({ actions }) => actions);
}

const commands = (actions: readonly Action[]): readonly string[] =>
  actions.map(({ command }) => command).filter((text) => text !== '');

const sick =
  (...ids: readonly number[]) =>
  (number: number): Partial<InstanceFacts> =>
    ids.includes(number) ? { health: 'unhealthy', view: { vmHealth: { status: { time: at(20) } } } } : {};

describe('the ladder', () => {
  test('begins with a restart of exactly the failing ones', () => {
    expect(commands(advised(sick(3, 9, 12)))).toEqual(['muster restart 3 9 12']);
  });

  test('goes on with what was not tried within the hour, each instance from where it is', () => {
    const events = [
      did('restart', '3'),
      did('reimageall', '9'),
      did('redeploy', '12'),
      did('restart', '15', { time: at(61) }),
    ];
    expect(commands(advised(sick(3, 9, 12, 15), { events, count: 40 }))).toEqual([
      'muster restart 15',
      'muster reimage 3',
      'muster redeploy 9',
      'muster inspect 12',
    ]);
  });

  test('begins with a reimage where an extension failed, and with an update where the set has other extensions', () => {
    const failed = { name: 'app', type: '', version: '1', state: 'failed', message: '' } as const;
    const path = 'virtualMachineProfile.extensionProfile.extensions[app].typeHandlerVersion';
    const actions = advised((n) => {
      if (n === 3) return { extensions: [failed] };
      return n === 4
        ? { extensions: [failed], latestModel: false, behind: [{ path, instance: '1', set: '2' }] }
        : {};
    });
    expect(commands(actions)).toEqual(['muster update 4', 'muster reimage 3']);
    expect(actions.at(-1)).toMatchObject({
      verb: 'none',
      ids: ['4'],
      reason: 'another finding says what to do about these first',
    });
  });

  describe('of a failed extension', () => {
    const named = 'virtualMachineProfile.extensionProfile.extensions[app]';
    const failed = { name: 'app', type: '', version: '1', state: 'failed', message: '' } as const;
    const outdated = [{ path: `${named}.typeHandlerVersion`, instance: '1', set: '2' }];
    const withApp =
      (behind: InstanceFacts['behind']) =>
      (n: number): Partial<InstanceFacts> =>
        n === 3 ? { extensions: [failed], latestModel: behind.length === 0, behind } : {};

    test('has no update where the model does not name it, or differs in another one', () => {
      const [own, other] = [
        [{ path: named, instance: '{"type":"App"}', set: '' }],
        [{ path: `${named.replace('app', 'apparatus')}.settings`, instance: '1', set: '2' }],
      ];
      expect(commands(advised(withApp([])))).toEqual(['muster reimage 3']);
      expect(commands(advised(withApp(own)))).toEqual(['muster reimage 3']);
      expect(commands(advised(withApp(other)))).toEqual(['muster reimage 3']);
      const lacks = [{ path: named, instance: '', set: '{"type":"App"}' }];
      expect(commands(advised(withApp(lacks)))).toEqual(['muster update 3']);
    });

    test('goes on where an update was tried, until the set is written anew or the hour is over', () => {
      const tried = (minutes: number): Event =>
        did('manualUpgrade', '3', { status: 'Failed', time: at(minutes) });
      const wrote = (part: string): Event =>
        did('', '', {
          operation: `Microsoft.Compute/virtualMachineScaleSets/${part}`,
          instances: [],
          time: at(20),
        });
      expect(commands(advised(withApp(outdated), { events: [tried(30)] }))).toEqual(['muster reimage 3']);
      expect(commands(advised(withApp(outdated), { events: [tried(30), did('reimage', '3')] }))).toEqual([
        'muster redeploy 3',
      ]);
      expect(commands(advised(withApp(outdated), { events: [tried(61)] }))).toEqual(['muster update 3']);
      for (const part of ['write', 'extensions/write']) {
        const events = [tried(30), wrote(part)];
        expect(commands(advised(withApp(outdated), { events }))).toEqual(['muster update 3']);
        const again = [...events, tried(10)];
        expect(commands(advised(withApp(outdated), { events: again }))).toEqual(['muster reimage 3']);
      }
    });
  });

  test('has no second update of one that is behind where the first failed; one that went well is no reason', () => {
    const behind = (n: number): Partial<InstanceFacts> => (n < 6 ? { latestModel: false } : {});
    const events = [
      did('manualUpgrade', '3', { status: 'Failed' }),
      did('manualUpgrade', '4', { status: 'Failed' }),
      did('manualUpgrade', '5'),
    ];
    expect(commands(advised(behind, { events }))).toEqual(['muster update 0 1 2 5', 'muster inspect 3']);
  });

  test('begins with a restart where a start timed out, else with a reimage', () => {
    const failed = (code: string) => ({ provisioning: 'Failed', failure: { code, message: '' } });
    const actions = advised((n) =>
      n === 3 ? failed('VMStartTimedOut') : n === 4 ? failed('OSProvisioningTimedOut') : {},
    );
    expect(commands(actions).toSorted()).toEqual(['muster reimage 4', 'muster restart 3']);
  });
});

describe('nothing is to be run', () => {
  const policy = {
    body: { properties: { automaticRepairsPolicy: { enabled: true, gracePeriod: 'PT30M' } } },
  };

  test('for whom a verb is in hand: who asked and since when is said', () => {
    const events = [did('reimage', '3', { status: 'Accepted', time: at(2), caller: 'grace' })];
    expect(advised(sick(3), { events })).toEqual([
      {
        verb: 'none',
        ids: ['3'],
        command: '',
        reason: 'reimage by grace in hand since 2026-11-24 05:58:00 UTC: wait for it',
      },
    ]);
  });

  test('but no longer than a verb takes, where the log lost its end and the instance is settled', () => {
    const begun = (minutes: number): Event => did('start', '3', { status: 'Accepted', time: at(minutes) });
    expect(advised(sick(3), { events: [begun(20)] })).toMatchObject([{ verb: 'none' }]);
    expect(commands(advised(sick(3), { events: [begun(21)] }))).toEqual(['muster restart 3']);
    const updating = (n: number): Partial<InstanceFacts> =>
      n === 3 ? { ...sick(3)(n), provisioning: 'Updating' } : {};
    expect(commands(advised(updating, { events: [begun(21)] }))).toEqual(['muster inspect 3']);
  });

  test('for whom a repair is in hand', () => {
    const repair = did('delete', '3', {
      status: 'Accepted',
      time: at(2),
      caller: 'muster',
      description: 'Automatic repairs: Replace of web_3: …',
    });
    expect(advised(sick(3), { events: [repair] })[0]?.reason).toBe(
      'automatic repair in hand since 2026-11-24 05:58:00 UTC: wait for it',
    );
    const ended = did('delete', '3', { time: at(1), caller: 'muster' });
    expect(commands(advised(sick(3), { events: [repair, ended] }))).toEqual(['muster restart 3']);
  });

  test('while repairs are about to see to it, but not when they rest, or may not', () => {
    expect(advised(sick(3), { set: policy })).toMatchObject([{ verb: 'none', ids: ['3'] }]);
    const suspended = did('setOrchestrationServiceState', '3', {
      description: 'Automatic repairs suspended themselves: …',
    });
    expect(commands(advised(sick(3), { set: policy, events: [suspended] }))).toEqual(['muster restart 3']);
    const kept = (n: number): Partial<InstanceFacts> => ({
      ...sick(3)(n),
      protection: { scaleIn: true, scaleSetActions: false },
    });
    expect(commands(advised(kept, { set: policy }))).toEqual(['muster restart 3 --include-protected']);
    const grace = { body: { properties: { automaticRepairsPolicy: { enabled: true } } } };
    expect(commands(advised(sick(3), { set: grace }))).toEqual(['muster restart 3']);
  });

  test('for whom somebody protected from scale set actions', () => {
    const actions = advised((n) => ({
      ...sick(3, 4)(n),
      protection: { scaleIn: n === 3, scaleSetActions: n === 3 },
    }));
    expect(actions).toMatchObject([
      { verb: 'none', ids: ['3'] },
      { verb: 'restart', ids: ['4'] },
    ]);
  });
});

describe('the whole set', () => {
  test('is never asked for: one is tried first', () => {
    const [action] = advised(() => ({ latestModel: false }));
    expect(action).toMatchObject({ verb: 'update', ids: ['0'], command: 'muster update 0' });
    expect(action?.reason).toMatch(/^all 20 have it, so it is hardly the instances; try one before the rest/);
  });

  test('is not asked for by several findings together either', () => {
    const actions = advised((n) => (n < 12 ? { provisioning: 'Failed' } : { health: 'unhealthy' }));
    expect(actions).toMatchObject([
      { verb: 'reimage', ids: { length: 12 } },
      {
        verb: 'none',
        ids: { length: 8 },
        reason: 'the rest of the set is to be acted on already: see first how that goes',
      },
    ]);
  });

  test('of one instance is looked at', () => {
    expect(commands(advised(sick(0), { count: 1 }))).toEqual(['muster inspect 0']);
  });
});

describe('the healthy ones are protected first', () => {
  test('where a fifth of the set fails, once, and only those that are not protected yet', () => {
    const actions = advised(
      (n) =>
        n < 3
          ? { health: 'unhealthy' }
          : n === 3
            ? { balance: 'out' }
            : n === 4
              ? { protection: { scaleIn: true, scaleSetActions: false } }
              : {},
      { count: 10 },
    );
    expect(commands(actions)).toEqual([
      'muster protect 5 6 7 8 9',
      'muster restart 0 1 2',
      'muster restart 3',
    ]);
    expect(actions[0]?.reason).toBe('4 of 10 fail: a scale-in now would take some of the 6 that serve');
  });

  test('but not for the sake of one, or of a few among many', () => {
    expect(commands(advised(sick(0), { count: 4 }))).toEqual(['muster restart 0']);
    expect(commands(advised(sick(0, 1, 2)))).toEqual(['muster restart 0 1 2']);
  });
});

test('a command is one line to a shell whatever an id holds, and such an id is none that may be typed', () => {
  expect(commandOf('restart', ["web_'1", '-x'])).toBe(`muster restart 'web_'\\''1' '-x'`);
  const actions = advised((n) => (n === 3 ? { id: "web_'1", health: 'unhealthy' } : {}));
  expect(commands(actions)).toEqual([]);
  expect(actions[0]?.reason).toContain("There is no instance 'web_'1' in this set.");
});
