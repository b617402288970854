// Target: which instances a request is about. Resolved to whole ids before anything is decided; one wrong id refuses all.
// What must hold: nothing but the ids that were named, or all of them when that was said in so many words, ever comes out.

import { Failure } from './failure.ts';
import { type Instance, isMember, type MemberId, memberId } from './instance.ts';
import type { InstanceNames } from './orchestration.ts';

export type Target =
  /** The request named no ids, or the one word `*`. */
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly instanceIds: readonly string[] }
  /** The request addressed the instance itself, below its set. */
  | { readonly kind: 'one'; readonly instanceId: string }
  /** The request addressed the machine that it is. */
  | { readonly kind: 'machine' };

/** A target that lies within a set. */
export type Targeted = Exclude<Target, { kind: 'machine' }>;

export interface Resolved {
  readonly instances: readonly Instance[];
  /** They were named one by one: what cannot be done to one of them refuses the request. */
  readonly named: boolean;
  /** The instance itself was addressed, not its set. */
  readonly addressed: boolean;
}

/** @param names how clients call the instances of that set (`orchestration`) */
export function resolveTarget(
  instances: readonly Instance[],
  target: Targeted,
  names: InstanceNames = 'numbered',
): Resolved {
  const members = instances.filter(isMember);
  switch (target.kind) {
    case 'all':
      return { instances: members, named: false, addressed: false };
    case 'one':
      if (target.instanceId === '*') return { instances: members, named: false, addressed: false };
      return { instances: [find(members, target.instanceId, names)], named: true, addressed: true };
    case 'named':
      return resolveNamed(members, target.instanceIds, names);
  }
}

function resolveNamed(members: readonly Instance[], ids: readonly string[], names: InstanceNames): Resolved {
  if (ids.length === 0) {
    throw new Failure(
      'invalidParameter',
      "The parameter 'instanceIds' must name at least one instance, or be left out.",
      {
        target: 'instanceIds',
      },
    );
  }
  if (ids.length === 1 && ids[0] === '*') return { instances: members, named: false, addressed: false };
  const found = new Map<number, Instance>();
  const known = new Map(members.map((instance) => [keyOf(memberId(instance)), instance]));
  for (const id of ids) {
    const instance = known.get(keyOf(names === 'numbered' ? parseInstanceId(id, 'instanceIds') : id));
    if (instance === undefined) throw notActive(id);
    found.set(instance.id, instance);
  }
  return { instances: [...found.values()], named: true, addressed: false };
}

function find(members: readonly Instance[], id: string, names: InstanceNames): Instance {
  const wanted = keyOf(names === 'numbered' ? parsePathInstanceId(id) : id);
  const instance = members.find((candidate) => keyOf(memberId(candidate)) === wanted);
  if (instance === undefined) throw notInSet(id, names);
  return instance;
}

/** Names compare without case. */
function keyOf(id: MemberId): string {
  return String(id).toLowerCase();
}

/** Ids are whole decimal numbers, written in one way only: `3`, never `03` or `3.0`. */
function parseInstanceId(id: string, target: string): number {
  if (!/^(0|[1-9][0-9]*)$/.test(id)) {
    throw new Failure(
      'invalidParameter',
      `The provided instanceId ${id} is invalid. It must be a non-negative integer or the character "*".`,
      { target },
    );
  }
  return Number(id);
}

/** The id in a path. Azure has words of its own for one that is no number. */
export function parsePathInstanceId(id: string): number {
  if (!/^[0-9]+$/.test(id)) {
    throw new Failure('invalidParameter', 'Virtual Machine Scale Set VM instanceId must be a number.', {
      target: 'instanceId',
    });
  }
  return parseInstanceId(id, 'instanceId');
}

/** Of the id in a path. A machine is no number: what looks like one is of a set of another kind. */
export function notInSet(id: string, names: InstanceNames): Failure {
  if (names === 'machines' && /^[0-9]+$/.test(id)) {
    return new Failure('notFound', 'The entity was not found in this Azure location.');
  }
  return notActive(id);
}

function notActive(id: string): Failure {
  return new Failure(
    'invalidParameter',
    `The provided instanceId ${id} is not an active Virtual Machine Scale Set VM instanceId.`,
    {
      target: 'instanceIds',
    },
  );
}
