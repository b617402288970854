// Disk: a managed disk that is attached to no instance. Those that are attached are part of their instance's row.

import type { JsonObject } from './json.ts';
import type { Time } from './time.ts';

export interface Disk {
  /** The wire's `uniqueId`: one incarnation of the name. */
  readonly uid: string;
  readonly group: string;
  readonly name: string;
  /** The store's lock; not shown. */
  readonly revision: number;
  readonly created: Time;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly zones: readonly string[];
  readonly sizeGiB: number;
  /** The ARM `properties` as declared and completed, without what is read-only. */
  readonly properties: JsonObject;
  /** Whatever else stood at the top, `sku` for one. */
  readonly extra: JsonObject;
  /** The operation that deletes it. Nothing else may be done to it any more. */
  readonly deleting?: string;
}
