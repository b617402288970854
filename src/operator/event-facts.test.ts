// What events say of instances: verbs in hand, what was done, what made them.
import { describe, expect, test } from 'vitest';
import { eventOf } from '../../test/testing/inventories.ts';
import { actionName, eventFacts, isCreation, lastActions, verbOf } from './event-facts.ts';
import type { Event } from './inventory.ts';

const VM = 'Microsoft.Compute/virtualMachineScaleSets/virtualMachines';
const begun = (changes: Partial<Event> = {}): Event =>
  eventOf({ status: 'Accepted', instances: ['3'], ...changes });

describe('a verb is in hand', () => {
  test('from its beginning to its end', () => {
    expect(eventFacts([begun()]).inHand.get('3')).toMatchObject({ repair: false });
    expect(eventFacts([begun(), eventOf({ instances: ['3'] })]).inHand.size).toBe(0);
    expect(eventFacts([begun(), eventOf({ instances: ['3'], status: 'Failed' })]).inHand.size).toBe(0);
  });

  test('still when another verb, or the same one of another request, has ended', () => {
    const other = eventOf({ operation: `${VM}/start/action`, instances: ['3'] });
    const later = eventOf({ correlationId: 'another', instances: ['3'] });
    expect([...eventFacts([begun(), other, later]).inHand.keys()]).toEqual(['3']);
  });

  test('of instances that it names only, in whatever case the log writes it', () => {
    expect(eventFacts([begun({ instances: [] })]).inHand.size).toBe(0);
    const end = eventOf({
      operation: 'MICROSOFT.COMPUTE/virtualMachineScaleSets/restart/ACTION',
      instances: [],
    });
    expect(eventFacts([begun(), end]).inHand.size).toBe(0);
  });

  test('as a repair where the plane says that it is one', () => {
    const repair = begun({ description: 'Automatic repairs: Restart of web_3: …', caller: 'muster' });
    expect(eventFacts([repair]).inHand.get('3')?.repair).toBe(true);
  });
});

test('what was done leaves out what was only seen', () => {
  const health = eventOf({ operation: `${VM}/vmHealth/write`, instances: ['3'] });
  const restart = eventOf({ instances: ['3'] });
  expect(eventFacts([health, restart]).deeds.get('3')).toEqual([restart]);
});

test('an instance was made by the latest write that says so, and a person’s own write is none', () => {
  const first = eventOf({
    operation: `${VM}/write`,
    description: 'Created web_3: x.',
    instances: ['3'],
    correlationId: 'a',
  });
  const again = { ...first, correlationId: 'b' };
  const put = eventOf({ operation: `${VM}/write`, instances: ['3'], correlationId: 'c' });
  const extension = eventOf({ operation: `${VM}/extensions/write`, instances: ['3'] });
  expect(eventFacts([first, again, put, extension]).madeBy.get('3')).toEqual(again);
  expect([first, put, extension].map(isCreation)).toEqual([true, false, false]);
  expect(isCreation(eventOf({ operation: 'Microsoft.Compute/virtualMachines/write' }))).toBe(true);
});

test('everything that failed is kept for whoever asks why', () => {
  const failed = eventOf({ status: 'Failed' });
  expect(eventFacts([eventOf(), failed]).failures).toEqual([failed]);
});

test('the newest action of each instance is its last, and health is none', () => {
  const at = (minute: number, operation: string, instances: readonly string[]): Event =>
    eventOf({
      time: `2026-11-24T07:0${minute}:00.000Z`,
      operation: `Microsoft.Compute/virtualMachineScaleSets/${operation}`,
      status: 'Failed',
      instances,
    });
  const last = lastActions([
    at(7, 'powerOff/action', ['1', '2']),
    at(8, 'reimage/action', ['1']),
    at(9, 'virtualMachines/vmHealth/write', ['1']),
  ]);
  expect(last.get('1')).toMatchObject({
    verb: 'reimage',
    status: 'Failed',
    time: '2026-11-24T07:08:00.000Z',
  });
  expect([last.get('2')?.verb, last.has('3')]).toEqual(['powerOff', false]);
});

test.each([
  ['Microsoft.Compute/virtualMachineScaleSets/powerOff/action', 'powerOff', 'poweroff'],
  ['Microsoft.Compute/virtualMachineScaleSets/write', 'write', 'write'],
  ['Microsoft.Compute/virtualMachineScaleSets/virtualMachines/delete', 'delete', 'delete'],
  [
    'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommands/delete',
    'runCommands/delete',
    'runcommands/delete',
  ],
  ['Microsoft.Compute/virtualMachines/extensions/write', 'extensions/write', 'extensions/write'],
  ['Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action', 'runCommand', 'runcommand'],
  ['', '', ''],
])('what %s does', (operation, name, verb) => {
  expect([actionName({ operation }), verbOf({ operation })]).toEqual([name, verb]);
});
