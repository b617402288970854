// What an extension means in a guest, by its handler.
import { describe, expect, test } from 'vitest';
import type { Extension } from './extension.ts';
import { type HandlerTable, handlerVersion, handlingOf } from './extension-handler.ts';

const NONE: HandlerTable = new Map();
const OWN: HandlerTable = new Map([['contoso.agent', { script: 'install', version: '4.5.6.7' }]]);

function extension(handler: string, more: Extension['properties'] = {}): Extension {
  const at = handler.lastIndexOf('.');
  const [publisher, type] = [handler.slice(0, at), handler.slice(at + 1)];
  return { name: 'x', properties: { publisher, type, typeHandlerVersion: '2.1', ...more } };
}

describe('RunCommandLinux', () => {
  const name = 'Microsoft.CPlat.Core.RunCommandLinux';

  test('runs its lines as one script, with its parameters', () => {
    const settings = { script: ['echo a', 'echo b'], parameters: [{ name: 'p', value: 1 }] };
    const protectedSettings = { protectedParameters: [{ name: 'q', value: 'two' }] };
    expect(handlingOf(extension(name, { settings, protectedSettings }), NONE, 1)).toEqual({
      kind: 'run',
      script: 'echo a\necho b',
      parameters: [
        { name: 'p', value: '1' },
        { name: 'q', value: 'two' },
      ],
    });
  });

  test.each([[{ script: 'echo a' }], [{ source: { script: 'echo a' } }]])(
    'takes its script from %j too',
    (settings) => {
      expect(handlingOf(extension(name, { settings }), NONE, 1)).toMatchObject({
        kind: 'run',
        script: 'echo a',
      });
    },
  );

  test('is refused without one', () => {
    expect(handlingOf(extension(name), NONE, 1)).toMatchObject({ kind: 'refused' });
  });
});

describe('other handlers', () => {
  test.each(['ApplicationHealthLinux', 'applicationhealthwindows'])('%s is ready at once', (type) => {
    const handling = handlingOf(extension(`Microsoft.ManagedServices.${type}`), NONE, 1);
    expect(handling).toEqual({ kind: 'nothing', message: 'The application health extension is ready.' });
  });

  test('one that nobody knows is accepted, and says that it did nothing', () => {
    const handling = handlingOf(extension('Contoso.Agent'), NONE, 1);
    if (handling.kind !== 'nothing') throw new Error(handling.kind);
    expect(handling.message).toMatch(/^Nothing was done: .*Contoso\.Agent/);
  });

  test('a user’s script is told the settings, the protected ones too, in its environment', () => {
    const given = { settings: { a: 1 }, protectedSettings: { b: 2 }, forceUpdateTag: 'now' };
    expect(handlingOf(extension('CONTOSO.Agent', given), OWN, 1)).toEqual({
      kind: 'run',
      script: 'install',
      parameters: [
        { name: 'MUSTER_EXTENSION_NAME', value: 'x' },
        { name: 'MUSTER_EXTENSION_VERSION', value: '2.1' },
        { name: 'MUSTER_EXTENSION_TAG', value: 'now' },
        { name: 'MUSTER_EXTENSION_SETTINGS', value: '{"a":1}' },
        { name: 'MUSTER_EXTENSION_PROTECTED_SETTINGS', value: '{"b":2}' },
      ],
    });
  });

  test('a user’s script goes before the plane’s own handler', () => {
    const table = new Map([['microsoft.managedservices.applicationhealthlinux', { script: 'mine' }]]);
    const handling = handlingOf(extension('Microsoft.ManagedServices.ApplicationHealthLinux'), table, 1);
    expect(handling).toMatchObject({ kind: 'run', script: 'mine' });
  });
});

describe('the version of a handler', () => {
  const custom = 'Microsoft.Azure.Extensions.CustomScript';

  test('is the one that was asked for', () => {
    expect(handlerVersion(extension(custom), NONE)).toBe('2.1');
    expect(handlerVersion(extension(custom, { autoUpgradeMinorVersion: false }), NONE)).toBe('2.1');
  });

  test('is the newest of that major number where minor upgrades are allowed', () => {
    expect(handlerVersion(extension(custom, { autoUpgradeMinorVersion: true }), NONE)).toBe('2.1.13');
  });

  test('stays as asked where the plane knows no newer one', () => {
    const upgrades = { autoUpgradeMinorVersion: true };
    expect(handlerVersion(extension(custom, { ...upgrades, typeHandlerVersion: '9.0' }), NONE)).toBe('9.0');
    expect(handlerVersion(extension('Contoso.Agent', upgrades), NONE)).toBe('2.1');
  });

  test('is what a user’s table says', () => {
    expect(handlerVersion(extension('Contoso.Agent'), OWN)).toBe('4.5.6.7');
  });
});
