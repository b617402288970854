// Which handlers of extensions there are to be asked for.

import { expect, test } from 'vitest';

import { BUILT_IN } from './extension-handler.ts';
import { extensionImages } from './extension-image.ts';

test('every handler that the plane has itself is there, with its versions, oldest first', () => {
  const images = extensionImages(new Map());
  const names = images.map(({ publisher, type }) => `${publisher}.${type}`.toLowerCase());
  expect(names.toSorted()).toEqual(Object.keys(BUILT_IN).toSorted());
  expect(images.find(({ type }) => type === 'ApplicationHealthLinux')).toEqual({
    publisher: 'Microsoft.ManagedServices',
    type: 'ApplicationHealthLinux',
    versions: ['1.0.4', '2.0.20'],
    system: 'Linux',
  });
});

test('a handler of the user’s is there too, and is the only one of its name', () => {
  const images = extensionImages(
    new Map([
      ['contoso.agents.watcher', { script: 'true' }],
      ['microsoft.azure.extensions.customscript', { script: 'true', version: '9.1' }],
    ]),
  );
  expect(images).toContainEqual({
    publisher: 'contoso.agents',
    type: 'watcher',
    versions: ['1.0'],
    system: 'Linux',
  });
  const scripts = images.filter(({ type }) => type.toLowerCase() === 'customscript');
  expect(scripts.map(({ versions }) => versions)).toEqual([['9.1']]);
});
