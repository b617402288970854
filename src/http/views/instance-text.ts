// Instance texts: instances rendered to JSON once, and whole pages of them once, for lists that are asked for again and
// again. A text is good for as long as the instance is the same object and the facts of its set that it shows are the same;
// a page, for as long as the list is the same array. Rows are frozen values, so identity says it all.

import { flagAt, type JsonObject } from '../../domain/json.ts';
import type { Instance } from '../../domain/instance.ts';
import type { ModelVersion, ScaleSet } from '../../domain/scale-set.ts';
import { rulesOf } from '../../domain/orchestration.ts';
import { instanceBody, strippedInstance } from './instance.ts';
import { fullMachine, machineBody, type MachineShow, machineStatus, memberStub } from './machine.ts';

/**
 * How an item of a list looks. Of instances that are machines alone: `stub` in the list of their set, `full` there for who asks
 * for more than Azure has, `statusOnly` in those of machines.
 */
export type Shape = 'plain' | 'withView' | 'viewOnly' | 'stub' | 'full' | 'statusOnly';

export interface Listing {
  readonly set: ScaleSet;
  readonly models: ReadonlyMap<number, ModelVersion>;
  readonly shape: Shape;
  readonly show: MachineShow;
}

const texts = new WeakMap<Instance, Map<string, { readonly stamp: string; readonly text: string }>>();
const pages = new WeakMap<readonly Instance[], Map<string, Page>>();

/** So that a client that varies its query forever cannot fill the memory. */
const PAGES_OF_A_LIST = 64;

/** Of the set's facts, those that an instance's text shows and that may change. */
export function stampOf({ set }: Listing): string {
  const { uid, model, declared, identities } = set;
  const who = identities === undefined ? '' : JSON.stringify(identities);
  return `${uid} ${model} ${flagAt(declared.properties, 'singlePlacementGroup') ?? ''} ${who}`;
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
  switch (shape) {
    case 'viewOnly':
      return strippedInstance(set, model, instance, show);
    case 'stub':
      return memberStub(set, instance, show.subscriptionId);
    case 'full':
      return fullMachine(set, model, instance, show);
    case 'statusOnly':
      return machineStatus(set, model, instance, show);
    case 'plain':
    case 'withView': {
      const bodyOf = rulesOf(set.declared).instances === 'machines' ? machineBody : instanceBody;
      return bodyOf(set, model, instance, { ...show, instanceView: shape === 'withView' });
    }
  }
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
