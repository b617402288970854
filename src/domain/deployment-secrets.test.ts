// What nobody may see of a deployment's parameters, and errors without it.
import { expect, test } from 'vitest';
import { errorWithoutSecrets, secretsOf, withoutSecrets } from './deployment-secrets.ts';

const parameters = {
  Word: { value: 'S3cret' },
  keys: { value: { one: 'S3cret-one', more: ['S3cret-two', 123456, true, null, 'abc'] } },
  open: { value: 'seen by all' },
};
const shown = {
  word: { type: 'SecureString' },
  keys: { type: 'SecureObject' },
  Open: { type: 'String', value: 'seen by all' },
};

test('secret are the texts in those parameters that have no value to be shown, the longest first', () => {
  expect(secretsOf({ parameters, shown })).toEqual(['S3cret-one', 'S3cret-two', 'S3cret', '123456']);
  expect(secretsOf({ parameters: {}, shown })).toEqual([]);
});

test('a text has none of them left, also where one is part of another', () => {
  const secrets = secretsOf({ parameters, shown });
  expect(withoutSecrets("'S3cret-one' and S3cret are wrong, seen by all", secrets)).toBe(
    "'******' and ****** are wrong, seen by all",
  );
});

test('an error has none of them left, however deep', () => {
  const inner = { code: 'B', message: 'S3cret', target: '/x/S3cret' };
  const error = { code: 'A', message: 'no', details: [inner] };
  expect(errorWithoutSecrets(error, ['S3cret'])).toEqual({
    code: 'A',
    message: 'no',
    details: [{ code: 'B', message: '******', target: '/x/******' }],
  });
});
