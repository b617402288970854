// What is refused in a list of extensions, and the secrets that it keeps.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeExtensionProfile, extensionBudget, keptSecrets } from './extension-rules.ts';
import { Failure } from './failure.ts';
import type { Json, JsonObject } from './json.ts';
import { MINUTE } from './time.ts';

const SECRET = { commandToExecute: 'S3cret' };

function wire(name: string, more: JsonObject = {}): JsonObject {
  const own = { publisher: 'P', type: `T${name}`, typeHandlerVersion: '1.0' };
  return { name, properties: { ...own, ...more } };
}

function profile(extensions: readonly Json[], more: JsonObject = {}): JsonObject {
  return { extensionProfile: { extensions, ...more } };
}

function refused(given: JsonObject, current?: JsonObject): Failure {
  try {
    completeExtensionProfile('web', given, current);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a list that is sent without protected settings', () => {
  const before = profile([wire('a', { protectedSettings: SECRET }), wire('b')]);

  test('keeps those of every extension that is still there', () => {
    const after = completeExtensionProfile(
      'web',
      profile([wire('b'), wire('A', { type: 'Ta', settings: {} })]),
      before,
    );
    const kept = wire('A', { type: 'Ta', settings: {}, protectedSettings: SECRET });
    expect(after).toEqual(profile([wire('b'), kept]));
  });

  test.each([
    ['others are sent', wire('a', { protectedSettings: {} })],
    ['it has another handler now', wire('a', { type: 'Other' })],
    ['it has another name', wire('c', { type: 'Ta' })],
  ])('does not keep them when %s', (_when, sent) => {
    expect(completeExtensionProfile('web', profile([sent]), before)).toEqual(profile([sent]));
  });

  test('loses none, whatever is sent back of what there was, in whatever order', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 });
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.boolean()), (list, flags) => {
        const secretive = new Map(list.map((name) => [name, flags.next().value === true]));
        const whole = list.map((name) =>
          wire(name, secretive.get(name) ? { protectedSettings: SECRET } : {}),
        );
        const bare = list.toReversed().map((name) => wire(name));
        expect(completeExtensionProfile('web', profile(bare), profile(whole))).toEqual(
          profile(whole.toReversed()),
        );
      }),
    );
  });

  test('of one extension alone, as a resource', () => {
    const old = [{ name: 'a', properties: { publisher: 'P', type: 'T', protectedSettings: SECRET } }];
    const sent = { name: 'a', properties: { publisher: 'p', type: 't' } };
    expect(keptSecrets(sent, old)).toEqual({
      name: 'a',
      properties: { publisher: 'p', type: 't', protectedSettings: SECRET },
    });
  });
});

describe('what is refused', () => {
  test.each([
    ['a name that is not there', [wire('a', { provisionAfterExtensions: ['x'] })], /'x' is not configured/],
    ['a cycle', [wire('a', { provisionAfterExtensions: ['a'] })], /form a cycle/],
    ['a name twice', [wire('a'), wire('A', { type: 'Other' })], /more than once/],
    [
      'a handler twice',
      [wire('a'), wire('b', { type: 'Ta' })],
      /^Multiple VMExtensions per handler not supported/,
    ],
    ['no name', [{ properties: {} }], /'name' is missing/],
    ['a name that is a path', [wire('../a')], /is not valid/],
    [
      'no publisher',
      [{ name: 'a', properties: { type: 'T', typeHandlerVersion: '1' } }],
      /'publisher' is missing/,
    ],
    [
      'no version',
      [{ name: 'a', properties: { type: 'T', publisher: 'P' } }],
      /'typeHandlerVersion' is missing/,
    ],
    ['a version in words', [wire('a', { typeHandlerVersion: 'new' })], /typeHandlerVersion is invalid/],
    [
      'settings that are no object',
      [wire('a', { settings: 'x' })],
      /'settings' of extension 'a' must be an object/,
    ],
    ['a key vault', [wire('a', { protectedSettingsFromKeyVault: {} })], /has no key vault/],
  ])('%s', (_what, list, words) => {
    expect(refused(profile(list)).message).toMatch(words);
  });

  test('taking away what another comes after, in Azure’s words', () => {
    const before = profile([wire('a'), wire('b', { provisionAfterExtensions: ['a'] })]);
    const failure = refused(profile([wire('b', { provisionAfterExtensions: ['a'] })]), before);
    expect(failure.code).toBe('badRequest');
    expect(failure.message).toBe(
      "On resource 'web', extension 'b' specifies 'a' in its provisionAfterExtensions property, but the extension 'a' will no longer exist. First, remove the extension 'b' or remove 'a' from the provisionAfterExtensions property of 'b'.",
    );
  });

  test('any extension where the model allows none', () => {
    const failure = refused({ ...profile([wire('a')]), osProfile: { allowExtensionOperations: false } });
    expect(failure.code).toBe('operationNotAllowed');
    const none = { ...profile([]), osProfile: { allowExtensionOperations: false } };
    expect(completeExtensionProfile('web', none, undefined)).toEqual(none);
  });

  test('no refusal says a secret', () => {
    const secret = { protectedSettings: { password: 'S3cret' } };
    const failure = refused(profile([wire('a', secret), wire('a', secret)]));
    expect(failure.message).not.toMatch(/S3cret/);
  });
});

describe('the time for all extensions', () => {
  test('is ninety minutes unless the model says otherwise', () => {
    expect(extensionBudget({})).toBe(90 * MINUTE);
    expect(extensionBudget(profile([], { extensionsTimeBudget: 'PT15M' }))).toBe(15 * MINUTE);
    expect(extensionBudget(profile([], { extensionsTimeBudget: 'PT1H30M' }))).toBe(90 * MINUTE);
    expect(extensionBudget(profile([], { extensionsTimeBudget: 'PT2H' }))).toBe(120 * MINUTE);
  });

  test.each(['PT14M', 'PT121M', 'PT', '90', 'P1D', ''])('is refused as %s', (extensionsTimeBudget) => {
    expect(refused(profile([], { extensionsTimeBudget })).target).toBe('extensionsTimeBudget');
  });
});

test('members that are read-only are dropped', () => {
  const sent = wire('a', { provisioningState: 'Succeeded', instanceView: {} });
  expect(completeExtensionProfile('web', profile([{ ...sent, id: '/x', type: 'y' }]), undefined)).toEqual(
    profile([wire('a')]),
  );
});

test('a model without extensions stays as it is', () => {
  const given = { osProfile: {} };
  expect(completeExtensionProfile('web', given, profile([wire('a')]))).toBe(given);
});
