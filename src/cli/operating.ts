// Operating: what the operator's commands are given, so that they work on a plane, on Azure and in a test alike. Who composes
// the program signs in, chooses the set and says how conditions are read.

import type { Arm } from '../operator/arm.ts';
import type { LastAction } from '../operator/event-facts.ts';
import type { Looks } from '../operator/helm.ts';
import type { Inventory } from '../operator/inventory.ts';
import type { RequestListener } from './arm/record.ts';
import type { Interruption, Times } from './interruption.ts';
import type { SessionValues } from './session-options.ts';
import type { Environment, Terminal } from './terminal.ts';

/** One set, and the ARM that it is in. */
export interface Operating {
  readonly arm: Arm;
  readonly readInventory: () => Promise<Inventory>;
  /** What was last done to which instance. Throws where the log may not be read: an action is not chosen by half of what there is. */
  readonly readLastActions: (inventory: Inventory) => Promise<ReadonlyMap<string, LastAction>>;
  /** Tells of every request to ARM; answers a function that ends it. */
  readonly listen: (listener: RequestListener) => () => void;
  /** Who acts, as far as it is known: a user's or an application's name. */
  readonly who: string;
  /** Which ARM this is: a plane's directory, or an endpoint. A record is gone on with only where it was begun. */
  readonly where: string;
  /** How long the activity log may take to show a request, in ms: 0 for a plane. */
  readonly logDelay: number;
  /** At the whole set while something is verified. Azure lets a set be listed ten times a minute. */
  readonly looks: Looks;
  /** Lets go of ARM. */
  readonly close: () => void;
}

export interface Operations {
  readonly open: (choice: SessionValues, env: Environment, terminal: Terminal) => Promise<Operating>;
  /** What a person answers; undefined where nobody can be asked. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** From now on Ctrl-C is told to this, until it is released. */
  readonly interruption: (heard: (times: Times) => void) => Interruption;
  readonly guid: () => string;
}

/** Loaded when a command is to do something, and not for its help. */
export type World = () => Promise<Operations>;
