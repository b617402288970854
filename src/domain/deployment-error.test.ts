// What went wrong with a step, in the form in which its deployment shows it.
import { describe, expect, test } from 'vitest';
import { stepRow } from '../../test/testing/rows.ts';
import { operationError, refusalError, templateError } from './deployment-error.ts';
import { Failure } from './failure.ts';

const step = stepRow();

describe('a refusal', () => {
  test('keeps its code, its words and its details, and names the resource where it names nothing', () => {
    const details = [{ code: 'Inner', message: 'deep', target: 'x' }];
    const error = { code: 'InvalidParameter', message: 'no', details };
    expect(refusalError(step, 400, { error })).toEqual({ ...error, target: step.id });
    expect(refusalError(step, 400, { error: { ...error, target: 'sku' } })).toMatchObject({ target: 'sku' });
  });

  test('is read without its envelope too, and is an error whatever the body is', () => {
    expect(refusalError(step, 400, { code: 'BadRequest', message: 'no' })).toMatchObject({
      code: 'BadRequest',
    });
    expect(refusalError(step, 503, {})).toEqual({
      code: 'InternalServerError',
      message: 'The request was answered with status 503.',
      target: step.id,
    });
  });
});

test('an operation that failed says what it was and why', () => {
  const error = { code: 'AllocationFailed', message: 'no room' };
  expect(operationError(step, error)).toMatchObject({
    code: 'ResourceDeploymentFailure',
    target: step.id,
    details: [error],
  });
  expect(operationError(step, error).message).toContain('The resource write operation failed');
  expect(operationError({ ...step, action: 'Delete' }, error).message).toContain('resource delete operation');
});

test('an expression that fails while the deployment runs has ARM’s code', () => {
  expect(templateError(new Failure('invalidTemplate', 'no'))).toEqual({
    code: 'InvalidTemplate',
    message: 'no',
  });
  const details = [{ code: 'x', message: 'y' }];
  const failure = new Failure('deploymentOutputEvaluationFailed', 'no', { details });
  expect(templateError(failure)).toEqual({
    code: 'DeploymentOutputEvaluationFailed',
    message: 'no',
    details,
  });
  expect(templateError(new Failure('resourceNotFound', 'gone')).code).toBe('ResourceNotFound');
});
