// What is left of ARM's limits, as Azure was recorded to say it.
import { expect, test } from 'vitest';
import { Budget, leftIn } from './budget.ts';

const HEADERS = {
  'x-ms-ratelimit-remaining-resource':
    'Microsoft.Compute/HighCostGetVMScaleSetSubscriptionMaximum;1079,Microsoft.Compute/HighCostGetVMScaleSetResource;29,Microsoft.Compute/VmssQueuedVMOperations;0',
  'x-ms-ratelimit-remaining-subscription-global-reads': '3749',
  'x-ms-request-charge': '5',
};

test('every limit of an answer is read', () => {
  expect(leftIn(HEADERS)).toEqual([
    { limit: 'HighCostGetVMScaleSetSubscriptionMaximum', remaining: 1079 },
    { limit: 'HighCostGetVMScaleSetResource', remaining: 29 },
    { limit: 'VmssQueuedVMOperations', remaining: 0 },
    { limit: 'subscription-global-reads', remaining: 3749 },
  ]);
});

test('what is no number is left out', () => {
  expect(
    leftIn({ 'x-ms-ratelimit-remaining-resource': 'x;y,;3,z', 'x-ms-ratelimit-remaining-tenant-reads': '' }),
  ).toEqual([]);
});

test('the last word counts, and the least is first', () => {
  const budget = new Budget();
  expect(budget.left).toEqual([]);
  budget.read(HEADERS);
  budget.read({ 'x-ms-ratelimit-remaining-subscription-global-reads': '12' });
  expect(budget.left.map(({ limit, remaining }) => [limit, remaining])).toEqual([
    ['subscription-global-reads', 12],
    ['HighCostGetVMScaleSetResource', 29],
    ['HighCostGetVMScaleSetSubscriptionMaximum', 1079],
  ]);
});
