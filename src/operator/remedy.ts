// Remedy: the smallest action that would help with one trouble. Ladders go one rung at a time: what was tried within the last
// hour and did not help is not tried again. Whoever has a verb in hand, or a repair coming, is waited for; whoever is
// protected from scale set actions is left to a person.
// What must hold: an action names only instances that have the trouble (or, to protect, healthy ones), never all of the set;
// no instance is named by two actions that disturb it.

import { parseDuration } from '../domain/duration.ts';
import { flagAt, textAt } from '../domain/json.ts';
import { isEnded, verbOf } from './event-facts.ts';
import type { Action, ActionVerb, FindingKind } from './finding.ts';
import type { Event, InstanceFacts } from './inventory.ts';
import { extensionName, healthSince, isBusy, type Scene, type Trouble } from './trouble.ts';
import { commandOf } from './suggestion.ts';
import { moment } from './words.ts';

/** So long a verb that ended counts as tried. */
const TRIED_WITHIN = 60 * 60_000;

/** Each rung disturbs more than the one before: a process, the OS disk, the host. */
const LADDER = ['restart', 'reimage', 'redeploy', 'inspect'] as const;
type Rung = (typeof LADDER)[number];

const RUNG_REASON: Readonly<Record<Rung, string>> = {
  restart: 'a restart disturbs least: disks, address and id stay',
  reimage: 'a restart does not help any more; a fresh OS disk runs the extensions anew, data disks stay',
  redeploy: 'a fresh OS disk did not help; another host is what is left to try',
  inspect: 'restart, reimage and redeploy were tried within the hour; look before doing more',
};

/** What an earlier finding already asks to do to whom; grows while a report is made. */
export type Claimed = Set<string>;

export function actionsFor(
  trouble: Trouble,
  scene: Scene,
  total: number,
  claimed: Claimed,
): readonly Action[] {
  const { kind, instances } = trouble;
  if (instances.length === 0) return [forTheSet(kind, scene)];
  const [taken, free] = parted(instances, ({ id }) => claimed.has(id));
  const [busy, idle] = parted(free, (instance) => isBusy(instance, scene));
  const [due, left] = parted(idle, (instance) => isDueForRepair(kind, instance, scene));
  const [kept, open] = parted(
    left,
    ({ protection }) => protection.scaleSetActions && kind !== 'protectedBehind',
  );
  const verbs = open.length === 0 ? [] : ADVICE[kind](open, scene, trouble);
  const actions = [
    ...waiting(taken, 'another finding says what to do about these first'),
    // For what takes long the wait is the trouble.
    ...(kind === 'stuck' ? lookAtFirst(STUCK_REASON)(busy, scene, trouble) : waits(busy, scene)),
    ...waiting(
      due,
      'automatic repairs are on, and their grace period is not over: they are about to see to it',
    ),
    ...waiting(kept, 'protected from scale set actions: whether to disturb them is for a person to say'),
    ...narrowed(verbs, open, total, claimed),
  ].filter(({ ids }) => ids.length > 0);
  for (const { verb, ids } of actions) {
    if (DISTURBS.has(verb)) ids.forEach((id) => claimed.add(id));
  }
  return actions;
}

const STUCK_REASON = 'no other verb is accepted while one is in hand; see what it waits for';

function waiting(instances: readonly InstanceFacts[], reason: string): readonly Action[] {
  return instances.length === 0 ? [] : [wait(instances, reason)];
}

/** Who is so, and who is not, in their order. */
function parted(
  instances: readonly InstanceFacts[],
  is: (instance: InstanceFacts) => boolean,
): readonly [InstanceFacts[], InstanceFacts[]] {
  const [some, others]: [InstanceFacts[], InstanceFacts[]] = [[], []];
  for (const instance of instances) (is(instance) ? some : others).push(instance);
  return [some, others];
}

export const DISTURBS: ReadonlySet<ActionVerb> = new Set([
  'restart',
  'reimage',
  'redeploy',
  'update',
  'start',
]);

/** So that a scale-in or a verb for the whole set cannot take the ones that still serve. */
export function protectHealthy(
  failing: number,
  healthy: readonly InstanceFacts[],
  total: number,
): Action | undefined {
  const open = healthy.filter(({ protection }) => !protection.scaleIn && !protection.scaleSetActions);
  if (failing * 5 < total || failing < 2 || open.length === 0) return undefined;
  const share = `${failing} of ${total} fail`;
  return act('protect', open, `${share}: a scale-in now would take some of the ${healthy.length} that serve`);
}

function act(verb: ActionVerb, instances: readonly InstanceFacts[], reason: string): Action {
  const ids = instances.map(({ id }) => id);
  return { verb, ids, reason, command: commandOf(verb, ids) };
}

function wait(instances: readonly InstanceFacts[], reason: string): Action {
  return act('none', instances, reason);
}

/** One line for each operation in hand. */
function waits(busy: readonly InstanceFacts[], { facts }: Scene): readonly Action[] {
  const groups = new Map<string, InstanceFacts[]>();
  for (const instance of busy) {
    const hand = facts.inHand.get(instance.id);
    if (hand === undefined) continue;
    const { event, repair } = hand;
    const what = repair ? 'automatic repair' : `${verbOf(event)} by ${event.caller || 'somebody'}`;
    const reason = `${what} in hand since ${moment(event.time)}: wait for it`;
    groups.set(reason, [...(groups.get(reason) ?? []), instance]);
  }
  return [...groups].map(([reason, instances]) => wait(instances, reason));
}

/** Repairs are on and not suspended, the instance may be repaired, and its grace period runs (Azure's default: ten minutes). */
function isDueForRepair(kind: FindingKind, instance: InstanceFacts, { set, facts, now }: Scene): boolean {
  if (kind !== 'unhealthy' && kind !== 'healthUnknown') return false;
  if (flagAt(set.body, 'properties', 'automaticRepairsPolicy', 'enabled') !== true) return false;
  if (facts.repairs !== 'running' || instance.protection.scaleIn || instance.protection.scaleSetActions)
    return false;
  const since = healthSince(instance);
  const text = textAt(set.body, 'properties', 'automaticRepairsPolicy', 'gracePeriod') ?? 'PT10M';
  return since !== undefined && now < since + (parseDuration(text) ?? 600_000);
}

type Advice = (open: readonly InstanceFacts[], scene: Scene, trouble: Trouble) => readonly Action[];

const fromRestart: Advice = (open, scene) => climb(open, 'restart', scene);
const lookAtFirst =
  (reason: string): Advice =>
  (open) => [act('inspect', open.slice(0, 1), reason)];
const nothing: Advice = () => [];

const ADVICE: Readonly<Record<FindingKind, Advice>> = {
  unhealthy: fromRestart,
  outOfBalancer: fromRestart,
  healthUnknown: fromRestart,
  agentNotReady: fromRestart,
  heartbeatStale: fromRestart,
  provisioningFailed: (open, scene, { reason }) =>
    climb(open, /^VMStart/i.test(reason) ? 'restart' : 'reimage', scene),
  extensionFailed: extensionVerbs,
  stopped: (open) => [act('start', open, 'most of the set runs, so they are taken to be meant to run')],
  behind: updates,
  protectedBehind: (open) => [
    wait(open, 'if the protection is not needed any more, unprotect them and update them by their ids'),
  ],
  stuck: lookAtFirst(STUCK_REASON),
  heartbeatMissing: lookAtFirst('ARM sees nothing wrong: compare it with a healthy neighbour first'),
  heartbeatOutlier: lookAtFirst('ARM sees nothing wrong: compare it with a healthy neighbour first'),
  setFailed: nothing,
  capacityShort: nothing,
  surplus: nothing,
  noHealthSource: nothing,
};

/** An update that failed is not asked for again until the set was written anew, or the hour is over. */
function updates(open: readonly InstanceFacts[], scene: Scene, trouble: Trouble): readonly Action[] {
  const [failed, due] = parted(open, (instance) =>
    triedOn(instance, scene).some(({ verb, status }) => verb === 'update' && status === 'Failed'),
  );
  return [
    act('update', due, 'an update brings exactly these to the set’s model'),
    ...lookAtFirst('an update failed within the hour; look why before it is tried again')(
      failed,
      scene,
      trouble,
    ),
  ].filter(({ ids }) => ids.length > 0);
}

/** An update changes the extension where the set’s differs; else only a fresh OS disk runs it again, on Azure too. */
function extensionVerbs(
  open: readonly InstanceFacts[],
  scene: Scene,
  { reason }: Trouble,
): readonly Action[] {
  const [outdated, others] = parted(
    open,
    (instance) =>
      isOutdated(instance, reason) && triedOn(instance, scene).every(({ verb }) => verb !== 'update'),
  );
  return [
    ...(outdated.length === 0
      ? []
      : [act('update', outdated, 'the set’s model has another version of this extension than they have')]),
    ...climb(others, 'reimage', scene),
  ];
}

/** The model names the extension that failed, and says something else of it. One that it does not name is the instance's own. */
function isOutdated({ extensions, behind }: InstanceFacts, reason: string): boolean {
  const paths = extensions
    .filter((one) => one.state === 'failed' && extensionName(one) === reason)
    .map(({ name }) => `virtualMachineProfile.extensionProfile.extensions[${name}]`);
  return paths.some((whole) =>
    behind.some(({ path, set }) => (path === whole ? set !== '' : path.startsWith(`${whole}.`))),
  );
}

/** Each by the lowest rung, from `first` on, that was not tried lately. */
function climb(open: readonly InstanceFacts[], first: Rung, scene: Scene): readonly Action[] {
  const ladder = LADDER.slice(LADDER.indexOf(first));
  const rungOf = (instance: InstanceFacts): Rung => {
    const tried = triedOn(instance, scene);
    const highest = ladder.findLastIndex((rung) => tried.some(({ verb }) => verb === rung));
    return ladder[highest + 1] ?? 'inspect';
  };
  return ladder.flatMap((rung) => {
    const instances = open.filter((instance) => rungOf(instance) === rung);
    const untried = rung === first && rung !== 'restart';
    const reason = untried
      ? 'a fresh OS disk runs its extensions anew; data disks, address and id stay'
      : RUNG_REASON[rung];
    return instances.length === 0 ? [] : [act(rung, instances, reason)];
  });
}

interface Tried {
  readonly verb: string;
  readonly status: string;
}

/** By their names here. An update to a model that the set had before was not tried: another one is to be had now. */
function triedOn({ id }: InstanceFacts, { facts, now }: Scene): readonly Tried[] {
  const { deeds, written } = facts;
  return (deeds.get(id) ?? [])
    .filter((event) => isEnded(event) && now - Date.parse(event.time) <= TRIED_WITHIN)
    .map((event) => ({ verb: wordOf(event), status: event.status, time: event.time }))
    .filter(({ verb, time }) => verb !== 'update' || written === undefined || time >= written);
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['reimageall', 'reimage'],
  ['manualupgrade', 'update'],
]);

function wordOf(event: Event): string {
  const verb = verbOf(event);
  return WORDS.get(verb) ?? verb;
}

/**
 * All findings together never ask for the whole set. Where all of it has this trouble, it is hardly the instances: one is
 * tried (in a set of one, looked at). Where the rest is claimed already, these wait for how that goes.
 */
function narrowed(
  actions: readonly Action[],
  open: readonly InstanceFacts[],
  total: number,
  claimed: Claimed,
): readonly Action[] {
  const disturbed = actions.flatMap(({ verb, ids }) => (DISTURBS.has(verb) ? ids : []));
  const [first] = actions;
  const [one] = open.filter(({ id }) => id === first?.ids[0]);
  if (disturbed.length === 0 || disturbed.length + claimed.size < total) return actions;
  if (first === undefined || one === undefined || claimed.size > 0) {
    return [wait(open, 'the rest of the set is to be acted on already: see first how that goes')];
  }
  if (total === 1) return [act('inspect', [one], 'it is the whole set: look before anything is done to it')];
  const reason = `all ${total} have it, so it is hardly the instances; try one before the rest (${first.reason})`;
  return [act(first.verb, [one], reason)];
}

function forTheSet(kind: FindingKind, { set }: Scene): Action {
  return act('none', [], setReason(kind, set.provisioning));
}

function setReason(kind: FindingKind, provisioning: string): string {
  const settled = provisioning === 'Succeeded' || provisioning === 'Failed';
  switch (kind) {
    case 'setFailed':
      return 'the activity log has the reason; the set takes the same request again once that is gone';
    case 'capacityShort':
      return settled
        ? 'nothing is under way that would make them: ask for the capacity again'
        : `the set is ${provisioning}: wait for it`;
    case 'surplus':
      return settled ? 'the set removes them by itself' : 'a change of the set is under way: wait for it';
    default:
      return 'add an application health extension or a probe to the model';
  }
}
