// Remembered tokens: one check for each, none beyond its time, nothing refused is kept.
import { describe, expect, test } from 'vitest';
import type { Verdict } from './tokens.ts';
import { rememberVerified } from './verified-tokens.ts';

const caller = { appId: 'app', objectId: 'object', tenantId: 'tenant', expires: 1000 };

function counted(verdict: (token: string) => Verdict): {
  checks: string[];
  verify: ReturnType<typeof rememberVerified>;
} {
  const checks: string[] = [];
  const verify = rememberVerified(async (token) => {
    checks.push(token);
    return verdict(token);
  });
  return { checks, verify };
}

describe('a token that was verified', () => {
  test('is not checked again while it is in force', async () => {
    const { checks, verify } = counted(() => ({ caller }));
    expect(await verify('a', 0)).toEqual({ caller });
    expect(await verify('a', 999)).toEqual({ caller });
    expect(checks).toEqual(['a']);
  });

  test('is checked again from the moment it expires', async () => {
    const { checks, verify } = counted(() => ({ caller }));
    await verify('a', 0);
    await verify('a', 1000);
    await verify('a', 1001);
    expect(checks).toEqual(['a', 'a', 'a']);
  });

  test('says nothing about another', async () => {
    const { checks, verify } = counted((token) =>
      token === 'a' ? { caller } : { refusal: { reason: 'signature' } },
    );
    await verify('a', 0);
    expect(await verify('b', 0)).toEqual({ refusal: { reason: 'signature' } });
    expect(await verify('b', 0)).toEqual({ refusal: { reason: 'signature' } });
    expect(checks).toEqual(['a', 'b', 'b']);
  });

  test('is forgotten when many others came after it', async () => {
    const { checks, verify } = counted(() => ({ caller }));
    for (let at = 0; at <= 256; at += 1) await verify(`token ${at}`, 0);
    await verify('token 0', 0);
    await verify('token 256', 0);
    expect(checks.filter((token) => token === 'token 0')).toHaveLength(2);
    expect(checks.filter((token) => token === 'token 256')).toHaveLength(1);
  });
});
