// The ids of a deployment's operations and the hash of its template.
import { expect, test } from 'vitest';
import { deploymentRow, stepRow } from '../../test/testing/rows.ts';
import { outputsKey, stepKey, templateHash } from './deployment-key.ts';

const row = deploymentRow();

test('a step has the same key in every run, in whatever case its group is written', () => {
  const key = stepKey(row, stepRow());
  expect(key).toMatch(/^[0-9A-F]{16}$/);
  expect(stepKey(deploymentRow({ uid: 'another', group: 'RG' }), stepRow())).toBe(key);
});

test('no two operations of a deployment have one key', () => {
  const keys = [
    stepKey(row, stepRow()),
    stepKey(row, stepRow({ action: 'Delete' })),
    stepKey(row, stepRow({ name: 'other' })),
    stepKey(deploymentRow({ name: 'other' }), stepRow()),
    outputsKey(row),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('templates that differ have hashes that differ, decimal numbers', () => {
  expect(templateHash({ resources: [] })).toMatch(/^\d+$/);
  expect(templateHash({ resources: [] })).toBe(templateHash({ resources: [] }));
  expect(templateHash({ resources: [1] })).not.toBe(templateHash({ resources: [] }));
});
