// The policy of automatic repairs: its defaults and what Azure refuses.
import { describe, expect, test } from 'vitest';
import { healthExtension, profileWith } from '../../test/testing/health.ts';
import { declaredRow, scaleSetBody } from '../../test/testing/rows.ts';
import { merge } from './declaration.ts';
import { complete } from './declaration-rules.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';
import { LIMIT_TAG, repairPolicy } from './repair-policy.ts';
import type { Declared } from './scale-set.ts';
import { MINUTE } from './time.ts';

const SOURCE = profileWith(healthExtension());
const PROBE = { networkProfile: { healthProbe: { id: '/x/loadBalancers/lb/probes/p' } } };

function declared(policy: JsonObject, profile: JsonObject = SOURCE, tags: JsonObject = {}): Declared {
  const body = scaleSetBody({ tags });
  const properties = {
    ...(body['properties'] as JsonObject),
    automaticRepairsPolicy: policy,
    virtualMachineProfile: profile,
  };
  return complete('web', merge(undefined, { ...body, properties }, 'put'), undefined);
}

function refusal(...given: Parameters<typeof declared>): Failure {
  try {
    declared(...given);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('not refused');
}

describe('a policy', () => {
  test('is none where none is declared', () => {
    expect(repairPolicy(declaredRow())).toBeUndefined();
  });

  test('has Azure’s defaults filled in', () => {
    const set = declared({ enabled: true });
    expect(set.properties['automaticRepairsPolicy']).toEqual({
      enabled: true,
      gracePeriod: 'PT10M',
      repairAction: 'Replace',
    });
    expect(repairPolicy(set)).toEqual({ enabled: true, grace: 10 * MINUTE, action: 'Replace' });
  });

  test('has the action in Azure’s case however it was written', () => {
    const set = declared({ enabled: true, repairAction: 'restart', gracePeriod: 'PT1H30M' });
    expect(repairPolicy(set)).toMatchObject({ action: 'Restart', grace: 90 * MINUTE });
    expect(set.properties['automaticRepairsPolicy']).toMatchObject({ repairAction: 'Restart' });
  });

  test.each(['PT9M59S', 'PT91M', 'P1D', 'ten', ''])('with the grace period %j is refused', (gracePeriod) => {
    const failure = refusal({ enabled: true, gracePeriod });
    expect(failure).toMatchObject({
      code: 'invalidParameter',
      target: 'automaticRepairsPolicy.gracePeriod',
    });
    expect(failure.message).toContain(`'${gracePeriod}'`);
  });

  test('with another action is refused', () => {
    const failure = refusal({ enabled: true, repairAction: 'Redeploy' });
    expect(failure).toMatchObject({
      code: 'invalidParameter',
      target: 'automaticRepairsPolicy.repairAction',
    });
  });
});

describe('enabled repairs', () => {
  const bare = declaredRow().properties['virtualMachineProfile'] as JsonObject;

  test('need a source of health, in Azure’s words', () => {
    expect(refusal({ enabled: true }, bare)).toMatchObject({
      code: 'badRequest',
      message:
        'Automatic repairs not supported for this Virtual Machine Scale Set because a health probe or health extension was not provided.',
    });
    expect(declared({ enabled: false }, bare).properties['automaticRepairsPolicy']).toBeDefined();
    expect(() => declared({ enabled: true }, { ...bare, ...PROBE })).not.toThrow();
  });

  test('refuse two sources', () => {
    expect(refusal({ enabled: true }, { ...SOURCE, ...PROBE })).toMatchObject({
      code: 'badRequest',
      message: expect.stringContaining('both a health probe and a health extension') as string,
    });
  });
});

describe('the user’s limit', () => {
  test('is a tag of the set', () => {
    const set = declared({ enabled: true }, SOURCE, { [LIMIT_TAG]: '30' });
    expect(repairPolicy(set)).toMatchObject({ limit: 30 });
  });

  test.each(['101', '-1', 'half', '3.5', ''])('of %j is refused', (limit) => {
    const failure = refusal({ enabled: true }, SOURCE, { [LIMIT_TAG]: limit });
    expect(failure).toMatchObject({ code: 'invalidParameter', target: 'tags' });
  });
});
