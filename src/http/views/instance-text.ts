// Instance texts: instances rendered to JSON once, and whole pages of them once, for lists that are asked for again and
// again. A text is good for as long as the instance is the same object and the facts of its set that it shows are the same;
// a page, for as long as the list is the same array. Rows are frozen values, so identity says it all.

import { flagAt, type JsonObject } from '../../domain/json.ts';
import type { Instance } from '../../domain/instance.ts';
import type { ModelVersion, ScaleSet } from '../../domain/scale-set.ts';
import { instanceBody, type InstanceShow, strippedInstance } from './instance.ts';

/** How an item of a list looks. */
export type Shape = 'plain' | 'withView' | 'viewOnly';

export interface Listing {
  readonly set: ScaleSet;
  readonly models: ReadonlyMap<number, ModelVersion>;
  readonly shape: Shape;
  readonly show: InstanceShow;
}

const texts = new WeakMap<Instance, Map<string, { readonly stamp: string; readonly text: string }>>();
const pages = new WeakMap<readonly Instance[], Map<string, Page>>();

/** So that a client that varies its query forever cannot fill the memory. */
const PAGES_OF_A_LIST = 64;

/** Of the set's facts, those that an instance's text shows and that may change. */
export function stampOf({ set }: Listing): string {
  return `${set.uid} ${set.model} ${flagAt(set.declared.properties, 'singlePlacementGroup') ?? ''}`;
}

export function instanceText(listing: Listing, instance: Instance): string {
  const variant = `${listing.shape} ${listing.show.era.etag} ${listing.show.era.timeCreated}`;
  const stamp = stampOf(listing);
  const known = texts.get(instance) ?? new Map<string, { stamp: string; text: string }>();
  const found = known.get(variant);
  if (found?.stamp === stamp) return found.text;
  const text = JSON.stringify(instanceValue(listing, instance));
  texts.set(instance, known.set(variant, { stamp, text }));
  return text;
}

export function instanceValue({ set, models, shape, show }: Listing, instance: Instance): JsonObject {
  const model = models.get(instance.model);
  if (model === undefined) throw new Error(`model ${instance.model} of ${set.uid} is missing`);
  if (shape === 'viewOnly') return strippedInstance(set, model, instance, show);
  return instanceBody(set, model, instance, { ...show, instanceView: shape === 'withView' });
}

export interface Page {
  readonly bytes: Uint8Array;
  readonly items: number;
}

/** The page under that key, made only when the list has changed since. */
export function cachedPage(
  instances: readonly Instance[],
  key: string,
  make: () => { readonly text: string; readonly items: number },
): Page {
  const known = pages.get(instances) ?? new Map<string, Page>();
  const found = known.get(key);
  if (found !== undefined) return found;
  const { text, items } = make();
  const page = { bytes: Buffer.from(text), items };
  if (known.size >= PAGES_OF_A_LIST) known.clear();
  pages.set(instances, known.set(key, page));
  return page;
}
