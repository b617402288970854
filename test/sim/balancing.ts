// What must hold of rotation: nobody is in it who may not be, nothing is done to a guest whose connections go on, and whoever
// is well serves.

import { modelReferences, parseChildReference } from '../../src/domain/balancer-reference.ts';
import { handleOf } from '../../src/domain/guest.ts';
import { declaredSources } from '../../src/domain/health-source.ts';
import type { Instance } from '../../src/domain/instance.ts';
import { findChild } from '../../src/domain/load-balancer.ts';
import { inRotation } from '../../src/domain/rotation.ts';
import type { ScaleSet } from '../../src/domain/scale-set.ts';
import { MINUTE } from '../../src/domain/time.ts';
import { must } from './must.ts';
import type { Universe } from './universe.ts';

/** Longer than any source takes for its first state: its interval, as often as it asks for. */
const ASKED_BY_THEN = 5 * MINUTE;

/** At any moment. */
export async function checkRotation({ balancer, store }: Universe): Promise<void> {
  must(balancer.wrongs.length === 0, `connections were cut: ${balancer.wrongs.join('; ')}`);
  const rows = new Map<string, Instance>();
  for (const set of await store.scaleSets()) {
    for (const row of await store.instances(set.uid)) rows.set(handleOf(row), row);
  }
  for (const handle of balancer.serving()) {
    const row = rows.get(handle);
    must(row !== undefined && inRotation(row, false), `${handle} serves, and its row does not allow it`);
    const state = row?.health?.state ?? 'healthy';
    must(state === 'healthy', `${handle} serves, and is ${state}`);
  }
}

/** At rest: whoever is up and well is in rotation again, whatever it went through. */
export async function checkServing(universe: Universe, rows: readonly Instance[]): Promise<void> {
  await checkRotation(universe);
  const serving = new Set(universe.balancer.serving());
  for (const row of rows) {
    const model = await universe.store.model(row.set, row.model);
    const { extension, probe } = declaredSources(model?.profile ?? {});
    const handle = handleOf(row);
    const { power, ready, bootedAt = 0 } = row.observed;
    // No plane may have been there when it booted, or since.
    const since = universe.clock.now() - Math.max(bootedAt, row.settledAt ?? 0, universe.started);
    const isLongUp = power === 'running' && ready && since > ASKED_BY_THEN;
    must(
      !(extension || probe) || row.health !== undefined || !isLongUp,
      `${handle} was never asked how it is`,
    );
    must(
      !inRotation(row, extension || probe) || serving.has(handle),
      `${handle} is up and well, and does not serve`,
    );
  }
}

/** Whatever pool a model in use names is there. */
export async function checkReferences(
  universe: Universe,
  sets: readonly ScaleSet[],
  rows: readonly Instance[],
): Promise<void> {
  for (const set of sets) {
    const used = new Set([set.model, ...rows.filter((row) => row.set === set.uid).map((row) => row.model)]);
    for (const { version, profile } of await universe.store.models(set.uid)) {
      if (!used.has(version)) continue;
      for (const { id, kind } of modelReferences(profile)) {
        const reference = parseChildReference(id);
        const balancer =
          reference && (await universe.store.loadBalancer(reference.group, reference.balancer));
        const found = balancer && reference && findChild(balancer, kind, reference.name);
        must(found !== undefined, `${set.name} stands behind ${id}, which is not there`);
      }
    }
  }
}
