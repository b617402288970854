// Repair plan: which unhealthy instances are repaired now. Pure: the loop carries the plan out in one commit and looks
// again. What must hold: never more under repair at once than a twentieth of the members (one, under twenty); never an
// instance that is protected, has a verb in hand, was never up or is within its grace period; none at all while repairs
// are suspended or the user's limit is passed.
// Source: Azure's page on automatic instance repairs (azure-fleet). Where it is silent the rule is ours and says so.

import { isUnhealthy } from './health.ts';
import { type Instance, isMember, type Repair } from './instance.ts';
import { protectedFromScaleIn } from './scale-in.ts';
import { type RepairPolicy, repairPolicy } from './repair-policy.ts';
import type { RepairService, ScaleSet } from './scale-set.ts';
import type { Time } from './time.ts';

export interface RepairPlan {
  /** With the count that this repair makes it. */
  readonly repair: readonly { readonly instance: Instance; readonly repair: Repair }[];
  /** The service as it is to be; the same object as before when nothing changed. */
  readonly service: RepairService;
  /** The instance for whose sake repairs suspend themselves. */
  readonly gaveUp?: Instance;
  /** When the next instance may be repaired, if nothing changes before. */
  readonly due?: Time;
}

/** In this part at once. */
const PART = 0.05;
const SMALL = 20;
/**
 * Ours: an instance (with those that came in its place) that was repaired so often without having been healthy in between
 * suspends the repairs of its set. Azure says "repeatedly".
 */
export const ATTEMPTS = 3;

const NONE: ReadonlySet<number> = new Set();

const STARTS: RepairService = { state: 'running', since: 0, owed: [], heldBack: false };

export function repairService({ repairs }: ScaleSet): RepairService {
  return repairs ?? STARTS;
}

export function repairsAtOnce(members: number): number {
  return members < SMALL ? 1 : Math.floor(members * PART);
}

/**
 * @param upgraded those that a rolling upgrade is at work on. They are left to it, and count as under repair: the two together
 * take out no more
 * @param heard when everybody has been asked again since a plane looks. What an earlier one saw, or one before it slept, may be
 * over: nothing is repaired for it
 */
export function planRepairs(
  set: ScaleSet,
  instances: readonly Instance[],
  now: Time,
  upgraded: ReadonlySet<number> = NONE,
  heard: Time = 0,
): RepairPlan {
  const policy = repairPolicy(set.declared);
  const members = instances.filter(isMember);
  const before = withoutPaid(set, members.length);
  if (set.deleting || policy?.enabled !== true || before.state === 'suspended') {
    return { repair: [], service: before };
  }
  const { busy, waits } = underRepair(members, before, policy, now);
  const unhealthy = members.filter(isUnhealthy).length;
  const service = heldBack(before, isBeyond(policy, unhealthy, members.length));
  if (service.heldBack) return { repair: [], service };
  const candidates = members.filter((instance) => mayBeRepaired(instance) && !upgraded.has(instance.id));
  const notBefore = (instance: Instance): Time => Math.max(quietUntil(instance, policy), heard);
  const ready = candidates.filter((instance) => notBefore(instance) <= now).toSorted(byNeed(service));
  const hopeless = ready.find((instance) => attemptsOf(instance, service) >= ATTEMPTS);
  if (hopeless !== undefined) {
    return { repair: [], service: { ...service, state: 'suspended', since: now }, gaveUp: hopeless };
  }
  const free = Math.max(0, repairsAtOnce(members.length) - busy - upgraded.size);
  const repair = ready.slice(0, free).map((instance) => ({
    instance,
    repair: { attempts: attemptsOf(instance, service) + 1, begun: now },
  }));
  const owed =
    policy.action === 'Replace' ? [...service.owed, ...repair.map((one) => one.repair)] : service.owed;
  return {
    repair,
    service: repair.length === 0 ? service : { ...service, owed },
    ...soonest([...candidates.map(notBefore), ...waits], now),
  };
}

/**
 * How many are under repair, and until when at the longest. Ours: one is, until it is healthy again or its grace period is
 * over, not only until its verb has ended: the next is not touched before it has shown that repairing helps.
 */
function underRepair(
  members: readonly Instance[],
  service: RepairService,
  policy: RepairPolicy,
  now: Time,
): { readonly busy: number; readonly waits: readonly Time[] } {
  const repaired = members.filter(
    (instance) => instance.repair !== undefined && instance.failure === undefined,
  );
  const waits = repaired
    .filter(({ task }) => task === undefined)
    .map((instance) => quietUntil(instance, policy));
  const atWork = repaired.filter(({ task }) => task !== undefined).length;
  return { busy: service.owed.length + atWork + waits.filter((until) => until > now).length, waits };
}

/** Whose replacements are still to be made. The row may have more: made since, or not wanted because the capacity was lowered. */
export function owedRepairs(set: ScaleSet, members: number): readonly Repair[] {
  const { owed } = repairService(set);
  const left = Math.max(0, set.declared.sku.capacity - members);
  return owed.length <= left ? owed : owed.slice(owed.length - left);
}

function withoutPaid(set: ScaleSet, members: number): RepairService {
  const service = repairService(set);
  const owed = owedRepairs(set, members);
  return owed === service.owed ? service : { ...service, owed };
}

function heldBack(service: RepairService, now: boolean): RepairService {
  return service.heldBack === now ? service : { ...service, heldBack: now };
}

function isBeyond({ limit }: RepairPolicy, unhealthy: number, members: number): boolean {
  return limit !== undefined && unhealthy * 100 > limit * members;
}

/** Whatever its grace period says. Both protection policies keep repairs away; a provisioning failure is not repaired. */
function mayBeRepaired(instance: Instance): boolean {
  return (
    isMember(instance) &&
    isUnhealthy(instance) &&
    instance.task === undefined &&
    instance.failure === undefined &&
    instance.settledAt !== undefined &&
    (instance.wanted.power === 'running' || instance.exitedAt !== undefined) &&
    !protectedFromScaleIn(instance)
  );
}

/** The grace period begins when a change of state is complete: a verb that ended, a boot, or a guest that stopped by itself. */
export function quietUntil(instance: Instance, policy: RepairPolicy): Time {
  const { settledAt, created, observed, exitedAt } = instance;
  return Math.max(settledAt ?? created, observed.bootedAt ?? 0, exitedAt ?? 0) + policy.grace;
}

function attemptsOf({ repair }: Instance, { since }: RepairService): number {
  return repair === undefined || repair.begun < since ? 0 : repair.attempts;
}

/** Those that were not tried yet first, then who is unhealthy for longest. */
function byNeed(service: RepairService): (a: Instance, b: Instance) => number {
  return (a, b) =>
    attemptsOf(a, service) - attemptsOf(b, service) || illSince(a) - illSince(b) || a.id - b.id;
}

/** Since when it has been unhealthy. */
export function illSince({ exitedAt, health }: Instance): Time {
  return exitedAt ?? health?.since ?? 0;
}

function soonest(times: readonly Time[], now: Time): { due?: Time } {
  const ahead = times.filter((time) => time > now);
  return ahead.length === 0 ? {} : { due: Math.min(...ahead) };
}
