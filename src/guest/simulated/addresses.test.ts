// Addresses: never one twice, also beside those that were there before.
import { expect, test } from 'vitest';

import { Addresses } from './addresses.ts';

test('every address is another, in 10.0.0.0/8', () => {
  const addresses = new Addresses();
  const hosts = Array.from({ length: 70_000 }, () => addresses.take().host);
  expect(new Set(hosts).size).toBe(70_000);
  expect(hosts.filter((host) => !/^10(\.(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(host))).toEqual([]);
});

test('a freed address is handed out again when all others are taken', () => {
  const addresses = new Addresses(10);
  const all = Array.from({ length: 6 }, () => addresses.take());
  expect(() => addresses.take()).toThrow(RangeError);
  addresses.free(all[2]!);
  expect(addresses.take()).toEqual(all[2]);
  expect(() => addresses.take()).toThrow(RangeError);
});

test('what is claimed is not handed out, and what was freed not soon', () => {
  const addresses = new Addresses();
  const first = addresses.take();
  const next = new Addresses();
  next.claim(first);
  expect(next.take().host).not.toBe(first.host);
  addresses.free(first);
  expect(Array.from({ length: 100 }, () => addresses.take().host)).not.toContain(first.host);
});
