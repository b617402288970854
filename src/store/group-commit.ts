// Group commit: commits that come close together share one transaction, and so one wait for the disk. What must hold:
// a commit is acknowledged only after the COMMIT that has it; order is kept; a refused commit leaves nothing behind and
// spoils no other.

import type { Time } from '../domain/time.ts';
import { type Tables, write } from './tables.ts';
import type { Transaction } from './transaction.ts';
import type { Prepared } from './prepare.ts';

/** The disk did not take it, and nothing of it is stored. */
export class StoreFailure extends Error {
  constructor(cause: unknown) {
    super(`the store could not write: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'StoreFailure';
  }
}

/**
 * Rows in one transaction, after which the event loop gets its turn. With 128, measured at 600 bytes a row, a flush
 * takes about 3 ms; more rows make it longer and hardly faster a row.
 */
const ROWS_A_FLUSH = 128;

export interface GroupCommit {
  /** Resolves when it is durable; rejects with RevisionConflict or StoreFailure. */
  commit(prepared: Prepared): Promise<void>;
  /** Writes at once whatever is waiting. */
  drain(): void;
}

interface Pending extends PromiseWithResolvers<void> {
  readonly prepared: Prepared;
}

/** `committed` is told of the commits of each transaction, in order, before any of them is acknowledged. */
export function openGroupCommit(
  transaction: Transaction,
  tables: Tables,
  committed: (commits: readonly Prepared[]) => void,
): GroupCommit {
  const queue: Pending[] = [];
  let scheduled = false;
  let latest: Time = tables.latest.get();

  /** Answers the refusal of each, undefined where there is none. */
  const store = (batch: readonly Pending[]): readonly unknown[] => {
    let time = latest;
    const refusals = batch.map(({ prepared }) => {
      const refusal = transaction.attempt(() => write(tables, prepared));
      if (refusal === undefined) time = Math.max(time, prepared.latest);
      return refusal;
    });
    if (time > latest) tables.latest.set(time);
    return refusals;
  };

  const flush = (): void => {
    const batch = takeBatch(queue);
    let refusals: readonly unknown[] = [];
    try {
      transaction.run(() => {
        refusals = store(batch);
      });
    } catch (error) {
      const failure = new StoreFailure(error);
      for (const pending of batch) pending.reject(failure);
      return;
    }
    const stored = batch.map(({ prepared }) => prepared).filter((_, at) => refusals[at] === undefined);
    latest = stored.reduce((time, prepared) => Math.max(time, prepared.latest), latest);
    committed(stored);
    batch.forEach((pending, at) => {
      if (refusals[at] === undefined) pending.resolve();
      else pending.reject(refusals[at]);
    });
  };

  const schedule = (): void => {
    if (scheduled || queue.length === 0) return;
    scheduled = true;
    // After the sockets that are ready have been read: what they ask for is in the same batch.
    setImmediate(() => {
      scheduled = false;
      if (queue.length > 0) flush();
      schedule();
    });
  };

  return {
    commit(prepared) {
      const pending = { ...Promise.withResolvers<void>(), prepared };
      queue.push(pending);
      schedule();
      return pending.promise;
    },
    drain() {
      while (queue.length > 0) flush();
    },
  };
}

/** The commits from the front that fill a flush; one at least, however many rows it has. */
function takeBatch(queue: Pending[]): Pending[] {
  let rows = 0;
  const end = queue.findIndex(({ prepared }) => {
    rows += prepared.changes.length;
    return rows >= ROWS_A_FLUSH;
  });
  return queue.splice(0, end < 0 ? queue.length : end + 1);
}
