// Rolling close: what becomes of the instances of a batch that has been decided. Pure. What must hold: an old instance goes
// only in exchange for a new one that is well; a new one that takes no place is given up.

import { type Instance, isMember } from './instance.ts';
import { mayBeReplaced } from './rolling-batch.ts';
import { isProtected } from './rolling-upgrade.ts';
import { UNHEALTHY, type Verdict } from './rolling-verdict.ts';

export interface Judged {
  readonly id: number;
  /** The id of its replacement, where it is to be replaced. */
  readonly fresh: number | undefined;
  /** Of the replacement, where there is one. */
  readonly verdict: Verdict;
}

export interface Closed {
  readonly swap: readonly { readonly old: Instance; readonly fresh: Instance }[];
  readonly drop: readonly Instance[];
  /** Ids; of replaced ones, those of the new. */
  readonly succeeded: readonly number[];
  readonly failed: readonly number[];
  /** Why the first of them failed. */
  readonly impact: string | undefined;
}

export function closed(judged: readonly Judged[], instances: readonly Instance[]): Closed {
  const byId = new Map(instances.map((one) => [one.id, one]));
  const ends = judged.map(({ id, fresh, verdict }) =>
    fresh === undefined
      ? inPlace(byId.get(id), id, verdict)
      : replaced(byId.get(id), byId.get(fresh), verdict),
  );
  const [first] = ends.flatMap(({ why }) => why ?? []);
  return {
    swap: ends.flatMap(({ swap }) => swap ?? []),
    drop: ends.flatMap(({ drop }) => drop ?? []),
    succeeded: ends.flatMap(({ good }) => good ?? []),
    failed: ends.flatMap(({ bad }) => bad ?? []),
    impact: first,
  };
}

interface End {
  readonly swap?: { readonly old: Instance; readonly fresh: Instance };
  readonly drop?: Instance;
  readonly good?: number;
  readonly bad?: number;
  readonly why?: string;
}

function inPlace(instance: Instance | undefined, id: number, found: Verdict): End {
  if (found.is === 'good') return { good: id };
  return failed(instance, found);
}

function replaced(old: Instance | undefined, fresh: Instance | undefined, found: Verdict): End {
  if (found.is === 'good' && fresh !== undefined && mayGo(old))
    return { swap: { old, fresh }, good: fresh.id };
  return { ...failed(old, found), ...(fresh?.wanted.exists ? { drop: fresh } : {}) };
}

/** Whoever has a verb in hand, or was protected meanwhile, keeps its place: it has not been upgraded. */
function mayGo(old: Instance | undefined): old is Instance {
  return (
    old !== undefined && isMember(old) && old.task === undefined && !isProtected(old) && mayBeReplaced(old)
  );
}

/** Who is gone has not failed. */
function failed(instance: Instance | undefined, found: Verdict): End {
  if (instance === undefined || !isMember(instance)) return {};
  return { bad: instance.id, why: found.is === 'bad' ? found.why : UNHEALTHY };
}
