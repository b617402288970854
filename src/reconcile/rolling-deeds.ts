// Rolling deeds: what a rolling plan makes of the instances' rows, and what the activity log says of it.

import { versionToLay } from '../app/ports/image-versions.ts';
import { type Change, put } from '../app/ports/store.ts';
import { resizing } from '../app/ports/size-room.ts';
import { openSubnets, type Subnets } from '../app/ports/subnets.ts';
import { ownEntry } from '../domain/activity-entry.ts';
import { type Instance, type MemberId, memberId } from '../domain/instance.ts';
import { type UpgradeEffect, withModelDisks } from '../domain/model.ts';
import { newInstance } from '../domain/new-instance.ts';
import { rulesOf } from '../domain/orchestration.ts';
import { effectOn, resized } from '../domain/resize.ts';
import { instanceWords, memberType, setPath } from '../domain/resource-path.ts';
import type { RollingPlan } from '../domain/rolling-plan.ts';
import type { EffectOf } from '../domain/rolling-start.ts';
import type { Previous, RollingUpgrade } from '../domain/rolling-upgrade.ts';
import type { ModelVersion, ScaleSet } from '../domain/scale-set.ts';
import { withNotice } from '../domain/terminate-notice.ts';
import type { Time } from '../domain/time.ts';
import { ask, toDelete, undoable } from '../domain/verb.ts';
import { addressed } from './addressed.ts';
import type { World } from './world.ts';

export interface Carried {
  readonly set: ScaleSet;
  readonly plan: RollingPlan;
  /** The model version that the upgrade leads to. */
  readonly target: ModelVersion;
  readonly models: readonly ModelVersion[];
  readonly effectOf: EffectOf;
}

/** Everything of a plan but the upgrade's and the set's own rows. */
export async function carriedOut(world: World, carried: Carried): Promise<readonly Change[]> {
  const { set, plan, target, effectOf } = carried;
  const { upgrade } = plan;
  const asking = { set, operation: upgrade.operation, now: world.clock.now() };
  const image = imageFor(world, carried);
  const subnets = await subnetsFor(world, carried);
  const renewed = [...plan.update, ...plan.surge.map(({ old }) => old)];
  const sizes = await resizing(world, set, renewed, target);
  const updated = plan.update.map((one) =>
    addressed(
      asked(one, { ...asking, sized: sizes.resize(one), to: target, image, effect: effectOf(one) }),
      subnets,
      target,
    ),
  );
  const leave = (one: Instance): Instance =>
    told(world, carried.models, toDelete(one, asking.operation, asking.now));
  // A replacement for which there is no address fails to come up, as any other that does not.
  const surged = plan.surge.map(({ old, id }) =>
    addressed(replacement(world, carried, { old, id, size: sizes.resize(old).size }), subnets, target),
  );
  const rows = [
    ...updated,
    ...surged,
    ...plan.swap.flatMap(({ old, fresh }) => [leave(old), inPlace(fresh)]),
    ...plan.drop.map(leave),
    ...plan.rollBack.map(({ instance, to }) => {
      const model = modelToGoBackTo(carried, instance, to);
      return addressed(backTo(instance, { to, model }, carried, asking), subnets, model);
    }),
  ];
  const marks = plan.mark.length === 0 ? [] : marked(world, set, plan.mark.map(sizes.resize), upgrade.model);
  const network = subnets?.changes() ?? [];
  return [
    ...rows.map((row) => put('instance', row)),
    ...marks,
    ...network,
    // With replacements the region's row is written anyway (`surgeRoom`).
    ...(plan.surge.length > 0 ? [] : sizes.held),
    ...entries(world, set, plan, surged),
  ];
}

async function subnetsFor(world: World, { plan, models }: Carried): Promise<Subnets | undefined> {
  if (plan.update.length + plan.surge.length + plan.rollBack.length === 0) return undefined;
  return openSubnets(world.store, world.subscriptionId, models);
}

/** What a new OS disk is laid from: the version that the upgrade is about, or what the new model's reference means now. */
function imageFor(world: World, { plan, target }: Carried): string | undefined {
  return plan.upgrade.image ?? versionToLay(world.images, target.profile);
}

/** With the notice that its model asks for: it goes as by any other delete. */
function told(world: World, models: readonly ModelVersion[], leaving: Instance): Instance {
  const model = models.find(({ version }) => version === leaving.model);
  return model === undefined ? leaving : withNotice(leaving, model, () => world.ids.guid());
}

/**
 * The new version of the model is what they have already: nothing happens to their guests.
 * @param instances with the size that they have under it
 */
export function marked(
  world: World,
  set: ScaleSet,
  instances: readonly Instance[],
  model: number,
): readonly Change[] {
  const rows = instances.map((one) => ({
    ...one,
    etag: one.etag + 1,
    model,
    wanted: { ...one.wanted, model },
  }));
  const why = 'the new version of the model changes nothing in them';
  return [
    ...rows.map((row) => put('instance', row)),
    ...entry(world, set, set.operation, 'manualUpgrade/action', ['Marked as upgraded', ids(rows), why]),
  ];
}

const DROPPED = 'they were to replace others and are not to any more';

/** Replacements that no upgrade waits for. */
export function dropped(
  world: World,
  { set, models }: Pick<Carried, 'set' | 'models'>,
  strays: readonly Instance[],
): readonly Change[] {
  const now = world.clock.now();
  return [
    ...strays.map((one) => put('instance', told(world, models, toDelete(one, set.operation, now)))),
    ...entry(world, set, set.operation, 'delete', ['Deleted', ids(strays), DROPPED]),
  ];
}

interface Asking {
  readonly set: ScaleSet;
  readonly operation: string;
  readonly now: Time;
}

function asked(
  instance: Instance,
  given: Asking & {
    /** The instance with the size that it is to have. */
    readonly sized: Instance;
    readonly to: ModelVersion;
    readonly image: string | undefined;
    readonly effect: UpgradeEffect;
  },
): Instance {
  const { set, sized, operation, now, to, image, effect } = given;
  const after = ask(withModelDisks(set.name, sized, to), 'update', {
    operation,
    now,
    effect,
    graceful: true,
    model: to.version,
    ...(image === undefined ? {} : { imageVersion: image }),
  });
  return undoable(instance, after);
}

function modelToGoBackTo({ models }: Carried, instance: Instance, to: Previous): ModelVersion {
  const model = models.find(({ version }) => version === to.model);
  // Such versions are kept while an upgrade runs (`modelsInUse`).
  if (model === undefined) throw new Error(`model version ${to.model} of ${instance.set} is gone`);
  return model;
}

function backTo(
  instance: Instance,
  { to, model }: { readonly to: Previous; readonly model: ModelVersion },
  { plan, target, models }: Carried,
  asking: Asking,
): Instance {
  const effect = plan.upgrade.kind === 'os' ? 'reimage' : effectOn(instance, target, model);
  const from = models.find(({ version }) => version === instance.model) ?? target;
  const before = poweredAsBefore(instance, to, asking.operation);
  return asked(before, {
    ...asking,
    // Nothing is drawn on the way back: a size that is not in the older mix stays.
    sized: resized(before, from, model, undefined),
    to: model,
    image: to.image,
    effect,
  });
}

/** A guest that the new version stopped is to run again; one that somebody asked something else of since is not. */
function poweredAsBefore(instance: Instance, { off }: Previous, operation: string): Instance {
  if (off === true || instance.lastOperation !== operation) return instance;
  return { ...instance, wanted: { ...instance.wanted, power: 'running' } };
}

/** Takes the place of the old one, zone and domains too, so that the set stays as evenly spread as it is. */
function replacement(
  world: World,
  carried: Carried,
  { old, id, size }: { readonly old: Instance; readonly id: number; readonly size: string | undefined },
): Instance {
  const { set, plan, target } = carried;
  const image = imageFor(world, carried);
  const { faultDomain, updateDomain, zone } = old;
  const place = { faultDomain, updateDomain, ...(zone === undefined ? {} : { zone }) };
  const now = world.clock.now();
  const born = newInstance(set, target, {
    id,
    vmId: world.ids.guid(),
    place,
    surplus: false,
    now,
    // A machine's own size does not outlive it; one of a mix is what its successor has.
    ...(target.mix === undefined || size === undefined ? {} : { size }),
    ...(image === undefined ? {} : { imageVersion: image }),
  });
  const task = born.task && { ...born.task, operation: plan.upgrade.operation };
  return { ...born, surge: true, ...(task && { task }) };
}

function inPlace(fresh: Instance): Instance {
  const { surge: _taken, ...member } = fresh;
  return { ...member, etag: fresh.etag + 1 };
}

function entries(
  world: World,
  set: ScaleSet,
  plan: RollingPlan,
  fresh: readonly Instance[],
): readonly Change[] {
  const { upgrade } = plan;
  const say = (action: string, ...words: [deed: string, ids: readonly MemberId[], why: string]) =>
    entry(world, set, upgrade.operation, action, words);
  const replaced = ids(plan.surge.map(({ old }) => old));
  return [
    ...say('manualUpgrade/action', 'Upgraded', ids(plan.update), `a batch of ${nameOf(upgrade)}`),
    ...say(
      'write',
      'Created',
      ids(fresh),
      `${nameOf(upgrade)} is to replace ${instanceWords(set.name, replaced)}`,
    ),
    ...say('delete', 'Deleted', ids(plan.swap.map(({ old }) => old)), `${nameOf(upgrade)} has replaced them`),
    ...say('delete', 'Deleted', ids(plan.drop), DROPPED),
    ...say(
      'manualUpgrade/action',
      'Rolled back',
      ids(plan.rollBack.map(({ instance }) => instance)),
      `${nameOf(upgrade)} has failed`,
    ),
  ];
}

function nameOf({ kind, model, image }: RollingUpgrade): string {
  const what = kind === 'os' && image !== undefined ? `image version ${image}` : `model version ${model}`;
  return `the rolling upgrade to ${what}`;
}

function ids(instances: readonly Instance[]): readonly MemberId[] {
  return instances.map(memberId);
}

function entry(
  world: World,
  set: ScaleSet,
  operation: string,
  action: string,
  [deed, instances, why]: readonly [deed: string, ids: readonly MemberId[], why: string],
): readonly Change[] {
  if (instances.length === 0) return [];
  const activity = ownEntry(
    {
      operationName: `${memberType(rulesOf(set.declared).instances)}/${action}`,
      resourceId: setPath(world.subscriptionId, set),
      group: set.group,
      correlationId: operation,
      operationId: operation,
      instances,
      description: `${deed} ${instanceWords(set.name, instances)}: ${why}.`,
    },
    world.ids.guid(),
    world.clock.now(),
  );
  return [{ kind: 'append', activity }];
}
