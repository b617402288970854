// Target: which instances a request is about. Resolved to whole ids before anything is decided; one wrong id refuses all.
// What must hold: nothing but the ids that were named, or all of them when that was said in so many words, ever comes out.

import { Failure } from './failure.ts';
import { type Instance, isMember } from './instance.ts';

export type Target =
  /** The request named no ids, or the one word `*`. */
  | { readonly kind: 'all' }
  | { readonly kind: 'named'; readonly instanceIds: readonly string[] }
  /** The request addressed the instance itself. */
  | { readonly kind: 'one'; readonly instanceId: string };

export interface Resolved {
  readonly instances: readonly Instance[];
  /** They were named one by one: what cannot be done to one of them refuses the request. */
  readonly named: boolean;
  /** The instance itself was addressed, not its set. */
  readonly addressed: boolean;
}

export function resolveTarget(instances: readonly Instance[], target: Target): Resolved {
  const members = instances.filter(isMember);
  switch (target.kind) {
    case 'all':
      return { instances: members, named: false, addressed: false };
    case 'one':
      if (target.instanceId === '*') return { instances: members, named: false, addressed: false };
      return { instances: [find(members, target.instanceId)], named: true, addressed: true };
    case 'named':
      return resolveNamed(members, target.instanceIds);
  }
}

function resolveNamed(members: readonly Instance[], ids: readonly string[]): Resolved {
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
  const byId = new Map(members.map((instance) => [instance.id, instance]));
  for (const id of ids) {
    const instance = byId.get(parseInstanceId(id, 'instanceIds'));
    if (instance === undefined) throw notActive(id);
    found.set(instance.id, instance);
  }
  return { instances: [...found.values()], named: true, addressed: false };
}

function find(members: readonly Instance[], id: string): Instance {
  const wanted = parsePathInstanceId(id);
  const instance = members.find((candidate) => candidate.id === wanted);
  if (instance === undefined) throw notActive(id);
  return instance;
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

function notActive(id: string): Failure {
  return new Failure(
    'invalidParameter',
    `The provided instanceId ${id} is not an active Virtual Machine Scale Set VM instanceId.`,
    {
      target: 'instanceIds',
    },
  );
}
