// The document of image aliases: where it is, and what az reads from it.

import { expect, test } from 'vitest';

import { IMAGE_ALIASES } from '../domain/platform-image.ts';
import { ALIASES_PATH, answerAliases } from './aliases.ts';

const asked = (method: string, path: string) =>
  answerAliases({ method, path, query: new URLSearchParams(), headers: {}, body: '' });

test('is answered to whoever asks, at its own path and no other', () => {
  expect(asked('GET', ALIASES_PATH)?.status).toBe(200);
  expect(asked('POST', ALIASES_PATH)).toBeUndefined();
  expect(asked('GET', '/aliases')).toBeUndefined();
});

test('has every alias by its name, under Linux; there are none of Windows', () => {
  const { outputs } = JSON.parse(asked('GET', ALIASES_PATH)?.body ?? '') as {
    outputs: { aliases: { value: { Linux: Record<string, object>; Windows: object } } };
  };
  const { Linux, Windows } = outputs.aliases.value;
  expect(Object.keys(Linux)).toEqual(IMAGE_ALIASES.map(({ alias }) => alias));
  expect(Linux['Ubuntu2204']).toEqual({
    publisher: 'Canonical',
    offer: '0001-com-ubuntu-server-jammy',
    sku: '22_04-lts-gen2',
    version: 'latest',
    architecture: 'x64',
  });
  expect(Windows).toEqual({});
});
