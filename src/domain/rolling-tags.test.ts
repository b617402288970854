// The tags that add to rolling upgrades: what they say, and what is refused.
import { describe, expect, test } from 'vitest';
import { MINUTE } from './time.ts';
import {
  BAKE_TAG,
  CANARY_TAG,
  CHECKPOINTS_TAG,
  checkRollingTags,
  rollingTags,
  SIGNAL_PERCENT_TAG,
  SIGNAL_TAG,
} from './rolling-tags.ts';

describe('tags', () => {
  test('that are not there add nothing', () => {
    expect(rollingTags({ other: 'x' })).toEqual({ checkpoints: [], bake: 0 });
    expect(() => checkRollingTags({ other: 'x' })).not.toThrow();
  });

  test.each([
    [{ [CANARY_TAG]: '2' }, { canary: { count: 2 } }],
    [{ [CANARY_TAG]: 'id:0' }, { canary: { id: 0 } }],
    [
      { [CHECKPOINTS_TAG]: '20, 50,100', [BAKE_TAG]: 'PT1H' },
      { checkpoints: [20, 50, 100], bake: 60 * MINUTE },
    ],
    [{ [SIGNAL_TAG]: 'errorRate' }, { stopSignal: { name: 'errorRate', percent: 10 } }],
    [{ [SIGNAL_TAG]: 'p99.ms', [SIGNAL_PERCENT_TAG]: '0' }, { stopSignal: { name: 'p99.ms', percent: 0 } }],
  ])('%j are read', (tags, expected) => {
    expect(() => checkRollingTags(tags)).not.toThrow();
    expect(rollingTags(tags)).toMatchObject(expected);
  });

  test.each([
    [{ [CANARY_TAG]: '0' }, CANARY_TAG],
    [{ [CANARY_TAG]: 'web_3' }, CANARY_TAG],
    [{ [CANARY_TAG]: '-1' }, CANARY_TAG],
    [{ [CHECKPOINTS_TAG]: '50,20', [BAKE_TAG]: 'PT1H' }, CHECKPOINTS_TAG],
    [{ [CHECKPOINTS_TAG]: '20,20', [BAKE_TAG]: 'PT1H' }, CHECKPOINTS_TAG],
    [{ [CHECKPOINTS_TAG]: '0', [BAKE_TAG]: 'PT1H' }, CHECKPOINTS_TAG],
    [{ [CHECKPOINTS_TAG]: '101', [BAKE_TAG]: 'PT1H' }, CHECKPOINTS_TAG],
    [{ [CHECKPOINTS_TAG]: 'half', [BAKE_TAG]: 'PT1H' }, CHECKPOINTS_TAG],
    [{ [CHECKPOINTS_TAG]: '20' }, BAKE_TAG],
    [{ [BAKE_TAG]: '10m' }, BAKE_TAG],
    [{ [BAKE_TAG]: 'P3D' }, BAKE_TAG],
    [{ [SIGNAL_TAG]: 'error rate' }, SIGNAL_TAG],
    [{ [SIGNAL_TAG]: 'e', [SIGNAL_PERCENT_TAG]: '1.5' }, SIGNAL_PERCENT_TAG],
    [{ [SIGNAL_PERCENT_TAG]: '5' }, SIGNAL_TAG],
  ])('%j are refused', (tags, named) => {
    expect(() => checkRollingTags(tags)).toThrow(
      expect.objectContaining({ code: 'invalidParameter', target: 'tags' }),
    );
    expect(() => checkRollingTags(tags)).toThrow(named);
  });
});
