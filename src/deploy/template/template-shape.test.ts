// The outermost shape of a template.
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../domain/json.ts';
import { deploymentFacts, plan, refusal, vnet } from '../../../test/testing/templates.ts';
import { planTemplate } from './plan.ts';

test('a template with nothing but an empty list of resources is planned', () => {
  expect(planTemplate({ resources: [] }, {}, deploymentFacts())).toMatchObject({
    resources: [],
    parameters: {},
  });
});

test('names of sections compare without case', () => {
  const sections = { Parameters: { p: { type: 'int', defaultValue: 1 } }, RESOURCES: [] };
  expect(planTemplate(sections, {}, deploymentFacts()).parameters).toEqual({ p: { type: 'Int', value: 1 } });
});

test('a member that no template has is refused, as a request that cannot be read', () => {
  const failure = refusal(() => plan({ outptus: {} }));
  expect([failure.code, failure.message]).toEqual([
    'invalidRequestContent',
    "The request content was invalid and could not be deserialized: 'Could not find member 'outptus' on object of type 'Template'. Path 'properties.template.outptus'.'.",
  ]);
});

test.each([
  [{}, "Required property 'resources' not found"],
  [{ resources: 'x' }, "'Array' for 'resources'"],
  [{ resources: [], parameters: [] }, "'Object' for 'parameters'"],
  [{ resources: [], parameters: { p: 'x' } }, "'Object' for 'p'"],
  [{ resources: [], variables: 'x' }, "'Object' for 'variables'"],
  [{ resources: [], outputs: [] }, "'Object' for 'outputs'"],
  [{ resources: [], $schema: 3 }, "'String' for '$schema'"],
  [{ resources: [], contentVersion: 'one' }, "The content version 'one' is not valid"],
  [
    {
      resources: [],
      $schema: 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
    },
    'is not supported for a deployment to a resource group',
  ],
])('%j is refused', (template, words) => {
  const failure = refusal(() => planTemplate(template, {}, deploymentFacts()));
  expect(failure.code).toBe('invalidTemplate');
  expect(failure.message).toContain(words);
});

/** `{key: {key: … }}`, so many times around what is innermost. */
function deep(levels: number, around: (inner: Json) => Json, innermost: Json = 'x'): Json {
  let value = innermost;
  for (let level = 0; level < levels; level += 1) value = around(value);
  return value;
}

test.each<[string, (levels: number) => JsonObject]>([
  ['a property', (levels) => ({ resources: [vnet('a', { properties: { v: deep(levels, (v) => [v]) } })] })],
  [
    'what is turned off',
    (levels) => ({ resources: [vnet('a', { condition: false, tags: deep(levels, (v) => [v]) })] }),
  ],
  ['a variable', (levels) => ({ variables: { v: deep(levels, (v) => ({ v })) }, resources: [] })],
  [
    'a child of a child',
    (levels) => ({ resources: deep(levels, (inner) => [{ ...vnet('a'), resources: inner }], []) }),
  ],
  [
    'a deployment in a deployment',
    (levels) =>
      deep(
        levels,
        (inner) => ({
          resources: [
            {
              ...vnet('a', { type: 'Microsoft.Resources/deployments' }),
              properties: { template: inner },
            },
          ],
        }),
        { resources: [] },
      ) as JsonObject,
  ],
])('%s that is nested without end is refused', (_, make) => {
  for (const levels of [250, 20_000]) {
    const failure = refusal(() => planTemplate(make(levels), {}, deploymentFacts()));
    expect(failure.message).toContain('The request is nested more than 200 levels deep');
  }
});

test('a parameter that is nested without end is refused', () => {
  const parameters = { p: { value: deep(20_000, (v) => [v]) } };
  const template = { parameters: { p: { type: 'array', allowedValues: [[]] } }, resources: [] };
  const failure = refusal(() => planTemplate(template, parameters, deploymentFacts()));
  expect(failure.message).toContain('The request is nested more than 200 levels deep');
});

test('deployments may be nested as deep as Azure has them, five times', () => {
  const inside = (level: number): JsonObject => ({
    resources:
      level === 0
        ? [vnet('a')]
        : [
            {
              ...vnet('d', { type: 'Microsoft.Resources/deployments' }),
              properties: { mode: 'Incremental', template: inside(level - 1) },
            },
          ],
  });
  expect(planTemplate(inside(5), {}, deploymentFacts()).resources).toHaveLength(1);
});
