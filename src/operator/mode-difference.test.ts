// The table of where the modes differ, as operators read it: whole beside the plane's own table, the same in the documentation, and for one
// instance only what matters.

import { describe, expect, test } from 'vitest';
import { instanceFacts, inventoryOf } from '../../test/testing/inventories.ts';
import { read } from '../../test/testing/files.ts';
import { orchestrationRules, type OrchestrationRules } from '../domain/orchestration.ts';
import type { InstanceFacts, SetFacts } from './inventory.ts';
import { MODE_DIFFERENCES, modeNotes, modesTable } from './mode-difference.ts';

const rules = (mode: string): OrchestrationRules => {
  const found = orchestrationRules({ orchestrationMode: mode });
  if (found === undefined) throw new Error(`there is no mode ${mode}`);
  return found;
};

test('each rule in which the modes differ is told once, and none in which they do not', () => {
  const [uniform, flexible] = [rules('Uniform'), rules('Flexible')];
  const keys = (Object.keys(uniform) as (keyof OrchestrationRules)[]).filter((key) => key !== 'mode');
  const differing = keys.filter((key) => JSON.stringify(uniform[key]) !== JSON.stringify(flexible[key]));
  expect(MODE_DIFFERENCES.flatMap((one) => one.rules).toSorted()).toEqual(differing.toSorted());
});

test('docs/modes.md has the same table', () => {
  expect(read('docs/modes.md')).toContain(`\n${modesTable()}\n`);
});

describe('of one instance', () => {
  const profile = { properties: { virtualMachineProfile: {} } };
  const about = (one: Partial<InstanceFacts>, set: Partial<SetFacts> = {}): readonly string[] => {
    const inventory = inventoryOf(1, { mode: 'Flexible', body: profile, ...set });
    return modeNotes(instanceFacts('1', one), inventory.set).map((note) => note.about);
  };
  const usual = ['model of an instance', 'protection', 'reimage', 'delete and replace'];

  test('nothing is said in a Uniform set', () => {
    expect(about({}, { mode: 'Uniform' })).toEqual([]);
  });

  test('what always matters is said of any', () => {
    expect(about({})).toEqual(usual);
  });

  test.each<[string, Partial<InstanceFacts>, Partial<SetFacts>]>([
    ['attached machines', { ownModel: true }, {}],
    ['health', { health: 'none' }, {}],
    ['health', {}, { healthSource: 'none' }],
    ['size', {}, { body: { ...profile, sku: { name: 'Mix' } } }],
    ['update', { latestModel: false }, {}],
    ['upgrades', {}, { upgradeMode: 'Rolling' }],
  ])('%s is said of one that it matters for', (name, one, set) => {
    expect(usual).not.toContain(name);
    expect(about(one, set)).toContain(name);
  });

  test('one with a model of its own is not told how the set’s is compared', () => {
    expect(about({ ownModel: true })).not.toContain('model of an instance');
  });
});
