// The sizes that are granted to members still to be made, across writes of their set, and how they are counted.

import { describe, expect, test } from 'vitest';

import { instanceRow, modelRow, scaleSetRow, taskRow } from '../../test/testing/rows.ts';
import { coresBesides, keepDrawn, undrawn, withDrawn } from './drawn-sizes.ts';
import { coresOf } from './quota.ts';
import type { ModelVersion } from './scale-set.ts';

const [SMALL, LARGE, OTHER] = ['Standard_B1s', 'Standard_B4ms', 'Standard_D2s_v5'];

const mix = (version: number, ...names: readonly string[]): ModelVersion =>
  modelRow({
    version,
    size: 'Mix',
    mix: { vmSizes: names.map((name) => ({ name })), allocationStrategy: 'LowestPrice' },
  });
const told = (cores: ReadonlyMap<string, number>) => Object.fromEntries(cores);

describe('sizes that were drawn', () => {
  const before = {
    set: scaleSetRow({ capacity: 3, drawn: [LARGE, OTHER] }),
    instances: [instanceRow({ size: SMALL })],
  };

  test('are kept by a write as far as the members that are to get them are still missing', () => {
    const after = (capacity: number) => ({
      ...before,
      set: scaleSetRow({ capacity, drawn: [LARGE, OTHER] }),
    });
    const model = mix(1, SMALL, LARGE, OTHER);
    expect(keepDrawn(before, after(5), model).drawn).toEqual([LARGE, OTHER]);
    expect(keepDrawn(before, after(2), model).drawn).toEqual([LARGE]);
    expect(keepDrawn(before, after(1), model)).not.toHaveProperty('drawn');
    expect(keepDrawn(undefined, after(5), model)).not.toHaveProperty('drawn');
  });

  test('are given up where the mix does not have them any more, or nobody was to get them', () => {
    expect(keepDrawn(before, before, mix(2, OTHER)).drawn).toEqual([OTHER]);
    expect(keepDrawn(before, before, modelRow({}))).not.toHaveProperty('drawn');
    const full = { set: scaleSetRow({ capacity: 1, drawn: [LARGE] }), instances: before.instances };
    expect(keepDrawn(full, before, mix(1, LARGE))).not.toHaveProperty('drawn');
  });

  test('are counted, and for whoever has none the smallest of the mix', () => {
    const models = [mix(1, LARGE, OTHER, SMALL)];
    const set = withDrawn(scaleSetRow({ capacity: 4 }), [OTHER]);
    const instances = [instanceRow({ size: LARGE })];
    expect(undrawn(set, instances)).toBe(2);
    expect(told(coresOf(set, instances, models))).toEqual({
      cores: 8,
      standardBSFamily: 6,
      standardDSv5Family: 2,
    });
    expect(told(coresBesides(set, instances, models))).toMatchObject({ cores: 6, standardBSFamily: 4 });
  });

  test('count nothing once nobody is missing', () => {
    const set = scaleSetRow({ capacity: 1, drawn: [LARGE] });
    expect(told(coresOf(set, [instanceRow({ size: SMALL })], [mix(1, SMALL)]))).toMatchObject({ cores: 1 });
  });
});

describe('an instance of a mix', () => {
  test('takes the larger of what it has and is to have while it gets another size', () => {
    const { size: _none, ...undo } = { size: LARGE, dataDisks: [], ownModel: false };
    const models = [mix(1, LARGE), mix(2, OTHER)];
    const set = scaleSetRow({ capacity: 1, model: 2 });
    const one = instanceRow({
      size: OTHER,
      wanted: { exists: true, power: 'running', model: 2 },
      task: taskRow('update', { undo: { ...undo, size: LARGE } }),
    });
    expect(told(coresOf(set, [one], models))).toEqual({
      cores: 4,
      standardBSFamily: 4,
      standardDSv5Family: 2,
    });
  });

  test('takes also what it is to have where the set has become one of one size', () => {
    const models = [mix(1, SMALL), modelRow({ version: 2, size: LARGE })];
    const set = scaleSetRow({ capacity: 1, model: 2 });
    expect(told(coresOf(set, [instanceRow({ size: SMALL })], models))).toMatchObject({ cores: 4 });
  });
});
