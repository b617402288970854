// Where the health of a model's instances comes from: its extension, or a balancer's probe that it names; and whose health
// such a probe is.

import { loadFleets } from '../app/ports/fleets.ts';
import { modelReferences, parseChildReference } from '../domain/balancer-reference.ts';
import { handleOf } from '../domain/guest.ts';
import { probeSource } from '../domain/health-probe.ts';
import { declaredSources, type HealthSource, healthSource } from '../domain/health-source.ts';
import type { ModelVersion } from '../domain/scale-set.ts';
import { sameName } from '../domain/load-balancer.ts';
import type { World } from './world.ts';

/** Undefined when the model names no probe. */
async function balancerSource(
  { store }: Pick<World, 'store'>,
  model: ModelVersion,
): Promise<HealthSource | undefined> {
  const reference = probeOf(model);
  const balancer = reference && (await store.loadBalancer(reference.group, reference.balancer));
  return balancer && reference && probeSource(balancer, reference.name);
}

/** The one place that says where health comes from. */
export async function sourceOf(
  world: Pick<World, 'store' | 'guests'>,
  model: ModelVersion,
): Promise<HealthSource | undefined> {
  if (world.guests.probe === undefined) return undefined;
  return healthSource(model) ?? balancerSource(world, model);
}

/** After how long it has been asked often enough, whenever the first probe was; undefined when nothing tells the health of the instances. */
export async function roundOf(
  world: Pick<World, 'store' | 'guests'>,
  model: ModelVersion,
): Promise<number | undefined> {
  const source = await sourceOf(world, model);
  return source && source.interval * (source.probes + 1);
}

function probeOf({ profile }: ModelVersion): ReturnType<typeof parseChildReference> {
  if (!declaredSources(profile).probe) return undefined;
  const named = modelReferences(profile).find(({ kind }) => kind === 'probes');
  const reference = named && parseChildReference(named.id);
  return reference?.kind === 'probes' ? reference : undefined;
}

/** Wakes every guest whose health is a probe of this balancer, which may have become another. */
export async function wakeProbed(
  world: World,
  uid: string,
  wake: (handle: string) => void,
): Promise<undefined> {
  const balancer = await world.store.loadBalancerByUid(uid);
  if (balancer === undefined) return;
  for (const { models, instances } of await loadFleets(world.store)) {
    const probed = new Set(
      models.flatMap((model) => {
        const reference = probeOf(model);
        const own = reference && sameName(reference.group, balancer.group);
        return own === true && sameName(reference?.balancer ?? '', balancer.name) ? [model.version] : [];
      }),
    );
    for (const one of instances) if (probed.has(one.model)) wake(handleOf(one));
  }
}
