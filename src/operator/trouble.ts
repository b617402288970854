// Trouble: what is wrong with each instance, by itself and beside its neighbours, and with the set. Instances that have the
// same trouble for the same reason come out as one. What ARM does not say is no trouble.

import { asText, at, listAt, textAt } from '../domain/json.ts';
import type { EventFacts } from './event-facts.ts';
import { verbOf } from './event-facts.ts';
import { type FindingKind, KIND_ORDER } from './finding.ts';
import type { ExtensionFact, InstanceFacts, Inventory, SetFacts } from './inventory.ts';

export interface Trouble {
  readonly kind: FindingKind;
  /** What makes it another trouble than one of the same kind: the failure's code, the extension, the fields. */
  readonly reason: string;
  readonly instances: readonly InstanceFacts[];
  /** What it says, where that is not what its kind says of any instance. */
  readonly sentence?: string;
}

/** What a judgement of one instance may look at besides. */
export interface Scene {
  readonly set: SetFacts;
  readonly facts: EventFacts;
  /** When the inventory was taken, ms since 1970. */
  readonly now: number;
  /** Most of the instances run: one that does not is an exception. */
  readonly mostRun: boolean;
}

/** Longer than any verb may take but an upgrade; extensions' own budget is 90 minutes (Azure's default). */
const STUCK_AFTER = 20 * 60_000;
const STUCK_WITH_EXTENSIONS = 90 * 60_000;

export function sceneOf({ set, instances, taken }: Inventory, facts: EventFacts): Scene {
  const running = instances.filter(({ power }) => power === 'running').length;
  return { set, facts, now: Date.parse(taken), mostRun: running * 2 >= instances.length && running > 0 };
}

/** In the order of KINDS, those with most instances first. */
export function troublesOf(inventory: Inventory, scene: Scene): readonly Trouble[] {
  const groups = new Map<string, { kind: FindingKind; reason: string; instances: InstanceFacts[] }>();
  for (const instance of inventory.instances) {
    for (const { kind, reason } of troublesOfOne(instance, scene)) {
      const key = `${kind} ${reason}`;
      const group = groups.get(key) ?? { kind, reason, instances: [] };
      group.instances.push(instance);
      groups.set(key, group);
    }
  }
  return [...groups.values(), ...setTroubles(inventory)].toSorted(byOrder);
}

/** By kind, then by how many, then by reason: two runs over the same inventory read alike. */
export function byOrder(a: Trouble, b: Trouble): number {
  return (
    KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) ||
    b.instances.length - a.instances.length ||
    (a.reason < b.reason ? -1 : 1)
  );
}

type Found = Pick<Trouble, 'kind' | 'reason'>;

function troublesOfOne(instance: InstanceFacts, scene: Scene): readonly Found[] {
  const extensions = failedExtensions(instance);
  const unhealthy = instance.health === 'unhealthy' && instance.power === 'running';
  const failed = instance.provisioning === 'Failed';
  // A failure that an extension caused is told once, with the extension's name.
  const byExtension =
    extensions.length > 0 && /^(VMExtension|Extension)/i.test(instance.failure?.code ?? 'VMExtension');
  return [
    ...extensions.map((one): Found => ({ kind: 'extensionFailed', reason: extensionName(one) })),
    ...when(failed && !byExtension, 'provisioningFailed', instance.failure?.code ?? ''),
    ...when(unhealthy, 'unhealthy'),
    ...when(instance.balance === 'out' && instance.power === 'running' && !unhealthy, 'outOfBalancer'),
    ...when(isStuck(instance, scene), 'stuck'),
    ...when(
      instance.health === 'unknown' && instance.power === 'running' && hasSource(scene),
      'healthUnknown',
    ),
    ...when(agentIsMissing(instance, scene), 'agentNotReady'),
    ...when(isStopped(instance) && scene.mostRun, 'stopped', instance.power),
    ...behindOf(instance),
  ];
}

function when(is: boolean, kind: FindingKind, reason = ''): readonly Found[] {
  return is ? [{ kind, reason }] : [];
}

function behindOf({ latestModel, protection, behind }: InstanceFacts): readonly Found[] {
  if (latestModel) return [];
  const reason = [...new Set(behind.map(({ path }) => path))].toSorted().join(', ');
  return [{ kind: protection.scaleSetActions ? 'protectedBehind' : 'behind', reason }];
}

function failedExtensions({ extensions }: InstanceFacts): readonly ExtensionFact[] {
  return extensions.filter(({ state }) => state === 'failed');
}

/** What a trouble with it has as its reason. */
export function extensionName({ name, version }: ExtensionFact): string {
  return `${name} ${version}`.trim();
}

function isStopped({ power }: InstanceFacts): boolean {
  return power === 'stopped' || power === 'deallocated';
}

function hasSource({ set }: Scene): boolean {
  return set.healthSource !== 'none';
}

/** Of an instance that is settled; one that boots has an agent that was not heard of yet. */
function agentIsMissing(instance: InstanceFacts, { now }: Scene): boolean {
  if (instance.power !== 'running' || instance.provisioning !== 'Succeeded') return false;
  const statuses = listAt(instance.view, 'vmAgent', 'statuses');
  const missing = statuses.find((status) => /\/unavailable$/i.test(asText(at(status, 'code'))));
  if (missing === undefined) return false;
  const since = Date.parse(textAt(missing, 'time') ?? '');
  return Number.isNaN(since) || now - since > STUCK_AFTER / 2;
}

const ON_THE_WAY = new Set(['starting', 'stopping', 'deallocating']);
const SETTLED = new Set(['succeeded', 'failed', 'canceled', '', 'unknown']);

function isOnTheWay({ power, provisioning }: InstanceFacts): boolean {
  return ON_THE_WAY.has(power) || !SETTLED.has(provisioning.toLowerCase());
}

/** Since when it has been on the way, where the log or ARM says so; ms since 1970. */
export function onTheWaySince(instance: InstanceFacts, facts: EventFacts): number | undefined {
  const creating = instance.provisioning === 'Creating' ? instance.created : undefined;
  const since = Date.parse(facts.inHand.get(instance.id)?.event.time ?? creating ?? '');
  return Number.isNaN(since) ? undefined : since;
}

function isStuck(instance: InstanceFacts, { facts, now }: Scene): boolean {
  const since = onTheWaySince(instance, facts);
  if (since === undefined || !isOnTheWay(instance)) return false;
  const verb = facts.inHand.get(instance.id)?.event;
  const long = verb !== undefined && /^(reimage|reimageall|manualupgrade|write)$/.test(verbOf(verb));
  return now - since > (long ? STUCK_WITH_EXTENSIONS : STUCK_AFTER);
}

/**
 * A verb is in hand and goes on: the log has its beginning and not its end. An end that the log lost, or has not got yet
 * (Azure's comes minutes late), is taken to be when the instance is settled after the longest time that most verbs take.
 */
export function isBusy(instance: InstanceFacts, { facts, now }: Scene): boolean {
  const begun = facts.inHand.get(instance.id)?.event.time;
  if (begun === undefined) return false;
  return isOnTheWay(instance) || now - Date.parse(begun) <= STUCK_AFTER;
}

/** Since when its health is what it is, where its view says so; ms since 1970. */
export function healthSince({ view }: InstanceFacts): number | undefined {
  const since = Date.parse(textAt(view, 'vmHealth', 'status', 'time') ?? '');
  return Number.isNaN(since) ? undefined : since;
}

function setTroubles({ set, instances }: Inventory): readonly Trouble[] {
  const troubles: Found[] = [
    ...when(set.provisioning === 'Failed', 'setFailed'),
    ...when(instances.length < set.capacity, 'capacityShort', String(set.capacity - instances.length)),
    ...when(instances.length > set.capacity, 'surplus', String(instances.length - set.capacity)),
    ...when(!hasHealth(set, instances) && instances.length > 0, 'noHealthSource'),
  ];
  return troubles.map((trouble) => ({ ...trouble, instances: [] }));
}

function hasHealth(set: SetFacts, instances: readonly InstanceFacts[]): boolean {
  return set.healthSource !== 'none' || instances.some(({ health }) => health !== 'none');
}
