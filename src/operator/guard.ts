// Guard: from what is asked to a plan, or to the reasons why not. All limits are decided here and nowhere else.
// What must hold: whatever the inventory and the flags, a plan has no instance that was not selected, none that is protected
// or stateful without the flag that says so, and never makes more unavailable at once than its radius allows.

import { objectAt } from '../domain/json.ts';
import { type ActionPlan, stagesOf } from './action-plan.ts';
import type { InstanceFacts, Inventory, SetFacts } from './inventory.ts';
import type { Outage } from './outage.ts';
import { isMore, overRadius, peakOf, radiusOf, together, wholeOf, withStanding } from './radius.ts';
import type { Refusal } from './refusal.ts';
import type { Place, Protection } from './requests.ts';
import { type InstanceIds, requireSelection } from './selection.ts';
import { countOf, isServing, servingCount, type Share } from './serving.ts';
import { type Verb, VERBS } from './verbs.ts';

export interface Flags {
  /** So many may be unavailable by this tool at once; without it a twentieth of the set, at least one. */
  readonly max?: Share;
  /** So many are acted on at once, after the canary; without it one. */
  readonly batch?: number;
  /** So many must go on serving; without it one. */
  readonly floor?: Share;
  readonly wholeSet?: boolean;
  readonly includeProtected?: boolean;
  readonly includeStateful?: boolean;
  readonly belowFloor?: boolean;
}

export interface Work {
  readonly verb: Verb;
  readonly protection?: Protection;
  readonly run?: { readonly script: string; readonly timeoutSeconds: number };
  readonly verifySeconds: number;
}

export type Decided =
  | { readonly plan: ActionPlan; readonly refusals?: undefined }
  | { readonly refusals: readonly Refusal[]; readonly plan?: undefined };

/** Commands run beside each other by themselves; nothing is taken away from the set. */
const RUN_BATCH = 10;

/** @param standing what earlier actions of this tool took out of service, and is out still */
export function decide(
  inventory: Inventory,
  ids: InstanceIds,
  work: Work,
  flags: Flags,
  standing: readonly Outage[] = [],
): Decided {
  requireSelection(ids);
  const { set, instances } = inventory;
  const byId = new Map(instances.map((instance) => [instance.id, instance]));
  const selected = ids.map((id) => byId.get(id)).filter((instance) => instance !== undefined);
  const touched = selected.filter((instance) => alreadySo(instance, work) === undefined);
  const batch = flags.batch ?? (work.verb === 'run' ? RUN_BATCH : 1);
  const stages = stagesOf(
    work.verb,
    touched.map(({ id }) => id),
    batch,
  );
  const own = radiusOf(wholeOf(inventory, standing), peakOf(work.verb, touched.length, batch), flags);
  const radius = withStanding(own, standing, together(work.verb, stages, touched, standing));
  const plan: ActionPlan = {
    place: placeOf(set),
    verb: work.verb,
    stages,
    touched: touched.map(({ id }) => id),
    untouched: untouchedOf(inventory, new Set(ids), work),
    serving: forecast(inventory, touched, work.verb, { batch, floor: floorOf(flags, instances.length) }),
    radius,
    confirmation: confirmationOf(work.verb, touched.length, radius),
    capacity: set.capacity,
    ...(work.protection === undefined ? {} : { protection: work.protection }),
    ...(work.run === undefined ? {} : { run: work.run }),
    verifySeconds: work.verifySeconds,
    notes: [...notesOf(set, work, touched.length), ...busyNotes(touched), ...unseenNotes(touched)],
  };
  const refusals = refusalsOf(plan, set, touched, flags);
  return refusals.length === 0 ? { plan } : { refusals };
}

export function placeOf({ subscription, group, name, location, mode }: SetFacts): Place {
  return { subscription, group, name, location, mode };
}

export function floorOf({ floor }: Flags, all: number): number {
  return floor === undefined ? 1 : countOf(floor, all, 'up');
}

/** Everything that stands against a plan, the same for an action and for a repair. */
export function refusalsOf(
  plan: ActionPlan,
  set: SetFacts,
  touched: readonly InstanceFacts[],
  flags: Flags,
): readonly Refusal[] {
  const verbs = new Set(plan.stages.flatMap(({ steps }) => steps.map(({ deed }) => deed)));
  const minding = plan.verb === 'repair' || VERBS[plan.verb].mindsProtection;
  return [
    ...(plan.verb === 'repair' ? [] : wrongMode(plan.verb, set)),
    ...wholeSet(plan, flags),
    ...(minding ? [...protectedOnes(touched, flags), ...statefulOnes(touched, set, flags)] : []),
    ...(verbs.size === 0 ? [] : [...belowFloor(plan, flags), ...overRadius(plan)]),
  ];
}

function alreadySo(instance: InstanceFacts, { verb, protection }: Work): string | undefined {
  const { power } = instance;
  switch (verb) {
    case 'start':
      return power === 'running' ? 'is running already' : undefined;
    case 'stop':
      return power === 'stopped' || power === 'deallocated' ? `is ${power} already` : undefined;
    case 'deallocate':
      return power === 'deallocated' ? 'is deallocated already' : undefined;
    case 'update':
      return upToDate(instance);
    case 'protect':
    case 'unprotect':
      return instance.protection.unseen !== true && sameProtection(instance.protection, protection)
        ? 'is protected like that already'
        : undefined;
    default:
      return undefined;
  }
}

/** One that has failed on the latest model may be brought to it again. */
function upToDate({ latestModel, ownModel, provisioning }: InstanceFacts): string | undefined {
  if (ownModel === true) return 'has a model of its own: no update of the set concerns it';
  return latestModel && provisioning !== 'Failed' ? 'has the latest model already' : undefined;
}

export function sameProtection(own: Protection, wanted: Protection | undefined): boolean {
  return own.scaleIn === wanted?.scaleIn && own.scaleSetActions === wanted.scaleSetActions;
}

function untouchedOf(
  { instances }: Inventory,
  ids: ReadonlySet<string>,
  work: Work,
): ActionPlan['untouched'] {
  return instances.flatMap((instance) => {
    const why = ids.has(instance.id) ? alreadySo(instance, work) : 'is not selected';
    return why === undefined ? [] : [{ id: instance.id, why }];
  });
}

function forecast(
  inventory: Inventory,
  touched: readonly InstanceFacts[],
  verb: Verb,
  { batch, floor }: { readonly batch: number; readonly floor: number },
): ActionPlan['serving'] {
  const all = inventory.instances.length;
  const before = servingCount(inventory);
  const serving = new Set(touched.filter(isServing).map(({ id }) => id));
  const stages = stagesOf(
    verb,
    touched.map(({ id }) => id),
    batch,
  );
  const losses = stages.map(({ steps }) => steps.filter(({ id }) => serving.has(id)).length);
  const { outage } = VERBS[verb];
  const lost = outage === 'afterwards' ? serving.size : outage === 'never' ? 0 : Math.max(0, ...losses);
  return {
    all,
    before,
    during: before - lost,
    after: outage === 'afterwards' ? before - lost : before,
    floor,
  };
}

function confirmationOf(verb: Verb, count: number, radius: ActionPlan['radius']): ActionPlan['confirmation'] {
  if (count === 0) return 'none';
  if (VERBS[verb].outage === 'never') return 'question';
  return count > radius.usual || (isMore(radius) && (radius.together ?? 0) > radius.usual)
    ? 'name'
    : 'question';
}

function notesOf(set: SetFacts, { verb }: Work, count: number): readonly string[] {
  if (count === 0) return [];
  switch (verb) {
    case 'reimage':
      return ['The system disk of each is made anew: what is on it now is lost.'];
    case 'delete':
      return [
        'What is deleted does not come back.',
        `Azure lowers the capacity with each: ${set.capacity} becomes ${Math.max(0, set.capacity - count)}.`,
        ...(set.mode === 'Uniform'
          ? []
          : ["Disks and interfaces go or stay as each one's deleteOption says."]),
      ];
    case 'protect':
    case 'unprotect':
      return set.mode === 'Uniform'
        ? ['The instance is written back whole, as az does it, if nobody has changed it meanwhile.']
        : ["The protection alone is written, to the set's own entry of the virtual machine."];
    case 'update':
      return ['An update may restart an instance or make its system disk anew, as the models differ.'];
    default:
      return [];
  }
}

/** ARM refuses, as a conflict, what is asked of an instance that somebody else is at. */
export function busyNotes(touched: readonly InstanceFacts[]): readonly string[] {
  const busy = touched.filter(({ provisioning }) => !['Succeeded', 'Failed'].includes(provisioning));
  if (busy.length === 0) return [];
  return [`Somebody is at work already on ${listOf(busy)}: ARM may refuse this, and then it stops.`];
}

/** Azure has answered both: the entry, and that it has none for a name. Whoever goes on should know what was not looked at. */
export function unseenNotes(touched: readonly InstanceFacts[]): readonly string[] {
  const unseen = touched.filter(({ protection }) => protection.unseen === true);
  if (unseen.length === 0) return [];
  return [`ARM does not say whether these are protected: ${listOf(unseen)}.`];
}

/** Every other verb is there in both modes: a Flexible set takes `manualupgrade` by names, and protection by its entry of each. */
function wrongMode(verb: Verb, set: SetFacts): readonly Refusal[] {
  const hasModel = objectAt(set.body, 'properties', 'virtualMachineProfile') !== undefined;
  if (verb !== 'update' || set.mode === 'Uniform' || hasModel) return [];
  const message = `'update' brings instances to the set's model, and ${set.name} is Flexible and has none.`;
  return [{ code: 'wrongMode', message, instances: [] }];
}

function wholeSet({ touched, serving }: ActionPlan, { wholeSet: allowed }: Flags): readonly Refusal[] {
  if (allowed === true || touched.length === 0 || touched.length < serving.all) return [];
  const each = serving.all === 1 ? 'The set has one instance only' : `These are all ${serving.all} instances`;
  return [
    {
      code: 'wholeSet',
      message: `${each}: this is the whole set.`,
      flag: '--whole-set',
      instances: touched,
    },
  ];
}

function protectedOnes(touched: readonly InstanceFacts[], { includeProtected }: Flags): readonly Refusal[] {
  const found = touched.filter(({ protection }) => protection.scaleIn || protection.scaleSetActions);
  if (includeProtected === true || found.length === 0) return [];
  return [
    {
      code: 'protected',
      message: `Protected: ${listOf(found)}.`,
      flag: '--include-protected',
      instances: found.map(({ id }) => id),
    },
  ];
}

const STATEFUL = 'muster:stateful';

/** By its own tag, else by the set's; only the word `false` says that it is not. */
export function isStateful({ tags }: Pick<InstanceFacts, 'tags'>, set: Pick<SetFacts, 'tags'>): boolean {
  const tag = tagOf(tags) ?? tagOf(set.tags);
  return tag !== undefined && tag.toLowerCase() !== 'false';
}

/** The names of ARM's tags compare without case. */
function tagOf(tags: Readonly<Record<string, string>>): string | undefined {
  return Object.entries(tags).find(([name]) => name.toLowerCase() === STATEFUL)?.[1];
}

function statefulOnes(
  touched: readonly InstanceFacts[],
  set: SetFacts,
  { includeStateful }: Flags,
): readonly Refusal[] {
  const found = touched.filter((instance) => isStateful(instance, set));
  if (includeStateful === true || found.length === 0) return [];
  return [
    {
      code: 'stateful',
      message: `Tagged ${STATEFUL}: ${listOf(found)}.`,
      flag: '--include-stateful',
      instances: found.map(({ id }) => id),
    },
  ];
}

/** Below it already and not made worse is no reason: what does not serve may be seen to. */
function belowFloor({ serving, touched }: ActionPlan, { belowFloor: allowed }: Flags): readonly Refusal[] {
  const { before, during, floor } = serving;
  if (allowed === true || during >= floor || during >= before) return [];
  return [
    {
      code: 'belowFloor',
      message: `Of ${before} that serve ${during} would be left, and the floor is ${floor}.`,
      flag: '--below-floor',
      instances: touched,
    },
  ];
}

function listOf(instances: readonly InstanceFacts[]): string {
  const shown = instances.slice(0, 10).map(({ id }) => id);
  const more = instances.length - shown.length;
  return `${shown.join(', ')}${more === 0 ? '' : ` and ${more} more`}`;
}
