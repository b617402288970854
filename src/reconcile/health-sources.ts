// Health sources: which versions of which models say how healthy an instance is, kept up with every commit. Of ten thousand
// instances perhaps none has a source: a commit or a guest's event that is about such a one wakes nobody for its health.
// What must hold: a version that has a source is known from the commit that writes it; one too many does no harm.

import type { Change } from '../app/ports/store.ts';
import { declaredSources } from '../domain/health-source.ts';
import type { ModelVersion } from '../domain/scale-set.ts';
import type { World } from './world.ts';

export interface HealthSources {
  /** Whether this version of this set's model has one. */
  readonly has: (set: string, version: number) => boolean;
  readonly stop: () => void;
}

/** Whoever listens to commits after this finds it up to date. */
export async function openHealthSources({ store }: Pick<World, 'store'>): Promise<HealthSources> {
  const versions = new Map<string, Set<number>>();
  const stop = store.onCommit((changes) => {
    for (const change of changes) note(versions, change);
  });
  // Those that were written before; what is committed meanwhile is heard.
  for (const { uid } of await store.scaleSets()) {
    for (const model of await store.models(uid)) noteModel(versions, model);
  }
  return { has: (set, version) => versions.get(set)?.has(version) === true, stop };
}

type Versions = Map<string, Set<number>>;

function note(versions: Versions, change: Change): void {
  if (change.kind === 'putModel') noteModel(versions, change.model);
  if (change.kind !== 'removeModels') return;
  if (change.versions === undefined) versions.delete(change.set);
  for (const version of change.versions ?? []) versions.get(change.set)?.delete(version);
}

function noteModel(versions: Versions, { set, version, profile }: ModelVersion): void {
  const { extension, probe } = declaredSources(profile);
  if (!extension && !probe) return;
  const known = versions.get(set) ?? new Set();
  versions.set(set, known.add(version));
}
