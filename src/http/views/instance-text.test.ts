// Cached texts: the same object while nothing changed, another as soon as anything that is shown did.
import { expect, test } from 'vitest';
import { wireEra } from '../../arm/api-version.ts';
import { instance, model, scaleSet, SUBSCRIPTION } from '../../../test/wire/rows.ts';
import { instanceBody } from './instance.ts';
import { cachedPage, instanceText, type Listing } from './instance-text.ts';

const set = scaleSet();
const row = instance(set);
const show = { subscriptionId: SUBSCRIPTION, tenantId: '', era: wireEra('2024-07-01') };
const listing: Listing = { set, models: new Map([[1, model(set)]]), shape: 'plain', show };

test('a text is the body as it would be rendered now', () => {
  expect(JSON.parse(instanceText(listing, row))).toEqual(instanceBody(set, model(set), row, show));
});

test('each shape and each era has a text of its own', () => {
  const texts = [
    instanceText(listing, row),
    instanceText({ ...listing, shape: 'withView' }, row),
    instanceText({ ...listing, shape: 'viewOnly' }, row),
    instanceText({ ...listing, show: { ...show, era: wireEra('2020-06-01') } }, row),
  ];
  expect(new Set(texts).size).toBe(4);
  expect(instanceText(listing, row)).toBe(texts[0]);
});

test('a new model of the set makes the same row another text', () => {
  const before = JSON.parse(instanceText(listing, row)) as { properties: { latestModelApplied: boolean } };
  expect(before.properties.latestModelApplied).toBe(true);
  const after = JSON.parse(instanceText({ ...listing, set: { ...set, model: 2 } }, row)) as typeof before;
  expect(after.properties.latestModelApplied).toBe(false);
  const back = JSON.parse(instanceText(listing, row)) as typeof before;
  expect(back.properties.latestModelApplied).toBe(true);
});

test('a changed row is another object and so another text', () => {
  const changed = { ...row, etag: 3 };
  expect(instanceText(listing, changed)).toContain(String.raw`"etag":"\"3\""`);
  expect(instanceText(listing, row)).toContain(String.raw`"etag":"\"2\""`);
});

test('an instance of a model that is not there is a broken invariant', () => {
  expect(() => instanceText({ ...listing, models: new Map() }, { ...row })).toThrow(/model 1 of/);
});

test('a page is made once for a list and a key, and again for another of either', () => {
  const list = [row];
  let made = 0;
  const make = () => ({ text: `page ${(made += 1)}`, items: 1 });
  const first = cachedPage(list, 'a', make);
  expect(Buffer.from(first.bytes).toString()).toBe('page 1');
  expect(cachedPage(list, 'a', make)).toBe(first);
  expect(cachedPage(list, 'b', make)).not.toBe(first);
  expect(cachedPage([row], 'a', make)).not.toBe(first);
  expect(made).toBe(3);
});

test('a client that varies its query cannot make the cache grow for ever', () => {
  const list = [row];
  let made = 0;
  const make = () => ({ text: String((made += 1)), items: 1 });
  cachedPage(list, 'first', make);
  for (let n = 0; n < 1000; n += 1) cachedPage(list, `key ${n}`, make);
  const kept = made;
  cachedPage(list, 'first', make);
  expect(made).toBe(kept + 1);
});
