// Resource group: a named place for resources. Deleting it deletes everything in it; it is gone when that is done.

import type { JsonObject } from './json.ts';
import type { Time } from './time.ts';

export interface ResourceGroup {
  readonly name: string;
  readonly revision: number;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly managedBy?: string;
  readonly created: Time;
  /** The operation that deletes it, once that was asked. */
  readonly deleting?: string;
  /** What else was declared, kept as it was. */
  readonly extra?: JsonObject;
}
