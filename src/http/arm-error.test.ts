// ARM errors: the table, the answers made with it, and what a broken invariant says.
import { describe, expect, test } from 'vitest';
import { Failure, type FailureCode } from '../domain/failure.ts';
import { ARM_ERRORS, brokenAnswer, failureAnswer } from './arm-error.ts';

const entries = Object.entries(ARM_ERRORS) as [
  FailureCode,
  { status: number; code: string; gateway?: true },
][];

describe('the table', () => {
  test.each(entries)('%s is a client’s error with a code of its own', (_, { status, code }) => {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(code).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(entries.filter(([, other]) => other.code === code)).toHaveLength(1);
  });
});

describe('a failure', () => {
  test('answers with its message, target and details', () => {
    const details = [{ code: 'Inner', message: 'why' }];
    const failure = new Failure('invalidParameter', 'no', {
      target: 'sku',
      details,
      cause: new Error('secret'),
    });
    expect(failureAnswer(failure)).toEqual({
      status: 400,
      headers: {},
      body: { error: { code: 'InvalidParameter', message: 'no', target: 'sku', details } },
    });
  });

  test('that ARM itself answers says so in a header', () => {
    expect(failureAnswer(new Failure('resourceNotFound', 'no')).headers).toEqual({
      'x-ms-failure-cause': 'gateway',
    });
  });

  test('has no envelope where Microsoft.Insights answers', () => {
    expect(failureAnswer(new Failure('badRequest', 'no', { target: 'x' }), true).body).toEqual({
      code: 'BadRequest',
      message: 'no',
    });
  });

  test('never asks to be tried again by a header: clients would do it without a word', () => {
    for (const [code] of entries) {
      expect(Object.keys(failureAnswer(new Failure(code, 'no')).headers ?? {})).not.toContain('retry-after');
    }
  });
});

test('a broken invariant tells its correlation id and nothing else', () => {
  expect(brokenAnswer('abc')).toEqual({
    status: 500,
    body: {
      error: {
        code: 'InternalServerError',
        message:
          "The plane failed to carry out the request. Its log says more under the correlation id 'abc'.",
      },
    },
  });
});
