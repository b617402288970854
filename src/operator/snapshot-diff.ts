// Snapshot diff: what happened to a set between two snapshots: who came, who went, who is another one under the same id, who changed
// and how, each with what the activity log says about it. What must hold: every instance of either snapshot is in exactly one
// of came, went, recreated, changed, unchanged; a snapshot differs from itself in nothing.

import { isCreation, isEnded, verbOf } from './event-facts.ts';
import { type Explanation, type Story, whyCame, whyGone, within } from './explanation.ts';
import type { Event } from './inventory.ts';
import type { Snapshot, SnapshotInstance } from './snapshot.ts';
import { joined } from './words.ts';

export interface Moved {
  readonly id: string;
  readonly name: string;
  readonly why: Explanation;
}

/** The same id, but not the same machine. */
export interface Recreated {
  readonly id: string;
  readonly name: string;
  readonly went: Explanation;
  readonly came: Explanation;
}

export interface Change {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

export interface Changed {
  readonly id: string;
  readonly name: string;
  readonly changes: readonly Change[];
  /** The latest verb in the log that names it, between the snapshots. */
  readonly last?: {
    readonly verb: string;
    readonly caller: string;
    readonly time: string;
    readonly correlationId: string;
  };
}

export interface SnapshotDiff {
  readonly group: string;
  readonly name: string;
  /** The set's ARM id. */
  readonly resourceId: string;
  readonly from: string;
  readonly to: string;
  /** Of the set itself. */
  readonly setChanges: readonly Change[];
  readonly came: readonly Moved[];
  readonly went: readonly Moved[];
  readonly recreated: readonly Recreated[];
  readonly changed: readonly Changed[];
  readonly unchanged: number;
  /** Made and removed between the two, so in neither. */
  readonly passed: readonly Moved[];
}

export function snapshotDiff(before: Snapshot, after: Snapshot, events: readonly Event[]): SnapshotDiff {
  const story: Story = {
    events,
    from: Date.parse(before.taken),
    to: Date.parse(after.taken),
    resourceId: after.set.resourceId.toLowerCase(),
    capacity: [before.set.capacity, after.set.capacity],
  };
  const then = new Map(before.instances.map((instance) => [instance.id, instance]));
  const now = new Map(after.instances.map((instance) => [instance.id, instance]));
  const both = after.instances.flatMap((one) => {
    const old = then.get(one.id);
    return old === undefined ? [] : [{ old, one }];
  });
  const recreated = both.filter(({ old, one }) => isAnother(old, one));
  const changed = both
    .filter(({ old, one }) => !isAnother(old, one))
    .map(({ old, one }) => ({ one, changes: changesOf(old, one) }))
    .filter(({ changes }) => changes.length > 0);
  return {
    group: after.set.group,
    name: after.set.name,
    resourceId: after.set.resourceId,
    from: before.taken,
    to: after.taken,
    setChanges: setChanges(before, after),
    came: after.instances
      .filter(({ id }) => !then.has(id))
      .map(({ id, name }) => ({ id, name, why: whyCame(id, story) })),
    went: before.instances
      .filter(({ id }) => !now.has(id))
      .map(({ id, name }) => ({ id, name, why: whyGone(id, story) })),
    recreated: recreated.map(({ one: { id, name } }) => ({
      id,
      name,
      went: whyGone(id, story),
      came: whyCame(id, story),
    })),
    changed: changed.map(({ one: { id, name }, changes }) => ({ id, name, changes, ...lastVerb(id, story) })),
    unchanged: both.length - recreated.length - changed.length,
    passed: passedBy(story, new Set([...then.keys(), ...now.keys()])),
  };
}

/** By the machine's own id where both have one, else by the time of creation. */
function isAnother(before: SnapshotInstance, after: SnapshotInstance): boolean {
  if (before.vmId !== '' && after.vmId !== '') return before.vmId !== after.vmId;
  const [then, now] = [before.created, after.created].map((time) => Date.parse(time ?? ''));
  return then !== undefined && now !== undefined && !Number.isNaN(then) && !Number.isNaN(now) && then !== now;
}

/** What is compared, and how each is written. */
const FIELDS: Readonly<Record<string, (instance: SnapshotInstance) => string>> = {
  power: ({ power }) => power,
  provisioning: ({ provisioning, failure }) => (failure ? `${provisioning} (${failure.code})` : provisioning),
  health: ({ health }) => health,
  balancer: ({ balance }) => balance,
  model: ({ latestModel, behind }) =>
    modelWords(
      latestModel,
      behind.map(({ path }) => path),
    ),
  zone: ({ zone }) => zone,
  size: ({ size }) => size,
  image: ({ image }) => image,
  extensions: ({ extensions }) =>
    extensions
      .map(({ name, version, state }) => [name, version, state].filter((word) => word !== '').join(' '))
      .join(', '),
  protection: ({ protection }) => protectionWords(protection),
  addresses: ({ addresses }) => addresses.join(', '),
  tags: ({ tags }) => tagWords(tags),
};

function modelWords(latest: boolean, paths: readonly string[]): string {
  if (latest) return 'latest';
  return paths.length === 0 ? 'behind' : `behind in ${paths.join(', ')}`;
}

function protectionWords({ scaleIn, scaleSetActions }: SnapshotInstance['protection']): string {
  if (!scaleIn && !scaleSetActions) return 'none';
  return joined([...(scaleIn ? ['scale-in'] : []), ...(scaleSetActions ? ['scale set actions'] : [])]);
}

function tagWords(tags: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(tags).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map(([key, value]) => `${key}=${value}`).join(', ');
}

function changesOf(before: SnapshotInstance, after: SnapshotInstance): readonly Change[] {
  return Object.entries(FIELDS)
    .map(([field, of]) => ({ field, before: of(before), after: of(after) }))
    .filter((change) => change.before !== change.after)
    .filter(({ field }) => field !== 'protection' || !isUnseen(before, after));
}

/** Of a machine whose protection one of the two did not look at nothing can be said. */
function isUnseen(...both: readonly SnapshotInstance[]): boolean {
  return both.some(({ protection }) => protection.unseen === true);
}

function setChanges({ set: before }: Snapshot, { set: after }: Snapshot): readonly Change[] {
  const fields = {
    capacity: [before.capacity, after.capacity],
    provisioning: [before.provisioning, after.provisioning],
    'upgrade mode': [before.upgradeMode, after.upgradeMode],
    'health source': [before.healthSource, after.healthSource],
    tags: [tagWords(before.tags), tagWords(after.tags)],
  } as const;
  return Object.entries(fields)
    .map(([field, [then, now]]) => ({ field, before: String(then), after: String(now) }))
    .filter((change) => change.before !== change.after);
}

function lastVerb(id: string, story: Story): Pick<Changed, 'last'> {
  const event = within(story).findLast(
    (one) =>
      one.instances.includes(id) &&
      !/\/vmHealth\/write$/i.test(one.operation) &&
      isEnded(one) &&
      Date.parse(one.time) >= story.from,
  );
  if (event === undefined) return {};
  const { caller, time, correlationId } = event;
  return { last: { verb: verbOf(event), caller, time, correlationId } };
}

/** Instances that the log says were made after the first snapshot and that neither snapshot has. */
function passedBy(story: Story, known: ReadonlySet<string>): readonly Moved[] {
  const made = within(story).filter((event) => isCreation(event) && Date.parse(event.time) >= story.from);
  const ids = [...new Set(made.flatMap(({ instances }) => instances))].filter((id) => !known.has(id));
  return ids.map((id) => ({ id, name: id, why: whyGone(id, story) }));
}
