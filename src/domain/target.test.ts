// Targets. What never happens: an instance that was not named comes out, a wrong id is passed over, one comes out twice.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceRow, taskRow } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import type { Instance } from './instance.ts';
import { parsePathInstanceId, resolveTarget, type Targeted } from './target.ts';

const going = { exists: false, power: 'running', model: 1 } as const;
const fleet: readonly Instance[] = [
  instanceRow({ id: 0 }),
  instanceRow({ id: 1, surplus: true }),
  instanceRow({ id: 3 }),
  instanceRow({ id: 4, wanted: going, task: taskRow('delete') }),
  instanceRow({ id: 10, task: taskRow('restart') }),
];
const MEMBERS = [0, 3, 10];

function ids(target: Targeted): readonly number[] {
  return resolveTarget(fleet, target).instances.map((instance) => instance.id);
}

function named(...instanceIds: string[]): Targeted {
  return { kind: 'named', instanceIds };
}

function refusalOf(target: Targeted): Failure {
  try {
    resolveTarget(fleet, target);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a target', () => {
  test('of all is every member, and none that is surplus or on its way out', () => {
    expect(ids({ kind: 'all' })).toEqual(MEMBERS);
    expect(ids(named('*'))).toEqual(MEMBERS);
    expect(ids({ kind: 'one', instanceId: '*' })).toEqual(MEMBERS);
  });

  test('of several names is just those, each once', () => {
    expect(ids(named('3'))).toEqual([3]);
    expect(ids(named('10', '0'))).toEqual([10, 0]);
    expect(ids(named('3', '3', '3'))).toEqual([3]);
  });

  test('says whether instances were named, and whether the instance itself was addressed', () => {
    const flags = (target: Targeted): unknown => {
      const { named: one, addressed } = resolveTarget(fleet, target);
      return { named: one, addressed };
    };
    expect(flags({ kind: 'all' })).toEqual({ named: false, addressed: false });
    expect(flags(named('*'))).toEqual({ named: false, addressed: false });
    expect(flags({ kind: 'one', instanceId: '*' })).toEqual({ named: false, addressed: false });
    expect(flags(named('0', '3'))).toEqual({ named: true, addressed: false });
    expect(flags({ kind: 'one', instanceId: '3' })).toEqual({ named: true, addressed: true });
  });

  test.each(['1', '2', '4', '999999999'])(
    'that names %s, which is no member, is refused in Azure’s words',
    (id) => {
      const expected = {
        code: 'invalidParameter',
        target: 'instanceIds',
        message: `The provided instanceId ${id} is not an active Virtual Machine Scale Set VM instanceId.`,
      };
      expect(refusalOf(named('0', id))).toMatchObject(expected);
      expect(refusalOf({ kind: 'one', instanceId: id })).toMatchObject(expected);
    },
  );

  test.each(['', ' 3', '3 ', '03', '-3', '3.0', '0x3', '3e0', '+3', 'web_3', '11 14', '３', '*3'])(
    'that names %j, which is no id, is refused in Azure’s words',
    (id) => {
      expect(refusalOf(named('0', id))).toMatchObject({
        code: 'invalidParameter',
        target: 'instanceIds',
        message: `The provided instanceId ${id} is invalid. It must be a non-negative integer or the character "*".`,
      });
    },
  );

  test('that names nothing, or everything and something, is refused', () => {
    expect(refusalOf(named())).toMatchObject({ code: 'invalidParameter', target: 'instanceIds' });
    expect(refusalOf(named('*', '3'))).toMatchObject({ code: 'invalidParameter' });
    expect(refusalOf(named('*', '*'))).toMatchObject({ code: 'invalidParameter' });
  });

  test('that addresses what is no number is refused in words of its own', () => {
    expect(refusalOf({ kind: 'one', instanceId: 'vmss_356fa42b' })).toMatchObject({
      code: 'invalidParameter',
      message: 'Virtual Machine Scale Set VM instanceId must be a number.',
    });
  });

  test('never brings out what was not named, and refuses whole when one id is wrong', () => {
    const id = fc.oneof(
      fc.constantFrom('0', '1', '3', '4', '10', '*', '03'),
      fc.nat(12).map(String),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(id, { maxLength: 6 }), (instanceIds) => {
        const all = instanceIds.length === 1 && instanceIds[0] === '*';
        const right =
          instanceIds.length > 0 && instanceIds.every((name) => MEMBERS.map(String).includes(name));
        if (!all && !right) {
          expect(() => resolveTarget(fleet, { kind: 'named', instanceIds })).toThrow(Failure);
          return;
        }
        const found = ids({ kind: 'named', instanceIds }).map(String);
        expect(new Set(found)).toEqual(new Set(all ? MEMBERS.map(String) : instanceIds));
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });
});

describe('a target among machines', () => {
  const machines = [0, 1].map((id) =>
    instanceRow({ id, machine: { group: 'rg', name: `web_0000000${id}` } }),
  );
  const among = (target: Targeted): readonly number[] =>
    resolveTarget(machines, target, 'machines').instances.map(({ id }) => id);

  test('is named by their names, in any case', () => {
    expect(among(named('WEB_00000001'))).toEqual([1]);
    expect(among({ kind: 'one', instanceId: 'web_00000000' })).toEqual([0]);
    expect(among(named('*'))).toEqual([0, 1]);
  });

  test('is never named by a number', () => {
    const refused = (target: Targeted): unknown => {
      try {
        return among(target);
      } catch (error) {
        return error;
      }
    };
    expect(refused(named('0'))).toMatchObject({
      code: 'invalidParameter',
      message: 'The provided instanceId 0 is not an active Virtual Machine Scale Set VM instanceId.',
    });
    expect(refused({ kind: 'one', instanceId: '0' })).toMatchObject({
      code: 'notFound',
      message: 'The entity was not found in this Azure location.',
    });
    expect(refused({ kind: 'one', instanceId: 'web_9' })).toMatchObject({ code: 'invalidParameter' });
  });

  test('is a machine also where that is called by a number', () => {
    const called = [instanceRow({ id: 0, machine: { group: 'rg', name: '7' } })];
    expect(resolveTarget(called, { kind: 'one', instanceId: '7' }, 'machines').instances).toEqual(called);
  });
});

test('an id in a path is a decimal number written in one way', () => {
  expect(parsePathInstanceId('0')).toBe(0);
  expect(parsePathInstanceId('42')).toBe(42);
  for (const wrong of ['', '-1', '1.5', 'a', '0x1', '007']) {
    expect(() => parsePathInstanceId(wrong)).toThrow(Failure);
  }
});
