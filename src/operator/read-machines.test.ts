// How the machines of a Flexible set are read: by one list where ARM gives views in it, by two that are joined where it does not, and
// one by one only where nothing else shows a view. Whatever is refused besides is refused.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../domain/json.ts';
import type { Arm } from './arm.ts';
import { setFacts } from './facts.ts';
import { readMachines } from './read-machines.ts';

const GROUP = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute';
const SET = setFacts({
  id: `${GROUP}/virtualMachineScaleSets/web`,
  name: 'web',
  properties: { orchestrationMode: 'Flexible' },
});
const FILTER = `$filter=${encodeURIComponent(`'virtualMachineScaleSet/id' eq '${SET.resourceId}'`)}`;
const EXPANDED = `${GROUP}/virtualMachines?${FILTER}&$expand=instanceView`;
const PLAIN = `${GROUP}/virtualMachines?${FILTER}`;
const STATUS = `/subscriptions/s/providers/Microsoft.Compute/virtualMachines?statusOnly=true&${FILTER}`;

const view = (power: string): JsonObject => ({ statuses: [{ code: `PowerState/${power}` }] });
const machine = (name: string, properties: JsonObject = {}): JsonObject => ({
  id: `${GROUP}/virtualMachines/${name}`,
  name,
  properties,
});

/** Answers what it has; what it has not is refused with this status. */
function armWith(answers: Readonly<Record<string, JsonObject>>, refusal = 400) {
  const asked: string[] = [];
  const arm: Arm = {
    send: async ({ path }) => {
      asked.push(path);
      const body = answers[path];
      return await Promise.resolve({ status: body === undefined ? refusal : 200, headers: {}, body });
    },
    finish: async () => await Promise.reject(new Error('nothing was begun')),
  };
  return { arm, asked };
}

describe('the machines of a set', () => {
  test('are one list, with their views inside', async () => {
    const value = [machine('a', { instanceView: view('running') })];
    const { arm, asked } = armWith({ [EXPANDED]: { value } });
    expect(await readMachines(arm, SET, 'v')).toMatchObject({ items: value, calls: 1 });
    expect(asked).toEqual([EXPANDED]);
  });

  test('are two lists joined by id where a view in a list is refused, ids compared without case', async () => {
    const status = {
      ...machine('A', { instanceView: view('stopped') }),
      id: `${GROUP}/virtualMachines/A`.toUpperCase(),
    };
    const { arm, asked } = armWith({
      [PLAIN]: { value: [machine('a', { vmId: '1' })] },
      [STATUS]: { value: [status] },
    });
    const read = await readMachines(arm, SET, 'v');
    expect(read.items).toEqual([machine('a', { vmId: '1', instanceView: view('stopped') })]);
    expect([read.calls, asked]).toEqual([3, [EXPANDED, PLAIN, STATUS]]);
  });

  test('are asked one by one only as far as no list shows their views', async () => {
    const { arm, asked } = armWith({
      [PLAIN]: { value: ['a', 'b', 'c'].map((name) => machine(name)) },
      [STATUS]: { value: ['a', 'c'].map((name) => machine(name, { instanceView: view('running') })) },
      [`${GROUP}/virtualMachines/b/instanceView`]: view('deallocated'),
    });
    const { items, calls } = await readMachines(arm, SET, 'v');
    expect(items.map((item) => (item.properties as JsonObject).instanceView)).toEqual([
      view('running'),
      view('deallocated'),
      view('running'),
    ]);
    expect([calls, asked.length]).toEqual([4, 4]);
  });

  test('without any list of views are each asked, and one that does not answer is shown without', async () => {
    const { arm } = armWith({
      [PLAIN]: { value: [machine('a'), machine('b')] },
      [`${GROUP}/virtualMachines/a/instanceView`]: view('running'),
    });
    const { items } = await readMachines(arm, SET, 'v');
    expect(items).toEqual([machine('a', { instanceView: view('running') }), machine('b')]);
  });

  test('are refused where ARM refuses the list itself', async () => {
    await expect(readMachines(armWith({}, 403).arm, SET, 'v')).rejects.toThrow(/answered with 403/);
    await expect(readMachines(armWith({ [STATUS]: { value: [] } }).arm, SET, 'v')).rejects.toThrow(
      /answered with 400/,
    );
  });
});
