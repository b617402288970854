// Names, and what an instance's row says of its provisioning and of its place in the set's count.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { instanceRow, taskRow } from '../../test/testing/rows.ts';
import { computerName, instanceProvisioningState, isMember, nameOf, type Verb } from './instance.ts';

describe('computer names', () => {
  // Recorded: ids 3 and 10 (azure-wire section 3). From Azure's page on instance ids: 85 and 1146.
  test.each([
    [0, 'web000000'],
    [3, 'web000003'],
    [10, 'web00000A'],
    [35, 'web00000Z'],
    [36, 'web000010'],
    [85, 'web00002D'],
    [1146, 'web0000VU'],
  ])('write id %i as base 36: %s', (id, name) => {
    expect(computerName('web', id)).toBe(name);
  });

  test('are read back from their last six digits', () => {
    fc.assert(
      fc.property(fc.nat(36 ** 6 - 1), (id) => {
        expect(Number.parseInt(computerName('w', id).slice(-6), 36)).toBe(id);
      }),
    );
  });
});

test('an instance is named after its set and its id', () => {
  expect(nameOf('web', { id: 12 })).toBe('web_12');
});

describe('the provisioning state', () => {
  const failure = { code: 'VMStartTimedOut', message: 'late' } as const;
  const verbs: [Verb, string][] = [
    ['create', 'Creating'],
    ['delete', 'Deleting'],
    ['start', 'Updating'],
    ['powerOff', 'Updating'],
    ['restart', 'Updating'],
    ['reimage', 'Updating'],
    ['update', 'Updating'],
    ['configure', 'Updating'],
  ];

  test.each(verbs)('with %s in hand is %s', (verb, state) => {
    const wanted = { exists: verb !== 'delete', power: 'running', model: 1 } as const;
    expect(instanceProvisioningState(instanceRow({ task: taskRow(verb), wanted }))).toBe(state);
  });

  test('at rest is Succeeded, or Failed when the last verb failed', () => {
    expect(instanceProvisioningState(instanceRow())).toBe('Succeeded');
    expect(instanceProvisioningState(instanceRow({ failure }))).toBe('Failed');
  });

  test('of an evicted instance is Deleting only where it goes away', () => {
    const task = taskRow('evict');
    const away = { exists: false, power: 'running', model: 1 } as const;
    expect(instanceProvisioningState(instanceRow({ task, wanted: away }))).toBe('Deleting');
    const stays = { exists: true, power: 'deallocated', model: 1 } as const;
    expect(instanceProvisioningState(instanceRow({ task, wanted: stays }))).toBe('Updating');
  });
});

test('a member is neither surplus nor on its way out', () => {
  const away = { exists: false, power: 'running', model: 1 } as const;
  expect(isMember(instanceRow())).toBe(true);
  expect(isMember(instanceRow({ surplus: true }))).toBe(false);
  expect(isMember(instanceRow({ wanted: away }))).toBe(false);
});
