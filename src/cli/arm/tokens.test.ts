// Tokens: one sign-in for many requests, a new one in good time, and a failed one is not remembered.
import { expect, test } from 'vitest';
import { reasonOf } from './azure-sign-in.ts';
import { rememberTokens, type Token } from './tokens.ts';

function scripted(lifetime: number): {
  tokens: ReturnType<typeof rememberTokens>;
  asked: () => number;
  pass: (milliseconds: number) => void;
  fail: (error: Error | undefined) => void;
} {
  let [now, asked] = [0, 0];
  let failure: Error | undefined;
  const signIn = async (): Promise<Token> => {
    asked += 1;
    const [number, failed] = [asked, failure];
    await Promise.resolve();
    if (failed !== undefined) throw failed;
    return { text: `token-${number}`, expires: now + lifetime };
  };
  return {
    tokens: rememberTokens(signIn, () => now),
    asked: () => asked,
    pass: (milliseconds) => (now += milliseconds),
    fail: (error) => (failure = error),
  };
}

test('requests at the same moment share one sign-in', async () => {
  const { tokens, asked } = scripted(3_600_000);
  expect(await Promise.all([tokens.current(), tokens.current(), tokens.current()])).toEqual(
    Array(3).fill('token-1'),
  );
  expect(asked()).toBe(1);
});

test('a token is renewed before it expires, once for all who ask', async () => {
  const { tokens, pass, asked } = scripted(3_600_000);
  await tokens.current();
  pass(3_600_000 - 120_001);
  expect(await tokens.current()).toBe('token-1');
  pass(2);
  expect(await Promise.all([tokens.current(), tokens.current()])).toEqual(['token-2', 'token-2']);
  expect(asked()).toBe(2);
});

test.each([0, 1000, 60_000])('a token that lives %i ms is used all the same', async (lifetime) => {
  const { tokens, asked } = scripted(lifetime);
  expect(await tokens.current()).toBe('token-1');
  expect(asked()).toBe(1);
});

test('a refused token is forgotten, an older one than the present is not missed', async () => {
  const { tokens } = scripted(3_600_000);
  const first = await tokens.current();
  tokens.forget(first);
  expect(await tokens.current()).toBe('token-2');
  tokens.forget(first);
  expect(await tokens.current()).toBe('token-2');
});

test('a sign-in that failed is tried again', async () => {
  const { tokens, fail } = scripted(3_600_000);
  fail(new Error('no'));
  await expect(Promise.all([tokens.current(), tokens.current()])).rejects.toThrow('no');
  fail(undefined);
  expect(await tokens.current()).toBe('token-2');
});

test.each([
  [
    Object.assign(new Error('ChainedTokenCredential authentication failed.\nCredentialUnavailableError: x'), {
      name: 'AggregateAuthenticationError',
    }),
    'no credentials were found on this machine, or what was found has expired.',
  ],
  [
    new Error(
      'invalid_client: Error(s): 7000222 - AADSTS7000222: The provided client secret keys are expired. Trace ID: 1 Correlation ID: 2',
    ),
    'AADSTS7000222: The provided client secret keys are expired.',
  ],
  [new Error('Something else.\nDetails'), 'Something else.'],
  ['text', 'text'],
  [new Error(''), 'it did not say why.'],
])('the reason in %s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason);
});
