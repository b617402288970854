// Sentence: what a finding says, in plain words with its numbers. It states what was seen; why it matters is the kind's, what to
// do about it the action's.

import type { FindingKind } from './finding.ts';
import { onTheWaySince, healthSince, type Scene, type Trouble } from './trouble.ts';
import type { InstanceFacts, Inventory } from './inventory.ts';
import { counted, idList, lasting, moment, verbFor } from './words.ts';

export function sentenceOf(trouble: Trouble, inventory: Inventory, scene: Scene): string {
  return trouble.sentence ?? SENTENCES[trouble.kind](told(trouble, inventory, scene));
}

/** What sentences are made of. */
interface Told {
  readonly instances: readonly InstanceFacts[];
  readonly one: InstanceFacts | undefined;
  readonly reason: string;
  /** `3 of 10 instances`. */
  readonly some: string;
  readonly ids: string;
  readonly are: string;
  readonly run: string;
  readonly inventory: Inventory;
  readonly scene: Scene;
}

function told({ instances, reason }: Trouble, inventory: Inventory, scene: Scene): Told {
  return {
    instances,
    one: instances[0],
    reason,
    some: `${instances.length} of ${counted(inventory.instances.length, 'instance')}`,
    ids: idList(instances.map(({ id }) => id)),
    are: verbFor(instances.length, 'is', 'are'),
    run: verbFor(instances.length, 'runs', 'run'),
    inventory,
    scene,
  };
}

const fromData = ({ some, reason, ids }: Told): string => `${some}: ${reason} (${ids}).`;

const SENTENCES: Readonly<Record<FindingKind, (told: Told) => string>> = {
  unhealthy: ({ some, are, ids, instances, scene }) =>
    `${some} ${are} unhealthy (${ids})${longest(instances, scene)}${besides(instances)}.`,
  extensionFailed: ({ reason, some, ids, one }) =>
    `The extension ${reason} failed on ${some} (${ids})${extensionMessage(one, reason)}.`,
  provisioningFailed: ({ some, reason, ids, one }) =>
    `${some} failed to provision${reason && ` with ${reason}`} (${ids})${said(one?.failure?.message)}.`,
  outOfBalancer: ({ some, run, are, ids }) => `${some} ${run} and ${are} out of the balancer (${ids}).`,
  stuck: ({ some, are, ids, instances, scene }) =>
    `${some} ${are} on the way for too long (${ids}), the longest for ${longestOnTheWay(instances, scene)}.`,
  healthUnknown: ({ some, run, ids, instances, scene }) =>
    `${some} ${run} and nothing is known of ${verbFor(instances.length, 'its', 'their')} health (${ids})${longest(instances, scene)}.`,
  agentNotReady: ({ some, run, ids }) => `${some} ${run} with an agent that is not ready (${ids}).`,
  stopped: ({ some, are, reason, ids }) => `${some} ${are} ${reason} while most of the set runs (${ids}).`,
  behind: ({ some, are, ids, one, reason }) =>
    `${some} ${are} behind the model (${ids})${differing(one, reason)}.`,
  protectedBehind: ({ some, are, ids, one, reason }) =>
    `${some} ${are} behind the model and protected from scale set actions (${ids})${differing(one, reason)}.`,
  setFailed: ({ scene }) => `The last change of the set failed${lastFailure(scene)}.`,
  capacityShort: ({ inventory: { instances, set } }) =>
    `The set has ${instances.length} of the ${counted(set.capacity, 'instance')} that were asked for.`,
  surplus: ({ inventory: { instances, set } }) =>
    `The set has ${counted(instances.length, 'instance')} where ${set.capacity} were asked for.`,
  noHealthSource: () => 'The model has no application health extension and no probe.',
  heartbeatStale: fromData,
  heartbeatMissing: fromData,
  heartbeatOutlier: fromData,
};

function longest(instances: readonly InstanceFacts[], { now }: Scene): string {
  const since = instances.map(healthSince).filter((time) => time !== undefined);
  if (since.length === 0) return '';
  const span = lasting(now - Math.min(...since));
  return instances.length === 1 ? `, for ${span}` : `, the longest for ${span}`;
}

function longestOnTheWay(instances: readonly InstanceFacts[], { facts, now }: Scene): string {
  const since = instances.map((instance) => onTheWaySince(instance, facts) ?? now);
  return lasting(now - Math.min(...since));
}

function besides(instances: readonly InstanceFacts[]): string {
  const out = instances.filter(({ balance }) => balance === 'out').length;
  const within = instances.filter(({ balance }) => balance === 'in').length;
  if (within > 0)
    return `; ${within} of them still ${verbFor(within, 'gets', 'get')} requests from the balancer`;
  return out > 0 ? `; the balancer sends ${verbFor(out, 'it', 'them')} nothing` : '';
}

function extensionMessage(instance: InstanceFacts | undefined, reason: string): string {
  const failed = instance?.extensions.find(
    ({ name, version, state }) => state === 'failed' && `${name} ${version}`.trim() === reason,
  );
  return said(failed?.message);
}

/** The first line of what a failure says, cut at 160 characters. */
function said(message: string | undefined): string {
  const [line = ''] = (message ?? '').trim().split('\n');
  if (line === '') return '';
  return `: ${line.length > 160 ? `${line.slice(0, 159)}…` : line.replace(/\.$/, '')}`;
}

function differing(one: InstanceFacts | undefined, reason: string): string {
  if (one === undefined || reason === '') return '';
  const paths = new Set(one.behind.map(({ path }) => path));
  return paths.size > 3 ? ` in ${paths.size} fields` : ` in ${reason}`;
}

function lastFailure({ set, facts }: Scene): string {
  const failed = facts.failures.findLast(({ resourceId }) => sameId(resourceId, set.resourceId));
  if (failed === undefined) return '';
  return ` at ${moment(failed.time)}${said(failed.description)}`;
}

function sameId(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
