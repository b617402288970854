// What a deployment's body asks for, and what is refused.
import { describe, expect, test } from 'vitest';
import { checkDeploymentName, deploymentRequest } from './deployment-request.ts';
import { Failure } from './failure.ts';
import type { JsonObject } from './json.ts';

const TEMPLATE = { resources: [] };

function request(properties: JsonObject, more: JsonObject = {}) {
  return deploymentRequest('fleet', {
    properties: { mode: 'Incremental', template: TEMPLATE, ...properties },
    ...more,
  });
}

function refusal(work: () => unknown): Failure {
  try {
    work();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a deployment request', () => {
  test('has a mode, a template, parameters and tags', () => {
    expect(request({ mode: 'complete', parameters: { a: { value: 1 } } }, { tags: { b: 'c' } })).toEqual({
      mode: 'Complete',
      template: TEMPLATE,
      parameters: { a: { value: 1 } },
      tags: { b: 'c' },
      inner: false,
    });
  });

  test('of a part says whether its template was left as it was written', () => {
    expect(request({ expressionEvaluationOptions: { scope: 'Inner' } }).inner).toBe(true);
    expect(request({ expressionEvaluationOptions: { scope: 'outer' } }).inner).toBe(false);
  });

  test('takes the nulls that clients send for nothing', () => {
    const nulls = { templateLink: null, parametersLink: null, onErrorDeployment: null, parameters: null };
    expect(request(nulls, { location: null, tags: null })).toMatchObject({ parameters: {}, tags: {} });
  });

  test.each([
    ['no properties', () => deploymentRequest('fleet', {}), 'invalidRequestContent', "'properties'"],
    [
      'no mode',
      () => deploymentRequest('fleet', { properties: { template: TEMPLATE } }),
      'invalidRequestContent',
      "'mode'",
    ],
    ['another mode', () => request({ mode: 'Half' }), 'invalidRequestContent', "'Half'"],
    ['no template', () => request({ template: null }), 'invalidRequestContent', "'template'"],
    [
      'a link to a template',
      () => request({ templateLink: { uri: 'https://x/y' } }),
      'invalidDeployment',
      'template itself',
    ],
    ['a link to parameters', () => request({ parametersLink: {} }), 'invalidDeployment', 'parameters itself'],
    ['a way back', () => request({ onErrorDeployment: {} }), 'invalidDeployment', 'not served'],
    ['a location', () => request({}, { location: 'westus' }), 'invalidDeployment', "'location'"],
  ])('with %s is refused', (_, work, code, words) => {
    const failure = refusal(work);
    expect(failure.code).toBe(code);
    expect(failure.message).toContain(words);
  });
});

describe('the name of a deployment', () => {
  test('has letters, digits and a few marks', () => {
    for (const name of ['a', 'vmss_deploy_1', 'Microsoft.Template-2(3)', 'n'.repeat(64)]) {
      expect(() => checkDeploymentName(name)).not.toThrow();
    }
  });

  test('is refused when it is too long or has anything else in it', () => {
    expect(refusal(() => checkDeploymentName('n'.repeat(65))).message).toContain("length of '65'");
    for (const name of ['a b', 'a/b', 'ä', '']) {
      expect(refusal(() => checkDeploymentName(name)).code).toBe('invalidDeploymentName');
    }
  });
});
