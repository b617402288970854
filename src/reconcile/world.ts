// World: what every reconciler is handed.

import type { Clock, Ids } from '../app/ports/clock.ts';
import type { Guests } from '../app/ports/guests.ts';
import type { Store } from '../app/ports/store.ts';
import type { HandlerTable } from '../domain/extension-handler.ts';
import type { Random } from '../domain/random.ts';

export interface World {
  readonly store: Store;
  readonly guests: Guests;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly subscriptionId: string;
  /** A user's own extension handlers. */
  readonly handlers?: HandlerTable;
}
