// Api versions: which are taken, and ARM's words for those that are not.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { API_VERSIONS, apiVersionProblem, wireEra } from './api-version.ts';
import { LOCATIONS } from './locations.ts';

const compute = (given: string | undefined) =>
  apiVersionProblem(given, 'Microsoft.Compute', 'virtualMachineScaleSets');

describe('an api-version', () => {
  test('is required', () => {
    const missing = {
      kind: 'missing',
      message: 'The api-version query parameter (?api-version=) is required for all requests.',
    };
    expect(compute(undefined)).toEqual(missing);
    expect(compute('')).toEqual(missing);
  });

  test.each([
    '2019-03-01',
    '2020-06-01',
    '2024-07-01',
    '2024-11-01',
    '2025-04-01',
    '2031-01-01',
    '2022-03-03-preview',
  ])('of Compute may be %s', (version) => expect(compute(version)).toBeUndefined());

  test.each([
    'latest',
    '2024',
    '2024-7-1',
    '2024-13-01',
    '2024-02-30',
    '2024-07-01-',
    '2024-07-01-preview2',
    '2024-07-01 ',
    "'",
  ])('is never %j', (version) => {
    const problem = compute(version);
    expect(problem?.kind).toBe('invalid');
    expect(problem?.message).toBe(
      `The api-version '${version}' is invalid. The supported versions are '${API_VERSIONS['Microsoft.Compute'].join(',')}'.`,
    );
  });

  test('before the first of Compute has no registered provider', () => {
    expect(compute('2018-10-01')).toEqual({
      kind: 'unsupported',
      message: `No registered resource provider found for API version '2018-10-01' for type 'virtualMachineScaleSets'. The supported api-versions are '${API_VERSIONS['Microsoft.Compute'].join(', ')}'. The supported locations are '${LOCATIONS.map(({ name }) => name).join(', ')}'.`,
    });
  });

  test('before the first of Compute is refused with the location that was asked for', () => {
    const problem = apiVersionProblem(
      '2018-10-01',
      'Microsoft.Compute',
      'virtualMachineScaleSets',
      'australiaeast',
    );
    expect(problem?.message).toMatch(
      /^No registered resource provider found for location 'australiaeast' and API version '2018-10-01' for type 'virtualMachineScaleSets'\. The supported api-versions are '/,
    );
  });

  test('of the activity log may be 2015-04-01, and of ARM older still', () => {
    expect(apiVersionProblem('2015-04-01', 'Microsoft.Insights', 'eventtypes')).toBeUndefined();
    expect(apiVersionProblem('2016-06-01', 'Microsoft.Resources', 'subscriptions')).toBeUndefined();
    expect(apiVersionProblem('2001-01-01', 'Microsoft.Resources', 'subscriptions')?.kind).toBe('invalid');
  });

  test('that is published as supported is taken', () => {
    for (const [provider, versions] of Object.entries(API_VERSIONS)) {
      const problems = versions.map((version) =>
        apiVersionProblem(version, provider as 'Microsoft.Compute', 'x'),
      );
      expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
      expect(versions).toEqual(versions.toSorted().toReversed());
    }
  });

  test('is taken or refused for any text, and only a date is ever taken', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (compute(text) === undefined) expect(text).toMatch(/^\d{4}-\d{2}-\d{2}/);
      }),
    );
  });
});

describe('the wire of an api-version', () => {
  test('has etags from 2023-09-01 and creation times from 2021-11-01 on', () => {
    expect(wireEra('2020-06-01')).toEqual({ etag: false, timeCreated: false });
    expect(wireEra('2021-11-01')).toEqual({ etag: false, timeCreated: true });
    expect(wireEra('2023-07-01')).toEqual({ etag: false, timeCreated: true });
    expect(wireEra('2023-09-01')).toEqual({ etag: true, timeCreated: true });
    expect(wireEra('2024-03-01-preview')).toEqual({ etag: true, timeCreated: true });
  });
});
