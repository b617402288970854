// Inventory: what ARM said about one scale set and its instances at one moment, as values that every judgement is made on.
// What must hold: an instance's id is the string that ARM calls it by, compared whole; what ARM did not say is `unknown`,
// never a guess; the bodies as they came are kept beside, for whoever needs a field that has no name here.

import type { JsonObject } from '../domain/json.ts';

export interface Inventory {
  /** When the last answer that it is made of arrived: ISO 8601, UTC. */
  readonly taken: string;
  readonly set: SetFacts;
  /** In the order of their ids. */
  readonly instances: readonly InstanceFacts[];
  /** How many requests to ARM it took. */
  readonly calls: number;
}

export type OrchestrationMode = 'Uniform' | 'Flexible';

export interface SetFacts {
  /** The ARM id, as ARM wrote it. */
  readonly resourceId: string;
  readonly subscription: string;
  readonly group: string;
  readonly name: string;
  readonly location: string;
  readonly mode: OrchestrationMode;
  /** `sku.capacity`; for a Flexible set without a profile the number of its instances. */
  readonly capacity: number;
  readonly provisioning: string;
  readonly upgradeMode: 'Manual' | 'Automatic' | 'Rolling' | 'unknown';
  readonly tags: Readonly<Record<string, string>>;
  /** Where health comes from: no source means that `health` of its instances is `none`. */
  readonly healthSource: 'extension' | 'probe' | 'none';
  /** Its model names a backend pool of a load balancer. */
  readonly balanced: boolean;
  /** The set's body. */
  readonly body: JsonObject;
}

export type Power =
  | 'starting'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'deallocating'
  | 'deallocated'
  | 'unknown';

export type HealthFact = 'healthy' | 'unhealthy' | 'initializing' | 'unknown' | 'none';

/** `none`: the set has no balancer. `unknown`: the balancer does not say (real Azure without metrics). */
export type Balance = 'in' | 'out' | 'none' | 'unknown';

export interface ExtensionFact {
  readonly name: string;
  /** `Publisher.Type`, or empty where ARM does not say. */
  readonly type: string;
  readonly version: string;
  readonly state: 'ok' | 'failed' | 'running' | 'unknown';
  readonly message: string;
}

export interface ProtectionFact {
  readonly scaleIn: boolean;
  readonly scaleSetActions: boolean;
  /** Nobody has said: a virtual machine does not show it, only its set's entry of it does, which is asked for by itself. */
  readonly unseen?: true;
}

export interface Difference {
  /** `virtualMachineProfile.storageProfile.imageReference.version` */
  readonly path: string;
  /** As JSON text; empty where one of the two has no such field. Secrets never come back from ARM, so there are none. */
  readonly instance: string;
  readonly set: string;
}

export interface InstanceFacts {
  /** `3` in a Uniform set, `web_1a2b3c4d` in a Flexible one. */
  readonly id: string;
  readonly name: string;
  readonly resourceId: string;
  readonly computerName: string;
  readonly power: Power;
  /** `Succeeded`, `Updating`, `Failed`, … as ARM writes it. */
  readonly provisioning: string;
  /** Why it failed, where ARM says so. */
  readonly failure?: { readonly code: string; readonly message: string };
  readonly health: HealthFact;
  readonly balance: Balance;
  /** `latestModelApplied`. */
  readonly latestModel: boolean;
  /** It was attached, with a model of its own: no update of the set concerns it, and it is never behind. */
  readonly ownModel?: true;
  /** Fields in which it differs from the set's model; empty where it has the latest or where they cannot be seen. */
  readonly behind: readonly Difference[];
  readonly zone: string;
  readonly faultDomain: string;
  readonly updateDomain: string;
  readonly size: string;
  /** `publisher:offer:sku:version`, with the exact version where ARM says it. */
  readonly image: string;
  readonly extensions: readonly ExtensionFact[];
  readonly protection: ProtectionFact;
  readonly tags: Readonly<Record<string, string>>;
  readonly created?: string;
  /** Private addresses, where the network resources were asked. */
  readonly addresses: readonly string[];
  /** The instance's body, and its view. */
  readonly body: JsonObject;
  readonly view: JsonObject;
}

/** One entry of the activity log, as far as judgements need it. */
export interface Event {
  readonly time: string;
  /** `Microsoft.Compute/virtualMachineScaleSets/restart/action` */
  readonly operation: string;
  readonly resourceId: string;
  readonly status: string;
  readonly caller: string;
  readonly correlationId: string;
  readonly description: string;
  /** Ids of the instances that it names, where it names any. */
  readonly instances: readonly string[];
}
