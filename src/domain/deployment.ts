// Deployment: a template that is being made so, or was. The row is the intent: what it was given, and of each of its
// resources how far it is. What must hold: a deployment that ended stays as it ended, and then holds no secret any more.

import type { JsonObject } from './json.ts';
import type { Time } from './time.ts';

export type DeploymentMode = 'Incremental' | 'Complete';

export type DeploymentState = 'Accepted' | 'Running' | 'Succeeded' | 'Failed' | 'Canceled';

/** What went wrong, in the words of whoever it went wrong for; its code may be that of any provider. */
export interface DeploymentError {
  readonly code: string;
  readonly message: string;
  /** The id of the resource. */
  readonly target?: string;
  readonly details?: readonly DeploymentError[];
}

/** `Skipped`: its condition is false. */
export type StepState = 'NotStarted' | 'Running' | 'Succeeded' | 'Failed' | 'Canceled' | 'Skipped';

/** One resource of a deployment: to be made, or in Complete mode to be deleted. */
export interface DeploymentStep {
  readonly action: 'Create' | 'Delete';
  /** The resource's id. */
  readonly id: string;
  /** With its provider: `Microsoft.Compute/virtualMachineScaleSets`. */
  readonly type: string;
  readonly name: string;
  /** With which it is made; absent for one that is deleted. */
  readonly apiVersion?: string;
  /** Where it is to be made, as far as that is known before anything is. */
  readonly location?: string;
  /** The ids of the steps that come first. */
  readonly dependsOn: readonly string[];
  readonly state: StepState;
  readonly started?: Time;
  readonly ended?: Time;
  /** The long-running operation that it waits for. A running step without one has no answer yet: it is asked (again). */
  readonly operation?: string;
  /** What the answer was: 201 for a resource that was not there before. */
  readonly status?: number;
  readonly error?: DeploymentError;
}

export interface Deployment {
  /** One run of the name: new with every PUT. */
  readonly uid: string;
  readonly group: string;
  readonly name: string;
  /** The store's lock; not shown. */
  readonly revision: number;
  /** What its expressions take as now. */
  readonly created: Time;
  readonly ended?: Time;
  /** With which it was asked for: what Complete mode deletes depends on it. */
  readonly apiVersion: string;
  readonly mode: DeploymentMode;
  readonly template: JsonObject;
  /**
   * A deployment inside another may have values of its secret parameters written into its template (scope `outer`): then its
   * resources are here only while it runs, and are shown to nobody.
   */
  readonly hidden?: true;
  readonly templateHash: string;
  /** As given. They may be secret, so they are here only while it runs, and are shown to nobody. */
  readonly parameters: JsonObject;
  /** The effective ones, `{name: {type, value}}`, without the values of those that are secret. */
  readonly shown: JsonObject;
  /** The texts that may be in no error: of its secret parameters, and of those of the deployment that it is a part of. */
  readonly secrets: readonly string[];
  /** The group as it was when the deployment was accepted: its expressions may read it. */
  readonly facts: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
  readonly correlationId: string;
  readonly caller: string;
  readonly intent?: string;
  /** The operation by which it is followed. */
  readonly operation: string;
  /** The uid of the deployment that it is a part of. */
  readonly parent?: string;
  readonly state: DeploymentState;
  readonly steps: readonly DeploymentStep[];
  /** In Complete mode: what the group holds beside the template has been listed, and is among the steps. */
  readonly swept?: true;
  readonly outputs?: JsonObject;
  readonly error?: DeploymentError;
}

export function isActive({ state }: Deployment): boolean {
  return state === 'Accepted' || state === 'Running';
}

/** The template as it may be shown. */
export function shownTemplate({ template, hidden }: Pick<Deployment, 'template' | 'hidden'>): JsonObject {
  return hidden === true ? { ...template, resources: [] } : template;
}
