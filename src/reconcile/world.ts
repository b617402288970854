// World: what every reconciler is handed.

import type { ArmClient } from '../app/ports/arm.ts';
import type { Balancer } from '../app/ports/balancer.ts';
import type { Clock, Ids } from '../app/ports/clock.ts';
import type { Guests } from '../app/ports/guests.ts';
import type { ImageVersions } from '../app/ports/image-versions.ts';
import type { Store } from '../app/ports/store.ts';
import type { Templates } from '../app/ports/templates.ts';
import type { HandlerTable } from '../domain/extension-handler.ts';
import type { Quotas } from '../domain/quota.ts';
import type { Random } from '../domain/random.ts';

export interface World {
  readonly store: Store;
  readonly guests: Guests;
  readonly balancer: Balancer;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly images: ImageVersions;
  readonly templates: Templates;
  /** By which deployments make what their templates declare. */
  readonly arm: ArmClient;
  readonly subscriptionId: string;
  /** Without them the default holds everywhere. */
  readonly quotas?: Quotas;
  /** A user's own extension handlers. */
  readonly handlers?: HandlerTable;
}
