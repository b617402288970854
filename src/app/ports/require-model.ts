// A model version that a row names is there: versions are kept as long as anything has them. Where one is missing, an
// invariant is broken, and that throws.

import type { ModelVersion } from '../../domain/scale-set.ts';
import type { Store } from './store.ts';

export async function requireModel(store: Store, set: string, version: number): Promise<ModelVersion> {
  const model = await store.model(set, version);
  if (model === undefined) throw new Error(`model ${version} of ${set} is missing`);
  return model;
}
