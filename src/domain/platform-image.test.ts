// Which platform images are known by name.

import { describe, expect, test } from 'vitest';

import {
  findOffer,
  findSku,
  IMAGE_ALIASES,
  offersOf,
  OWN_PUBLISHER,
  PLATFORM_OFFERS,
} from './platform-image.ts';

describe('platform images', () => {
  test('are each there once, whatever the case of their names', () => {
    const names = PLATFORM_OFFERS.map(({ publisher, offer }) => `${publisher}:${offer}`.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });

  test('are found in any case, and told in their own', () => {
    expect(findOffer('CANONICAL', 'ubuntuserver')?.offer).toBe('UbuntuServer');
    expect(findSku('canonical', 'UbuntuServer', '18.04-lts')).toEqual({
      name: '18.04-LTS',
      generation: 'V1',
    });
    expect(findSku('Debian', 'debian-12', '12-GEN2')).toEqual({ name: '12-gen2', generation: 'V2' });
  });

  test.each([
    ['Nobody', 'x', 'y'],
    ['Canonical', 'x', '18.04-LTS'],
    ['Canonical', 'UbuntuServer', '18.05-LTS'],
    ['MicrosoftWindowsServer', 'WindowsServer', '2022-Datacenter'],
    ['', '', ''],
    ['Canonical', 'UbuntuServer', 'toString'],
  ])('do not include %s:%s:%s', (publisher, offer, sku) => {
    expect(findSku(publisher, offer, sku)).toBeUndefined();
  });

  test('of a publisher that is not known are none', () => {
    expect(offersOf('Nobody')).toEqual([]);
    expect(offersOf('debian').map(({ offer }) => offer)).toEqual(['debian-10', 'debian-11', 'debian-12']);
  });
});

describe('aliases', () => {
  test('lead to an image that is there, in its own spelling', () => {
    const foreign = IMAGE_ALIASES.filter(({ publisher }) => publisher !== OWN_PUBLISHER);
    expect(foreign.length).toBeGreaterThan(10);
    for (const { publisher, offer, sku } of foreign) {
      expect(findOffer(publisher, offer)).toMatchObject({ publisher, offer });
      expect(findSku(publisher, offer, sku)?.name).toBe(sku);
    }
  });

  test('are each there once', () => {
    const names = IMAGE_ALIASES.map(({ alias }) => alias.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['ubuntu2204', 'ubuntults', 'debian12']));
  });
});
