// Left rows: of a commit, the rows of instances whose guests did not go: a machine that joins or leaves a scale set is another row
// from then on (ADR 0018). Whoever takes leave of a guest when its row goes must not take leave of these.

import type { Change } from '../app/ports/store.ts';
import { type GuestHandle, handleOf } from '../domain/guest.ts';

export function movedGuests(changes: readonly Change[]): ReadonlySet<GuestHandle> {
  return new Set(
    changes.flatMap((change) =>
      change.kind === 'put' && change.table === 'instance' && change.row.guest !== undefined
        ? [change.row.guest]
        : [],
    ),
  );
}

export function isLeftRow(change: Change, moved: ReadonlySet<GuestHandle>): boolean {
  return change.kind === 'remove' && change.table === 'instance' && moved.has(handleOf(change.row));
}
