// Health sources: what the Application Health extension in a model asks for, its defaults, and what is refused of it.
import { describe, expect, test } from 'vitest';
import { healthExtension, healthModel, profileWith } from '../../test/testing/health.ts';
import { modelRow } from '../../test/testing/rows.ts';
import { Failure } from './failure.ts';
import { checkHealthExtension, declaredSources, healthSource } from './health-source.ts';
import type { Json, JsonObject } from './json.ts';
import { SECOND } from './time.ts';

describe('the source of a model', () => {
  test('is none without the extension', () => {
    expect(healthSource(modelRow())).toBeUndefined();
    const other = {
      name: 'x',
      properties: { publisher: 'Microsoft.Azure.Extensions', type: 'CustomScript' },
    };
    expect(healthSource(modelRow({ profile: profileWith(other) }))).toBeUndefined();
  });

  test('has Azure’s defaults', () => {
    expect(healthSource(healthModel())).toEqual({
      states: 'binary',
      request: { protocol: 'http', port: 8080, path: '/health' },
      interval: 5 * SECOND,
      probes: 1,
      grace: 5 * SECOND,
    });
  });

  test('has what the settings say, also where a template wrote numbers as words', () => {
    const settings = { intervalInSeconds: '10', numberOfProbes: 3, port: '9000' };
    expect(healthSource(healthModel(settings, '2.0'))).toMatchObject({
      states: 'rich',
      request: { port: 9000 },
      interval: 10 * SECOND,
      probes: 3,
      grace: 30 * SECOND,
    });
    expect(healthSource(healthModel({ gracePeriod: 600 }, '2.0'))?.grace).toBe(600 * SECOND);
  });

  test.each([
    ['http', 80],
    ['https', 443],
  ])('is asked at the usual port of %s where none is given', (protocol, port) => {
    const extension = healthExtension({ protocol });
    const { port: _none, ...settings } = (extension['properties'] as JsonObject)['settings'] as JsonObject;
    const bare = { ...extension, properties: { ...(extension['properties'] as JsonObject), settings } };
    expect(healthSource(modelRow({ profile: profileWith(bare) }))?.request.port).toBe(port);
  });

  test('is found whatever the case of its names, on Windows too', () => {
    const extension = healthExtension();
    const properties = {
      ...(extension['properties'] as JsonObject),
      publisher: 'microsoft.managedservices',
      type: 'APPLICATIONHEALTHWINDOWS',
    };
    expect(healthSource(modelRow({ profile: profileWith({ ...extension, properties }) }))).toBeDefined();
  });

  test('is the same object for the same model', () => {
    const model = healthModel();
    expect(healthSource(model)).toBe(healthSource({ ...model }));
  });
});

test('what is declared may be none, one or both of the two sources', () => {
  const probe = { networkProfile: { healthProbe: { id: '/x/probes/p' } } };
  expect(declaredSources({})).toEqual({ extension: false, probe: false });
  expect(declaredSources(probe)).toEqual({ extension: false, probe: true });
  expect(declaredSources({ ...probe, ...profileWith(healthExtension()) })).toEqual({
    extension: true,
    probe: true,
  });
});

describe('settings', () => {
  const refusal = (settings: JsonObject): Failure => {
    try {
      checkHealthExtension(profileWith(healthExtension(settings)));
    } catch (error) {
      if (error instanceof Failure) return error;
      throw error;
    }
    throw new Error('not refused');
  };

  test.each<readonly [string, Json | undefined]>([
    ['protocol', 'udp'],
    ['protocol', undefined],
    ['port', 0],
    ['port', 65_536],
    ['port', 'web'],
    ['intervalInSeconds', 4],
    ['intervalInSeconds', 61],
    ['numberOfProbes', 0],
    ['numberOfProbes', 25],
    ['gracePeriod', 14_401],
    ['gracePeriod', 1.5],
    ['requestPath', undefined],
  ])('with %s %j are refused by its name', (name, value) => {
    const failure = refusal({ [name]: value });
    expect(failure.code).toBe('invalidParameter');
    expect(failure.target).toBe(`extensionProfile.extensions.settings.${name}`);
    expect(failure.message).toContain(`'${name}'`);
  });

  test('of tcp need a port and have no path', () => {
    expect(refusal({ protocol: 'tcp' }).target).toMatch(/requestPath$/);
    expect(refusal({ protocol: 'tcp', requestPath: undefined, port: undefined }).target).toMatch(/port$/);
    expect(() =>
      checkHealthExtension(profileWith(healthExtension({ protocol: 'tcp', requestPath: undefined }))),
    ).not.toThrow();
  });

  test.each([
    { intervalInSeconds: 5 },
    { intervalInSeconds: 60 },
    { numberOfProbes: 24 },
    { gracePeriod: 14_400 },
    { port: 65_535 },
    { protocol: 'HTTPS' },
  ])('at their limits are taken: %j', (settings) => {
    expect(() => checkHealthExtension(profileWith(healthExtension(settings)))).not.toThrow();
  });
});
