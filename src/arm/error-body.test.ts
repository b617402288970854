// Error bodies: the envelope, the order of its members, and that nothing else gets in.
import { expect, test } from 'vitest';
import { bareErrorBody, errorBody } from './error-body.ts';

test('an error has a code and a message in an envelope', () => {
  expect(JSON.stringify(errorBody({ code: 'NotFound', message: 'no' }))).toBe(
    '{"error":{"code":"NotFound","message":"no"}}',
  );
  expect(JSON.stringify(errorBody({ code: 'NotFound', message: 'no', details: [] }))).toBe(
    '{"error":{"code":"NotFound","message":"no"}}',
  );
});

test('an error may name its target and its details, and nothing else', () => {
  const error = {
    details: [{ message: 'why', code: 'Inner', secret: 'x' }],
    target: 'sku',
    message: 'no',
    code: 'InvalidParameter',
    secret: 'x',
  };
  expect(JSON.stringify(errorBody(error))).toBe(
    '{"error":{"code":"InvalidParameter","message":"no","target":"sku","details":[{"code":"Inner","message":"why"}]}}',
  );
});

test('an error of a template says where in it', () => {
  const info = { lineNumber: 0, linePosition: 0, path: 'properties.template.resources[0]' };
  const error = {
    code: 'InvalidTemplate',
    message: 'no',
    additionalInfo: [{ type: 'TemplateViolation', info }],
  };
  expect(errorBody(error)).toEqual({ error });
});

test('an error of Microsoft.Insights has no envelope', () => {
  expect(JSON.stringify(bareErrorBody({ code: 'BadRequest', message: 'no', target: 'x' }))).toBe(
    '{"code":"BadRequest","message":"no"}',
  );
});
