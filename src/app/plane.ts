// Plane: what every use case is handed. Use cases read, ask the domain, commit once, and answer; the loops do the rest.

import type { HandlerTable } from '../domain/extension-handler.ts';
import type { Quotas } from '../domain/quota.ts';
import type { Random } from '../domain/random.ts';
import { busy } from '../domain/verb.ts';
import type { Clock, Ids } from './ports/clock.ts';
import type { ImageVersions } from './ports/image-versions.ts';
import { type Change, RevisionConflict, type Store } from './ports/store.ts';
import type { Templates } from './ports/templates.ts';
import { inTurn } from './turns.ts';

export interface Plane {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly images: ImageVersions;
  readonly templates: Templates;
  readonly subscriptionId: string;
  /** A user's own extension handlers. */
  readonly handlers?: HandlerTable;
  /** Without them the default holds everywhere. */
  readonly quotas?: Quotas;
}

/** Who asks, as the activity log keeps it. */
export interface Origin {
  readonly caller: string;
  readonly correlationId: string;
  /** Why, in the caller's own words, where they gave any. */
  readonly intent?: string;
  /** The uid of the deployment on whose behalf it is asked. */
  readonly deployment?: string;
}

/** So many others may come first. Beyond that the answer is Azure's, to too many that ask of one row at once. */
const ATTEMPTS = 100;

export interface Decision<T> {
  readonly changes: readonly Change[];
  readonly answer: T;
}

/**
 * Decides and commits, and does both again when somebody else changed one of the rows in between: in turn with all others who were
 * overtaken at that row. `decide` must read everything it depends on each time, and must not decide and commit anything itself.
 * Throws a conflict when others always come first.
 */
export async function decideAndCommit<T>(plane: Plane, decide: () => Promise<Decision<T>>): Promise<T> {
  let tried = await attempt(plane, decide);
  for (let attempts = 1; tried.overtaken !== undefined;) {
    const row = tried.overtaken;
    tried = await inTurn(plane.store, row, async () => {
      for (;;) {
        if (attempts === ATTEMPTS) throw busy();
        attempts += 1;
        const again = await attempt(plane, decide);
        if (again.overtaken !== row) return again;
      }
    });
  }
  return tried.answer;
}

type Attempt<T> = { readonly overtaken?: never; readonly answer: T } | { readonly overtaken: string };

async function attempt<T>(plane: Plane, decide: () => Promise<Decision<T>>): Promise<Attempt<T>> {
  const { changes, answer } = await decide();
  if (changes.length === 0) return { answer };
  try {
    await plane.store.commit(changes);
    return { answer };
  } catch (error) {
    if (!(error instanceof RevisionConflict)) throw error;
    return { overtaken: error.row };
  }
}
